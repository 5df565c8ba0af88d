"""What a family says yes to, in plain words, by version. A consent keeps the version it was given to.

The product's own words stand here; a municipality adds versions of its own, as rows, and then those count. The first
time the product's words are shown to somebody they become a row too, so that what was signed is kept as it was shown.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .enums import CORE, Purpose
from .wording import STANDARD_VERSIONS, ConsentText, ExtraPurpose

CURRENT = STANDARD_VERSIONS[-1]
BEGAN = date(2026, 1, 1)
STANDARD = _("Standardtekst fra Nye mønstre")


@dataclass(frozen=True)
class Standard:
    heading: Any
    lines: tuple[Any, ...]


TEXTS: dict[tuple[str, str], Standard] = {
    ("2026-1", Purpose.PARTICIPATION): Standard(
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
    ("2026-1", Purpose.RESEARCH): Standard(
        _("At forskere bruker opplysninger"),
        (
            _("Forskere får opplysninger uten navn, for å finne ut om Nye mønstre hjelper familier."),
            _("Dette er et eget valg. Dere kan si nei til forskning og likevel være med i Nye mønstre."),
            _("Fra 16 år svarer man selv. Barn som ikke vil, blir ikke med, uansett hva foreldrene svarer."),
            _("Dere kan trekke dere når som helst. Da kommer det ikke med flere opplysninger om dere."),
        ),
    ),
}  # fmt: skip


def text_in_force(
    municipality: Any, purpose: str, language: str, on: date | None = None, extra: ExtraPurpose | None = None
) -> ConsentText:
    """The version that holds on the day `on` (default today) in one language. One query.

    The municipality's newest; else the product's own, as a row not yet saved; else the newest in another language.
    Raises LookupError for an extra purpose nobody has written a text for.
    """
    rows = ConsentText.objects.holding(on).filter(municipality=municipality, purpose=purpose, extra=extra)
    found = list(rows)
    newest = next((row for row in found if row.language == language), None)
    if newest is not None:
        return newest
    if purpose in CORE:
        return standard(municipality, purpose, language)
    if found:
        return found[0]
    raise LookupError("an extra purpose without a text")


def standard(municipality: Any, purpose: str, language: str) -> ConsentText:
    """The product's own words as a row that is not saved. Raises KeyError for an extra purpose: it has none."""
    words = TEXTS[CURRENT, Purpose(purpose)]
    with translation.override(language):
        return ConsentText(
            municipality=municipality, purpose=purpose, language=language, version=CURRENT, heading=str(words.heading),
            body="\n".join(str(line) for line in words.lines), valid_from=BEGAN, approved_by=str(STANDARD),
            added_at=timezone.now(),
        )  # fmt: skip
