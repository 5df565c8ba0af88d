"""Templates on paper: A4, tagged, PDF/A-2a and marked PDF/UA-1.

Light to import: the engine comes when something is printed, for WeasyPrint takes a second and needs system libraries.
"""

from collections.abc import Mapping
from typing import Any


class FontMissing(RuntimeError):
    """A font the page needs is not on this machine. Nothing is printed in another one."""


def render_pdf(template: str, values: dict[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The finished file, in the language that is active. `values` are plain; nothing is read from the database here.

    `pictures` are PNG files by the name the template calls them, as in `src="nm:NAME"`.

    Raises FontMissing, and RuntimeError when the page asks for something that is not ours.
    """
    from . import engine  # noqa: PLC0415  see above

    return engine.render_pdf(template, values, pictures or {})
