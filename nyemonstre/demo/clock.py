"""Doing things on days that have been. Only for made-up data: real rows get the time at which they are written."""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from nyemonstre.access.wall import happening_at


def working_day(day: date) -> date:
    """The same day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def moment(day: date, rng: Random) -> datetime:
    """Some time in working hours."""
    return timezone.make_aware(datetime.combine(day, time(rng.randint(8, 15), rng.randrange(60))))


@contextmanager
def travelling_to(when: datetime) -> Iterator[None]:
    """Inside, it is `when`. Raises CommandError where time-machine is not installed."""
    try:
        import time_machine  # noqa: PLC0415  a development dependency; production never seeds
    except ImportError as error:
        raise CommandError(
            "Demodata lages på dager som har vært, og det krever pakken time-machine: "
            "installer requirements-dev.lock, eller kjør «make demo»."
        ) from error
    with time_machine.travel(when), happening_at(when):
        yield


class Calendar:
    """What happens when. Things may be put down in any order, also while others happen; they happen in time's order."""

    def __init__(self, rng: Random, now: datetime) -> None:
        self.rng, self.now = rng, now
        self._waiting: list[tuple[datetime, int, Callable[..., Any], tuple[Any, ...]]] = []
        self._turn = count()

    def on(self, day: date, what: Callable[..., Any], *args: Any) -> None:
        """`what(*args)` on a working day about then. What would happen after now never does."""
        when = moment(working_day(day), self.rng)
        if when < self.now:
            heapq.heappush(self._waiting, (when, next(self._turn), what, args))

    def stop(self) -> None:
        """Nothing more happens."""
        self._waiting.clear()

    def run(self) -> None:
        while self._waiting:
            when, _turn, what, args = heapq.heappop(self._waiting)
            with travelling_to(when):
                what(*args)
