"""The five years in few words: what became of the goals, how the pattern moved, who continues. No praise."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from assessments.models import Assessment
from assessments.pictures import pattern_context
from consent.enums import Direction, Purpose
from consent.models import AgreementLine
from consent.rules import members_with
from families.marks import Homes, Reader
from families.models import Family

from .changes import as_it_stands
from .enums import GoalState, MeasureState
from .models import Closing, Goal, Review
from .papers import covered, goals_told, live_lines
from .printed import outside, service_part
from .told import goals_for, measures_for

# The headings of the summary, and the goals that stand under each.
ENDED = (GoalState.REACHED, GoalState.CHANGED, GoalState.LET_GO)
OPEN = (GoalState.ACTIVE, GoalState.PAUSED)


def summary(family: Family, reader: Reader, homes: Homes) -> dict[str, Any]:
    """Of what `reader` may see: goals by how they ended, what is still open, the pattern, and counts."""
    goals = goals_for(Goal.objects.filter(family=family).with_measures(), reader, homes)
    sittings = list(Assessment.objects.filter(family=family).kept())
    measures = [measure for goal in goals for measure in measures_for(goal, reader, homes)]
    return {
        "ended": _by_state(map(as_it_stands, goals), ENDED),
        "open": _by_state(map(as_it_stands, goals), OPEN),
        "dropped": [m for m in measures if m.falls_between],
        "rounds": Review.objects.filter(family=family, signed_off_at__isnull=False).count(),
        "done": sum(measure.state == MeasureState.DONE for goal in goals for measure in goal.finished_measures),
        "since": family.baseline_on,
        **pattern_context(family, sittings),
    }


def kept_goals(closing: Closing, reader: Reader, homes: Homes) -> dict[str, Any]:
    """The same of a closing, as the goals stood that day and as `reader` may see them now."""
    rows = Goal.objects.filter(pk__in=[kept["goal"] for kept in closing.goals]).with_measures()
    may = {str(goal.pk) for goal in goals_for(rows, reader, homes)}
    kept = [goal for goal in closing.goals if goal["goal"] in may]
    return {"ended": _by_state(kept, ENDED), "open": _by_state(kept, OPEN)}


def _by_state(kept: Iterable[dict[str, Any]], states: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = list(kept)
    groups = [(str(GoalState(state).label), [goal for goal in rows if goal["state"] == state]) for state in states]
    return [{"label": label, "goals": goals} for label, goals in groups if goals]


def lines_to_write_to(family: Family) -> list[AgreementLine]:
    """Live lines that let us tell the service something about somebody who takes part."""
    part = members_with(family, Purpose.PARTICIPATION)
    return [line for line in live_lines(family) if line.direction != Direction.GET and covered(line, part)]


def hand_over_letter(family: Family, line: AgreementLine, closing: Closing) -> dict[str, Any]:
    """Plain values for templates/plans/pdf/handover.html: only what this service's live line covers.

    Who else continues is not told: that stands in no agreement with this service.
    """
    out = outside(family)
    part = members_with(family, Purpose.PARTICIPATION)
    open_goals = Goal.objects.filter(family=family).alive().with_measures()
    return {
        **service_part(family, line, goals_told(open_goals, line, part), out, part),
        "ended_on": closing.exit.ended_on,
        "today": timezone.localdate(),
    }
