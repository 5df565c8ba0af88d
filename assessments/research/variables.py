"""A question as it stands in a file: which columns it becomes, what their numbers mean, and which numbers mean none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import Missing
from assessments.instruments import MUNICIPALITY, Instrument, Question
from assessments.instruments.scores import Score

TEXT, CODE, NUMBER, DECIMAL = "text", "code", "number", "decimal"

# No value, and why. Outside every scale, and user-missing in SPSS. An empty cell is another thing: the question is not
# for this person (of this age, or of this round).
UNKNOWN, UNWILLING, NOT_ASKED, HELD_BACK, TOO_FEW = -99, -98, -97, -96, -95
CODE_OF = {Missing.UNKNOWN: UNKNOWN, Missing.UNWILLING: UNWILLING, Missing.NOT_ASKED: NOT_ASKED}
LOWEST, HIGHEST = -99, -95

LONGEST_LABEL = 240  # bytes SPSS takes of a variable's label, less a little
# Numbers of a home that few share. Square metres are rounded, so that they say how large and not which flat.
OF_HOMES = ("household_size", "rooms", "area")
ROUNDED = {"area": 10}


def missing_labels() -> dict[int, str]:
    return {
        UNKNOWN: _("vet ikke"),
        UNWILLING: _("vil ikke svare"),
        NOT_ASKED: _("ikke spurt"),
        HELD_BACK: _("holdt tilbake, for få har svart det samme"),
        TOO_FEW: _("kan ikke regnes ut, for få svar"),
    }


@dataclass(frozen=True)
class Variable:
    """A column. `values` are the meanings of its codes; `guarded`: it may single somebody out, so small cells are held
    back; `nominal` has no order. `source`: the question and its instrument. `made_of`: the columns it is reckoned from.
    """

    name: str
    label: str
    kind: str = CODE
    values: Mapping[int, str] = field(default_factory=dict)
    guarded: bool = False
    nominal: bool = True
    source: str = ""
    made_of: tuple[str, ...] = ()

    @property
    def may_miss(self) -> bool:
        return self.kind != TEXT

    def same_as(self, other: "Variable") -> bool:
        """Whether numbers of both may stand in one column."""
        return self.kind == other.kind and set(self.values) == set(other.values)


@dataclass(frozen=True)
class Column:
    """A variable, the question whose answers fill it, and how an answer becomes its number."""

    variable: Variable
    key: str
    number: Callable[[Any], int | float | None]


def name_of(key: str) -> str:
    """A question's key as a name SPSS, R and Stata take: `who-5-1.q3` → `who_5_1_q3`."""
    name = re.sub(r"[^a-z0-9]+", "_", key.lower()).strip("_")[:60]
    return name if name[:1].isalpha() else f"v_{name}"


def short(text: str) -> str:
    """As much of a label as a file has room for."""
    while len(text.encode()) > LONGEST_LABEL:
        text = text[:-1]
    return text


def columns(instrument: Instrument, question: Question, language: str) -> list[Column]:
    """The columns of a question. What people write in their own words becomes none."""
    scale, key = question.scale, question.key
    if scale.kind == "text":
        return []
    source = f"{key} ({instrument.id}-{instrument.version})"
    base = Variable(name_of(key), short(_label(instrument, question, language)), source=source)
    if scale.kind == "choice":
        codes = {option.value: code for code, option in enumerate(scale.options, 1)}
        values = {codes[option.value]: _plain(option.text.read(language)) for option in scale.options}
        return [Column(replace(base, values=values, guarded=True), key, codes.get)]
    if scale.kind == "choices":
        return [_one_of_many(base, key, option, language) for option in scale.options]
    if scale.kind == "result":
        return [_figure(base, key, figure, language) for figure in scale.figures]
    values = {n: _plain(words.read(language)) for n, words in scale.words}
    kind = NUMBER if scale.kind == "count" else CODE
    step = ROUNDED.get(key, 1)
    guarded = scale.kind != "count" or key in OF_HOMES
    variable = replace(base, kind=kind, values=values, guarded=guarded, nominal=False)
    return [Column(variable, key, lambda value: int(value) // step * step)]


def _one_of_many(base: Variable, key: str, option: Any, language: str) -> Column:
    """One of several things that may be chosen together: a column of yes and no for each."""
    text = _plain(option.text.read(language))
    label = short(f"{base.label} – {text}")
    name = name_of(f"{key}.{option.value}")
    variable = replace(base, name=name, label=label, values={0: _("nei"), 1: _("ja")}, guarded=True)
    return Column(variable, key, lambda chosen: int(option.value in chosen))


def _figure(base: Variable, key: str, figure: Any, language: str) -> Column:
    """A number from a form on paper. Neither who holds the licence nor the day goes along."""
    label = short(f"{base.label} – {_plain(figure.label.read(language))}")
    name = name_of(f"{key}.{figure.key}")
    variable = replace(base, name=name, label=label, kind=DECIMAL, guarded=True, nominal=False)

    def number(result: Any) -> float | None:
        found = result["scores"].get(figure.key)
        return None if found is None else float(Decimal(str(found)))

    return Column(variable, key, number)


def of_score(score: Score, language: str) -> Variable:
    label = score.label.get(language) or score.label["nb"]
    made_of = tuple(name_of(item.key) for item in score.items)
    return Variable(
        name_of(score.key), short(label), DECIMAL, guarded=True, nominal=False, source=score.key, made_of=made_of
    )


def _label(instrument: Instrument, question: Question, language: str) -> str:
    """Our own wording, or the municipality's; of a set whose words belong to somebody else, which of its questions it
    is, and no more.
    """
    pack, _dot, key = question.key.rpartition(".")
    part = next((part for part in instrument.parts if part.key == pack), None)
    if (part and part.licensed) or instrument.supply == MUNICIPALITY:
        title = part.title.read(language) if part else pack
        return title if question.scale.kind == "result" else f"{title}, {key}"
    return f"{_plain(question.text.read(language, name=_('barnet')))}{_whose(question)}"


def _whose(question: Question) -> str:
    """Whose view it is, of what both the family and the coordinator are asked."""
    if not question.goal:
        return ""
    return _(" (koordinatoren)") if question.answered_by == "coordinator" else _(" (familien)")


def _plain(text: str) -> str:
    """Without the soft hyphens a screen wants."""
    return text.replace("\u00ad", "")
