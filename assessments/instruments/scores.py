"""From answers to a score: pure functions over a definition, exact (fractions, no rounding before the last moment).

Missing rules, bands and what counts as a notable change are the instrument's own and stand in its file with a source.
A score is no diagnosis, and no sum is guessed from fewer answers than its source allows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

SUM, MEAN = METHODS = ("sum", "mean")


@dataclass(frozen=True)
class ScoredItem:
    """An answer that counts, from `low` to `high`. `reversed`: low + high − the answer is what counts."""

    key: str
    low: Fraction
    high: Fraction
    reversed: bool = False

    def points(self, answer: Any) -> Fraction:
        """Raises ValueError for an answer off the scale, which the form never lets through."""
        value = Fraction(str(answer))
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.key}: {answer} is not between {self.low} and {self.high}")
        return self.low + self.high - value if self.reversed else value


@dataclass(frozen=True)
class Band:
    """From `start` until the next band. `follow_up`: the source says that somebody should ask more."""

    start: Fraction
    label: Mapping[str, str]
    follow_up: bool = False


@dataclass(frozen=True)
class Norm:
    """The bands for an age in whole years, both ends included, and who says so."""

    ages: tuple[int, int]
    source: str
    bands: tuple[Band, ...]

    def band(self, value: Fraction) -> Band:
        return [band for band in self.bands if band.start <= value][-1]


@dataclass(frozen=True)
class Score:
    """`times` multiplies the sum (WHO-5: 4). `may_miss`: so many may be without an answer when the method is the mean.

    `notable` is the change, in the score's own unit, that its source calls notable or reliable; None: none published.
    """

    key: str
    label: Mapping[str, str]
    items: tuple[ScoredItem, ...]
    method: str = SUM
    times: int = 1
    may_miss: int = 0
    norms: tuple[Norm, ...] = ()
    notable: Fraction | None = None
    notable_source: str = ""

    @property
    def lowest(self) -> Fraction:
        return self._of([item.low for item in self.items])

    @property
    def highest(self) -> Fraction:
        return self._of([item.high for item in self.items])

    def _of(self, points: list[Fraction]) -> Fraction:
        total = sum(points, Fraction(0)) * self.times
        return total / len(points) if self.method == MEAN else total

    def norm(self, age: int | None) -> Norm | None:
        """The norm for somebody of `age`; with no age, the only one there is."""
        if age is None:
            return self.norms[0] if len(self.norms) == 1 else None
        return next((norm for norm in self.norms if norm.ages[0] <= age <= norm.ages[1]), None)

    def under(self, name: str) -> "Score":
        """The same where the answers' keys are led by the instrument's name."""
        return replace(
            self,
            key=f"{name}.{self.key}",
            items=tuple(replace(item, key=f"{name}.{item.key}") for item in self.items),
        )


@dataclass(frozen=True)
class Result:
    """`value` is None when too few of the items have an answer."""

    value: Fraction | None
    answered: int
    missing: int
    band: Band | None = None

    def say(self) -> str:
        """«48», «2,3», or «–»: whole numbers bare, others with up to two decimals and a comma."""
        if self.value is None:
            return "–"
        if self.value.denominator == 1:
            return str(self.value)
        return f"{float(self.value):.2f}".rstrip("0").replace(".", ",")


def score(definition: Score, answers: Mapping[str, Any], age: int | None = None) -> Result:
    """The score of one person's answers, by key. No key, or None, is no answer; `age` in whole years picks the norm.

    Raises ValueError for an answer off its scale.
    """
    points = [item.points(answers[item.key]) for item in definition.items if answers.get(item.key) is not None]
    missing = len(definition.items) - len(points)
    if missing > definition.may_miss or not points:
        return Result(None, len(points), missing)
    value = definition._of(points)
    norm = definition.norm(age)
    return Result(value, len(points), missing, norm.band(value) if norm else None)


def is_notable(definition: Score, before: Result, after: Result) -> bool | None:
    """Whether the change is at least what the source calls notable. None: no such number, or a score is missing."""
    if definition.notable is None or before.value is None or after.value is None:
        return None
    return abs(after.value - before.value) >= definition.notable
