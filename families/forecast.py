"""Free places in the months that come: when five years are over, a place is free again, unless it is given away first.

Counted in the database over the same families as `places`: never those the one who asks may not know of (ADR 0010).
Months and numbers only. Which families it is stands on the lists of those who may see them.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from nyemonstre.accounts.models import Municipality

from .calendar import add_months
from .places import places

# How far ahead: a year of intake meetings.
MONTHS = 12


@dataclass(frozen=True)
class Month:
    """`first` is the first day of it; `ending` families have had their five years in it; `free` places there are then,
    if nobody new comes and all who have had their years leave."""

    first: date
    ending: int
    free: int


@dataclass(frozen=True)
class Forecast:
    """`over` families have had their five years already, and still have their place."""

    free: int
    limit: int
    over: int
    months: list[Month]

    @property
    def ending(self) -> int:
        return sum(month.ending for month in self.months)


def forecast(municipality: Municipality, today: date) -> Forecast:
    """Free places now, and month by month for a year: only months in which something ends. Four queries.

    Each coordinator's places are counted apart: one who has more families than places frees none by the first that
    leaves.
    """
    with connection.cursor() as cursor:
        cursor.execute("select user_id, ends_on from sec.places_ending(%s)", [municipality.pk])
        ends = cursor.fetchall()
    rows = places(municipality)
    this_month = today.replace(day=1)
    by_month: dict[date, list[UUID]] = defaultdict(list)
    over = []
    for user_id, day in ends:
        if day < today:
            over.append(user_id)
        elif day < add_months(this_month, MONTHS):
            by_month[day.replace(day=1)].append(user_id)
    left: dict[UUID, int] = defaultdict(int)
    for user_id in over:
        left[user_id] += 1
    months = []
    for first in sorted(by_month):
        for user_id in by_month[first]:
            left[user_id] += 1
        free = sum(max(0, row.limit - (row.taken - left[row.user.pk])) for row in rows)
        months.append(Month(first, len(by_month[first]), free))
    return Forecast(sum(row.free for row in rows), sum(row.limit for row in rows), len(over), months)
