"""The team leader's overview: names, steps, dates and workload, never content. Counted by the database."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.accounts.models import Municipality, User

from .calendar import year_of
from .enums import AssignmentKind, FamilyState
from .grants import ShutOut
from .models import Assignment, Family, Milestone
from .places import Places, places
from .stages import ORDER, YEARS, Step

# The steps of the first round that a family with a place can stand at, in the histogram.
FIRST_ROUND = tuple(ORDER[2:9])
STATES = ("now", "after", "pause", "done")


@dataclass
class Standing:
    """One family as a lead sees it. `state` is how it is drawn: pause, else now (a window is open), after, done."""

    pk: UUID
    code: str
    name: str
    state: str
    step: str
    year: int | None
    registered: date
    has_open: bool
    has_passed: bool
    responsible: UUID | None = None

    @property
    def state_words(self) -> str:
        return {
            "now": _("vinduet er åpent"), "after": _("forbi vinduet"), "pause": _("på pause"), "done": _("i rute"),
        }[self.state]  # fmt: skip

    @property
    def first_round(self) -> bool:
        return self.step in FIRST_ROUND


def standings(user: Any, municipality: Municipality, today: date) -> list[Standing]:
    """Every family of the municipality that is followed and that `user` may know of. Three queries.

    No joins: beside the wall's list of families a join is looked up family by family in that whole list, which took
    half a minute for ten thousand families. By ids the list is read once.
    """
    families = Family.objects.visible_to(user).filter(municipality=municipality).active().order_by("code")
    rows = list(families.values_list("pk", "code", "name", "state", "baseline_on", "registered_at"))
    mine = {"family_id__in": [row[0] for row in rows]}
    windows = _windows(Milestone.objects.live().filter(**mine), today)
    responsible = dict(
        Assignment.objects.live().responsible().filter(**mine).order_by().values_list("family_id", "user_id")
    )
    found = []
    for pk, code, name, state, baseline, registered in rows:
        reached, opened, passed = windows.get(pk, ([], 0, 0))
        found.append(
            Standing(
                pk, code, name, _state(state, opened, passed), _step(reached), year_of(baseline, today),
                timezone.localtime(registered).date(), _waits(state, opened), _waits(state, passed),
                responsible.get(pk),
            )
        )  # fmt: skip
    return found


def _windows(milestones: Any, today: date) -> dict[UUID, tuple[list[str], int, int]]:
    """By family: the steps reached, and how many windows are open and passed."""
    waits = Q(reached_on=None)
    rows = milestones.order_by().values("family_id").annotate(
        steps=ArrayAgg("step", distinct=True, default=[], filter=~waits),
        opened=Count("pk", filter=waits & Q(due_from__lte=today, due_until__gte=today)),
        passed=Count("pk", filter=waits & Q(due_until__lt=today)),
    )  # fmt: skip
    return {row["family_id"]: (row["steps"], row["opened"], row["passed"]) for row in rows}


def _waits(state: str, windows: int) -> bool:
    """A paused family has no window that anybody waits for."""
    return bool(windows) and state == FamilyState.ACTIVE


def _state(state: str, opened: int, passed: int) -> str:
    if state == FamilyState.PAUSED:
        return "pause"
    return "now" if opened else "after" if passed else "done"


def _step(reached: list[str]) -> str:
    """The first step of the path that has never been reached; the yearly one when all have."""
    return next((step for step in ORDER if step not in reached), Step.YEARLY)


@dataclass
class Line:
    """One coordinator: a stitch per family, then free places. No place is taken by a family that is not shown."""

    places: Places
    families: list[Standing]
    notes: list[Assignment] = field(default_factory=list)

    @property
    def user(self) -> User:
        return self.places.user

    @property
    def open(self) -> int:
        return sum(family.has_open for family in self.families)

    @property
    def passed(self) -> int:
        return sum(family.has_passed for family in self.families)

    @property
    def free(self) -> range:
        return range(self.places.free)

    @property
    def over(self) -> bool:
        return self.places.taken > self.places.limit


@dataclass
class Column:
    """One column of the histogram: a step or a year, and the families that stand there."""

    key: str
    label: str
    families: list[Standing]
    per_stitch: int = 1

    @property
    def count(self) -> int:
        return len(self.families)

    @property
    def stitches(self) -> list[tuple[str, int]]:
        """States from the top down, each with its height in the drawing; one for every `per_stitch` families."""
        drawn = []
        for state in STATES:
            number = sum(family.state == state for family in self.families)
            drawn += [state] * -(-number // self.per_stitch)
        return [(state, 15 * n) for n, state in enumerate(drawn)]

    @property
    def height(self) -> int:
        return 15 * len(self.stitches) + 6

    @property
    def drawn_height(self) -> int:
        return round(self.height * 1.47)


@dataclass
class Team:
    """Everything on the dashboard."""

    lines: list[Line]
    unassigned: list[Standing]
    passed: list[Milestone]
    passed_families: int
    substitutes: list[Assignment]
    rounds: list[Column]
    years: list[Column]
    per_stitch: int
    families: int
    need_hand_over: list[Standing] = field(default_factory=list)


def team(user: Any, municipality: Municipality, today: date) -> Team:
    """Read once, counted in Python: nine queries however large the team."""
    families = standings(user, municipality, today)
    by_coordinator = defaultdict(list)
    for family in sorted(families, key=lambda f: (STATES.index(f.state), f.code)):
        by_coordinator[family.responsible].append(family)
    substitutes = _substitutes(families)
    notes = defaultdict(list)
    for assignment in substitutes:
        notes[assignment.user_id].append(assignment)
    lines = [Line(row, by_coordinator.get(row.user.pk, []), notes[row.user.pk]) for row in places(municipality)]
    first = [family for family in families if family.first_round]
    later = [family for family in families if not family.first_round]
    return Team(
        lines=lines,
        unassigned=sorted(by_coordinator.get(None, []), key=lambda f: (f.registered, f.code)),
        passed=_passed(families, today),
        passed_families=sum(family.has_passed for family in families),
        substitutes=substitutes,
        per_stitch=(scale := _scale(first, later)),
        rounds=[
            Column(step, f"{ORDER.index(step) + 1} {Step(step).label}", [f for f in first if f.step == step], scale)
            for step in FIRST_ROUND
        ],
        years=[
            Column(str(year), str(year), [f for f in later if (f.year or 1) == year], scale)
            for year in range(1, YEARS + 1)
        ],
        families=len(families),
        need_hand_over=_need_hand_over(families),
    )  # fmt: skip


def _need_hand_over(families: list[Standing]) -> list[Standing]:
    """Families whose responsible coordinator is shut out of them. By ids, as above."""
    rows = ShutOut.objects.in_force().filter(family_id__in=[family.pk for family in families]).order_by()
    out = set(rows.values_list("family_id", "user_id"))
    return [family for family in families if (family.pk, family.responsible) in out]


def _scale(*groups: list[Standing]) -> int:
    """Families per stitch, so that no column grows over about fifteen stitches."""
    highest = 1
    for group in groups:
        counts: dict[Any, int] = defaultdict(int)
        for family in group:
            counts[family.step if family.first_round else family.year] += 1
        highest = max([highest, *counts.values()])
    return -(-highest // 15)


def _passed(families: list[Standing], today: date) -> list[Milestone]:
    """The six windows that passed longest ago, one per family."""
    late = [family.pk for family in families if family.has_passed]
    oldest = (
        Milestone.objects.passed_on(today).filter(family_id__in=late)
        .order_by().values("family").annotate(first=Min("due_until")).order_by("first", "family")[:6]
    )  # fmt: skip
    firsts = {row["family"]: row["first"] for row in oldest}
    rows = (
        Milestone.objects.passed_on(today).filter(family__in=list(firsts)).select_related("family")
        .order_by("due_until", "family__code", "number")
    )  # fmt: skip
    seen: dict[Any, Milestone] = {}
    for milestone in rows:
        seen.setdefault(milestone.family_id, milestone)
    return list(seen.values())


def _substitutes(families: list[Standing]) -> list[Assignment]:
    """Each with its family, read by id."""
    ids = [family.pk for family in families]
    rows = Assignment.objects.live().filter(family_id__in=ids, kind=AssignmentKind.SUBSTITUTE)
    rows = rows.select_related("user").prefetch_related("family").order_by("valid_until")
    return sorted(rows, key=lambda row: (row.valid_until, row.family.code))
