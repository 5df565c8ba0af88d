"""Which goals and measures a reader of the family's own papers may get (families/marks.py)."""

from collections.abc import Iterable
from typing import Any

from families.marks import Homes, Reader, may_get

from .models import Goal, Measure


def is_about(people: Iterable[Any], reader: Reader) -> bool:
    """Whether somebody's paper holds it; a paper for more than one holds it all."""
    return reader.about is None or any(member.pk == reader.about for member in people)


def goals_for(goals: Iterable[Goal], reader: Reader, homes: Homes) -> list[Goal]:
    """Those of the goals, fetched `with_measures()`, that this reader may get."""
    about = [goal for goal in goals if is_about(goal.whose.all(), reader)]
    return [goal for goal in about if may_get(goal, [member.pk for member in goal.whose.all()], reader, homes)]


def measures_for(goal: Goal, reader: Reader, homes: Homes) -> list[Measure]:
    """Those of a goal's open measures that this reader may get. They follow the goal, unless they are marked, or are
    done by somebody of another home."""
    return [measure for measure in goal.open_measures if may_get(measure, measure.about, reader, homes)]
