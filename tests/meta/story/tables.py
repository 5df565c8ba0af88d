"""Every table with a wall, asked whole: which rows are there, which this person gets, and which they should get.

One query counts the rows of all tables by what decides over them: the family, the municipality, a person, and one more
word where a table needs it. The owner asks it for what is there; the web role, acting as somebody, for what is seen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.postgres.creation import as_owner
from tests.meta.test_wall_of_every_table import OPENED_BY

from .oracle import Known, Oracle

P = Permission


class Row(NamedTuple):
    """What decides who sees it. Rows of a table that are alike in this are seen by the same people."""

    table: str
    family: UUID | None
    place: UUID | None
    who: UUID | None
    what: str | None


class Judge:
    """One person, one moment: who gets which row, in words."""

    def __init__(self, oracle: Oracle, user: User) -> None:
        self.oracle, self.user = oracle, user
        self.known = {known.family.pk: known for known in oracle.families}
        self.contacts = oracle.contacts(user)
        self.opened = {permission: oracle.families_of(user, permission) for permission in Permission}

    def _of(self, row: Row) -> Known | None:
        return self.known.get(row.family) if row.family else None

    def _place(self, row: Row) -> int:
        return next((n for n, team in enumerate(self.oracle.teams) if team.municipality.pk == row.place), -1)

    def out(self, row: Row) -> bool:
        known = self._of(row)
        return known is not None and self.user.pk in known.shut_out

    def opens(self, row: Row, *permissions: str) -> bool:
        return any(row.family in self.opened[P(permission)] for permission in permissions)

    def can(self, row: Row, permission: str) -> bool:
        return self.oracle.can(self.user, permission, self._place(row))

    # ── The rules of tables that one permission does not decide over ──────────────────────────────────────────────────

    def own(self, row: Row) -> bool:
        return row.who == self.user.pk

    def own_but_not_shut_out(self, row: Row) -> bool:
        return self.own(row) and not self.out(row)

    def assignment(self, row: Row) -> bool:
        """Everybody keeps seeing that they once followed a family."""
        return self.opens(row, P.LIST_FAMILY) or self.own_but_not_shut_out(row)

    def grant(self, row: Row) -> bool:
        led = self.opens(row, P.GRANT_ACCESS, P.ASSIGN_COORDINATOR, P.VIEW_FAMILY)
        return led or self.own_but_not_shut_out(row)

    def group_grant(self, row: Row) -> bool:
        led = self.opens(row, P.GRANT_ACCESS, P.ASSIGN_COORDINATOR, P.VIEW_FAMILY)
        return led or (self.user.pk in self.oracle.in_group and not self.out(row))

    def gone_through(self, row: Row) -> bool:
        """By whoever leads or is inside, and by the auditor."""
        audits = self.can(row, P.REVIEW_ACCESS) and not self.out(row)
        return self.opens(row, P.GRANT_ACCESS, P.VIEW_FAMILY) or audits

    def shut_out(self, row: Row) -> bool:
        """One's own always, because the row rule itself asks for them."""
        return self.own(row) or self.gone_through(row)

    def break_glass(self, row: Row) -> bool:
        return self.own_but_not_shut_out(row) or self.gone_through(row)

    def leave(self, row: Row) -> bool:
        return self.own(row) or self.can(row, P.ASSIGN_COORDINATOR)

    def in_log(self, row: Row) -> bool:
        return self.can(row, P.VIEW_LOG)

    def event(self, row: Row) -> bool:
        return (self.in_log(row) and not self.out(row)) or self.opens(row, P.VIEW_FAMILY)

    def change(self, row: Row) -> bool:
        """Shows to whoever may see what was changed; of a contact, while the contact itself shows."""
        return self.opens(row, row.what or "") and (row.who is None or self.contact(row))

    def directory(self, row: Row) -> bool:
        return self.oracle.is_here(self.user, self._place(row))

    def contact(self, row: Row) -> bool:
        return row.who in self.contacts

    def referral(self, row: Row) -> bool:
        return row.who is not None and self.oracle.sees_referral(self.user, row.who, self._place(row))


Rule = Callable[[Judge, Row], bool]


class Table(NamedTuple):
    """Who gets the rows of a table, and where the columns that decide it are found."""

    rule: Rule
    family: str = "null"
    place: str = "null"
    who: str = "null"
    what: str = "null"
    source: str = ""  # other than the table itself


