"""What must be true before anybody is served. Called by wsgi.py and by Celery's worker and beat."""

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import OperationalError

logger = logging.getLogger(__name__)

OWN_MACHINE = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}

INSTEAD = "bruk nm_web eller nm_worker (NM_DATABASE_ROLE)."

POWERS = """
    select rolsuper,
           rolbypassrls,
           exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                      and pg_has_role(current_user, c.relowner, 'member'))
      from pg_roles where rolname = current_user
"""


class StartRefused(ImproperlyConfigured):
    """The process must not serve anybody. The message says why, in one sentence."""


def refuse() -> None:
    """Raise StartRefused when this process would be dangerous.

    With the database down nothing can be asked of it, and nothing can be shown from it either: the process starts,
    answers 503, and the role is checked on its first connection, before that runs a single query of ours.
    """
    refuse_demo(demo=settings.DEMO, debug=settings.DEBUG, hosts=settings.ALLOWED_HOSTS)
    try:
        refuse_role(connection)
    except OperationalError as error:
        logger.warning("Databasen svarer ikke ennå (%s); rollen prøves ved første kontakt.", type(error).__name__)
        connection_created.connect(_check_first_connection, dispatch_uid="nyemonstre.startup")
    finally:
        connection.close()


def refuse_demo(*, demo: bool, debug: bool, hosts: Iterable[str]) -> None:
    """Raise StartRefused for demo mode, where everyone can log in as anyone, on an address others can reach."""
    real = sorted(set(hosts) - OWN_MACHINE)
    if demo and not debug and real:
        raise StartRefused(
            f"Demomodus lar alle logge inn som hvem som helst og kan ikke kjøre på {', '.join(real)}: "
            "sett NM_DEMO=0, eller la NM_ALLOWED_HOSTS bare være localhost."
        )


def refuse_role(database: BaseDatabaseWrapper) -> None:
    """Raise StartRefused when the database role could walk round the row-level security.

    Raises django.db.OperationalError when the database does not answer.
    """
    with database.cursor() as cursor:
        cursor.execute(POWERS)
        superuser, bypasses, owns = cursor.fetchone()
    name = database.settings_dict["USER"]
    if superuser:
        raise StartRefused(f"Databaserollen {name} er superbruker og ser alle familier: {INSTEAD}")
    if bypasses:
        raise StartRefused(f"Databaserollen {name} går forbi radsikkerheten (BYPASSRLS): {INSTEAD}")
    if owns:
        raise StartRefused(f"Databaserollen {name} eier tabeller og kan slå av radsikkerheten: {INSTEAD}")


def _check_first_connection(connection: BaseDatabaseWrapper, **_: Any) -> None:
    # Disconnected first: the check itself uses the connection. Until it has passed, no request has.
    connection_created.disconnect(dispatch_uid="nyemonstre.startup")
    try:
        refuse_role(connection)
    except BaseException:
        connection_created.connect(_check_first_connection, dispatch_uid="nyemonstre.startup")
        connection.close()
        raise
