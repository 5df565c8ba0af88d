"""From a path and a day to windows and stitches. Pure: no database, no clock of its own."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from nyemonstre.formats import short_day

from .stages import ORDER, PATH, YEARS, Step

SOON = timedelta(days=45)


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months, clamped to the month's end (R-P3). 31.8.2023 + 6 → 29.2.2024."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday(born: date, age: int) -> date:
    """The first day on which somebody is `age` whole years old. Born 29 February: 1 March in a year without one."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


@dataclass(frozen=True)
class Window:
    """When a step should be taken: a time to do it in, around a day. Days, both ends included."""

    step: str
    number: int
    due_from: date
    due_on: date
    due_until: date


def windows_opened_by(step: str, on: date) -> list[Window]:
    """The windows that begin to count when `step` is reached on the day `on`."""
    windows = []
    for name, row in PATH.items():
        if row.due and row.due.step == step:
            until = on + timedelta(days=row.due.days)
            windows.append(Window(name, 1, on, until, until))
        if row.repeats and row.repeats.anchor == step:
            every = row.repeats
            for number in range(1, every.times + 1):
                day = add_months(on, number * every.months)
                before, after = timedelta(days=every.before), timedelta(days=every.after)
                windows.append(Window(name, number, day - before, day, day + after))
    return windows


def end_of_follow_up(anchor: date) -> date:
    """Five years after the baseline."""
    return add_months(anchor, 12 * YEARS)


def why_not_five_years(anchor: date | None, last_day: date) -> str | None:
    """None when five years have gone on `last_day`, or a sentence that says on which day they have."""
    if anchor is None:
        return _("De fem årene begynner med oppstartskartleggingen, og den er ikke gjort.")
    gone = end_of_follow_up(anchor)
    if last_day >= gone:
        return None
    return _("Fem år er gått %(day)s. Er siste dag før det, er grunnen en annen.") % {"day": short_day(gone, last_day)}


# Within this long after it ended, follow-up can be taken up again as the same case.
MONTHS_TO_REOPEN = 12


def may_reopen(ended_on: date | None, today: date) -> bool:
    """Whether it ended, and less than a year ago."""
    return ended_on is not None and today <= add_months(ended_on, MONTHS_TO_REOPEN)


def register_study_from(ended_on: date) -> date:
    """The register study looks 15 years after the family ended (R-P2)."""
    return add_months(ended_on, 12 * 15)


def window_state(due_from: date | None, due_until: date | None, today: date, *, paused: bool = False) -> str:
    """now | soon | ahead | after | pause. Nothing is red: a passed window waits until it suits (`after`)."""
    if paused:
        return "pause"
    if due_from is None or due_until is None:
        return "ahead"
    if today > due_until:
        return "after"
    if today >= due_from:
        return "now"
    return "soon" if due_from - today <= SOON else "ahead"


@dataclass(frozen=True)
class Stitch:
    """One step of the ten as it stands today. `state`: done | now | next | ahead | after | pause."""

    step: str
    label: str
    state: str
    reached_on: date | None = None
    due_until: date | None = None


def step_line(milestones: Iterable[Any], today: date, *, paused: bool = False) -> list[Stitch]:
    """Ten stitches in the order of the path, from the family's live milestones.

    A step that repeats is done when one of its rounds is, unless a round is open (`now`) or has passed (`after`).
    The first step that is neither reached nor open is `next`.
    """
    by_step: dict[str, list[Any]] = {}
    for milestone in milestones:
        by_step.setdefault(milestone.step, []).append(milestone)
    stitches, seen_next = [], False
    for name in ORDER:
        rows = sorted(by_step.get(name, []), key=lambda m: m.number)
        reached = [m.reached_on for m in rows if m.reached_on]
        waiting = [m for m in rows if not m.reached_on]
        first = waiting[0] if waiting else None
        state = window_state(first.due_from, first.due_until, today, paused=paused) if first else ""
        if reached and state not in ("now", "after"):
            state = "done"
        elif state not in ("now", "after", "pause"):
            state, seen_next = ("ahead", True) if seen_next else ("next", True)
        else:
            seen_next = True
        stitches.append(
            Stitch(name, str(Step(name).label), state, max(reached, default=None), first.due_until if first else None)
        )
    return stitches


def next_milestone(milestones: Iterable[Any]) -> Any | None:
    """The open milestone with the earliest window, or None when everything is reached."""
    waiting = [m for m in milestones if not m.reached_on and m.due_until]
    return min(waiting, key=lambda m: (m.due_until, ORDER.index(m.step)), default=None)


def step_label(step: str, number: int) -> str:
    """A step with its round: «Årlig kartlegging, år 3», «6-månedersevaluering, 2½ år», or only its name."""
    label = str(Step(step).label)
    every = PATH[step].repeats
    if every is None:
        return label
    if every.months == 12:
        return _("%(step)s, år %(number)d") % {"step": label, "number": number}
    return f"{label}, {half_years(number)}"


def half_years(number: int) -> str:
    """The n-th half year in words: 6 md, 1 år, 1½ år, …"""
    if number == 1:
        return _("6 md")
    return _("%(years)s år") % {"years": f"{number // 2}{'½' if number % 2 else ''}"}


def year_of(anchor: date | None, today: date) -> int | None:
    """Which of the five years a family is in, 1–5, or None before the baseline."""
    if anchor is None:
        return None
    for year in range(1, YEARS + 1):
        if today < add_months(anchor, 12 * year):
            return year
    return YEARS


def due_text(due_from: date | None, due_until: date | None, today: date, *, paused: bool = False) -> str:
    """The words on a due chip, e.g. «nå, til 8.12.2026»."""

    state = window_state(due_from, due_until, today, paused=paused)
    if due_from is None or due_until is None:
        return _("når det passer")
    if state == "pause":
        return _("på pause")
    if state == "now":
        return _("nå, til %(day)s") % {"day": short_day(due_until, today)}
    if state == "after":
        return _("vinduet gikk til %(day)s, ta det når det passer") % {"day": short_day(due_until, today)}
    return _("mellom %(first)s og %(last)s") % {
        "first": short_day(due_from, today),
        "last": short_day(due_until, today),
    }
