"""How the whole checklist stands for one family: what there is reason to ask about, what was given, what comes next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.enums import EconomyStatus, Per
from assessments.models import EconomyAnswer, LocalEconomyItem
from assessments.sheets import FAMILY as WHOLE_FAMILY
from families.models import Family, Member
from nyemonstre.content.models import Fact

from . import FAMILY, HOME, OWN, Item, Situation, concerns, groups, is_asked_of, shipped

ASKING = (EconomyStatus.NOT_ASKED, EconomyStatus.TO_INVESTIGATE)
HAS = _("Har dette")
# Order of amounts on a page.
PER = (Per.MONTH, Per.YEAR, Per.ONCE)


@dataclass
class Line:
    """One thing of the list, about the family (`member` None) or one of its people, as it stands now."""

    item: Item
    member: Member | None
    answer: EconomyAnswer | None
    deadline: date | None
    concerns: bool
    facts: list[Fact] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Stands in an address."""
        return str(self.member.pk) if self.member else WHOLE_FAMILY

    @property
    def status(self) -> str:
        return self.answer.status if self.answer else EconomyStatus.NOT_ASKED

    @property
    def title(self) -> str:
        return self.item.title.read(get_language() or "nb")

    @property
    def name(self) -> str:
        """The thing and whom it is about, as one line of a list."""
        return f"{self.title.rstrip('?')}, {self.member.first_name}" if self.member else self.title

    @property
    def choice(self) -> str:
        return self.item.choice(self.answer.choice, get_language() or "nb") if self.answer else ""

    @property
    def said(self) -> str:
        """The status in words. An income is had, not granted; a choice says itself."""
        if self.choice:
            return self.choice
        if self.status == EconomyStatus.GRANTED and self.item.income:
            return str(HAS)
        return str(EconomyStatus(self.status).label)

    @property
    def amount(self) -> str:
        """«3 200 kr i måneden», or "" for none."""
        if self.answer is None or self.answer.amount is None:
            return ""
        return f"{kroner(self.answer.amount)} {self.answer.get_per_display()}"

    @property
    def is_owed(self) -> bool:
        """There is reason to look into it: nobody has asked yet, or it is being looked into."""
        return self.concerns and self.status in ASKING and not self.item.income and not self.item.choices

    @property
    def has_deadline(self) -> bool:
        """A deadline counts while it is not settled, and for what is applied for anew each time."""
        if self.deadline is None or not self.concerns:
            return False
        return self.is_owed or (self.item.renew and self.status in (EconomyStatus.GRANTED, EconomyStatus.APPLIED))


@dataclass
class Checklist:
    """Plain values for the page. Every line is there; `shown` of `checklist_of` decides which."""

    lines: list[Line]

    def groups(self) -> list[tuple[str, list[Line]]]:
        """(group's key, its lines), those there is reason to ask about or that have an answer."""
        here = [line for line in self.lines if line.concerns or line.answer]
        keys = [*groups(), OWN]
        return [(key, found) for key in keys if (found := [line for line in here if line.item.group == key])]

    @property
    def elsewhere(self) -> list[Line]:
        """What there is no reason to ask about, as far as is known."""
        return [line for line in self.lines if not line.concerns and not line.answer]

    @property
    def owed(self) -> list[Line]:
        return [line for line in self.lines if line.is_owed]

    @property
    def deadlines(self) -> list[tuple[date, list[Line]]]:
        """The next deadline of each thing that has one, the first on top; one row for several people."""
        found: dict[tuple[date, str], list[Line]] = {}
        for line in self.lines:
            if line.has_deadline and line.deadline:
                found.setdefault((line.deadline, line.item.key), []).append(line)
        return [(day, lines) for (day, _item), lines in sorted(found.items(), key=lambda pair: pair[0])]

    @property
    def granted(self) -> list[Line]:
        """What has been granted, without incomes and choices."""
        return [
            line for line in self.lines
            if line.status == EconomyStatus.GRANTED and not line.item.income and not line.item.choices
        ]  # fmt: skip

    @property
    def incomes(self) -> list[Line]:
        return [line for line in self.lines if line.status == EconomyStatus.GRANTED and line.item.income]

    @property
    def not_examined(self) -> list[Line]:
        """For what stands out: there is reason to ask, and nobody has."""
        return [line for line in self.owed if line.status == EconomyStatus.NOT_ASKED]

    def line(self, who: str, item: str) -> Line | None:
        return next((line for line in self.lines if (line.who, line.item.key) == (who, item)), None)


