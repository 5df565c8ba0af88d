"""Icons from the aksel-icons package, as symbols that a page carries once and points at."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[A-Za-z0-9]+")
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_TITLE = re.compile(r"<title.*?</title>", re.DOTALL)


@cache
def icon_paths(name: str) -> str:
    """What is drawn inside an icon. Raises LookupError, with the folder looked in, when there is no such icon."""
    file = Path(settings.ICONS_DIR) / f"{name}.svg"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise LookupError(f"There is no icon called {name!r} in {settings.ICONS_DIR}.")
    inside = _INSIDE.search(file.read_text(encoding="utf-8"))
    if inside is None:
        raise LookupError(f"The icon {name!r} is not one <svg> element.")
    # currentColor is set once, on .nm-icon
    return _TITLE.sub("", inside.group(1)).replace(' fill="currentColor"', "").strip()


def icon_symbol(symbol_id: str) -> str:
    """The <symbol> for an id such as "i-Calendar", or "" when the icon does not exist (text never depends on icons)."""
    try:
        paths = icon_paths(symbol_id.removeprefix("i-"))
    except LookupError:
        return ""
    return f'<symbol id="{symbol_id}" viewBox="0 0 24 24">{paths}</symbol>'
