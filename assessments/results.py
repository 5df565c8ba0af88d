"""Scores of what one person answered in one sitting; instruments/scores.py reckons, here the answers are found."""

from collections.abc import Iterable, Mapping
from typing import Any

from .instruments.scores import Result, Score, score
from .sheets import Cell, Item


def numbers_of(items: Iterable[Item]) -> dict[str, Any]:
    """The answers that can be scored, by key; the figures of a result each under its own."""
    found: dict[str, Any] = {}
    for item in items:
        found |= flat(item.question.key, item.reading.value)
    return found


def flat(key: str, value: Any) -> dict[str, Any]:
    """One answer as the scores look it up: `who-5-1.q3`, or `ors-1.result.total` for a figure of a result."""
    if isinstance(value, Mapping):
        return {f"{key}.{figure}": number for figure, number in value["scores"].items()}
    return {key: value}


def scores_in(cell: Cell, scores: Iterable[Score]) -> list[Score]:
    """The scores whose answers are asked in this part."""
    keys = {item.question.key for item in cell.items}
    return [one for one in scores if all(any(i.key == k or i.key.startswith(f"{k}.") for k in keys) for i in one.items)]


def results_of(cell: Cell, scores: Iterable[Score], age: int | None, language: str) -> list[dict[str, str]]:
    """For reading: each score of the part with its value, its band and how many answers it lacks."""
    answers = numbers_of(cell.items)
    return [said(one, score(one, answers, age), language) for one in scores_in(cell, scores)]


def said(definition: Score, result: Result, language: str) -> dict[str, str]:
    band = result.band.label if result.band else {}
    label = definition.label
    return {
        "label": label.get(language) or label["nb"],
        "value": result.say(),
        "band": band.get(language) or band.get("nb", ""),
        "missing": str(result.missing) if result.missing else "",
    }
