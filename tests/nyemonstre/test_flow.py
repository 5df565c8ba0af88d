"""The two shapes themselves; what stands in the tables is tested where the tables are."""

import pytest

from nyemonstre.flow import State, Step, check_state, missing, to_mermaid
from nyemonstre.refusals import Refused


def step(*requires: str) -> Step:
    return Step(frozenset(requires), "owner", "permission", "event")


def state(*comes_from: str) -> State:
    return State(frozenset(comes_from), "permission", "event")


PATH = {"first": step(), "second": step("first"), "third": step("first", "second")}
MACHINE = {"new": state(), "open": state("new", "closed"), "closed": state("open")}


@pytest.mark.parametrize(
    ("wanted", "reached", "lacking"),
    [
        ("first", [], []),
        ("second", [], ["first"]),
        ("second", ["first"], []),
        ("third", ["first"], ["second"]),
        ("third", [], ["first", "second"]),
        ("third", ["first", "second", "third"], []),
    ],
)
def test_missing(wanted, reached, lacking):
    assert missing(PATH, wanted, reached) == frozenset(lacking)


def test_missing_unknown_step():
    with pytest.raises(KeyError):
        missing(PATH, "fourth", [])


@pytest.mark.parametrize("current", MACHINE)
@pytest.mark.parametrize("to", MACHINE)
def test_check_state_allows_exactly_the_pairs_of_the_table(current, to):
    allowed = {("new", "open"), ("closed", "open"), ("open", "closed")}
    if (current, to) in allowed:
        check_state(MACHINE, current, to, "nei")
    else:
        with pytest.raises(Refused) as refusal:
            check_state(MACHINE, current, to, "Dette går ikke.")
        assert refusal.value.rule == f"{current}_to_{to}"
        assert str(refusal.value) == "Dette går ikke."


def test_to_mermaid_draws_every_arrow_once():
    assert to_mermaid(PATH).splitlines() == [
        "flowchart LR",
        "    first",
        "    second",
        "    first --> second",
        "    third",
        "    first --> third",
        "    second --> third",
    ]
    assert "    closed --> open" in to_mermaid(MACHINE)
