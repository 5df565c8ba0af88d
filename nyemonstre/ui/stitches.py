"""The stitch: every drawn sign of ours as an SVG symbol, and the sprite that carries them.

A knitted stitch is two leaning legs in a 10 x 10 box. A motif is a 9 x 9 chart with one empty stitch around it,
so its viewBox is 110 x 110 and it is drawn at a multiple of 11 px: then every stitch lands on whole pixels.
The five charts grow with the status, and the silhouette alone tells them apart; colour only says which part of life.
"""

import re
from functools import cache

from django.utils.safestring import SafeString, mark_safe

from nyemonstre.ui.icons import icon_symbol

# Status 1-5. "#" is a stitch in yarn, "." is wool.
CHARTS = {
    1: "......... ......... ......... ....#.... ...###... ....#.... ......... ......... .........",  # lus
    2: "......... ......... ..#...#.. ...#.#... ....#.... ...#.#... ..#...#.. ......... .........",  # kryss
    3: "......... ....#.... ...#.#... ..#...#.. .#..#..#. ..#...#.. ...#.#... ....#.... .........",  # rute
    4: "....#.... ...###... ...#.#... .##.#.##. ##.###.## .##.#.##. ...#.#... ...###... ....#....",  # blomst
    5: "..#...#.. ..##.##.. ##.#.#.## .###.###. ....#.... .###.###. ##.#.#.## ..##.##.. ..#...#..",  # åttebladrose
}


def chart_path(chart: str) -> str:
    """The path of a chart: one left and one right leg per stitch, in chart units of 10."""
    legs = []
    for row, line in enumerate(chart.split()):
        for column, cell in enumerate(line):
            if cell == "#":
                x, y = 10 * (column + 1), 10 * (row + 1) - 1.6
                legs.append(f"M{x}.4 {y:.1f}l4.5 4.5v9l-4.5-4.5zm9.2 0l-4.5 4.5v9l4.5-4.5z")
    return "".join(legs)


def _motif(path: str) -> str:
    return f'viewBox="0 0 110 110" width="110" height="110">{path}'


# Not assessed, or not asked: a loop that no yarn goes through yet.
OPEN_STITCH = "M38 78c14-5 17-15 12-27-5-13-1-25 5-25s10 12 5 25c-5 12-2 22 12 27"
_KNIT = "M1 1.5l7.6 7.2v9.8L1 11.3zM17 1.5L9.4 8.7v9.8l7.6-7.2z"
_LINE = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'


def _step(shape: str) -> str:
    return f'viewBox="0 0 18 20" width="18" height="20">{shape}'


def _sign(shape: str) -> str:
    return f'viewBox="0 0 14 14">{shape}'