def _opened_by(permission: str) -> Table:
    return Table(lambda judge, row: judge.opens(row, permission), family="family_id")


def _of_referral(table: str) -> Table:
    source = f"{table} t join referrals_referral r on r.id = t.referral_id"
    return Table(Judge.referral, place="r.municipality_id", who="r.id", source=source)


ABOUT_SOMEBODY = {"family": "family_id", "place": "municipality_id", "who": "user_id"}
OF_REFERRALS = ("referredperson", "criterionanswer", "intakedecision", "addition", "waitingmove", "calculation")
TABLES: dict[str, Table] = {
    **{table: _opened_by(permission) for table, permission in OPENED_BY.items()},
    **{table: _of_referral(table) for table in (f"referrals_{name}" for name in OF_REFERRALS)},
    "families_family": _opened_by(P.LIST_FAMILY)._replace(family="id"),
    "families_assignment": Table(Judge.assignment, family="family_id", who="user_id"),
    "families_familyusergrant": Table(Judge.grant, family="content_object_id", who="user_id"),
    "families_familygroupgrant": Table(Judge.group_grant, family="content_object_id"),
    "families_shutout": Table(Judge.shut_out, **ABOUT_SOMEBODY),
    "families_breakglass": Table(Judge.break_glass, **ABOUT_SOMEBODY),
    "families_leave": Table(Judge.leave, place="municipality_id", who="user_id"),
    "families_reminder": Table(Judge.own, who="user_id"),
    "accounts_draft": Table(Judge.own, who="user_id"),
    "consent_contact": Table(Judge.contact, family="family_id", who="id"),
    "consent_endingtold": _opened_by(P.VIEW_CONSENT),
    "consent_service": Table(Judge.directory, place="municipality_id"),
    "consent_consenttext": Table(Judge.directory, place="municipality_id"),
    "consent_extrapurpose": Table(Judge.directory, place="municipality_id"),
    "content_fact": Table(Judge.directory, place="municipality_id"),
    "plans_plantemplate": Table(Judge.directory, place="municipality_id"),
    "assessments_localeconomyitem": Table(Judge.directory, place="municipality_id"),
    "assessments_localinstrument": Table(Judge.directory, place="municipality_id"),
    "referrals_referral": Table(Judge.referral, place="municipality_id", who="id"),
    "audit_event": Table(Judge.event, family="family_id", place="municipality_id"),
    "audit_chain": Table(Judge.in_log, place="municipality_id"),
    "audit_alert": Table(Judge.in_log, place="municipality_id"),
    "audit_retention": Table(Judge.in_log, place="municipality_id"),
    "history_change": Table(
        Judge.change, family="family_id", what="permission",
        who="case when table_name = 'consent_contact' then row_id end",
    ),
}  # fmt: skip

# Walled tables that no history of this test writes in, and where theirs is proven.
ELSEWHERE = {
    "plans_redaction": "tests/plans/test_redaction.py",
    "accounts_calendarfeed": "tests/families/test_feed.py: one's own; whoever looks after users can take it away",
    "accounts_identity": "tests/nyemonstre/accounts: one's own, and for administrators those they look after",
    "mfa_authenticator": "tests/nyemonstre/accounts: one's own alone",
    "families_snooze": "tests/families/test_snooze.py",
    "referrals_intakemeeting": "tests/referrals/test_intake_meeting.py",
    "referrals_agendaitem": "tests/referrals/test_intake_meeting.py",
    "referrals_presence": "tests/referrals/test_intake_meeting.py",
    "referrals_recusal": "tests/referrals/test_intake_meeting.py",
    "referrals_samefamily": "tests/referrals/test_same_family.py",
    "referrals_addendum": "tests/referrals/test_intake_meeting.py",
    "referrals_decisionletter": "tests/referrals/test_letters.py",
    "referrals_waitingcontact": "tests/referrals/test_waiting.py",
    "referrals_referraldraft": "tests/referrals/test_drafts.py",
    "referrals_attachment": "tests/referrals/test_drafts.py",
    "referrals_forward": "tests/referrals/test_forward.py",
    "referrals_sendercheck": "tests/referrals/test_sender.py",
    "referrals_placeoffer": "tests/referrals/test_waiting.py",
    **dict.fromkeys(
        [
            f"research_{name}"
            for name in ("project", "dataset", "participant", "link", "opening", "textrelease", "figures")
        ],
        "tests/assessments/research: by municipality and permission; the key by the clock's worker alone",
    ),
}

