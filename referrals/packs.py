"""Text packs: the open form in more languages, as data. One file in referrals/texts/ for each, and no line of code.

A pack says, for each sentence in bokmål, the same in its own language. What it leaves out is shown in Norwegian. It is
for the pages a family meets without a login (`spoken`); everything else has the languages of settings.LANGUAGES.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from threading import Lock
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import trans_real

TEXTS = Path(__file__).parent / "texts"
# Which language: in the address, so that it follows the form, its draft and its receipt, and no cookie is set.
PARAMETER = "sprak"
# The most forms of number any language has (gettext).
FORMS = 6
_learning = Lock()


@dataclass(frozen=True)
class Pack:
    """`name` is the language in itself. `checked_by` is the translator who went through it, and the day; empty until
    somebody has, and then the page says `unchecked`."""

    code: str
    name: str
    rtl: bool
    checked_by: str
    unchecked: str
    texts: dict[str, str]
    # Sentences with a number in them, said so that they fit every number: languages have from one to six forms.
    plurals: dict[str, str] = field(default_factory=dict)


@cache
def packs() -> dict[str, Pack]:
    """Every pack there is, by code. Raises TypeError for a file that does not hold what a pack holds."""
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(TEXTS.glob("*.yaml"))]
    return {pack.code: pack for pack in (Pack(**facts) for facts in read)}


@contextmanager
def speaking(pack: Pack | None) -> Iterator[None]:
    """Inside, gettext speaks the language of the pack."""
    if pack is None:
        yield
        return
    _learn(pack)
    with translation.override(pack.code):
        yield


@cache
def _catalogue(code: str) -> Any:
    """Django's own words in that language, where it has any; dates and numbers come with them."""
    return trans_real.translation(code)


def _learn(pack: Pack) -> None:
    catalogue = _catalogue(pack.code)
    with _learning:
        if getattr(catalogue, "nm_pack", None) is pack:
            return
        for sentence, own in pack.texts.items():
            catalogue._catalog[sentence] = own
        for sentence, own in pack.plurals.items():
            for form in range(FORMS):
                catalogue._catalog[sentence, form] = own
        catalogue.nm_pack = pack


def spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page in the language of `?sprak=`, and the same language on the page it leads to. Unknown ones are Norwegian.

    `request.pack` is the pack, or None; templates/base.html is turned around by `right_to_left`.
    """

    @wraps(view)
    def speaks(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pack = packs().get(request.GET.get(PARAMETER, ""))
        request.pack = pack  # type: ignore[attr-defined]
        request.right_to_left = bool(pack and pack.rtl)  # type: ignore[attr-defined]
        with speaking(pack):
            answer = view(request, *args, **kwargs)
        if pack and answer.has_header("Location"):
            answer["Location"] += f"?{PARAMETER}={pack.code}"
        return answer

    return speaks
