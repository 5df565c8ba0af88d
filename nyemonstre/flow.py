"""Two small shapes for "what comes after what", as plain data. No ORM, nothing about families.

`Path`: a checklist; a step may be taken when all it requires have been reached.
`Machine`: exactly one state at a time; a state may be entered only from the states it names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .refusals import Refused


@dataclass(frozen=True)
class After:
    """A window that opens when `step` is reached and lasts `days`."""

    step: str
    days: int


@dataclass(frozen=True)
class Every:
    """`times` windows, each n × `months` after `anchor` was reached, from `before` to `after` days around the day."""

    anchor: str
    months: int
    times: int
    before: int
    after: int


@dataclass(frozen=True)
class Step:
    """One row of a Path. `owner` is the role whose turn it is, `permission` what it takes, `event` what is logged."""

    requires: frozenset[str]
    owner: str
    permission: str
    event: str
    due: After | None = None
    repeats: Every | None = None


@dataclass(frozen=True)
class State:
    """One row of a Machine. `comes_from` is empty for the state a case begins in."""

    comes_from: frozenset[str]
    permission: str
    event: str


def missing(path: Mapping[str, Step], step: str, reached: Iterable[str]) -> frozenset[str]:
    """The steps that must be reached before `step`, and are not. Raises KeyError for an unknown step."""
    return path[step].requires - frozenset(reached)


def check_state(machine: Mapping[str, State], current: str, to: str, sentence: str) -> None:
    """Raise Refused with `sentence` unless `to` may follow `current`. Raises KeyError for an unknown state."""
    if current not in machine[to].comes_from:
        raise Refused(sentence, rule=f"{current}_to_{to}")


def to_mermaid(table: Mapping[str, Step] | Mapping[str, State]) -> str:
    """The table as a Mermaid drawing, for docs/; a test keeps the drawing and the table the same."""
    lines = ["flowchart LR"]
    for name, row in table.items():
        lines.append(f"    {name}")
        before = row.requires if isinstance(row, Step) else row.comes_from
        lines += [f"    {earlier} --> {name}" for earlier in table if earlier in before]
    return "\n".join(lines) + "\n"
