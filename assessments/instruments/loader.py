"""Reads one question file, strictly: a misspelt key is an error that names the file, the place and the reason."""

from pathlib import Path
from typing import Any

import yaml

from assessments.outcomes import Outcome

from . import (
    ABOUT,
    ANSWERED_BY,
    LANGUAGES,
    SCALES,
    Instrument,
    InstrumentError,
    Option,
    Part,
    Question,
    Scale,
    Words,
)

KINDS = ("baseline", "yearly")
OLDEST = 130
_MISSING = object()


class _NoDuplicates(yaml.SafeLoader):
    """YAML that refuses the same key twice; plain YAML lets the last one win in silence."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


class _Place:
    """A value in the file that knows where it stands."""

    def __init__(self, file: str, place: str, value: Any) -> None:
        self.file, self.place, self.value = file, place, value

    def wrong(self, reason: str) -> InstrumentError:
        return InstrumentError(self.file, self.place, reason)

    def mapping(self, *allowed: str) -> "_Place":
        if not isinstance(self.value, dict):
            raise self.wrong("must be a mapping")
        if unknown := [key for key in self.value if allowed and key not in allowed]:
            raise self.wrong(f"unknown key {unknown[0]!r}")
        return self

    def get(self, key: str, default: Any = _MISSING) -> "_Place":
        if key not in self.value and default is _MISSING:
            raise self.wrong(f"{key!r} is missing")
        return _Place(self.file, f"{self.place}.{key}".removeprefix("top."), self.value.get(key, default))

    def items(self) -> list["_Place"]:
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong("must be a list with something in it")
        return [_Place(self.file, f"{self.place}[{n}]", value) for n, value in enumerate(self.value)]

    def text(self, *allowed: str) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong('must be text (write it in quotes when it is a number or "yes")')
        if allowed and self.value not in allowed:
            raise self.wrong(f"is {self.value!r}, must be one of {', '.join(allowed)}")
        return self.value

    def number(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("must be a whole number")
        return self.value

    def words(self) -> Words:
        self.mapping(*LANGUAGES)
        self.get("nb")
        return Words({language: self.get(language).text() for language in self.value})


def load(path: Path) -> Instrument:
    """The instrument in the file `path`. Raises InstrumentError."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDuplicates)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "top"
        raise InstrumentError(path.name, place, getattr(error, "problem", None) or str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InstrumentError(path.name, "top", str(error)) from error
    top = _Place(path.name, "top", content).mapping(
        "id", "version", "title", "licence", "source", "answered_by", "note", "scales", "parts", "questions"
    )
    name = f"{top.get('id').text()}-{top.get('version').text()}"
    if name != path.stem:
        raise top.wrong(f"id and version make {name!r}, the file is called {path.stem!r}")
    scales = {key: _scale(key, top.get("scales").mapping().get(key)) for key in top.get("scales").mapping().value}
    parts = tuple(_part(row) for row in top.get("parts").items())
    questions = [_question(row, scales, parts) for row in top.get("questions").items()]
    _once(top, "questions", [question.key for question in questions])
    _once(top, "parts", [part.key for part in parts])
    return Instrument(
        id=name,
        version=top.get("version").text(),
        title=top.get("title").words(),
        licence=top.get("licence").text(),
        source=top.get("source").text(),
        answered_by=top.get("answered_by").words(),
        note=top.get("note").words(),
        parts=parts,
        questions=tuple(questions),
    )


def _once(top: _Place, place: str, keys: list[str]) -> None:
    if twice := [key for number, key in enumerate(keys) if key in keys[:number]]:
        raise InstrumentError(top.file, place, f"the key {twice[0]!r} is used twice")


def _scale(key: str, row: _Place) -> Scale:
    kind = row.mapping("kind", "low", "high", "options", "words").get("kind").text(*SCALES)
    if kind in ("choice", "choices"):
        options = tuple(_option(option) for option in row.get("options").items())
        values = [option.value for option in options]
        if len(set(values)) != len(values):
            raise row.get("options").wrong("two options have the same value")
        return Scale(key, kind, options=options)
    if kind == "text":
        return Scale(key, kind)
    low, high = row.get("low").number(), row.get("high").number()
    if not 0 <= low < high:
        raise row.wrong("low must be 0 or more and under high")
    words = row.get("words", {}).mapping()
    for value in words.value:
        if not isinstance(value, int) or not low <= value <= high:
            raise words.wrong(f"{value!r} is not on the scale")
    if kind == "status" and len(words.value) != high - low + 1:
        raise words.wrong("a status needs words for each value")
    return Scale(key, kind, low, high, words=tuple((value, words.get(value).words()) for value in words.value))


def _option(row: _Place) -> Option:
    row.mapping("value", "nb", "nn", "en", "alone")
    texts = _Place(row.file, row.place, {key: row.value[key] for key in LANGUAGES if key in row.value})
    alone = row.value.get("alone", False)
    if not isinstance(alone, bool):
        raise row.get("alone").wrong("must be true or false")
    return Option(row.get("value").text(), texts.words(), alone)


def _part(row: _Place) -> Part:
    row.mapping("key", "title")
    return Part(row.get("key").text(), row.get("title").words())


def _question(row: _Place, scales: dict[str, Scale], parts: tuple[Part, ...]) -> Question:
    row.mapping("key", "part", "about", "answered_by", "scale", "text", "label", "help", "ages", "kinds", "goal")
    about = row.get("about").text(*ABOUT)
    goal = row.get("goal").text(*Outcome.values) if "goal" in row.value else ""
    kinds = tuple(kind.text(*KINDS) for kind in row.get("kinds", list(KINDS)).items())
    return Question(
        key=row.get("key").text(),
        part=row.get("part").text(*(part.key for part in parts)),
        about=about,
        answered_by=row.get("answered_by").text(*ANSWERED_BY),
        scale=scales[row.get("scale").text(*scales)],
        text=row.get("text").words(),
        label=row.get("label").words(),
        help=row.get("help").words() if "help" in row.value else None,
        ages=_ages(row) if about == "member" else (0, OLDEST),
        kinds=kinds,
        goal=goal,
    )


def _ages(row: _Place) -> tuple[int, int]:
    place = row.get("ages")
    ends = [age.number() for age in place.items()]
    if len(ends) == 1:
        ends.append(OLDEST)
    if len(ends) != 2 or not 0 <= ends[0] <= ends[1] <= OLDEST:
        raise place.wrong(f"must be [from] or [from, to], whole years between 0 and {OLDEST}")
    return ends[0], ends[1]
