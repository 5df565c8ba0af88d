"""The economy checklist «Hva spør vi om?» as data (DOMAIN.md 1.7): what is gone through, and whom it may concern.

No ORM here. `shipped()` is the file as objects; what a municipality adds or leaves out stands in its own rows
(assessments/models_economy.py), and how one family stands is in checklist.py. Whether somebody has a right is never
reckoned: the programme says what there is reason to ask about, and the one who pays decides.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assessments.instruments import Words

FILE = Path(__file__).with_name("items.yaml")
FAMILY, ADULT, CHILD = ABOUT = ("family", "adult", "child")
OWN = "own"  # the group of what a municipality adds
HOME = "bosituasjon"  # the item whose answer says how they live


@dataclass(frozen=True)
class Item:
    """One thing that is gone through. The fields are explained in items.yaml."""

    key: str
    group: str
    about: str
    title: Words
    help: Words | None = None
    url: str = ""
    ages: tuple[int, int] | None = None
    lone: bool = False
    home: tuple[str, ...] = ()
    income: bool = False
    renew: bool = False
    choices: tuple[tuple[str, Words], ...] = ()
    facts: tuple[str, ...] = ()
    deadline: str = ""

    def choice(self, value: str, language: str) -> str:
        """A choice in words, or "" for none."""
        return next((words.read(language) for key, words in self.choices if key == value), "")


@dataclass(frozen=True)
class Situation:
    """What is known of a family that decides what there is reason to ask about. `home` is "" until it is answered."""

    adults: int
    ages_of_children: tuple[int, ...]
    home: str = ""


def concerns(item: Item, situation: Situation) -> bool:
    """Whether there is reason to ask this family at all. What is not known leaves the question standing."""
    if item.lone and situation.adults != 1:
        return False
    if item.home and situation.home and situation.home not in item.home:
        return False
    if item.about == FAMILY and item.ages:
        return any(item.ages[0] <= age <= item.ages[1] for age in situation.ages_of_children)
    return True


def is_asked_of(item: Item, *, adult: bool, age: int) -> bool:
    """Whether the item is about a person of this age, in whole years on the day."""
    if item.about != (ADULT if adult else CHILD):
        return False
    return item.ages is None or item.ages[0] <= age <= item.ages[1]


@cache
def _file() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def groups() -> dict[str, Words]:
    """The headings, in order. What a municipality adds comes last, under a heading of the page's own."""
    return {row["key"]: Words(row["title"]) for row in _file()["groups"]}


@cache
def shipped() -> tuple[Item, ...]:
    """What comes with the programme, in the order of the file."""
    return tuple(_item(row) for row in _file()["items"])


def _item(row: dict[str, Any]) -> Item:
    choices = tuple((key, Words(words)) for key, words in row.get("choices", {}).items())
    lists = {name: tuple(row.get(name, ())) for name in ("home", "facts")}
    plain = {
        name: row[name] for name in ("key", "group", "about", "lone", "income", "renew", "deadline") if name in row
    }
    ages = (row["ages"][0], row["ages"][1]) if "ages" in row else None
    return Item(title=Words(row["title"]), choices=choices, ages=ages, **lists, **plain)
