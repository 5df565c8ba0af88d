"""Question sets as versioned data. A sitting remembers which version it used, so a file in use is never changed:
what shall be asked differently next year is a new file with a new version.

No ORM here. `instrument("nm-2026-1")` is the file as objects; `questions_for` is which questions fit an age. The files
in this folder are always in use; those under packs/ belong to somebody else, each folder with its own LICENCE, and are
in use where a municipality has switched them on (assessments/models.py). What a score means is scores.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from .scores import Score

FOLDER = Path(__file__).resolve().parent
CURRENT = "nm-2026-1"
FIT = "fit-1"
LANGUAGES = ("nb", "nn", "en")
SCALES = ("ladder", "status", "degree", "choice", "choices", "count", "text", "result")
ABOUT = ("member", "family")
ANSWERED_BY = ("self", "parent", "family", "coordinator")
LONGEST_TEXT = 500  # characters in an answer of the scale "text"
LONGEST_NAME = 120  # characters in the version and the licence holder of a result entered by hand
# Where the words of the questions come from: the file; the municipality, which has asked for the right to use them; or
# nowhere, because the licence lets nobody put them on a screen, so that only the result of the paper form is entered.
SHIPPED, MUNICIPALITY, BY_HAND = SUPPLY = ("shipped", "municipality", "by_hand")
# When it is asked: in a sitting, or after a meeting beside FIT's own question.
SITTING, MEETING = USES = ("sitting", "meeting")
# Whole years in which a question may have words of its own.
CHILD, YOUTH = (0, 12), (13, 17)


class InstrumentError(ValueError):
    """A question file is wrong. Names the file, the line and the place in it, and the reason in words for a person."""

    def __init__(self, file: str, place: str, reason: str, line: int = 1) -> None:
        super().__init__(f"{file}:{line}: {place}: {reason}")
        self.file, self.place, self.reason, self.line = file, place, reason, line


class BadAnswer(ValueError):
    """An answer does not fit its scale. `rule` is range | choice | exclusive | number | text | result."""

    def __init__(self, rule: str, **facts: Any) -> None:
        super().__init__(rule)
        self.rule, self.facts = rule, facts


class Words(dict):
    """One text in several languages. Bokmål is always there; a language that is not there yet is read in bokmål."""

    def read(self, language: str = "nb", **names: str) -> str:
        text = self.get(language) or self["nb"]
        for key, name in names.items():
            text = text.replace("{" + key + "}", name)
        return text


@dataclass(frozen=True)
class Option:
    """`alone`: cannot be combined with the others ("ingen av disse")."""

    value: str
    text: Words
    alone: bool = False


@dataclass(frozen=True)
class Figure:
    """One number of a result that is entered by hand, e.g. the total of a form filled in on paper."""

    key: str
    label: Words
    low: Decimal
    high: Decimal
    decimals: int = 0

    def clean(self, raw: Any) -> int | str | None:
        """As it is stored: a whole number as int, another as text with a point, None for nothing. Raises BadAnswer."""
        text = str(raw if raw is not None else "").strip().replace(",", ".")
        if not text:
            return None
        try:
            value = Decimal(text) if text.isascii() and len(text) < 10 and "e" not in text.lower() else None
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite() or -value.as_tuple().exponent > self.decimals:  # type: ignore[operator]
            raise BadAnswer("number", low=self.low, high=self.high)
        if not self.low <= value <= self.high:
            raise BadAnswer("range", low=self.low, high=self.high)
        return int(value) if value == int(value) else str(value.normalize())


@dataclass(frozen=True)
class Scale:
    """How a question is answered. `low`–`high` for ladder, status, degree and count; `options` for choice and choices.

    `words` are what stands at a number: the ends of a ladder, every value of a status or a degree. `figures` are the
    numbers of a result, which also says on which day and with which version it was made, and who holds the licence.
    """

    key: str
    kind: str
    low: int = 0
    high: int = 0
    options: tuple[Option, ...] = ()
    words: tuple[tuple[int, Words], ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def is_number(self) -> bool:
        return self.kind in ("ladder", "status", "degree", "count")

    def clean(self, raw: Any) -> Any:
        """The answer as it is stored: int, text, a list of option values, or a result. Raises BadAnswer."""
        if self.is_number:
            return self._number(raw)
        if self.kind == "result":
            return self._result(raw)
        if self.kind == "choices":
            return self._many(raw)
        if not isinstance(raw, str) or not raw.strip() or "\0" in raw or len(raw) > LONGEST_TEXT:
            raise BadAnswer("text", longest=LONGEST_TEXT)
        if self.kind == "choice" and raw not in {option.value for option in self.options}:
            raise BadAnswer("choice")
        return raw.strip()

    def _number(self, raw: Any) -> int:
        text = str(raw).strip()
        if isinstance(raw, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadAnswer("number", low=self.low, high=self.high)
        if not self.low <= int(text) <= self.high:
            raise BadAnswer("range", low=self.low, high=self.high)
        return int(text)

    def _many(self, raw: Any) -> list[str]:
        chosen = set(raw) if isinstance(raw, list | tuple | set) and all(isinstance(v, str) for v in raw) else set()
        known = [option.value for option in self.options]
        if not chosen or not chosen <= set(known):
            raise BadAnswer("choice")
        if len(chosen) > 1 and any(option.alone for option in self.options if option.value in chosen):
            raise BadAnswer("exclusive")
        return [value for value in known if value in chosen]

    def _result(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, Mapping) or not isinstance(raw.get("scores"), Mapping):
            raise BadAnswer("result")
        figures = {figure.key: figure.clean(raw["scores"].get(figure.key)) for figure in self.figures}
        known = {key: value for key, value in figures.items() if value is not None}
        told = {key: str(raw.get(key) or "").strip() for key in ("on", "version", "holder")}
        try:
            date.fromisoformat(told["on"])
        except ValueError:
            raise BadAnswer("result") from None
        too_long = any(len(text) > LONGEST_NAME or "\0" in text for text in told.values())
        if not known or too_long or not all(told.values()):
            raise BadAnswer("result")
        return {"scores": known, **told}

    def say(self, value: Any, language: str = "nb") -> str:
        """A stored answer in words."""
        if self.kind == "result":
            numbers = {key: str(number).replace(".", ",") for key, number in value["scores"].items()}
            return "; ".join(f"{f.label.read(language)} {numbers[f.key]}" for f in self.figures if f.key in numbers)
        if self.kind in ("choice", "choices"):
            texts = {option.value: option.text.read(language) for option in self.options}
            return ", ".join(texts.get(v, v) for v in (value if isinstance(value, list) else [value]))
        words = dict(self.words).get(value) if self.is_number else None
        return f"{value}, {words.read(language)}" if words and self.kind in ("status", "degree") else str(value)


@dataclass(frozen=True)
class Part:
    """A column of the overview: questions that are asked in one go, by or about one person. `credit` names whose they
    are, and what the answers are not; a pack's, where its questions and scores are shown. `licensed`: the words are
    somebody else's.
    """

    key: str
    title: Words
    credit: str = ""
    licensed: bool = False


@dataclass(frozen=True)
class Wording:
    """A question as it is put to people of some ages: the text, and what stands under it."""

    text: Words
    help: Words | None = None


@dataclass(frozen=True)
class Question:
    """`ages` are whole years on the day of the sitting, both ends included. `goal`: its Outcome, where it has one.

    `child` and `youth` are words of its own for those who answer for themselves and are not grown up (CHILD, YOUTH).
    """

    key: str
    part: str
    about: str
    answered_by: str
    scale: Scale
    text: Words
    label: Words
    help: Words | None
    ages: tuple[int, int]
    kinds: tuple[str, ...]
    goal: str = ""
    child: Wording | None = None
    youth: Wording | None = None

    def as_put_to(self, age: int | None) -> Wording:
        """The words for somebody of `age` whole years, on their own screen; the general ones where there are none."""
        for wording, (youngest, oldest) in ((self.child, CHILD), (self.youth, YOUTH)):
            if wording is not None and age is not None and youngest <= age <= oldest:
                return wording
        return Wording(self.text, self.help)

    def is_asked(self, kind: str) -> bool:
        """In a sitting of this kind (assessments.enums.Kind). After six months only the seven lines are."""
        return bool(self.goal) and "yearly" in self.kinds if kind == "half" else kind in self.kinds

    @property
    def respondent(self) -> str:
        return "coordinator" if self.answered_by == "coordinator" else "family"


@dataclass(frozen=True)
class Checked:
    """What in a file has been held against its source: on which day, what agreed (with the source), and what nobody
    has been able to confirm.
    """

    day: date
    agrees: tuple[tuple[Words, str], ...] = ()
    unconfirmed: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Instrument:
    id: str
    version: str
    title: Words
    licence: str
    source: str
    answered_by: Words
    note: Words
    parts: tuple[Part, ...]
    questions: tuple[Question, ...]
    slug: str = ""
    supply: str = SHIPPED
    attribution: str = ""
    scores: tuple[Score, ...] = ()
    use: str = SITTING
    checked: Checked | None = None

    @property
    def ages(self) -> tuple[int, int]:
        """The youngest and the oldest somebody is asked about, in whole years."""
        return min(q.ages[0] for q in self.questions), max(q.ages[1] for q in self.questions)

    @property
    def about_family(self) -> bool:
        return any(question.about == "family" for question in self.questions)

    @property
    def asked_for(self) -> list[tuple[str, str]]:
        """The texts a municipality must supply: (key, where it stands in the form)."""
        if self.supply != MUNICIPALITY:
            return []
        scales = {question.scale.key: question.scale for question in self.questions}
        steps = [(f"{s.key}.{n}", f"{s.key} {n}") for s in scales.values() for n in range(s.low, s.high + 1)]
        return [(question.key, question.key) for question in self.questions] + steps

    def with_texts(self, texts: Mapping[str, Mapping[str, str]]) -> "Instrument":
        """The same with the words the municipality has supplied. Raises KeyError when one is missing."""
        if self.supply != MUNICIPALITY:
            return self
        steps = {s.key: s for s in (question.scale for question in self.questions)}
        scales = {
            key: replace(s, words=tuple((n, Words(texts[f"{key}.{n}"])) for n in range(s.low, s.high + 1)))
            for key, s in steps.items()
        }
        intro = Words(texts["intro"]) if texts.get("intro") else None
        questions = tuple(
            replace(q, text=Words(texts[q.key]), scale=scales[q.scale.key], help=intro or q.help)
            for q in self.questions
        )
        return replace(self, questions=questions)

    def joined_by(self, packs: "list[Instrument]") -> "Instrument":
        """One sitting's questions: this set, and each pack as a part of its own, its keys led by the pack's name."""
        parts, questions, scores = list(self.parts), list(self.questions), list(self.scores)
        for pack in packs:
            credit = ". ".join(filter(None, (pack.attribution.rstrip("."), pack.note.read())))
            licensed = bool(pack.attribution) or pack.supply != SHIPPED
            parts.append(Part(pack.id, pack.title, credit, licensed))
            questions += [replace(q, key=f"{pack.id}.{q.key}", part=pack.id) for q in pack.questions]
            scores += [score.under(pack.id) for score in pack.scores]
        return replace(self, parts=tuple(parts), questions=tuple(questions), scores=tuple(scores))

    @property
    def languages(self) -> set[str]:
        """The languages in which every question is written."""
        return set(LANGUAGES).intersection(*(question.text for question in self.questions))

    def __getitem__(self, key: str) -> Question:
        """Raises KeyError for a question this version does not have."""
        return self._by_key()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key()

    def _by_key(self) -> dict[str, Question]:
        found = self.__dict__.get("_questions")
        if found is None:
            found = {question.key: question for question in self.questions}
            object.__setattr__(self, "_questions", found)
        return found


@cache
def instrument(name: str) -> Instrument:
    """The question set `name`, e.g. "nm-2026-1". LookupError: there is none; InstrumentError: it is wrong."""
    from .loader import load  # noqa: PLC0415  # the loader imports the classes above

    path = _files().get(name)
    if path is None:
        raise LookupError(f"No question set {name!r}. There are: {', '.join(available())}.")
    return load(path)


@cache
def _files() -> dict[str, Path]:
    return {path.stem: path for path in sorted(FOLDER.rglob("*.yaml"))}


def available() -> list[str]:
    """Every question set that comes with the programme."""
    return sorted(_files())


def packs() -> list[Instrument]:
    """What a municipality may switch on, by title."""
    found = [instrument(name) for name, path in _files().items() if path.parent != FOLDER]
    return sorted(found, key=lambda pack: pack.title["nb"])


def licence_text(name: str) -> str:
    """What the folder's LICENCE says. Empty for the programme's own questions."""
    file = _files()[name].parent / "LICENCE"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def questions_for(age: int, kind: str, questions: Instrument | None = None) -> list[Question]:
    """The questions about a person of `age` whole years, in the order of the file."""
    return [
        q
        for q in (questions or instrument(CURRENT)).questions
        if q.about == "member" and q.is_asked(kind) and q.ages[0] <= age <= q.ages[1]
    ]


def family_questions(kind: str, questions: Instrument | None = None) -> list[Question]:
    """The questions about the whole family."""
    return [q for q in (questions or instrument(CURRENT)).questions if q.about == "family" and q.is_asked(kind)]
