"""An agreed version of the plan, as somebody may see it now, and what is new since."""

from datetime import date
from typing import Any

from assessments.outcomes import Outcome
from families.marks import Homes, Reader, may_get

from .changes import GoalChange, as_it_stands, doer_kept, measure_as_it_stands, plan_changes
from .enums import MeasureState
from .models import Goal, PlanAgreement
from .told import goals_for

Kept = dict[str, Any]


def kept_for(agreement: PlanAgreement, reader: Reader, homes: Homes) -> list[Kept]:
    """The goals of an agreed version that `reader` may see now, in the words that were kept that day.

    The marks are those of today. A measure kept without its id (older versions) is told only of a goal without marks
    on any of its measures. Three queries.
    """
    rows = Goal.objects.filter(pk__in=[goal["goal"] for goal in agreement.goals]).with_measures()
    open_to = {str(goal.pk): goal for goal in goals_for(rows, reader, homes)}
    return [
        _open_part(kept, open_to[kept["goal"]], reader, homes) for kept in agreement.goals if kept["goal"] in open_to
    ]


def _open_part(kept: Kept, goal: Goal, reader: Reader, homes: Homes) -> Kept:
    hidden = {str(m.pk) for m in goal.measures_read if not may_get(m, m.about, reader, homes)}
    shown = [m for m in kept["measures"] if (m["measure"] not in hidden if "measure" in m else not hidden)]
    return {**kept, "measures": shown}


def in_words(goals: list[Kept]) -> list[Kept]:
    """Kept goals for a page: names of lines, states and days in the language of today."""
    return [
        {
            **goal, "label": str(Outcome(goal["outcome"]).label), "whose": ", ".join(goal["whose"]),
            "measures": [_measure_in_words(measure) for measure in goal["measures"]],
        }
        for goal in goals
    ]  # fmt: skip


def _measure_in_words(kept: Kept) -> Kept:
    return {
        "what": kept["what"],
        "who": doer_kept(kept),
        "state": str(MeasureState(kept["state"]).label),
        "due_on": date.fromisoformat(kept["due_on"]) if kept["due_on"] else None,
        "falls_between": kept["falls_between"],
    }


def changes_since(before: list[Kept], goals: list[Goal]) -> list[GoalChange]:
    """What is new in `goals`, fetched `with_measures()`, since they stood as in `before`. Give closed goals too."""
    now = [{**as_it_stands(goal), "ended": [measure_as_it_stands(m) for m in goal.finished_measures]} for goal in goals]
    return plan_changes(before, now)


def changes_for(agreement: PlanAgreement | None, goals: list[Goal], reader: Reader, homes: Homes) -> list[GoalChange]:
    """The same, of what `reader` may get; nothing before the plan was agreed on."""
    if agreement is None:
        return []
    before = kept_for(agreement, reader, homes)
    now = []
    for goal in goals_for(goals, reader, homes):
        shown = {m.pk for m in goal.measures_read if may_get(m, m.about, reader, homes)}
        ended = [measure_as_it_stands(m) for m in goal.finished_measures if m.pk in shown]
        kept = as_it_stands(goal)
        kept["measures"] = [m for m in kept["measures"] if m["measure"] in {str(pk) for pk in shown}]
        now.append({**kept, "ended": ended})
    return plan_changes(before, now)