def kroner(amount: Decimal) -> str:
    """«3 200 kr», with øre where there are any."""
    whole = amount == int(amount)
    return (f"{amount:,.0f}" if whole else f"{amount:,.2f}").replace(",", "\u00a0").replace(".", ",") + "\u00a0kr"


def sums(lines: Iterable[Line]) -> list[str]:
    """What comes in all: «3 200 kr i måneden», then a year, then once. Nothing is turned into the other."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.answer and line.answer.amount is not None:
            found[line.answer.per] = found.get(line.answer.per, Decimal(0)) + line.answer.amount
    return [f"{kroner(found[per])} {per.label}" for per in PER if per in found]


def everything(rows: Iterable[LocalEconomyItem]) -> list[Item]:
    """The programme's list without what the municipality leaves out, then its own. `rows` are all it has decided."""
    left_out = {row.key for row in rows if not row.title and not row.in_use}
    own = [row.item for row in rows if row.title and row.in_use]
    return [item for item in shipped() if item.key not in left_out] + own


def situation_of(members: Iterable[Member], answers: Iterable[EconomyAnswer]) -> Situation:
    """What the people and the answer to how they live say. `members` are those who have not moved out."""
    members = list(members)
    home = next((row.choice for row in answers if row.item == HOME), "")
    return Situation(sum(m.is_adult for m in members), tuple(m.age() for m in members if not m.is_adult), home)


def checklist_of(
    family: Family, *, asked: set[Any], shown: Callable[[Item, Member | None], bool] = lambda item, member: True
) -> Checklist:
    """Three queries besides the family's members. `asked` are the ids of those who take part: nothing new is asked of
    others. `shown` leaves out what those who look at the page shall not see.
    """
    today = timezone.localdate()
    answers = {(row.item, row.member_id): row for row in EconomyAnswer.objects.filter(family=family).latest()}
    rows = list(LocalEconomyItem.objects.filter(municipality=family.municipality_id))
    in_use = everything(rows)
    known = {item.key: item for item in (*shipped(), *(row.item for row in rows if row.title))}
    # What was noted stays to be read when the municipality has stopped asking.
    noted = dict.fromkeys(key for key, _member in answers)
    items = in_use + [known[key] for key in noted if known[key] not in in_use]
    facts = {fact.key: fact for fact in _facts(family, items, today)}
    every = list(family.members.all())
    here = [m for m in every if m.moved_out_on is None]
    situation = situation_of(here, answers.values())
    lines = []
    for item in items:
        for member in _about(item, every, here, asked if item in in_use else set(), answers):
            if not shown(item, member):
                continue
            fact = facts.get(item.deadline)
            lines.append(
                Line(
                    item, member, answers.get((item.key, member.pk if member else None)),
                    fact.next_day(today) if fact else None, concerns(item, situation),
                    [facts[key] for key in item.facts if key in facts],
                )
            )  # fmt: skip
    return Checklist(lines)


def _about(
    item: Item, every: list[Member], here: list[Member], asked: set[Any], answers: dict[Any, EconomyAnswer]
) -> list[Member | None]:
    """The people an item has a line for: those it is asked of, and those who have an answer from before."""
    if item.about == FAMILY:
        return [None]
    fits = {m.pk for m in here if m.pk in asked and is_asked_of(item, adult=m.is_adult, age=m.age())}
    return [m for m in every if m.pk in fits or (item.key, m.pk) in answers]


def _facts(family: Family, items: Iterable[Item], today: date) -> Any:
    keys = {key for item in items for key in (*item.facts, item.deadline) if key}
    return Fact.objects.on(today).filter(municipality=family.municipality_id, key__in=keys)
