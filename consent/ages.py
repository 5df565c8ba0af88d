"""What age changes about who answers. Law references are kept out of the code: DOMAIN.md 4 has the sources.

The child's own view is asked from 7. Research is answered by oneself from 16, participation from 18. Whoever passes
such a birthday is asked again, in their own name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from families.calendar import add_months

from .enums import Purpose

HEARD_FROM = 7
ANSWERS_FROM = {Purpose.PARTICIPATION: 18, Purpose.RESEARCH: 16}
# Days before the birthday on which the notice begins.
NOTICE = 90


def answers_for_self(member: Any, purpose: str, on: date | None = None) -> bool:
    """Whether the person answers to `purpose` alone on the day `on` (default today), or a parent does."""
    return member.is_adult or member.age(on) >= ANSWERS_FROM[Purpose(purpose)]


def is_heard(member: Any, on: date | None = None) -> bool:
    """A child old enough to be asked what they think, and too young to answer alone to everything."""
    return not member.is_adult and HEARD_FROM <= member.age(on) < ANSWERS_FROM[Purpose.PARTICIPATION]


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
        for purpose, age in sorted(ANSWERS_FROM.items(), key=lambda pair: pair[1]):
            birthday = add_months(member.birth_date, 12 * age)
            answer = answers[purpose].get(member.pk)
            asked_since = answer is not None and answer.answered_on >= birthday
            passed_unasked = birthday <= on and answer is not None and not asked_since
            if on < birthday <= on + timedelta(days=NOTICE) or passed_unasked:
                found[member.pk] = Notice(member, age, birthday, _sentence(member, age, birthday, on))
    return list(found.values())


def _sentence(member: Any, age: int, birthday: date, on: date) -> str:
    when = _("fyller") if on < birthday else _("fylte")
    what = (
        _("og trenger et eget samtykke som voksen, og en egen samarbeidsavtale.")
        if age == ANSWERS_FROM[Purpose.PARTICIPATION]
        else _("og svarer selv om forskning.")
    )
    return f"{member.first_name} {when} {age} {birthday:%d.%m.%Y} {what}"
