"""An instrument in words, for the page that shows it: who is asked, whose it is, how it is scored."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from . import BY_HAND, CHILD, MUNICIPALITY, YOUTH, Instrument, Question
from .loader import OLDEST
from .scores import MEAN, Score, ScoredItem


def supply_in_words(found: Instrument) -> str:
    if found.supply == BY_HAND:
        return _("Bare resultatet føres")
    if found.supply == MUNICIPALITY:
        return _("Kommunen setter inn teksten")
    return _("Spørsmålene følger med")


def facts_of(found: Instrument, language: str) -> list[tuple[str, str]]:
    """Name and value of what anybody must know before they use it."""
    languages = {"nb": _("bokmål"), "nn": _("nynorsk"), "en": _("engelsk")}
    spoken = ", ".join(languages[code] for code in ("nb", "nn", "en") if code in found.languages)
    facts = [
        (_("Hvem svarer"), found.answered_by.read(language)),
        (_("Alder"), _ages(*found.ages)),
        (_("Språk"), spoken),
        (_("Lisens"), found.licence),
        (_("Opphav"), found.attribution),
        (_("Kilde"), found.source),
        (_("Versjon"), found.version),
    ]
    return [(name, value) for name, value in facts if value]


def questions_of(found: Instrument, language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each question with its possible answers, and with its words for the young. Empty while the municipality has not
    supplied the words.
    """
    rows = []
    for question in found.questions:
        scale = question.scale
        if not question.text:
            continue
        if scale.kind == "result":
            answers = [figure.label.read(language) for figure in scale.figures]
        elif scale.options:
            answers = [option.text.read(language) for option in scale.options]
        else:
            answers = [f"{value} {words.read(language)}" for value, words in scale.words]
        asked = question.text.read(language, name=_("barnet"))
        rows.append((asked, ", ".join(answers), for_the_young(question, range(OLDEST), language)))
    return rows


def for_the_young(question: Question, ages: Iterable[int], language: str) -> list[tuple[str, str]]:
    """(to whom, words) where somebody of `ages` is asked in words of their own."""
    wordings = (
        (_("Til barn til og med 12 år"), question.child, CHILD), (_("Til unge 13–17 år"), question.youth, YOUTH)
    )  # fmt: skip
    there = list(ages)
    return [
        (whom, wording.text.read(language))
        for whom, wording, (youngest, oldest) in wordings
        if wording is not None and any(youngest <= age <= oldest for age in there)
    ]


def checked_of(found: Instrument, language: str) -> dict[str, Any] | None:
    """What was held against its source: the day, what agreed and with what, and what nobody has confirmed."""
    if found.checked is None:
        return None
    return {
        "day": found.checked.day,
        "agrees": [(what.read(language), source) for what, source in found.checked.agrees],
        "unconfirmed": [what.read(language) for what in found.checked.unconfirmed],
    }


def scores_of(found: Instrument, language: str) -> list[dict[str, Any]]:
    """Each score: how it is made, in a sentence, and its bands with their source."""
    return [
        {
            "label": _read(score.label, language),
            "how": _how(score),
            "norms": [
                {
                    "ages": _ages(*norm.ages),
                    "source": norm.source,
                    "bands": [(number(band.start), _read(band.label, language)) for band in norm.bands],
                }
                for norm in score.norms
            ],
        }
        for score in found.scores
    ]


def _read(words: Any, language: str) -> str:
    return words.get(language) or words["nb"]


def _ages(low: int, high: int) -> str:
    sentence = _("fra %(low)s år") if high == OLDEST else _("%(low)s–%(high)s år")
    return sentence % {"low": low, "high": high}


def number(value: Fraction) -> str:
    """«29», «1,85»."""
    return f"{float(value):g}".replace(".", ",")


def _how(score: Score) -> str:
    count = len(score.items)
    facts = {"n": count, "times": score.times, "low": number(score.lowest), "high": number(score.highest)}
    parts = []
    if count == 1:
        parts.append(_("Tallet slik det er ført, fra %(low)s til %(high)s.") % facts)
    elif score.method == MEAN:
        parts.append(_("Gjennomsnittet av %(n)s svar, fra %(low)s til %(high)s.") % facts)
    elif score.times > 1:
        parts.append(_("Summen av %(n)s svar ganger %(times)s, fra %(low)s til %(high)s.") % facts)
    else:
        parts.append(_("Summen av %(n)s svar, fra %(low)s til %(high)s.") % facts)
    if turned := [item for item in score.items if item.reversed]:
        parts.append(_("Snus: %(items)s.") % {"items": ", ".join(_last(item) for item in turned)})
    if count > 1:
        if score.may_miss:
            parts.append(_("Inntil %(n)s svar kan mangle.") % {"n": score.may_miss})
        else:
            parts.append(_("Mangler ett svar, blir det ingen skår."))
    if score.notable is not None:
        parts.append(
            _("En endring på %(change)s eller mer er verd å merke seg (%(source)s).")
            % {"change": number(score.notable), "source": score.notable_source}
        )
    return " ".join(parts)


def _last(item: ScoredItem) -> str:
    return item.key.rpartition(".")[2].removeprefix("q")
