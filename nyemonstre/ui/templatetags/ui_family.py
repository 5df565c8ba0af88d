"""Components about a family: the road, the pattern, the network. Loaded through `{% load ui %}`."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

# Knitted wool under a motif.
WOOL = mark_safe('<rect width="110" height="110" fill="url(#nm-ground)"/>')

# The words of status 1-5 (R-R1); 0 is "not assessed".
STATUS_WORDS = {
    0: gettext_lazy("ikke vurdert"),
    1: gettext_lazy("svært krevende"),
    2: gettext_lazy("krevende"),
    3: gettext_lazy("midt imellom"),
    4: gettext_lazy("ganske bra"),
    5: gettext_lazy("bra og stabilt"),
}
YARNS = ("indigo", "krapp", "mose")


# Where the long words of the path may break in a narrow column.
_LONG_WORDS = re.compile(r"(?<=\w\w\w)(samtale|kartlegging|evaluering|team)")


@register.filter
def soften(label: str) -> str:
    """Soft hyphens where the path's long words may break: «Oppstarts­kartlegging»."""
    return _LONG_WORDS.sub("\u00ad\\1", label)


@register.inclusion_tag("components/road.html")
def road(
    steps: Iterable[Mapping[str, Any]], years: Iterable[Mapping[str, Any]] = (), label: str = ""
) -> dict[str, Any]:
    """The ten steps with names and dates, and below them the five years.

    steps: {state, label, text?}. years: {state, label?, text?, small?: True for a 6-month review, spoken?: read aloud}.
    States as in `step_line`. "soon" is drawn dotted after a state of next or ahead.
    """

    def drawn(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        rows = [
            {"label": "", "text": "", "small": False, "spoken": "", "url": "", **item, "last": False} for item in items
        ]
        for row in rows:
            row["label"] = soften(str(row["label"]))
            row["line"] = "ahead" if row["state"] in ("next", "ahead") else "done"
        if rows:
            rows[-1]["last"] = True
        return rows

    return {"steps": drawn(steps), "years": drawn(years), "label": label}


def _cell(cell: Mapping[str, Any] | None, column: Mapping[str, Any]) -> dict[str, Any]:
    """One knitted cell: chart paper while the time has not come, an open stitch where nobody was asked."""
    if cell is None and column.get("ahead"):
        return {"paper": True, "words": _("har ikke vært ennå")}
    cell = cell or {"asked": False}
    value = int(cell.get("value") or 0)
    said = f"{value}, {STATUS_WORDS[value]}" if value else str(STATUS_WORDS[0])
    words = [said if cell.get("asked", True) else _("ikke spurt"), cell.get("text", "")]
    if cell.get("differs"):
        words.append(cell.get("differs_text") or _("Vi ser det ulikt"))
    return {
        "paper": False,
        "symbol": f"m{value}",
        "words": ". ".join(part.rstrip(".") for part in words if part) + ".",
        "differs": bool(cell.get("differs")),
        "url": cell.get("url", ""),
    }


@register.inclusion_tag("components/pattern.html")
def pattern(
    rows: Iterable[Mapping[str, Any]], columns: Iterable[Mapping[str, Any]], caption: str = "", legend: bool = True
) -> dict[str, Any]:
    """The pattern: a table whose cells are knitted together. Form carries the value, the yarn only the part of life.

    columns: {label, text?, ahead?: True for a time that has not come}. The needle stands before the first one ahead.
    rows: {label, yarn (indigo children, krapp home, mose work and money), cells: one per column, sum?, who?, dropped?}
      cell: None (chart paper ahead, else an open stitch: not asked), or {value 1-5 or 0/None not assessed,
        asked?: False for what nobody was asked, text? (who and when), url?, differs?, differs_text?};
        value in words, text and difference together are read aloud and shown on hover.
      who: list of {name, whom?}, the services that do something now; two are shown, then "og 2 til".
      dropped: what no service has, in words.
    Raises ValueError when a row has another number of cells than there are columns, or an unknown yarn.
    """
    heads = [{"label": "", "text": "", "ahead": False, **column} for column in columns]
    needle = next((n for n, column in enumerate(heads) if column["ahead"]), None)
    drawn = []
    for row in rows:
        cells = list(row["cells"])
        if len(cells) != len(heads):
            raise ValueError(f"The row {row['label']!r} has {len(cells)} cells for {len(heads)} columns.")
        if row["yarn"] not in YARNS:
            raise ValueError(f"Yarn is {', '.join(YARNS)}; not {row['yarn']!r}.")
        knitted = [_cell(cell, head) for cell, head in zip(cells, heads, strict=True)]
        for number, cell in enumerate(knitted):
            cell["needle"] = number == needle
        who = [{"whom": "", **service} for service in row.get("who", ())]
        drawn.append(
            {
                "label": row["label"],
                "yarn": row["yarn"],
                "cells": knitted,
                "sum": row.get("sum", ""),
                "who": who[:2],
                "more": max(len(who) - 2, 0),
                "dropped": row.get("dropped", ""),
            }
        )
    for number, head in enumerate(heads):
        head["needle"] = number == needle
    return {
        "columns": heads,
        "rows": drawn,
        "caption": caption,
        "has_sum": any(row["sum"] for row in drawn),
        "has_who": any(row["who"] or row["dropped"] for row in drawn),
        "legend": [
            {"symbol": f"m{n}", "text": f"{n} {STATUS_WORDS[n]}" if n else STATUS_WORDS[0]} for n in (1, 2, 3, 4, 5, 0)
        ]
        if legend
        else [],
        "differs": any(cell.get("differs") for row in drawn for cell in row["cells"]),
    }


# Height of one service's row in the network drawing, and where the middle line runs.
_ROW, _WIDTH = 100, 200


def _threads(state: str, y: int, middle: int, right: bool) -> list[str]:
    """The thread from the hub to a service at height y: one curve, two loose ends when the agreement has ended, or a
    loop on nobody's needle for a dropped stitch.
    """
    side, bend = (_WIDTH, 150) if right else (0, 50)
    if state == "dropped":
        end, turn = (170, 1) if right else (30, -1)
        loop = f"c{18 * turn} 0 {18 * turn} 22 0 22s{-18 * turn} -14 {-6 * turn} -26"
        return [f"M100 {middle}C{bend} {middle} {bend} {y} {end} {y}{loop}"]
    if state != "ended":
        return [f"M{side} {y}C{bend} {y} {bend} {middle} 100 {middle}"]
    sign = 1 if right else -1
    up = 1 if y >= middle else -1
    near = round((y - middle) * 0.42)
    outer = f"c{-24 * sign} 0 {-28 * sign} {-12 * up} {-38 * sign} {-28 * up}q{-6 * sign} {-9 * up} {-sign} {-16 * up}"
    inner = f"c{28 * sign} 0 {38 * sign} {near // 2} {43 * sign} {near}q{2 * sign} {10 * up} {9 * sign} {12 * up}"
    return [f"M{side} {y}{outer}", f"M100 {middle}{inner}"]


NETWORK_STATES = ("live", "ends", "draft", "ended")


@register.inclusion_tag("components/network.html")
def network(services: Iterable[Mapping[str, Any]], dropped: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The family in the middle and the services around it, one thread each.

    services: {name, what?, does? (lines), answer? (how quickly), note?, url?, state: live | ends (soon) | draft (not
    signed) | ended (the contact is hidden)}. dropped: {what, note?}, stitches that no service has, drawn last.
    Half stand left, half right, in the order given. Raises ValueError for an unknown state.
    """
    plain = {"what": "", "does": (), "answer": "", "note": "", "state": "live", "url": ""}
    items: list[dict[str, Any]] = [{**plain, **service} for service in services]
    for item in items:
        if item["state"] not in NETWORK_STATES:
            raise ValueError(f"A thread is {', '.join(NETWORK_STATES)}; not {item['state']!r}.")
    items += [{**plain, **stitch, "state": "dropped"} for stitch in dropped]
    half = (len(items) + 1) // 2
    height = max(half, 1) * _ROW
    sides: list[dict[str, Any]] = [{"key": "l", "rows": items[:half]}, {"key": "r", "rows": items[half:]}]
    return {
        "sides": [side for side in sides if side["rows"]],
        # The rows of a side share its height, so the threads of the shorter one stand further apart.
        "lines": [
            {"state": item["state"], "d": d}
            for side in sides
            for number, item in enumerate(side["rows"])
            for d in _threads(
                item["state"], round((number + 0.5) * height / len(side["rows"])), height // 2, right=side["key"] == "r"
            )
        ],
        "height": height,
    }
