"""Small cells: what fewer than five people share is held back, and enough beside it that nobody can reckon it out.

Pure. The doors: a distribution (`held_back`), one in which a person may stand in several places (`held_together`), a
share of a whole (`share`), and a mean (`mean`).
"""

from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

SMALLEST = 5  # people; a cell with fewer is held back (DOMAIN.md 3.2)

Value = TypeVar("Value", bound=Hashable)


def held_back(counts: Mapping[Value, int], smallest: int = SMALLEST) -> set[Value]:
    """The values not to show of a distribution whose total is known: those under `smallest`, and complementary ones.

    One value held back alone is the total less the rest; so the next smallest goes too, until what is held back is at
    least two values and at least `smallest` people. A value nobody has is no cell.
    """
    there = {value: n for value, n in counts.items() if n > 0}
    held = {value for value, n in there.items() if n < smallest}
    rest = sorted(there.keys() - held, key=lambda value: (there[value], str(value)))
    while held and rest and (len(held) == 1 or sum(there[value] for value in held) < smallest):
        held.add(rest.pop(0))
    return held


def held_together(people: Mapping[Value, AbstractSet[Any]], smallest: int = SMALLEST) -> set[Value]:
    """The same of who stands in each place: what is held back is at least two places, and `smallest` people in all."""
    there = {value: who for value, who in people.items() if who}
    held = {value for value, who in there.items() if len(who) < smallest}
    rest = sorted(there.keys() - held, key=lambda value: (len(there[value]), str(value)))
    while held and rest and (len(held) == 1 or len(set().union(*(there[value] for value in held))) < smallest):
        held.add(rest.pop(0))
    return held


@dataclass(frozen=True)
class Cell:
    """One figure. `n` is None when it is under five; then there is no value either. `held`: there is one, not shown."""

    n: int | None
    missing: int | None
    value: str = ""
    held: bool = False

    def as_json(self) -> dict[str, int | str | bool | None]:
        return {"n": self.n, "missing": self.missing, "value": self.value, "held": self.held}


def _shown(n: int) -> int | None:
    return n if n >= SMALLEST or n == 0 else None


def share(count: int, n: int, missing: int = 0) -> Cell:
    """`count` of `n` in percent, unless they, or those who are not among them, are so few that they can be pointed at.

    None and all are pointed at too: they tell about everybody.
    """
    if n == 0:
        return Cell(0, _shown(missing))
    if count < SMALLEST or n - count < SMALLEST:
        return Cell(_shown(n), _shown(missing), held=True)
    return Cell(n, _shown(missing), f"{float(Fraction(100 * count, n)):.0f}")


def mean(values: list[int], missing: int = 0) -> Cell:
    """The mean with one decimal, of at least five values."""
    if not values:
        return Cell(0, _shown(missing))
    if len(values) < SMALLEST:
        return Cell(None, _shown(missing), held=True)
    return Cell(len(values), _shown(missing), f"{float(Fraction(sum(values), len(values))):.1f}")
