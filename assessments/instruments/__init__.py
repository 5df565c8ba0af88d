"""Question sets as versioned data. A sitting remembers which version it used, so a file in use is never changed:
what shall be asked differently next year is a new file with a new version.

No ORM here. `instrument("nm-2026-1")` is the file as objects; `questions_for` is which questions fit an age.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
CURRENT = "nm-2026-1"
FIT = "fit-1"
LANGUAGES = ("nb", "nn", "en")
SCALES = ("ladder", "status", "choice", "choices", "count", "text")
ABOUT = ("member", "family")
ANSWERED_BY = ("self", "parent", "family", "coordinator")
LONGEST_TEXT = 500  # characters in an answer of the scale "text"


class InstrumentError(ValueError):
    """A question file is wrong. Names the file, the place in it, and the reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        super().__init__(f"{file}: {place}: {reason}")
        self.file, self.place, self.reason = file, place, reason


class BadAnswer(ValueError):
    """An answer does not fit its scale. `rule` is range | choice | exclusive | number | text."""

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
class Scale:
    """How a question is answered. `low`–`high` for ladder, status and count; `options` for choice and choices.

    `words` are what stands at a number: the ends of a ladder, every value of a status.
    """

    key: str
    kind: str
    low: int = 0
    high: int = 0
    options: tuple[Option, ...] = ()
    words: tuple[tuple[int, Words], ...] = ()

    @property
    def is_number(self) -> bool:
        return self.kind in ("ladder", "status", "count")

    def clean(self, raw: Any) -> Any:
        """The answer as it is stored: int, text, or a list of option values. Raises BadAnswer."""
        if self.is_number:
            return self._number(raw)
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

    def say(self, value: Any, language: str = "nb") -> str:
        """A stored answer in words."""
        if self.kind in ("choice", "choices"):
            texts = {option.value: option.text.read(language) for option in self.options}
            return ", ".join(texts.get(v, v) for v in (value if isinstance(value, list) else [value]))
        words = dict(self.words).get(value) if self.is_number else None
        return f"{value}, {words.read(language)}" if words and self.kind == "status" else str(value)


@dataclass(frozen=True)
class Part:
    """A column of the overview: questions that are asked in one go, by or about one person."""

    key: str
    title: Words


@dataclass(frozen=True)
class Question:
    """`ages` are whole years on the day of the sitting, both ends included. `goal`: its Outcome, where it has one."""

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

    @property
    def respondent(self) -> str:
        return "coordinator" if self.answered_by == "coordinator" else "family"


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

    path = FOLDER / f"{name}.yaml"
    if name not in available():
        raise LookupError(f"No question set {name!r}. There are: {', '.join(available())}.")
    return load(path)


def available() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def questions_for(age: int, kind: str, name: str = CURRENT) -> list[Question]:
    """The questions about a person of `age` whole years, in the order of the file."""
    return [
        q
        for q in instrument(name).questions
        if q.about == "member" and kind in q.kinds and q.ages[0] <= age <= q.ages[1]
    ]


def family_questions(kind: str, name: str = CURRENT) -> list[Question]:
    """The questions about the whole family."""
    return [q for q in instrument(name).questions if q.about == "family" and kind in q.kinds]
