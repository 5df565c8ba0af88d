"""Charts drawn as SVG by templates: no script, no inline style, and always a table beside them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.translation import gettext as _

register = template.Library()

# The drawing's frame in SVG units: left, right, top, bottom of the plot.
_LEFT, _RIGHT, _TOP, _BOTTOM = 20, 140, 6, 62
_KINDS = ("fam", "fk")


def _height(value: float, low: float, high: float) -> float:
    return round(_BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP), 1)


def _path(values: Sequence[float | None], low: float, high: float) -> tuple[str, list[tuple[float, float]]]:
    """The line through the values that exist, and their places. A missing value breaks the line: nothing is guessed."""
    step = (_RIGHT - _LEFT) / max(len(values) - 1, 1)
    places = [
        None if value is None else (round(_LEFT + n * step, 1), _height(value, low, high))
        for n, value in enumerate(values)
    ]
    parts = []
    for before, place in pairwise([None, *places]):
        if place is not None:
            parts.append(f"{'M' if before is None else 'L'}{place[0]} {place[1]}")
    return "".join(parts), [place for place in places if place is not None]


def _apart(rows: list[dict[str, Any]]) -> None:
    """Moves the end labels so that two of them never stand on each other (14 units is one line of text)."""
    placed = sorted((row for row in rows if row["end"]), key=lambda row: row["end"][1])
    lowest = -100.0
    for row in placed:
        row["text_y"] = max(row["end"][1] + 4, lowest + 14)
        lowest = row["text_y"]


@register.inclusion_tag("components/line_chart.html")
def line_chart(
    series: Iterable[Mapping[str, Any]],
    label: str,
    columns: Sequence[str] = (),
    low: float = 0,
    high: float = 10,
) -> dict[str, Any]:
    """A few lines over time with their last value written at the end, and "Vis som tabell" below.

    series: {name, values: one per column, None where nobody answered, kind?: "fam" (krapp, whole) or "fk" (indigo,
    dashed), said?: what the table says at each column where there is no value, else a dash}.
    columns: the times in words. `label` says aloud what is measured. Raises ValueError when high is not above low.
    """
    if high <= low:
        raise ValueError("high must be above low.")
    rows = []
    for number, item in enumerate(series):
        values = list(item["values"])
        path, places = _path(values, low, high)
        known = [value for value in values if value is not None]
        rows.append(
            {
                "name": item["name"],
                "kind": item.get("kind") or _KINDS[number % 2],
                "path": path,
                "cells": list(zip(values, item.get("said") or ["–"] * len(values), strict=True)),
                "end": places[-1] if places else None,
                "lone": places if len(places) == 1 else [],
                "last": localize(known[-1]) if known else "",
                "first": localize(known[0]) if known else "",
                "text_y": 0,
            }
        )
    _apart(rows)
    spoken = [
        _("%(name)s: fra %(first)s til %(last)s.") % {"name": row["name"], "first": row["first"], "last": row["last"]}
        for row in rows
        if row["end"]
    ]
    return {
        "rows": rows,
        "columns": list(columns),
        "label": label,
        "spoken": " ".join([label.rstrip(".") + ".", *spoken]),
        "low": low,
        "high": high,
        "first_column": columns[0] if columns else "",
        "last_column": columns[-1] if len(columns) > 1 else "",
    }
