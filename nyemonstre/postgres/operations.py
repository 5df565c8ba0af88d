"""Emptying tables between transactional tests is the owner's work: the web role may not truncate."""

from collections.abc import Iterable

from django.db.backends.postgresql import operations

from nyemonstre.postgres.creation import as_owner


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL's operations; only the flush differs."""

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """See Django. Runs as the owner, outside any transaction of the test."""
        with as_owner(self.connection):
            super().execute_sql_flush(sql_list)