# Histories write here, or nobody does; at the beginning there is nothing.
EMPTY_AT_FIRST = {
    "families_breakglass", "families_familygroupgrant", "families_leave", "families_reminder", "accounts_draft",
    "assessments_localinstrument", "assessments_localeconomyitem",
    "content_fact", "plans_plantemplate", "consent_endingtold", "consent_extrapurpose", "audit_alert",
    "audit_retention", "referrals_addition", "referrals_waitingmove", "referrals_calculation",
}  # fmt: skip


def _one(name: str, table: Table) -> str:
    return (
        f"select '{name}'::text, ({table.family})::uuid, ({table.place})::uuid, ({table.who})::uuid,"
        f" ({table.what})::text, count(*) from {table.source or name} group by 1, 2, 3, 4, 5"
    )


EVERYTHING = "\nunion all\n".join(_one(name, table) for name, table in TABLES.items())

# PostgreSQL's clock cannot be moved inside a transaction. So time passes the other way round: all that is written moves
# back. Assignments one by one, the oldest first, so that two of them never overlap on the way.
OWNERS = f"""
create function sec.story_rows() returns table (name text, family uuid, place uuid, who uuid, what text, n bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $story$
{EVERYTHING}
$story$;

create function sec.story_asks(question text) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $story$
begin
  return query execute question;
end $story$;

create function sec.story_goes_on(days integer) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $story$
declare
  back interval := make_interval(days => days);
  one uuid;
begin
  update families_familyusergrant set starts_at = starts_at - back, expires_at = expires_at - back;
  update families_familygroupgrant set starts_at = starts_at - back, expires_at = expires_at - back;
  for one in select id from families_assignment order by valid_from loop
    update families_assignment set valid_from = valid_from - back, valid_until = valid_until - back where id = one;
  end loop;
  update families_breakglass set opened_at = opened_at - back, until = until - back, ended_at = ended_at - back;
  update accounts_membership set valid_from = valid_from - days, valid_to = valid_to - days;
  update consent_consent set answered_on = answered_on - days, valid_until = valid_until - days;
  update consent_agreementline set valid_from = valid_from - days, valid_to = valid_to - days;
end $story$;
"""
NO_OWNERS = "drop function if exists sec.story_rows(), sec.story_asks(text), sec.story_goes_on(integer);"


@contextmanager
def owners_eyes() -> Iterator[None]:
    """Three functions of the owner in the test database, for as long as this lasts. Outside any transaction."""
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(NO_OWNERS + OWNERS)
    with connection.cursor() as cursor:
        # Planned once, as the web role: what the policies ask is asked anew each time.
        cursor.execute(f"prepare story_seen as {EVERYTHING}")
    yield
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(NO_OWNERS)


def _rows(sql: str) -> Counter[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return Counter({Row(*row[:5]): row[5] for row in cursor.fetchall()})


def what_is_there() -> Counter[Row]:
    return _rows("select * from sec.story_rows()")


def what_is_seen() -> Counter[Row]:
    """By whoever acts, without any filter."""
    return _rows("execute story_seen")


def past_the_wall(queryset: QuerySet) -> set[UUID]:
    """The ids a queryset finds when the wall hides none from it: what it says by itself."""
    with connection.cursor() as cursor:
        question = cursor.mogrify(*queryset.order_by().values("pk").query.sql_with_params())
        cursor.execute("select * from sec.story_asks(%s)", [question])
        return {row[0] for row in cursor.fetchall()}


def what_should_be_seen(there: Counter[Row], oracle: Oracle, user: User) -> Counter[Row]:
    judge = Judge(oracle, user)
    return Counter({row: n for row, n in there.items() if TABLES[row.table].rule(judge, row)})


def difference(seen: Counter[Row], should: Counter[Row], names: dict[Any, str]) -> str:
    """In words short enough to read, or an empty string."""
    too_much, too_little = seen - should, should - seen

    def tell(rows: Counter[Row]) -> str:
        return ", ".join(
            f"{row.table}[{' '.join(names.get(x, str(x)) for x in row[1:] if x)}] {n}" for row, n in rows.items()
        )

    return f"too much: {tell(too_much) or '-'}; too little: {tell(too_little) or '-'}" if seen != should else ""
