"""The birthdays that change something: at 7, 12, 15, 16 and 18 (DOMAIN.md 4). Computed, never stored.

What follows for consents is decided in consent/ages.py; here is only who turns what, and when.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .calendar import add_months, birthday
from .stages import YEARS

# Age → what changes on that day, to be said after «Jonas blir 12 år».
AGES: dict[int, Any] = {
    7: gettext_lazy("skal bli hørt i alt som gjelder barnet selv"),
    12: gettext_lazy("barnets mening skal veie tungt"),
    15: gettext_lazy("velger selv skole og foreninger, og skal spørres alene"),
    16: gettext_lazy("svarer selv om forskning"),
    18: gettext_lazy("trenger eget samtykke og egen avtale som voksen"),
}


@dataclass(frozen=True)
class Birthday:
    member: Any
    age: int
    on: date

    @property
    def text(self) -> str:
        return _("%(name)s blir %(age)d år") % {"name": self.member.first_name, "age": self.age}

    @property
    def what(self) -> str:
        return str(AGES[self.age])


def coming(members: Iterable[Any], first: date, last: date | None = None) -> list[Birthday]:
    """The birthdays in AGES from `first` to `last`, both included (default five years on), the nearest one first.

    Adults, and those who have moved out, are not among them.
    """
    last = last or add_months(first, 12 * YEARS)
    children = [member for member in members if not member.is_adult and member.moved_out_on is None]
    found = [
        Birthday(member, age, day)
        for member in children
        for age in AGES
        if first <= (day := birthday(member.birth_date, age)) <= last
    ]
    return sorted(found, key=lambda one: (one.on, one.age, one.member.first_name))
