"""Keys are checked past the wall, so none of them may tell whether another family's row is there."""

import re
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from psycopg.sql import SQL, Identifier

from nyemonstre.access.wall import acting_as
from tests.factories import Team
from tests.factories.everything import family_with_everything

pytestmark = pytest.mark.django_db

# Unique without a family, a municipality or any other UUID among their columns, and why that tells nothing.
UNIQUE_ALONE = {
    "account_emailaddress_pkey": "allauth's own, empty",
    "account_emailconfirmation_key_key": "allauth's own, empty",
    "account_emailconfirmation_pkey": "allauth's own, empty",
    "accounts_municipality_code_key": "municipalities are public",
    "accounts_municipality_number_key": "municipalities are public",
    "accounts_session_pkey": "a random key",
    "accounts_user_email_key": "one login per person; only administrators write it, and colleagues are known to them",
    "identity_subject_once": "one person per work account; only the provider's own answer brings such a pair",
    "audit_chain_pkey": "a counter; only the log's own function writes there",
    "assessments_fitinvitation_code_hash_key": "the hash of a code nobody can guess",
    "auth_group_name_key": "names of groups",
    "auth_group_pkey": "Django's own",
    "auth_group_permissions_pkey": "Django's own, empty",
    "auth_group_permissions_group_id_permission_id_0cd325b0_uniq": "Django's own, empty",
    "auth_permission_pkey": "Django's own",
    "auth_permission_content_type_id_codename_01ab375a_uniq": "Django's own",
    "accounts_user_groups_pkey": "a counter, of no person",
    "accounts_user_user_permissions_pkey": "Django's own, empty",
    "django_content_type_pkey": "Django's own",
    "django_content_type_app_label_model_76bd3d3b_uniq": "Django's own",
    "django_migrations_pkey": "Django's own",
    "django_session_pkey": "a random key",
    "guardian_groupobjectpermission_pkey": "guardian's generic table, empty",
    "guardian_groupobjectperm_group_id_permission_id_o_3f189f7c_uniq": "guardian's generic table, empty",
    "guardian_userobjectpermission_pkey": "guardian's generic table, empty",
    "mfa_authenticator_pkey": "a counter",
    "referrals_referraldraft_token_hash_key": "the hash of a token nobody can guess",
    "accounts_calendarfeed_token_hash_key": "the hash of a token nobody can guess",
    "referrals_sendercheck_token_hash_key": "the hash of a token nobody can guess",
    "plans_minutescopy_secret_hash_key": "the hash of a secret nobody can guess",
    "role_granted_pkey": "the policy itself",
    "role_permission_pkey": "the policy itself",
    "unique_verified_email": "allauth's own, empty",
    "history_change_pkey": "a counter; only the triggers write there",
}

# Every arrow from a walled row to another walled row that is not its family. A crafted id must fail there in one way.
ARROWS = """
    select c.conrelid::regclass::text, a.attname from pg_constraint c
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
      join pg_class parent on parent.oid = c.confrelid and parent.relrowsecurity
      join pg_class child on child.oid = c.conrelid and child.relrowsecurity
     where c.contype = 'f' and c.conparentid = 0 and has_table_privilege(c.conrelid, 'select')
"""


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_no_unique_key_reaches_across_families():
    alone = rows(
        """
        select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
         where c.relnamespace in (select oid from pg_namespace where nspname in ('public', 'sec'))
           and (i.indisunique or i.indisexclusion)
           and not exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                                                        and a.atttypid = 'uuid'::regtype)
        """
    )
    found = {name.split(".")[-1] for (name,) in alone}
    assert found == set(UNIQUE_ALONE), f"new: {found - set(UNIQUE_ALONE)}, gone: {set(UNIQUE_ALONE) - found}"


def outcome(sql: SQL, *values: object) -> str:
    """The error of a statement with its ids taken out, or "done"; undone in any case, deferred keys checked."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            touched = cursor.rowcount
            cursor.execute("set constraints all immediate")
            transaction.set_rollback(True)
            return "done" if touched else "nothing to change"
    except Error as error:
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", f"{type(error).__name__}: {error}")


def copied(table: str, column: str) -> SQL:
    """Add a copy of the row whose id comes last, with another id and with `column` pointing elsewhere."""
    return SQL(
        "insert into {table} select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), {name},"
        " %s::text))).* from {table} t where t.id = %s"
    ).format(table=Identifier(table), name=column)


def pointed(table: str, column: str) -> SQL:
    return SQL("update {table} set {column} = %s where id = %s").format(
        table=Identifier(table), column=Identifier(column)
    )


def test_a_crafted_arrow_fails_alike_whether_the_foreign_row_exists_or_not():
    team, other = Team(), Team()
    mine, theirs = family_with_everything(team), family_with_everything(other)
    connection.check_constraints()  # what the making has put off, else each statement below would be asked for it again
    tried, wrong = 0, []
    for table, column in rows(ARROWS):
        key = "content_object_id" if "grant" in table else "family_id"
        if not rows(f"select 1 from pg_attribute where attrelid = '{table}'::regclass and attname = '{key}'"):
            key = None  # rows of a henvendelse
        condition = {None: ""}.get(key, f"and {key} = '{{}}'")
        with acting_as(other.coordinator):
            there = rows(
                f"select {column} from {table} where {column} is not null {condition.format(theirs.pk)} limit 1"
            )
        for person in (team.coordinator, team.lead, team.intake):
            with acting_as(person):
                here = rows(f"select id from {table} where {column} is not null {condition.format(mine.pk)} limit 1")
                if not (there and here):
                    continue
                tried += 1
                for make in (copied, pointed):
                    real, invented = (outcome(make(table, column), one, here[0][0]) for one in (there[0][0], uuid4()))
                    if real != invented or real == "done":
                        wrong.append(f"{table}.{column}, {make.__name__}: {real} / {invented}")
    assert not wrong, "\n".join(wrong)
    assert tried > 30
