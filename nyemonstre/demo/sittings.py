"""What the families of the demo answer in a kartlegging: where they stand at the start, and how it moves."""

from random import Random
from typing import Any

from assessments import actions
from assessments.enums import Missing
from assessments.models import Assessment
from assessments.sheets import Item, sheet_of
from nyemonstre.access.wall import acting_as

# Answers that would be odd if they were drawn by lot.
USUAL: dict[str, list[Any]] = {
    "school_absence": [0, 0, 1, 2, 4, 6],
    "child_moves": [0, 0, 0, 1],
    "adult_moves": [0, 0, 0, 1, 2],
    "rooms": [2, 3, 3, 4, 4],
    "area": [48, 55, 62, 70, 84],
    "work_percent": [0, 20, 40, 60, 100],
    "kindergarten": ["full", "full", "part", "waiting"],
    "debt": ["none", "overview", "hard", "collection"],
}
SELDOM = 0.04  # how often somebody does not know, or will not say


class Mood:
    """How one family stands on the seven lines (1–5), and what changes each year. One line usually does not."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.start: dict[str, float] = {}
        self.slope: dict[str, float] = {}
        # Forms that a municipality has switched on have a lot of their own, so that they change nothing else.
        self.forms = Random(rng.getstate()[1][0])

    def status(self, key: str, years: float) -> int:
        """`key` is a question; a child's own lines follow the family's, some a little above, some below."""
        line = key.removesuffix("_child").removesuffix("_coordinator")
        if line not in self.start:
            self.start[line] = self.rng.uniform(1.2, 3.0)
            self.slope[line] = self.rng.choice([0.0, 0.25, 0.4, 0.5, 0.65])
        value = self.start[line] + self.slope[line] * years + self.rng.uniform(-0.45, 0.45)
        return max(1, min(5, round(value)))

    def ladder(self, years: float) -> int:
        return max(0, min(10, round(self.rng.gauss(4.2 + 0.7 * years, 1.2))))


def fill(sitting: Assessment, mood: Mood, years: float, *, by: Any, people: int | None = None) -> None:
    """Answer for everybody, or only for the first `people` rows: a sitting that is still going on."""
    with acting_as(by):
        rows = sheet_of(sitting).rows
    for row in rows[:people]:
        given = [_given(item, mood, years, size=len(rows) - 1) for item in row.items]
        actions.answer_all(sitting, answers=given, by=by)


def _given(item: Item, mood: Mood, years: float, size: int) -> actions.Given:
    if item.question.scale.kind in ("degree", "result"):
        return _of_form(item, mood.forms, years)
    if mood.rng.random() < SELDOM:
        missing = mood.rng.choice([Missing.UNKNOWN, Missing.UNWILLING])
        return actions.Given(item.question.key, item.member, missing=missing)
    return actions.Given(item.question.key, item.member, _value(item.question, mood, years, size))


def _of_form(item: Item, rng: Random, years: float) -> actions.Given:
    """A statement somebody agrees with a little more each year; a paper form that was not filled in at the visit."""
    scale = item.question.scale
    if scale.kind == "result":
        return actions.Given(item.question.key, item.member, missing=Missing.NOT_ASKED)
    middle = (scale.low + scale.high) / 2 - 1 + 0.5 * years
    value = max(scale.low, min(scale.high, round(rng.gauss(middle, 1))))
    return actions.Given(item.question.key, item.member, value)


def _value(question: Any, mood: Mood, years: float, size: int) -> Any:
    rng, scale = mood.rng, question.scale
    if scale.kind == "ladder":
        return mood.ladder(years)
    if scale.kind == "status":
        return mood.status(question.key, years)
    if question.key == "household_size":
        return size
    if question.key in USUAL:
        return rng.choice(USUAL[question.key])
    if scale.kind == "count":
        return rng.randint(scale.low, min(scale.high, scale.low + 3))
    if scale.kind == "choice":
        return rng.choice(scale.options).value
    if scale.kind == "choices":
        together = [option.value for option in scale.options if not option.alone]
        return rng.sample(together, k=rng.choice([1, 1, 2]))
    return rng.choice(["Ja", "Nei"])
