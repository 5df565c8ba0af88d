"""The wording of the letters about decisions, in one place and three languages.

A letter is made from the signed decision: what was decided, when, why, and what the family can do now. Where the
municipality says that a decision is an enkeltvedtak, the letter names the law as it was on that day and the right to
appeal (fvl. §§ 27-29). Nothing here writes; the same wording is looked at first and then kept (actions/letters.py).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from families.models import Family
from families.protection import Outside, home_words
from nyemonstre.content.models import Fact
from nyemonstre.refusals import Refused

from .enums import Outcome, PersonRole
from .models import IntakeDecision, Referral, ReferredPerson

# Law texts and links of the municipality, by their short names in nyemonstre/content.
LAW, APPEAL_LAW, ELSEWHERE = "vedtak-hjemmel", "forvaltningsloven-29", "avslag-andre-steder"
# What people write in «språk», and the language the letter then begins in.
SPOKEN = {"engelsk": "en", "english": "en", "nynorsk": "nn", "bokmål": "nb", "norsk": ""}


@dataclass(frozen=True)
class Part:
    """A heading (empty for the first part) and what stands under it."""

    heading: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Wording:
    """Everything the letter says, as it says it."""

    title: str
    to: list[str]
    day: str
    reference: str
    municipality: str
    parts: list[Part]
    signed: str

    def as_values(self) -> dict[str, Any]:
        """Plain values, as they are kept and printed."""
        return asdict(self)


@dataclass(frozen=True)
class Chosen:
    """What the writer decides: the language, whom it goes to, a paragraph of one's own, and where else help is."""

    language: str
    to: Sequence[str]
    own_words: str = ""
    turn_to: str = ""


def adults_of(referral: Referral) -> list[ReferredPerson]:
    return [person for person in referral.people.all() if person.role == PersonRole.ADULT]


def live_apart(adults: Sequence[ReferredPerson]) -> bool:
    """Do the adults live in different homes? Then one letter shall not tell one of them about the other (ADR 13)."""
    return len({person.home.strip().casefold() for person in adults}) > 1


def first_language(referral: Referral) -> str:
    """The language to begin with: the adults' own where we have it, else the municipality's."""
    spoken = [SPOKEN.get(person.language.strip().casefold(), "") for person in adults_of(referral)]
    return next(filter(None, spoken), referral.municipality.language)


def unspoken(referral: Referral) -> list[str]:
    """Languages of adults who need an interpreter, and in which there is no letter."""
    languages = {p.language for p in adults_of(referral) if p.needs_interpreter}
    return sorted(language for language in languages if language.strip().casefold() not in SPOKEN)


def help_elsewhere(decision: IntakeDecision) -> str:
    """What the municipality says about where else there is help; empty where nobody has written it."""
    fact = _fact(decision, ELSEWHERE)
    return fact.text if fact else ""


def outside(decision: IntakeDecision) -> Outside:
    """What may stand on paper. Before there is a family, the answer of whoever referred counts."""
    referral = decision.referral
    # The intake team cannot read the family; it reads the decision only while nothing of it is strictly protected.
    family = Family.objects.filter(pk=decision.family_id).first() if decision.family_id else None
    known = [referral.referrer_service, referral.referrer_name, referral.municipality.name]
    for person in referral.people.all():
        known += [person.home, person.other_home]
    return Outside(family or referral, [*known, *(home_words(family) if family else [])])


def wording(decision: IntakeDecision, chosen: Chosen) -> Wording:
    """The letter, in the chosen language. Raises Refused when the law it stands on was not in force that day.

    `decision` comes with `referral.municipality`, the referral's `people`, `coordinator` and `decided_by`.
    """
    laws = _laws(decision)
    with translation.override(chosen.language):
        out, town = outside(decision), decision.referral.municipality
        first = [*_opening(decision, out), *_paragraphs(out.text(chosen.own_words))]
        parts = [Part("", first), _why(decision, out)]
        if decision.outcome == Outcome.DECLINED:
            parts.append(Part(_("Hvem kan dere snakke med?"), _paragraphs(out.text(chosen.turn_to))))
        if laws:
            parts.append(_appeal(decision, laws, out))
        return Wording(
            title=TITLES[Outcome(decision.outcome)](), to=list(chosen.to), day=_day(decision.decided_on),
            reference=decision.referral.reference, municipality=out.place(town.name), parts=parts,
            signed=_signed(decision, out),
        )  # fmt: skip


