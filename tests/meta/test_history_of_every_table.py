"""Every table that hangs on a family keeps the history of its rows, opened by the permission that opens the table."""

import pytest
from django.db import connection

from nyemonstre.access.roles import Permission

from .test_wall_of_every_table import OPENED_BY, rows

pytestmark = pytest.mark.django_db

# Tables with a family whose rows have no history by trigger, and why.
UNWATCHED = {
    "audit_event": "the log, which is itself only added to",
    "audit_alert": "raised and signed off once, each with an event in the log",
    "history_change": "history itself",
    "families_shutout": "says itself who declared and who lifted it, when and why; nothing else of it can change",
    "families_snooze": "a note in one's own list; ended and never changed, each with an event in the log",
    "families_breakglass": "says itself when it ended and who went through it; nothing else of it can change",
    "assessments_correction": "is itself the history of an answer, with the reason; only added to",
    "assessments_economyanswer": "each version is a row of its own, with who wrote it and when; only added to",
    "assessments_fitinvitation": "says itself who asked whom, and when it ended or was used; the rest cannot change",
    "assessments_startpicture": "each version is a row of its own, with who wrote it and when; only added to",
    "consent_disclosure": "only added to; says itself who released it, when and why; and its history would tell of it",
    "consent_endingtold": "that somebody was told, once; written by the clock, and each has an event in the log",
    "families_formerresidence": "is itself the history of who lived where; only added to",
    "families_protectionchange": "is itself the history of protection, for fewer eyes than the rest; only added to",
    "plans_goalversion": "is itself the history of a goal, with the reason for each change; only added to",
    "plans_goalrating": "an answer given on a day, with who wrote it down and when; only added to",
    "plans_redaction": "holds words to be taken away until it is decided; says itself who asked and who decided",
    "plans_planbatch": "all papers at once, ordered and perhaps stopped; each is in the log",
    "plans_plandocument": "a printing of the plan, not a fact about the family; ordered and taken out is in the log",
    "plans_meetingchange": "is itself the history of an appointment, with the reason; only added to",
    "plans_meetingnotice": "says itself who sent it and who stopped it; nothing else can change",
    "plans_minutescopy": "says itself who sent it and who stopped it, and when it was opened; nothing else can change",
    "plans_minutesaddendum": "says itself who added it, and when; only added to",
    "referrals_meetingturn": "is itself the history of an appointment, with the reason; only added to",
    "referrals_samefamily": "says itself who answered and who took it back, and when; nothing else of it can change",
    "referrals_intakedecision": "a decision, with its day, its people and its reason; only added to",
}
# Rows of a table on one permission whose changes ask for a stricter one, and why.
STRICTER = {
    "families_family": "the same row holds name and steps, and reasons that are content",
    "families_exit": "the day is known to those who lead; the reason is content",
}


def watched() -> dict[str, tuple[set[str], str]]:
    """Table → (the verbs that are watched, the permission that opens a change)."""
    found: dict[str, tuple[set[str], str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select c.relname, t.tgname, split_part(encode(t.tgargs, 'escape'), '\\000', 1)
              from pg_trigger t join pg_class c on c.oid = t.tgrelid
             where t.tgname like 'keep_history_%' and t.tgenabled = 'O'
            """
        )
        for table, name, permission in cursor.fetchall():
            verbs, _same = found.setdefault(table, (set(), permission))
            verbs.add(name.removeprefix("keep_history_"))
    return found


def test_every_table_with_a_family_is_watched_or_says_why_not():
    with_family = rows(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'family_id'"
        " except select table_name from information_schema.views"
    )
    seen = watched()
    assert with_family | {"families_family"} == set(seen) | set(UNWATCHED), "call keep_history in the migration"
    assert not set(seen) & set(UNWATCHED)
    assert all(verbs == {"insert", "update", "delete"} for verbs, _permission in seen.values())
    assert all(len(reason) > 10 for reason in UNWATCHED.values())


def test_a_change_is_opened_by_the_permission_that_opens_the_table():
    for table, (_verbs, permission) in watched().items():
        expected = Permission.VIEW_FAMILY if table in STRICTER else OPENED_BY[table]
        assert permission == expected, table


def test_nobody_but_the_triggers_writes_history():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select role, has_table_privilege(role, 'history_change', 'insert, update, delete, truncate')
              from unnest(array['nm_web', 'nm_worker']) role
            """
        )
        assert cursor.fetchall() == [("nm_web", False), ("nm_worker", False)]
