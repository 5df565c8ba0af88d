"""PostgreSQL as Django knows it, and at the start of each transaction the actor is told to the database.

The row policies ask `current_setting('app.user_id')`. It is set with `is_local`, so it ends with the transaction and a
pooled connection can never carry one person's rights to the next request. Without a transaction nothing is set, and
the policies show no rows: forgetting to say who acts shows nothing, it does not show everything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from nyemonstre.access import wall
from nyemonstre.postgres.creation import DatabaseCreation
from nyemonstre.postgres.operations import DatabaseOperations


class DatabaseWrapper(base.DatabaseWrapper):
    """The wrapper of TECH's row-level security: one extra statement per transaction that has an actor."""

    creation_class = DatabaseCreation
    ops_class = DatabaseOperations

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Django calls this with False at the start of the outermost atomic block, never for savepoints."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit:
            return
        settings = wall.transaction_settings()
        # A new transaction starts with nothing set, so an empty value has no need to travel.
        if any(settings.values()):
            try:
                self._send(settings)
            except BaseException:
                # The block was never entered, so nobody would end this half-begun transaction.
                self.close()
                raise

    def apply_actor(self) -> None:
        """Tell the database at once when the actor changes inside a transaction; outside one there is nothing to tell.

        In a failed transaction nothing can be told, and nothing needs to be: no further statement runs there, and the
        rollback to the savepoint brings back the actor of the time before.
        """
        if not self.in_atomic_block or self.connection is None or self.connection.closed:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        self._send(wall.transaction_settings())

    @contextmanager
    def second(self) -> Iterator[psycopg.Connection]:
        """A connection beside this one, of the same role: for what must stay when this one's transaction does not.

        It sees nothing that is not committed. From the process's pool where there is one.
        """
        if self.pool:
            self.pool.open()
            with self.pool.connection() as other:
                yield other
        else:
            with psycopg.connect(**self.get_connection_params()) as other:
                yield other

    def _send(self, settings: dict[str, Any]) -> None:
        # The driver's own cursor: this is plumbing, and must not count as a query of the page.
        calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
        values = [part for name, value in settings.items() for part in (name, value)]
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(f"select {calls}", values)
