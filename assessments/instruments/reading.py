"""Reads YAML strictly: each value knows its place and its line, so that what is wrong can be pointed at."""

from datetime import date
from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext as _

from . import LANGUAGES, InstrumentError, Words

_MISSING = object()
LONGEST_FILE = 200_000  # bytes; the largest of ours is 40,000


class _Strict(yaml.SafeLoader):
    """A key stands once (plain YAML lets the last one win in silence), and nothing is repeated by reference: a file
    of a few lines could otherwise grow to fill the memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(
                None, None, _("henvisninger med * er ikke tillatt"), self.peek_event().start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                sentence = _("nøkkelen «%(key)s» står to ganger") % {"key": key}
                raise yaml.constructor.ConstructorError(None, None, sentence, node.value[number][0].start_mark)
        return super().construct_mapping(node, deep)


def read(file: str, text: str) -> "Place":
    """The top of the file. Raises InstrumentError when it is not YAML, or YAML of a kind that is not let in."""
    if len(text.encode()) > LONGEST_FILE:
        raise InstrumentError(file, "top", _("filen er for stor"))
    try:
        loader = _Strict(text)
        try:
            node = loader.get_single_node()
            content = loader.construct_document(node) if node else None
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or _("filen kan ikke leses som YAML")
        raise InstrumentError(file, "top", reason, mark.line + 1 if mark else 1) from error
    except (RecursionError, ValueError) as error:  # a date such as 2026-99-99
        raise InstrumentError(file, "top", _("filen kan ikke leses som YAML")) from error
    lines: dict[str, int] = {}
    if node:
        _note_lines(node, "top", lines)
    return Place(file, "top", content, lines)


def _note_lines(node: Any, place: str, lines: dict[str, int]) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{place}.{key.value}".removeprefix("top.")
            _note_lines(value, here, lines)
            lines[here] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _note_lines(value, f"{place}[{number}]", lines)


class Place:
    """A value in the file that knows where it stands."""

    def __init__(self, file: str, place: str, value: Any, lines: dict[str, int]) -> None:
        self.file, self.place, self.value, self.lines = file, place, value, lines

    def wrong(self, reason: str) -> InstrumentError:
        return InstrumentError(self.file, self.place, reason, self.lines.get(self.place, 1))

    def mapping(self, *allowed: str) -> "Place":
        if not isinstance(self.value, dict):
            raise self.wrong(_("skal ha nøkler og verdier"))
        for key in self.value:
            if allowed and key not in allowed:
                raise self.get(key).wrong(_("ukjent nøkkel «%(key)s»") % {"key": key})
        return self

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def get(self, key: Any, default: Any = _MISSING) -> "Place":
        if key not in self.value and default is _MISSING:
            raise self.wrong(_("«%(key)s» mangler") % {"key": key})
        return Place(self.file, f"{self.place}.{key}".removeprefix("top."), self.value.get(key, default), self.lines)

    def items(self) -> list["Place"]:
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong(_("skal være en liste med noe i"))
        return [Place(self.file, f"{self.place}[{n}]", value, self.lines) for n, value in enumerate(self.value)]

    def text(self, *allowed: str) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong(_("skal være tekst (sett hermetegn rundt tall, ja og nei)"))
        if allowed and self.value not in allowed:
            facts = {"value": self.value, "allowed": ", ".join(allowed)}
            raise self.wrong(_("er «%(value)s», men skal være en av: %(allowed)s") % facts)
        return self.value

    def number(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong(_("skal være et helt tall"))
        return self.value

    def decimal(self) -> Decimal:
        if not isinstance(self.value, int | float) or isinstance(self.value, bool) or abs(self.value) > 1_000_000:
            raise self.wrong(_("skal være et tall"))
        return Decimal(str(self.value))

    def day(self) -> date:
        """A day as text, «2026-11-26»: YAML's own dates are another kind of value in JSON."""
        try:
            return date.fromisoformat(self.text())
        except ValueError as error:
            raise self.wrong(_("skal være en dag i hermetegn, år-måned-dag")) from error

    def words(self) -> Words:
        self.mapping(*LANGUAGES).get("nb")
        return Words({language: self.get(language).text() for language in self.value})

    def once(self, keys: list[str]) -> None:
        """Each of the list's keys is used once."""
        for number, key in enumerate(keys):
            if key in keys[:number]:
                row = Place(self.file, f"{self.place}[{number}]", None, self.lines)
                raise row.wrong(_("nøkkelen «%(key)s» er brukt to ganger") % {"key": key})
