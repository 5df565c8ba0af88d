"""Whose answers to FIT give the coordinator something to talk about, for «Å gjøre» and «Mine familier»."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from families.enums import FamilyState
from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality

from .fit import FELL, Finding, what_to_talk_about
from .models import FitAnswer

# Days an answer is something to talk about. After that, or with the person's next answer, it is history.
LASTS = 30
# Days back that answers are compared.
LOOKS_BACK = 800


@dataclass(frozen=True)
class Talk:
    """`on`: the day of the answer."""

    name: str
    finding: Finding
    on: date

    @property
    def text(self) -> str:
        return _("Snakk med %(name)s om hvordan hjelpen er") % {"name": self.name}

    @property
    def when(self) -> str:
        return in_words(self.finding)


def in_words(finding: Finding) -> str:
    """«FIT gikk fra 7 til 4», «FIT har stått på 4 til 5 fire ganger»."""
    if finding.kind == FELL:
        return _("FIT gikk fra %(first)s til %(last)s") % {"first": finding.first, "last": finding.last}
    return _("FIT har stått omtrent likt %(count)s ganger") % {"count": finding.count}


def fit_talks(user: Any, families: list[Family], today: date) -> dict[UUID, list[Talk]]:
    """By family. Two queries however many families, one where nobody has answered lately."""
    going_on = {family.pk: family.municipality_id for family in families if family.state == FamilyState.ACTIVE}
    rows = FitAnswer.objects.permitted(user, Permission.VIEW_ASSESSMENT).filter(family__in=going_on)
    rows = rows.filter(asked_on__gte=today - timedelta(days=LOOKS_BACK), member__moved_out_on=None)
    rows = rows.order_by("family", "member", "asked_on", "recorded_at").select_related("member")
    people: dict[UUID, list[FitAnswer]] = defaultdict(list)
    for row in rows:
        people[row.member_id].append(row)
    fresh = [rows for rows in people.values() if rows[-1].asked_on >= today - timedelta(days=LASTS)]
    if not fresh:
        return {}
    limits = {town.pk: town for town in Municipality.objects.filter(pk__in=set(going_on.values()))}
    found: dict[UUID, list[Talk]] = defaultdict(list)
    for answers in fresh:
        last = answers[-1]
        town = limits[going_on[last.family_id]]
        values = [row.value for row in answers]
        if finding := what_to_talk_about(values, fall=town.fit_fall, still=town.fit_still):
            found[last.family_id].append(Talk(last.member.first_name, finding, last.asked_on))
    return found
