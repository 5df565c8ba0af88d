"""What people say of the help after meetings with each service, quarter by quarter, and nothing of fewer than five.

An answer stands under the service its meeting was with, or under none, so that each stands in one place only: what is
held back cannot be found as the total less the rest. Only a quarter that is over is told, and once told it stands, so
that the figures of two days laid side by side say nothing of the answer given in between.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from assessments.models import FitAnswer

from .cells import Cell, held_together, mean

# Quarters that are told: two years.
SHOWN = 8
# Days after its end in which what was answered in a quarter may still be entered.
SETTLES = timedelta(days=14)
NO_SERVICE = ""  # the place of answers after a meeting that was with no service


def quarter_of(day: date) -> str:
    """«2026-3»."""
    return f"{day.year}-{(day.month + 2) // 3}"


def quarters(on: date) -> list[str]:
    """Those that are told on the day `on`, the oldest first."""
    found: list[str] = []
    day = on - SETTLES
    while len(found) < SHOWN:
        day = date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
        found.insert(0, quarter_of(day))
    return found


def by_service(fits: Iterable[FitAnswer], on: date, told: Mapping[str, Any]) -> dict[str, Any]:
    """By quarter: `all`, a cell, and `services`, a cell for each service's id. `fits` come in the order of their days.

    `told` is what was told before, and is told again as it was.
    """
    of_quarter: dict[str, list[FitAnswer]] = defaultdict(list)
    for fit in fits:
        of_quarter[quarter_of(fit.asked_on)].append(fit)
    return {key: told.get(key) or _of_quarter(of_quarter[key]) for key in quarters(on)}


def _of_quarter(fits: Iterable[FitAnswer]) -> dict[str, Any]:
    """Each person counts once in each place, by what they said last."""
    everybody: dict[UUID, int | None] = {}
    people: dict[str, dict[UUID, int]] = defaultdict(dict)
    for fit in fits:
        everybody[fit.member_id] = everybody.get(fit.member_id) if fit.value is None else fit.value
        if fit.value is not None:
            people[str(fit.service_id or NO_SERVICE)][fit.member_id] = fit.value
    held = held_together({key: set(said) for key, said in people.items()})
    said = [value for value in everybody.values() if value is not None]
    return {
        "all": mean(said, len(everybody) - len(said)).as_json(),
        "services": {
            key: (Cell(None, 0, held=True) if key in held else mean(list(values.values()))).as_json()
            for key, values in sorted(people.items())
        },
    }
