"""The goals in numbers: how many, how many are missing, and nothing that points at fewer than five (DOMAIN.md 1.8).

Counts and means at each round, and how many stand higher, the same and lower than at the start. No figure says why: a
family changes for many reasons, and nobody here is compared with families without the programme.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from assessments.models import FitAnswer
from assessments.outcomes import Outcome
from consent.enums import Purpose
from consent.models import AgreementLine
from consent.rules import taken_back
from families.calculators import crowded
from families.enums import FamilyState
from families.models import Assignment, Milestone
from families.stages import Step

from .cells import SMALLEST, Cell, held_back, mean, share
from .rows import Answer, Rows, Sitting

MEAN, SHARE, CHANGE = "mean", "share", "change"
# What one person (or, with None, the family) answered in one sitting, by question.
Answers = dict[str, Answer]
# Yes, no, or None for somebody who was not asked or did not say.
Counted = Callable[[Answers], bool | None]


@dataclass(frozen=True)
class Line:
    """A line under a goal. `key` is a word without spaces, and after «befolkning-» the name of its benchmark."""

    key: str
    goal: str
    kind: str
    question: str = ""
    counted: Counted | None = None
    asked: str = ""  # the question whose being asked makes somebody one of those who are counted


def _value(answers: Answers, key: str) -> Any:
    return answers.get(key, (None, ""))[0]


def _in(key: str, *values: Any) -> Counted:
    return lambda answers: None if _value(answers, key) is None else _value(answers, key) in values


def _crowded(answers: Answers) -> bool | None:
    persons, rooms, area = (_value(answers, key) for key in ("household_size", "rooms", "area"))
    return crowded(persons, rooms, area) if persons else None


def _at_least_once(answers: Answers) -> bool | None:
    times = _value(answers, "child_moves")
    return None if times is None else times > 0


def _statuses(goal: Outcome) -> list[Line]:
    """Status 1–5 as the family sees it, the coordinator sees it, and of each child where it is asked."""
    of_children = [("barn", f"{goal.value}_child")] if goal not in (Outcome.RM5, Outcome.RM6) else []
    asked = [("familien", goal.value), ("koordinatoren", f"{goal.value}_coordinator"), *of_children]
    return [
        Line(f"{goal.value}-{who}-{kind}", goal.value, kind, question)
        for who, question in asked
        for kind in (MEAN, CHANGE)
    ]


_HARD = [
    # Only adults are asked about work; the benchmark is about adults.
    Line("livsstige-lav", "rm1", SHARE, counted=_in("ladder", *range(6)), asked="work"),
    Line("fast-aktivitet", "rm2", SHARE, counted=_in("activities_often", "weekly", "more"), asked="activities_often"),
    Line("fravaersdager", "rm3", MEAN, "school_absence"),
    Line("trangbodd", "rm4a", SHARE, counted=_crowded, asked="household_size"),
    Line("flyttet", "rm4b", SHARE, counted=_at_least_once, asked="child_moves"),
    Line("arbeid-eller-tiltak", "rm5", SHARE, counted=_in("work", "full", "part", "measure"), asked="work"),
    Line("uventet-regning", "rm6", SHARE, counted=_in("unexpected_bill", "without_trouble", "with_trouble"),
         asked="unexpected_bill"),
]  # fmt: skip
LINES: list[Line] = [
    line for goal in Outcome for line in [*_statuses(goal), *(hard for hard in _HARD if hard.goal == goal.value)]
]
# Goals of the project and effektmål, on the day and not by round. Those without a line are not measured here.
WHOLE = ("rm7", "rm8", "rm9", "e1", "e2", "e3")


def figures(rows: Rows, municipality: Any, on: date) -> dict[str, Any]:
    """What is kept of one day: `rounds`, `lines` (by key: a cell for each round, or a change), and `whole`.

    Inside `as_job()`. People who have taken back their yes to taking part are not counted.
    """
    found = _by_round(rows, _gone(rows, on))
    rounds = sorted(found)
    return {
        "rounds": rounds,
        "lines": {
            line.key: _change(line, found) if line.kind == CHANGE else [_cell(line, found[n]).as_json() for n in rounds]
            for line in LINES
        },
        "whole": {key: cell.as_json() for key, cell in _whole(rows, municipality, on).items()},
    }


def _gone(rows: Rows, on: date) -> set[UUID]:
    found = taken_back(Purpose.PARTICIPATION, on).filter(family__in=rows.families)
    return set(found.values_list("member_id", flat=True))


def taking_part(rows: Rows, on: date) -> list[FitAnswer]:
    """What people say of the help, but for those who have taken back their yes to taking part."""
    gone = _gone(rows, on)
    return [fit for fit in rows.fits if fit.member_id not in gone]


def _by_round(rows: Rows, gone: set[UUID]) -> dict[int, dict[UUID, Answers]]:
    """round → person or family → their answers."""
    left = {member.family_id for pk, member in rows.members.items() if pk not in gone}
    found: dict[int, dict[UUID, Answers]] = defaultdict(dict)
    for sitting in rows.sittings:
        if sitting.family_id in left:
            for who, answers in _of_each(sitting).items():
                if who not in gone:
                    found[sitting.round][who or sitting.family_id] = answers
    return found


def _of_each(sitting: Sitting) -> dict[UUID | None, Answers]:
    found: dict[UUID | None, Answers] = defaultdict(dict)
    for (who, key), answer in sitting.answers.items():
        found[who][key] = answer
    return found


def _cell(line: Line, people: dict[UUID, Answers]) -> Cell:
    if line.kind == MEAN:
        asked = [answers[line.question] for answers in people.values() if line.question in answers]
        values = [value for value, _missing in asked if value is not None]
        return mean(values, len(asked) - len(values))
    said = [line.counted(answers) for answers in people.values() if line.asked in answers]  # type: ignore[misc]  # it stands where it is asked
    known = [answer for answer in said if answer is not None]
    return share(sum(known), len(known), len(said) - len(known))


def _change(line: Line, found: dict[int, dict[UUID, Answers]]) -> dict[str, Any]:
    """Of those with a status at the start and later: how many stand higher, the same and lower at the last one."""
    start = found.get(0, {})
    ways: Counter[str] = Counter()
    missing = 0
    for who in {who for number, people in found.items() if number for who in people}:
        first = _value(start.get(who, {}), line.question)
        later = [
            value for n in sorted(found) if n and (value := _value(found[n].get(who, {}), line.question)) is not None
        ]
        if first is None or not later:
            missing += line.question in start.get(who, {})
            continue
        ways["higher" if later[-1] > first else "lower" if later[-1] < first else "same"] += 1
    return _ways(ways, missing)


def _ways(ways: Counter[str], missing: int) -> dict[str, Any]:
    n = sum(ways.values())
    every = {way: ways[way] for way in ("higher", "same", "lower")}
    held = held_back(every) if n >= SMALLEST else set(every)
    return {
        "n": n if n >= SMALLEST or not n else None,
        "missing": missing if missing >= SMALLEST or not missing else None,
        **{way: (None if way in held and n else count) for way, count in every.items()},
    }


def _whole(rows: Rows, municipality: Any, on: date) -> dict[str, Cell]:
    followed = {pk for pk, family in rows.families.items() if family.state != FamilyState.CLOSED}
    lines: dict[UUID, set[str]] = defaultdict(set)
    live = AgreementLine.objects.live(on).filter(family__in=followed)
    for family, sector in live.values_list("family_id", "service__sector"):
        lines[family].add(sector)
    assigned = set(Assignment.objects.live().filter(family__in=followed).values_list("family_id", flat=True))
    return {
        "rm7": _in_their_windows(rows.families, on),
        "rm8": share(sum(len(sectors) > 1 for sectors in lines.values()), len(followed)),
        "e1": share(len(set(lines) & assigned), len(followed)),
    }


def _in_their_windows(families: Iterable[UUID], on: date) -> Cell:
    """Yearly sittings whose window has closed: how many were held inside it."""
    rows = Milestone.objects.live().filter(family__in=families, step=Step.YEARLY, due_until__lt=on)
    days = list(rows.values_list("due_from", "due_until", "reached_on"))
    return share(sum(bool(held and first <= held <= last) for first, last, held in days), len(days))
