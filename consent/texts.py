"""What a family says yes to, in plain words, by version. A consent keeps the version it was given to.

A new wording is a new version; the old one stays, so that everybody can see what was agreed on that day.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .enums import Purpose

CURRENT = "2026-1"


@dataclass(frozen=True)
class ConsentText:
    heading: Any
    lines: tuple[Any, ...]


TEXTS: dict[tuple[str, str], ConsentText] = {
    ("2026-1", Purpose.PARTICIPATION): ConsentText(
        _("Å delta i Nye mønstre"),
        (
            _("En familiekoordinator følger hele familien i inntil fem år: snakker med dere, og hjelper dere til å nå "
              "målene dere setter selv."),
            _("Koordinatoren skriver ned det dere forteller, kartlegger hvordan dere har det, og lager en plan sammen "
              "med dere. Dere kan lese alt som står om dere."),
            _("Ingen andre tjenester får vite noe om dere uten at det står i samarbeidsavtalen. Den bestemmer dere."),
            _("Det er frivillig. Dere kan ta en pause eller trekke dere når som helst, uten å gi noen grunn, og mister "
              "ingen andre tjenester av den grunn."),
            _("Trekker dere dere, slutter vi å kartlegge og å kontakte andre. Det som alt er skrevet, blir stående i "
              "kommunens arkiv, for det krever loven."),
        ),
    ),
    ("2026-1", Purpose.RESEARCH): ConsentText(
        _("At forskere bruker opplysninger"),
        (
            _("Forskere får opplysninger uten navn, for å finne ut om Nye mønstre hjelper familier."),
            _("Dette er et eget valg. Dere kan si nei til forskning og likevel være med i Nye mønstre."),
            _("Fra 16 år svarer man selv. Barn som ikke vil, blir ikke med, uansett hva foreldrene svarer."),
            _("Dere kan trekke dere når som helst. Da kommer det ikke med flere opplysninger om dere."),
        ),
    ),
}  # fmt: skip


def text_of(purpose: str, version: str = CURRENT) -> ConsentText:
    """The words of one purpose. Raises KeyError for a version that never was."""
    return TEXTS[version, Purpose(purpose)]
