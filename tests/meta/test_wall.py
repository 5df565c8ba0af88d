"""No table without a wall or a written reason, and no wall with a hole in its making."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from nyemonstre.access.roles import READER_GRANT
from nyemonstre.accounts.policy import role_granted_rows, role_permission_rows

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]

# Tables the wall does not stand around, and why.
OPEN = {
    "public.accounts_municipality": "names of municipalities; no personal data",
    "public.accounts_user": "read at login, before anybody is acting; colleagues' names are known to all users",
    "public.account_emailaddress": "allauth's own, empty: nobody but the owner may write to it",
    "public.account_emailconfirmation": "allauth's own, empty: nobody but the owner may write to it",
    "public.accounts_loginprovider": "read by whoever opens the login page; no personal data, its secret is elsewhere",
    "public.accounts_session": "read at login, by a random key, before anybody is acting; holds no case data",
    "public.accounts_user_groups": "read with the user",
    "public.accounts_user_user_permissions": "Django's own, empty: access never reads it",
    "public.accounts_membership": "decides who is who, read before the actor's rights are; colleagues' roles are known",
    "public.django_content_type": "Django's list of models",
    "public.django_migrations": "Django's list of migrations",
    "public.django_session": "Django's own, empty: accounts_session is used",
    "public.auth_group": "names of groups",
    "public.auth_group_permissions": "Django's own, empty",
    "public.auth_permission": "names of permissions",
    "public.guardian_groupobjectpermission": "guardian's generic table, empty: grants have direct foreign keys",
    "public.guardian_userobjectpermission": "guardian's generic table, empty: grants have direct foreign keys",
    "sec.role_permission": "nyemonstre/access/roles.py once more; no personal data",
    "sec.role_granted": "nyemonstre/access/roles.py once more; no personal data",
}
# Read by all and written by nobody but the owner: migrations and an operator's commands.
OWNERS_ALONE = {
    "public.account_emailaddress", "public.account_emailconfirmation", "public.accounts_loginprovider",
    "public.audit_chain", "public.audit_event", "public.history_change", "sec.role_granted", "sec.role_permission",
}  # fmt: skip
OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def tables() -> dict[str, tuple[bool, bool, int]]:
    """Every table of every schema of ours: enabled, forced, number of policies."""
    found = rows(
        f"""
        select n.nspname || '.' || c.relname, c.relrowsecurity, c.relforcerowsecurity,
               (select count(*) from pg_policy p where p.polrelid = c.oid)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace where {OURS} and c.relkind in ('r', 'p', 'f')
           and not c.relispartition
        """
    )
    return {name: (security, forced, policies) for name, security, forced, policies in found}


def test_every_table_has_the_wall_or_a_reason():
    without = {name for name, (security, forced, count) in tables().items() if not (security and forced and count >= 9)}
    assert without == set(OPEN), f"missing: {without - set(OPEN)}, no longer open: {set(OPEN) - without}"
    assert all(len(reason) > 10 for reason in OPEN.values())


def test_the_data_map_tells_of_every_table_behind_the_wall():
    text = (ROOT / "docs" / "security" / "data-map.md").read_text()
    told = [name.replace("*", ".*") for name in re.findall(r"`(\w+_[\w*]+)`", text)]
    walled = {name.split(".")[1] for name, (security, _forced, _count) in tables().items() if security}
    assert not [table for table in sorted(walled) if not any(re.fullmatch(name, table) for name in told)]


def test_what_only_the_owner_writes_no_other_role_may():
    writable = rows(
        f"""
        select distinct n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest('{{nm_web,nm_worker}}'::text[]) role
         where {OURS} and c.relkind in ('r', 'p') and not c.relispartition
           and (has_table_privilege(role, c.oid, 'delete, truncate')
                or has_any_column_privilege(role, c.oid, 'insert, update'))
        """
    )
    assert set(tables()) - {name for (name,) in writable} == OWNERS_ALONE


def test_a_partition_is_reached_through_its_table_alone():
    """Row security of the table holds for whoever asks the table; so nobody may ask the partition."""
    partitions = rows(
        f"""
        select c.oid::regclass::text,
               bool_or(has_schema_privilege(role, n.oid, 'usage')
                       or has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate'))
          from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest('{{nm_web,nm_worker}}'::text[]) role
         where {OURS} and c.relispartition and c.relkind in ('r', 'p') group by 1
        """
    )
    assert len(partitions) >= 5
    assert not [name for name, reachable in partitions if reachable]


def test_every_model_is_a_table_the_test_saw():
    models = {f"public.{m._meta.db_table}" for m in apps.get_models(include_auto_created=True) if m._meta.managed}
    assert models <= set(tables())


def test_nothing_is_shown_past_the_wall_by_a_view():
    """A view reads with its owner's eyes unless it says otherwise; a materialised one has no row security at all."""
    views = rows(
        f"""
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where {OURS} and (c.relkind = 'm' or (c.relkind = 'v'
               and not coalesce(c.reloptions, '{{}}') && '{{security_invoker=true,security_invoker=on}}'))
           and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
        """
    )
    assert views == []


def test_what_may_be_changed_stays_where_it_may_be_changed():
    loose = rows(
        "select tablename, policyname from pg_policies where permissive = 'PERMISSIVE' and cmd = 'UPDATE'"
        " and qual is distinct from with_check"
    )
    assert loose == []


def test_only_the_owner_is_let_through_without_a_condition():
    loose = rows(
        "select tablename, policyname from pg_policies where permissive = 'PERMISSIVE' and roles <> '{nm_owner}'"
        " and (qual = 'true' or with_check = 'true' or (qual is null and with_check is null))"
    )
    assert loose == []


def test_the_web_role_is_never_let_through_as_a_job():
    asked = "coalesce(qual, '') || coalesce(with_check, '')"
    assert rows(f"select 1 from pg_policies where {asked} like '%is_job%' and roles <> '{{nm_worker}}'") == []
    assert rows(f"select 1 from pg_policies where {asked} like '%is_job%'") != []


def test_every_list_in_a_policy_is_made_once():
    """`= any (array(select …))` is made once and looked up in the index; `in (select …)` scans the whole table."""
    policies = rows(
        "select tablename, policyname, coalesce(qual, '') || ' ' || coalesce(with_check, '') from pg_policies"
    )
    for table, name, text in policies:
        calls = len(re.findall(r"sec\.(?!uid|is_job|today|is_of_family|is_first_assignment)\w+\(", text))
        arrays = len(re.findall(r"ANY \(ARRAY\( SELECT (?:sec\.\w+\(|m\.)", text))
        assert arrays >= calls, f"{table}.{name}: {text}"


def test_every_list_of_families_meets_an_index():
    """The first column of some index, in every table whose policies ask for the family."""
    missing = rows(
        """
        select c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid
         where a.attname = 'family_id' and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
           and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)
        """
    )
    assert missing == []


def test_functions_that_see_past_the_wall_look_nowhere_else():
    """A search path without pg_temp at its end finds the caller's temporary table first."""
    open_paths = rows(
        f"""
        select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where {OURS} and p.prosecdef
           and not coalesce(p.proconfig, '{{}}') @> '{{"search_path=pg_catalog, public, pg_temp"}}'
        """
    )
    assert open_paths == []


def test_a_temporary_table_fools_nobody(acting_as):
    """The attack itself: a made-up membership in front of the real one."""
    from families.stages import Step
    from tests.factories import Team, family_at

    team, other = Team(), Team()
    family_at(Step.INTAKE, team)
    with acting_as(other.lead), connection.cursor() as cursor:
        cursor.execute("create temporary table accounts_membership (like public.accounts_membership) on commit drop")
        cursor.execute(
            "insert into pg_temp.accounts_membership"
            " (id, role, sector, valid_from, municipality_id, user_id, places_reason, places_held, on_call)"
            " select gen_random_uuid(), 'lead', '', '2020-01-01', %s, %s, '', 0, false",
            [team.municipality.pk, other.lead.pk],
        )
        cursor.execute("select id from public.families_family")
        assert cursor.fetchall() == []


def test_the_database_knows_the_same_roles_as_the_code():
    assert rows("select role, permission from sec.role_permission order by role, permission") == role_permission_rows()
    assert rows("select role, permission from sec.role_granted order by role, permission") == role_granted_rows()
    reading = rows("select codename from auth_permission where id in (select sec.reading()) order by codename")
    assert [codename for (codename,) in reading] == sorted(map(str, READER_GRANT))


def test_the_web_role_cannot_change_the_policy():
    changes = rows(
        """
        select has_table_privilege(who, 'sec.' || policy, 'insert, update, delete, truncate')
               or has_schema_privilege(who, 'sec', 'create') or has_schema_privilege(who, 'public', 'create')
          from unnest(array['nm_web', 'nm_worker']) who, unnest(array['role_permission', 'role_granted']) policy
        """
    )
    assert changes == [(False,)] * 4
