"""What the economy lists of a coordinator's families give them to do, for «Å gjøre» and «Mine familier»."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.enums import EconomyStatus
from assessments.models import EconomyAnswer, LocalEconomyItem
from consent.enums import Purpose
from consent.models import Consent
from families.caseload import day_month
from families.enums import FamilyState
from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.content.models import Fact

from . import Item, is_asked_of, shipped

# Days before its deadline that something granted is a task again, where it must be applied for anew each time.
RENEW_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Task:
    """`on`: the next deadline, else the day it was decided to look into it."""

    text: str
    on: date
    deadline: bool

    def when(self, today: date) -> str:
        words = _("frist %(day)s") if self.deadline else _("undersøkes siden %(day)s")
        return words % {"day": day_month(self.on, today)}


def economy_tasks(user: Any, families: list[Family], today: date) -> dict[UUID, list[Task]]:
    """By family, the first deadline on top. Three queries however many families; nothing for families that are closed,
    on pause, or in which nobody takes part any more.
    """
    going_on = {family.pk: family for family in families if family.state == FamilyState.ACTIVE}
    yes = Consent.objects.live(today).filter(family=OuterRef("family"), purpose=Purpose.PARTICIPATION)
    rows = EconomyAnswer.objects.permitted(user, Permission.VIEW_ASSESSMENT).filter(family__in=going_on)
    rows = rows.filter(Exists(yes)).latest().select_related("member")
    items = {item.key: item for item in shipped()}
    asked = [row for row in rows if row.status in (EconomyStatus.TO_INVESTIGATE, EconomyStatus.GRANTED)]
    if not asked:
        return {}
    towns = {family.municipality_id for family in going_on.values()}
    items |= {row.key: row.item for row in LocalEconomyItem.objects.filter(municipality__in=towns).exclude(title="")}
    keys = [item.deadline for item in items.values() if item.deadline]
    facts = {(f.municipality_id, f.key): f for f in Fact.objects.on(today).filter(municipality__in=towns, key__in=keys)}
    found: dict[UUID, list[Task]] = defaultdict(list)
    for row in asked:
        item = items[row.item]
        fact = facts.get((going_on[row.family_id].municipality_id, item.deadline))
        if task := _task(row, item, fact.next_day(today) if fact else None, today):
            found[row.family_id].append(task)
    return {family: sorted(tasks, key=lambda task: (not task.deadline, task.on)) for family, tasks in found.items()}


def _task(row: EconomyAnswer, item: Item, deadline: date | None, today: date) -> Task | None:
    member = row.member
    if member and (member.moved_out_on or not is_asked_of(item, adult=member.is_adult, age=member.age())):
        return None
    title = item.title.read(get_language() or "nb")
    text = f"{title.rstrip('?')}, {member.first_name}" if member else title
    if row.status == EconomyStatus.TO_INVESTIGATE:
        return Task(text, deadline or row.on, deadline is not None)
    if item.renew and deadline and row.on < deadline - RENEW_SOON <= today:
        return Task(_("Søk på nytt: %(what)s") % {"what": text}, deadline, deadline=True)
    return None