# The opening tag's attributes and the inside of each <symbol>.
_SYMBOLS = {
    **{f"m{status}": _motif(f'<path d="{chart_path(chart)}"/>') for status, chart in CHARTS.items()},
    # not assessed: an open stitch
    "m0": _motif(f'<path class="nm-open" d="{OPEN_STITCH}"/>'),
    # family and coordinator see it differently: a corner stitch on top of the motif
    "mdiff": _motif('<path class="nm-diff" d="M6 78l9 9v15l-9-9zM26 78l-9 9v15l9-9z"/>'),
    # the step line: reached, window open, next, ahead, window passed, paused
    "s-done": _step(f'<path class="nm-s-done" d="{_KNIT}"/>'),
    "s-now": _step(f'<path class="nm-s-now" d="{_KNIT}"/>'),
    "s-next": _step('<circle class="nm-s-next" cx="9" cy="10" r="5"/>'),
    "s-ahead": _step('<circle class="nm-s-ahead" cx="9" cy="10" r="2.2"/>'),
    "s-after": _step(f'<path class="nm-s-after" d="{_KNIT}"/>'),
    "s-pause": _step(f'<path class="nm-s-pause" d="{_KNIT}"/>'),
    "knit": _step(f'<path d="{_KNIT}"/>'),
    # the due chip: the same shape language, readable in greyscale
    "d-now": _sign(
        f'<circle cx="7" cy="7" r="5.6" {_LINE} stroke-width="1.6"/>'
        '<path d="M7 1.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor"/>'
    ),
    "d-soon": _sign(
        f'<circle cx="7" cy="7" r="5.6" {_LINE} stroke-width="1.6"/>'
        f'<path d="M7 3.6V7l2.4 1.6" {_LINE} stroke-width="1.5"/>'
    ),
    "d-ahead": _sign(f'<circle cx="7" cy="7" r="5.6" {_LINE} stroke-width="1.4"/>'),
    "d-after": _sign(
        f'<path d="M12.2 5.2A5.6 5.6 0 1 0 12.6 7" {_LINE} stroke-width="1.6"/>'
        f'<path d="M12.9 2v3.4H9.5" {_LINE} stroke-width="1.6"/>'
    ),
    "d-pause": _sign(f'<path d="M4.5 3v8M9.5 3v8" {_LINE} stroke-width="2"/>'),
    "d-done": _sign(f'<path d="M2.2 7.6l3.2 3.2 6.4-7" {_LINE} stroke-width="1.8"/>'),
    # what falls between the services
    "dropped": (
        f'viewBox="0 0 24 24"><path {_LINE} stroke-width="1.8" '
        'd="M5 3q7 2.6 14 0M5 7.6q7 2.6 14 0M5 12.2q3 1.2 5.6 1.4M19 12.2q-3 1.2-5.6 1.4"/>'
        f'<circle cx="12" cy="18" r="3.9" {_LINE} stroke-width="1.8"/>'
    ),
}

_GROUND = (
    "M.4-11.6l4.5 4.5v9l-4.5-4.5zM9.6-11.6l-4.5 4.5v9l4.5-4.5zM.4-1.6l4.5 4.5v9l-4.5-4.5z"
    "M9.6-1.6l-4.5 4.5v9l4.5-4.5zM.4 8.4l4.5 4.5v9l-4.5-4.5zM9.6 8.4l-4.5 4.5v9l4.5-4.5z"
)
_PATTERNS = {
    "nm-ground": f'<path class="nm-ground" d="{_GROUND}"/>',  # knitted wool
    "nm-paper": '<path class="nm-paper" d="M10 0H0v10"/>',  # chart paper: not knitted yet
}

VIEWBOX = {"m": "0 0 110 110", "s": "0 0 18 20", "k": "0 0 18 20", "d": "0 0 14 14"}


def viewbox(name: str) -> str:
    """The box one sign is drawn in when it stands alone. Raises KeyError for an unknown sign."""
    if name not in _SYMBOLS:
        raise KeyError(f"There is no stitch called {name!r}. Known: {', '.join(sorted(_SYMBOLS))}.")
    if name == "mdiff":
        return "0 74 32 32"
    return "0 0 24 24" if name == "dropped" else VIEWBOX[name[0]]


@cache
def symbol(name: str) -> str:
    """The definition of one symbol or pattern, or "" when the name is none of ours."""
    if name.startswith("i-"):
        return icon_symbol(name)
    if name in _PATTERNS:
        return f'<pattern id="{name}" width="10" height="10" patternUnits="userSpaceOnUse">{_PATTERNS[name]}</pattern>'
    return f'<symbol id="{name}" {_SYMBOLS[name]}</symbol>' if name in _SYMBOLS else ""


_REFERENCE = re.compile(r'(?:<use href="#|fill="url\(#)([A-Za-z0-9-]+)')


def sprite(html: str) -> SafeString:
    """The hidden SVG with the symbols that `html` uses, each once, or "" when it uses none.

    It reads the finished markup instead of keeping count while drawing: then a symbol drawn by a form widget,
    a cached piece or an include is never forgotten, and one that was not drawn is never sent.
    """
    definitions = "".join(symbol(name) for name in sorted(set(_REFERENCE.findall(html))))
    if not definitions:
        return mark_safe("")
    # our own drawings and the icon package only; names are matched by the pattern above
    start = '<svg class="nm-sprite" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    return mark_safe(f"{start}{definitions}</defs></svg>")  # noqa: S308
