"""No table without a wall or a written reason."""

import pytest
from django.apps import apps
from django.db import connection

from nyemonstre.accounts.policy import role_permission_rows

pytestmark = pytest.mark.django_db

# Tables the wall does not stand around, and why.
OPEN = {
    "accounts_municipality": "names of municipalities; no personal data",
    "accounts_user": "read at login, before anybody is acting; colleagues' names are known to all users",
    "accounts_user_groups": "read with the user",
    "accounts_user_user_permissions": "Django's own, empty: access never reads it",
    "accounts_membership": "decides who is who, read before the actor's rights are known; colleagues' roles are known",
    "django_content_type": "Django's list of models",
    "django_migrations": "Django's list of migrations",
    "django_session": "read at login, by a random key",
    "auth_group": "names of groups",
    "auth_group_permissions": "Django's own, empty",
    "auth_permission": "names of permissions",
    "guardian_groupobjectpermission": "guardian's generic table, empty: grants have direct foreign keys",
    "guardian_userobjectpermission": "guardian's generic table, empty: grants have direct foreign keys",
}


def tables() -> dict[str, tuple[bool, bool, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select c.relname, c.relrowsecurity, c.relforcerowsecurity,
                   (select count(*) from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname)
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = 'public' and c.relkind in ('r', 'p')
            """
        )
        return {name: (security, forced, policies) for name, security, forced, policies in cursor.fetchall()}


def test_every_table_has_the_wall_or_a_reason():
    without = {name for name, (security, forced, count) in tables().items() if not (security and forced and count >= 9)}
    assert without == set(OPEN), f"missing: {without - set(OPEN)}, no longer open: {set(OPEN) - without}"
    assert all(len(reason) > 10 for reason in OPEN.values())


def test_every_model_is_a_table_the_test_saw():
    seen = tables()
    assert {model._meta.db_table for model in apps.get_models(include_auto_created=True)} <= set(seen)


def test_the_database_knows_the_same_roles_as_the_code():
    with connection.cursor() as cursor:
        cursor.execute("select role, permission from sec.role_permission order by role, permission")
        assert cursor.fetchall() == role_permission_rows()


def test_the_web_role_cannot_change_the_policy():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select has_table_privilege('nm_web', 'sec.role_permission', 'insert, update, delete, truncate'),
                   has_table_privilege('nm_worker', 'sec.role_permission', 'insert, update, delete, truncate'),
                   has_schema_privilege('nm_web', 'sec', 'create'), has_schema_privilege('nm_web', 'public', 'create')
            """
        )
        assert cursor.fetchone() == (False, False, False, False)
