"""What is brought up to date after each migrate, as the owner.

The wall reads who may do what from two tables: a copy of nyemonstre/access/roles.py. And its functions are hardened.
"""

from django.db import connections

from nyemonstre.access.roles import EVERYWHERE, GRANTED


def role_permission_rows() -> list[tuple[str, str]]:
    """(role, permission) for each permission a role has in its whole municipality."""
    return sorted((str(role), str(p)) for role, permissions in EVERYWHERE.items() for p in permissions)


def role_granted_rows() -> list[tuple[str, str]]:
    """(role, permission) for each permission a role can use on a family granted to it."""
    return sorted((str(role), str(p)) for role, permissions in GRANTED.items() for p in permissions)


def copy_roles_to_database(using: str = "default", **kwargs) -> None:
    """After `migrate`, as the owner. Skipped while the tables do not exist (migrating backwards past them)."""
    for table, wanted in (("role_permission", role_permission_rows()), ("role_granted", role_granted_rows())):
        _copy(using, table, wanted)


def _copy(using: str, table: str, wanted: list[tuple[str, str]]) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regclass(%s)", [f"sec.{table}"])
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(f"select role, permission from sec.{table} order by role, permission")  # noqa: S608
        if cursor.fetchall() == wanted:
            return
        cursor.execute(f"delete from sec.{table}")  # noqa: S608
        cursor.executemany(f"insert into sec.{table} (role, permission) values (%s, %s)", wanted)  # noqa: S608


def harden_functions(using: str = "default", **kwargs) -> None:
    """Let no temporary table stand in for a real one inside a function that sees past the wall.

    Where a search path does not name pg_temp, PostgreSQL looks there first; so each such function names it, last.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            """
            select p.oid::regprocedure::text from pg_proc p
             where p.prosecdef and p.pronamespace in (to_regnamespace('sec'), to_regnamespace('public'))
               and p.proowner = current_user::regrole
               and not coalesce(p.proconfig, '{}') @> '{"search_path=pg_catalog, public, pg_temp"}'
            """
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"alter function {function} set search_path = pg_catalog, public, pg_temp")
