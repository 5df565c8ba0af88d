"""What an action answers when it will not do what was asked. Each carries a sentence for a tired person."""

from typing import Any


class Refused(Exception):
    """A rule says no. `sentence` says which rule and what to do; `rule` is a short stable name for tests and logs."""

    def __init__(self, sentence: Any, *, rule: str, field: str = "") -> None:
        super().__init__(rule)
        self.sentence = sentence
        self.rule = rule
        self.field = field  # the form field the sentence belongs to, where there is one
        self.also: list[Refused] = []  # what else is wrong, where all of it was looked through

    @classmethod
    def all_of(cls, found: "list[Refused]") -> None:
        """Raise the first, with the others beside it, so that all is told at once. Nothing found, nothing raised."""
        if found:
            found[0].also = found[1:]
            raise found[0]

    def __str__(self) -> str:
        return str(self.sentence)


class AlreadyDone(Refused):
    """The same form was sent twice. `row` is what the first one made."""

    def __init__(self, sentence: Any, *, row: Any) -> None:
        super().__init__(sentence, rule="already_done")
        self.row = row


class Stale(Refused):
    """Somebody saved a newer version while this one was being edited. `current` is the newer row."""

    def __init__(self, sentence: Any, *, current: Any) -> None:
        super().__init__(sentence, rule="stale")
        self.current = current
