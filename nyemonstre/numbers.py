"""Norwegian numbers for people, organisations and municipalities. Pure functions: no database, no settings.

Sources: Skatteetaten's documentation of fødselsnummer and D-nummer and its rules from 2032; UDI for DUF numbers;
Brønnøysundregistrene for organisation numbers. A birth date or a gender is never read out of a number: since 2021 the
series no longer tell the century, and from 2032 nothing but the day, month and two digits of the year is left.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Numbers issued from this day may have a first control digit that is 1, 2 or 3 off; older ones stay as they are.
NEW_RULE_FROM = date(2032, 1, 1)

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DUF = (4, 6, 3, 2, 7, 5, 4, 6, 3, 2)
_ORGANISATION = (3, 2, 7, 6, 5, 4, 3, 2, 1)
_BETWEEN = re.compile(r"[\s.\-\u2010-\u2015]+")


class Kind(StrEnum):
    """What sort of number it is."""

    FNR = "fnr"  # fødselsnummer
    D_NUMBER = "d_number"  # for people without one: 4 added to the first digit
    FH = "fh"  # felles hjelpenummer, in health care: begins with 8 or 9, and holds no date
    DUF = "duf"  # for people who have asked for protection in Norway: 12 digits


class Wrong(StrEnum):
    """Why something is no number."""

    LENGTH = "length"
    DIGITS = "digits"
    DATE = "date"
    CONTROL = "control"


class BadNumber(ValueError):
    """Not a number. `why` says what is wrong with it; the text itself is in no message."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Identity:
    """A valid number. `synthetic` ones belong to nobody: Skatteetaten's add 80 to the month, others add 40."""

    number: str
    kind: Kind
    synthetic: bool = False

    def __repr__(self) -> str:  # never the number itself, in a log or a traceback
        return f"Identity({self.kind})"


def normalise(text: str) -> str:
    """The digits alone: without the spaces, points and dashes people write between them."""
    return _BETWEEN.sub("", text)


def identify(text: str, *, on: date) -> Identity:
    """The number in `text`, judged by the rules in force on the day `on`. Raises BadNumber."""
    number = normalise(text)
    if not (number.isascii() and number.isdigit()):
        raise BadNumber(Wrong.DIGITS if number else Wrong.LENGTH)
    if len(number) == 12:
        if not is_duf(number):
            raise BadNumber(Wrong.CONTROL)
        return Identity(number, Kind.DUF)
    if len(number) != 11:
        raise BadNumber(Wrong.LENGTH)
    if number[0] in "89":
        found = Identity(number, Kind.FH)
    else:
        day, month = int(number[:2]), int(number[2:4])
        if not _is_day(*_calendar(number)):
            raise BadNumber(Wrong.DATE)
        found = Identity(number, Kind.D_NUMBER if day > 40 else Kind.FNR, synthetic=month > 12)
    if not has_control_digits(number, new_rule=on >= NEW_RULE_FROM):
        raise BadNumber(Wrong.CONTROL)
    return found


def has_control_digits(number: str, *, new_rule: bool) -> bool:
    """Do the last two of these 11 digits fit the nine before them? By the rule of 2032 the first may be off by 1–3."""
    first = _sum(number[:10], _FIRST) % 11
    return _sum(number, _SECOND) % 11 == 0 and (first in (0, 1, 2, 3) if new_rule else first == 0)


def with_control_digits(nine: str) -> str | None:
    """These nine digits with the two that follow from them, by the old rule; None where there are none."""
    first = -_sum(nine, _FIRST[:9]) % 11
    if first == 10:
        return None
    second = -_sum(f"{nine}{first}", _SECOND[:10]) % 11
    return None if second == 10 else f"{nine}{first}{second}"


def agrees_with(number: str, birth_date: date) -> bool:
    """Are day, month and the year's last two digits those of `birth_date`? True for numbers that hold no date.

    They may differ for good reasons (a birth date that was corrected later), so this is a question and never a refusal.
    """
    if len(number) != 11 or number[0] in "89":
        return True
    return _calendar(number) == (birth_date.day, birth_date.month, birth_date.year % 100)


def is_duf(number: str) -> bool:
    """Twelve digits: year, six running digits, and the remainder of the rest as two digits."""
    if not re.fullmatch(r"[0-9]{12}", number):
        return False
    return _sum(number[4:10] + number[:4], _DUF) % 11 == int(number[10:])


def is_organisation_number(number: str) -> bool:
    """Nine digits, the last one a control digit."""
    return bool(re.fullmatch(r"[0-9]{9}", number)) and _sum(number, _ORGANISATION) % 11 == 0


def is_municipality_number(number: str) -> bool:
    """Always four digits; Oslo is 0301."""
    return bool(re.fullmatch(r"[0-9]{4}", number))


def _calendar(number: str) -> tuple[int, int, int]:
    """Day, month and two-digit year, without what D-numbers (day + 40) and synthetic ones (month + 40, + 80) add."""
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    return day - 40 if day > 40 else day, month - (80 if month > 80 else 40 if month > 40 else 0), year


def _is_day(day: int, month: int, year: int) -> bool:
    try:
        date(2000 + year, month, day)  # "00" is taken for 2000; the other years have the same leap days in any century
    except ValueError:
        return False
    return True


def _sum(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
