"""WHO SIGNS: what age decides about who answers, who is heard, and how long a parent's yes holds.

The table below is the whole rule; DOMAIN.md 4 has the sources (helseforskningsloven § 17, barneloven § 31, GDPR's main
rule of 18 years), and law references are kept out of the code. One who is entered as an adult answers alone at any age.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from families.calendar import birthday

from .enums import Purpose


class View(models.TextChoices):
    """What is done about the child's own view."""

    NONE = "none"
    HEARD = "heard"  # asked, and written down
    WEIGHS = "weighs"  # the same, and it weighs heavily
    ALONE = "alone"  # the same, and the young person is asked without the parents


HOLDERS, SELF = "holders", "self"


@dataclass(frozen=True)
class Rule:
    """What holds from one birthday to the next: who signs for each purpose, and what the child has to say."""

    age: int
    participation: str
    research: str
    extra: str
    view: View


RULES: tuple[Rule, ...] = (
    Rule(0, HOLDERS, HOLDERS, HOLDERS, View.NONE),
    Rule(7, HOLDERS, HOLDERS, HOLDERS, View.HEARD),
    Rule(12, HOLDERS, HOLDERS, HOLDERS, View.WEIGHS),
    Rule(15, HOLDERS, HOLDERS, HOLDERS, View.ALONE),
    Rule(16, HOLDERS, SELF, HOLDERS, View.ALONE),
    Rule(18, SELF, SELF, SELF, View.NONE),
)

# Days after the birthday in which a yes from those with foreldreansvar still holds. Participation: long enough to talk,
# because nobody has decided to take help away from somebody who just turned 18. The others: none, nothing is lost by
# waiting for an answer.
GRACE = {Purpose.PARTICIPATION: timedelta(days=60)}
# Days before the birthday on which the notice begins.
NOTICE = 90


def rule_for(member: Any, on: date | None = None) -> Rule:
    """The row of the table that holds for this person on the day `on` (default today)."""
    age = 18 if member.is_adult else max(0, member.age(on))
    return next(rule for rule in reversed(RULES) if rule.age <= age)


def answers_from(purpose: str) -> int:
    """The age from which one answers to `purpose` alone."""
    return next(rule.age for rule in RULES if getattr(rule, Purpose(purpose).value) == SELF)


def answers_for_self(member: Any, purpose: str, on: date | None = None) -> bool:
    """Whether the person answers to `purpose` alone on the day `on` (default today), or a parent does."""
    return getattr(rule_for(member, on), Purpose(purpose).value) == SELF


def is_heard(member: Any, on: date | None = None) -> bool:
    """A child old enough to be asked what they think, and too young to answer alone to everything."""
    return rule_for(member, on).view != View.NONE


def last_day(member: Any, purpose: str, on: date) -> date | None:
    """The last day on which a yes given for this person on the day `on` can hold, or None when only its own end counts.

    A yes from somebody else ends by itself when the young person comes to answer alone: research the day before, and
    participation when the days of grace after the birthday are over. One's own yes to research from before 18 ends the
    day before that birthday too: it is confirmed anew (DOMAIN.md 4).
    """
    if answers_for_self(member, purpose, on):
        grown = birthday(member.birth_date, answers_from(Purpose.PARTICIPATION))
        return grown - timedelta(days=1) if on < grown and not member.is_adult else None
    day = birthday(member.birth_date, answers_from(purpose))
    return day + GRACE[Purpose(purpose)] if purpose in GRACE else day - timedelta(days=1)


@dataclass(frozen=True)
class Notice:
    member: Any
    age: int
    birthday: date
    sentence: str


def notices(members: Iterable[Any], answers: dict[str, dict[Any, Any]], on: date | None = None) -> list[Notice]:
    """Who is about to answer in their own name, or has passed the birthday and has not been asked since. One each.

    `answers` is purpose → member id → the answer that counts.
    """
    on = on or timezone.localdate()
    found: dict[Any, Notice] = {}
    for member in members:
        for purpose in (Purpose.RESEARCH, Purpose.PARTICIPATION):
            age = answers_from(purpose)
            day = birthday(member.birth_date, age)
            answer = answers[purpose].get(member.pk)
            asked_since = answer is not None and answer.answered_on >= day and not answer.by_clock
            passed_unasked = day <= on and answer is not None and not asked_since
            if on < day <= on + timedelta(days=NOTICE) or passed_unasked:
                found[member.pk] = Notice(member, age, day, _sentence(member, age, day, on))
    return list(found.values())


def _sentence(member: Any, age: int, day: date, on: date) -> str:
    when = _("fyller") if on < day else _("fylte")
    if age < answers_from(Purpose.PARTICIPATION):
        what = _("og svarer selv om forskning.")
    else:
        what = _("og trenger et eget samtykke som voksen, og en egen samarbeidsavtale.")
        what += " " + _("Ja fra foreldrene gjelder til og med %(day)s.") % {
            "day": f"{day + GRACE[Purpose.PARTICIPATION]:%d.%m.%Y}"
        }
    return f"{member.first_name} {when} {age} {day:%d.%m.%Y} {what}"
