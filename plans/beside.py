"""The headings of the printed plan in the family's own language, beside Norwegian.

Nynorsk, bokmål and English come from the catalogues; every other language is a file in plans/languages, as data. Only
headings are translated: what people have said, and what is agreed on, stands in the words it was said in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.outcomes import Outcome
from families.models import Family

FOLDER = Path(__file__).parent / "languages"
LTR, RTL = "ltr", "rtl"

HEADINGS: dict[str, str | Promise] = {
    # The name of the step stays Norwegian everywhere; as a heading it is read by the family.
    "plan": pgettext_lazy("heading", "Familiens plan"),
    "changes": _("Nytt siden sist"),
    "words": _("Hva er viktig for dere nå?"),
    "paused": _("Mål på vent"),
    "dropped": _("Faller mellom tjenestene"),
    "services": _("De vi samarbeider med"),
    "ahead": _("Veien videre"),
    "measure": _("Tiltak"),
    "who": _("Hvem"),
    "state": _("Tilstand"),
    "due": _("Innen"),
    **{str(outcome.value): outcome.label for outcome in Outcome},
}
# Ours, with the words a member's language may be written with.
OURS = {"nb": ("bokmål", "norsk"), "nn": ("nynorsk",), "en": ("English", "engelsk", "english")}


@dataclass(frozen=True)
class Beside:
    """One language. `words` has every heading; empty ones are not printed."""

    code: str = ""
    name: str = ""
    direction: str = LTR
    called: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(HEADINGS, ""))


NOTHING = Beside()


@cache
def packs() -> dict[str, Beside]:
    """Every language there is a file for. Raises ValueError for a file that lacks a heading or has one too many."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        row = yaml.safe_load(file.read_text(encoding="utf-8"))
        if set(row["headings"]) != set(HEADINGS) or row["direction"] not in (LTR, RTL):
            raise ValueError(f"{file.name}: {sorted(set(row['headings']) ^ set(HEADINGS))}")
        found[row["code"]] = Beside(
            row["code"], row["name"], row["direction"], tuple(row["called"]), dict(row["headings"])
        )
    return found


def choices() -> list[tuple[str, str]]:
    """The languages that headings can be printed in, by code, in their own names."""
    return [*((code, names[0]) for code, names in OURS.items()), *((pack.code, pack.name) for pack in packs().values())]


def beside(code: str) -> Beside:
    """The language with this code; nothing for "" and for one there is none of any more.

    What is written the same in the language of the paper is said once.
    """
    if code in OURS:
        shown = {key: str(text) for key, text in HEADINGS.items()}
        with translation.override(code):
            words = {key: str(text) for key, text in HEADINGS.items()}
        return Beside(code, OURS[code][0], words={key: "" if words[key] == shown[key] else words[key] for key in words})
    return packs().get(code, NOTHING)


def language_of(family: Family) -> str:
    """The code of the first language in the family that needs an interpreter and that we have headings in, or ""."""
    spoken = [m.language.casefold() for m in family.members.all() if m.needs_interpreter]
    named = {name.casefold(): code for code, names in OURS.items() for name in names}
    named |= {name.casefold(): pack.code for pack in packs().values() for name in pack.called}
    return next((named[name] for name in spoken if name in named), "")
