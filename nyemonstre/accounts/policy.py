"""The wall reads who may do what from a table: a copy of nyemonstre/access/roles.py, made at each migrate."""

from django.db import connections

from nyemonstre.access.roles import EVERYWHERE


def role_permission_rows() -> list[tuple[str, str]]:
    """(role, permission) for each permission a role has in its whole municipality."""
    return sorted((str(role), str(p)) for role, permissions in EVERYWHERE.items() for p in permissions)


def copy_roles_to_database(using: str = "default", **kwargs) -> None:
    """After `migrate`, as the owner. Skipped while the table does not exist (migrating backwards past it)."""
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regclass('sec.role_permission')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute("select role, permission from sec.role_permission order by role, permission")
        if cursor.fetchall() == role_permission_rows():
            return
        cursor.execute("delete from sec.role_permission")
        cursor.executemany("insert into sec.role_permission (role, permission) values (%s, %s)", role_permission_rows())