TITLES = {
    Outcome.GRANTED: lambda: _("Dere har fått plass i Nye mønstre"),
    Outcome.WAITING: lambda: _("Dere står på venteliste hos Nye mønstre"),
    Outcome.DECLINED: lambda: _("Dere har ikke fått plass i Nye mønstre"),
    Outcome.MORE_INFORMATION: lambda: _("Vi trenger å vite mer"),
}


def _opening(decision: IntakeDecision, out: Outside) -> list[str]:
    facts = {"day": _day(decision.decided_on)}
    if decision.outcome == Outcome.GRANTED:
        who = out.contact(decision.coordinator)
        return [
            _("Inntaksteamet bestemte %(day)s at dere får plass.") % facts,
            _("%(name)s blir koordinatoren deres og tar kontakt for å avtale en informasjonssamtale.")
            % {"name": who.name}
            if who
            else _("Dere får en fast koordinator, som tar kontakt for å avtale en informasjonssamtale."),
            _(
                "Det er frivillig å være med. I samtalen får dere vite hva tilbudet er, og først der svarer dere ja "
                "eller nei. Et nei påvirker ikke annen hjelp dere får."
            ),
        ]
    return {
        Outcome.WAITING: [
            _("Inntaksteamet bestemte %(day)s at dere står på venteliste for en plass.") % facts,
            _("Vi tar kontakt når det er en plass til dere. Si gjerne fra hvis noe endrer seg mens dere venter."),
        ],
        Outcome.DECLINED: [_("Inntaksteamet bestemte %(day)s at dere ikke får plass.") % facts],
        Outcome.MORE_INFORMATION: [
            _("Inntaksteamet så på henvendelsen %(day)s, men vet ikke nok til å bestemme ennå.") % facts,
            _("Dere kan svare på telefon eller i brev, eller be den som henvendte seg, om å svare. Det er frivillig."),
        ],
    }[Outcome(decision.outcome)]


def _why(decision: IntakeDecision, out: Outside) -> Part:
    asks = decision.outcome == Outcome.MORE_INFORMATION
    return Part(_("Dette trenger vi å vite") if asks else _("Begrunnelse"), _paragraphs(out.text(decision.reason)))


def _laws(decision: IntakeDecision) -> list[Fact]:
    """The law of the decision and that of the appeal, as they stood that day; none where it is no enkeltvedtak."""
    if decision.outcome == Outcome.MORE_INFORMATION or not decision.referral.municipality.intake_makes_vedtak:
        return []
    laws = [_fact(decision, key) for key in (LAW, APPEAL_LAW)]
    found = [law for law in laws if law]
    if len(found) < len(laws):
        raise Refused(
            _(
                "Et vedtak må vise til lovtekster som gjaldt %(day)s. Be teamlederen legge dem inn under satser, "
                "lenker og lovtekster."
            )
            % {"day": _day(decision.decided_on)},
            rule="no_law",
        )
    return found


def unchecked_laws(decision: IntakeDecision) -> list[str]:
    """Titles of the law texts in the letter that nobody has compared with their source, for whoever makes it."""
    try:
        return [law.title for law in _laws(decision) if law.checked_on is None]
    except Refused:
        return []


def _appeal(decision: IntakeDecision, laws: list[Fact], out: Outside) -> Part:
    town = decision.referral.municipality
    weeks = ngettext("%(n)d uke", "%(n)d uker", town.intake_appeal_weeks) % {"n": town.intake_appeal_weeks}
    receiver = out.place(_("%(name)s kommune") % {"name": town.name}) or _("kommunen")
    return Part(
        _("Dere kan klage"),
        [
            _("Dette er et enkeltvedtak etter %(law)s.") % {"law": laws[0].title},
            _(
                "Fristen for å klage er %(weeks)s fra dere fikk brevet. Skriv hva dere er uenige i, og hvorfor, og "
                "send klagen til %(receiver)s. Vi hjelper dere gjerne med å skrive den."
            )
            % {"weeks": weeks, "receiver": receiver},
            _("Dere har rett til å se det som er skrevet i saken."),
            *(f"{law.title}: {law.text}" for law in laws if law.text),
        ],
    )


def _signed(decision: IntakeDecision, out: Outside) -> str:
    who = out.contact(decision.decided_by)
    return _("%(name)s, for inntaksteamet") % {"name": who.name} if who else _("Inntaksteamet")


def _fact(decision: IntakeDecision, key: str) -> Fact | None:
    rows = Fact.objects.filter(municipality=decision.referral.municipality_id, key=key)
    return rows.on(decision.decided_on).first()


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n") if part.strip()]


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
