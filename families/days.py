"""Days on which people are at work: Monday to Friday, but for Norwegian public holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=8)
def _days_off(year: int) -> frozenset[date]:
    """The public holidays of one year (lov om 1. og 17. mai, lov om helligdagsfred § 2)."""
    return frozenset(holidays.country_holidays("NO", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _days_off(day.year)


def working_day(day: date) -> date:
    """`day`, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
