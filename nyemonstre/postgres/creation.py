"""Test databases are made by the owner and used by the web role, exactly as in production."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql import creation
from psycopg.errors import ObjectInUse

OWNER = "nm_owner"
# A database of tests believes the tests' clock, and its log is emptied between transactional tests. Only its owner
# could say so, and only here does; tests/nyemonstre/audit puts the real functions back to try them.
IN_TESTS = """
create or replace function sec.log_time(claimed timestamptz) returns timestamptz language sql volatile
as 'select claimed';
create or replace function sec.no_truncate() returns trigger language plpgsql as 'begin return null; end';
"""


@contextmanager
def as_owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let this connection be the owner's for a while. For test databases only.

    The pool is closed on both sides; else it would go on handing out the owner's connections to the web role.
    Raises ImproperlyConfigured when the owner's password is not in the environment.
    """
    settings = connection.settings_dict
    password = os.environ.get("NM_DATABASE_PASSWORD_OWNER")
    if password is None:
        raise ImproperlyConfigured("NM_DATABASE_PASSWORD_OWNER mangler: bare eieren kan lage en testdatabase.")
    before = settings["USER"], settings["PASSWORD"]
    _close(connection)
    settings["USER"], settings["PASSWORD"] = OWNER, password
    try:
        yield
    finally:
        _close(connection)
        settings["USER"], settings["PASSWORD"] = before


def _close(connection: Any) -> None:
    connection.close()
    connection.close_pool()


class DatabaseCreation(creation.DatabaseCreation):
    """Creates, migrates and drops test databases as the owner, then steps back to the role of the settings."""

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        """See Django. Afterwards the connection is the ordinary role's again."""
        with as_owner(self.connection):
            name = super().create_test_db(*args, **kwargs)
            with self.connection.cursor() as cursor:
                cursor.execute(IN_TESTS)
            return name

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        """See Django."""
        with as_owner(self.connection):
            super().destroy_test_db(*args, **kwargs)

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        """A connection that a server's thread still holds is no fault of the tests: then the database stays.

        PostgreSQL waits five seconds for it by itself, and the server of a test run is thrown away whole.
        """
        try:
            super()._destroy_test_db(test_database_name, verbosity)
        except OperationalError as error:
            if not isinstance(error.__cause__, ObjectInUse):
                raise
