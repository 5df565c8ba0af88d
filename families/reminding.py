"""Whom the nightly job tells what, counted by the database in one pass over all families."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from nyemonstre.access.roles import Role

from .enums import STRICT


@dataclass(frozen=True)
class Due:
    """For one person on one day: windows that are open and passed in the families they follow; and, for a lead, how
    many in the municipality have now been passed for longer than it has decided, and were not told of before."""

    user_id: UUID
    open: int
    passed: int
    escalated: int


# Followed: by somebody with a role there, not shut out, not away (then a substitute follows it too, and is told).
# A window passed for more than the municipality's days is told the lead of once: on the first morning after those days,
# or on the first after the last such mail if nobody was told that morning. Strictly protected families are not counted:
# a lead does not know of them.
DUE = """
with roles as (
  select m.user_id, m.municipality_id, m.role from accounts_membership m
    join accounts_user u on u.id = m.user_id and u.is_active
   where m.valid_from <= %(day)s and (m.valid_to is null or m.valid_to >= %(day)s)
), followed as (
  select distinct a.user_id, a.family_id from families_assignment a
    join families_family f on f.id = a.family_id and f.state = 'active'
   where a.valid_from <= %(now)s and (a.valid_until is null or a.valid_until > %(now)s)
     and exists (select from roles r where r.user_id = a.user_id and r.municipality_id = f.municipality_id)
     and not exists (select from families_shutout s
                      where s.family_id = a.family_id and s.user_id = a.user_id and s.ended_at is null)
     and not exists (select from families_leave l
                      where l.user_id = a.user_id and l.municipality_id = f.municipality_id
                        and l.ended_at is null and l.starts_at <= %(now)s and l.ends_at > %(now)s)
), waiting as (
  select m.id, m.family_id, m.due_until from families_milestone m
   where m.undone_at is null and m.reached_on is null and m.due_from <= %(day)s
), own as (
  select o.user_id, count(*) filter (where w.due_until >= %(day)s) as open,
         count(*) filter (where w.due_until < %(day)s) as passed
    from followed o join waiting w on w.family_id = o.family_id
   where not exists (select from families_snooze s where s.milestone_id = w.id and s.user_id = o.user_id
                        and s.ended_at is null and s.until > %(day)s)
   group by 1
), late as (
  select f.id as family_id, f.municipality_id, w.due_until + t.escalate_after_days + 1 as told_on
    from waiting w
    join families_family f on f.id = w.family_id and f.state = 'active' and f.protection <> all (%(strict)s)
    join accounts_municipality t on t.id = f.municipality_id
   where w.due_until + t.escalate_after_days < %(day)s
), leads as (
  select r.user_id, r.municipality_id,
         (select max(x.day) from families_reminder x
           where x.user_id = r.user_id and x.escalated > 0 and x.day < %(day)s) as last
    from roles r where r.role = %(lead)s
), led as (
  select l.user_id, count(*) as escalated from leads l
    join late on late.municipality_id = l.municipality_id and (l.last is null or late.told_on > l.last)
   where not exists (select from families_shutout s
                      where s.family_id = late.family_id and s.user_id = l.user_id and s.ended_at is null)
   group by 1
)
select user_id, coalesce(open, 0), coalesce(passed, 0), coalesce(escalated, 0)
  from own full join led using (user_id)
 order by user_id
"""


def due_by_person(day: date) -> list[Due]:
    """Everybody who is to be told something on `day`, in the order of their ids. One query.

    Paused and closed families are left alone. What somebody has put off is not counted for them.
    """
    facts = {"day": day, "now": timezone.now(), "strict": [str(level) for level in STRICT], "lead": str(Role.LEAD)}
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows a policy lets through cannot be guessed by the planner: it takes thousands of families for one, and
        # walks all the open windows again for each. Joined by hash it is one pass.
        cursor.execute("set local enable_nestloop = off")
        cursor.execute(DUE, facts)
        rows = [Due(*row) for row in cursor.fetchall()]
    return [row for row in rows if row.open or row.passed or row.escalated]
