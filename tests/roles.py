"""The worker's role of the database, for tests. The owner's: nyemonstre.postgres.creation.as_owner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def as_worker() -> Iterator[None]:
    """This connection is the worker's for a while: nm_worker, as in production. For transactional tests."""
    settings = connection.settings_dict
    before = settings["USER"], settings["PASSWORD"]

    def become(user: str, password: str) -> None:
        connection.close()
        connection.close_pool()
        settings["USER"], settings["PASSWORD"] = user, password

    become("nm_worker", os.environ["NM_DATABASE_PASSWORD_WORKER"])
    try:
        yield
    finally:
        become(*before)
