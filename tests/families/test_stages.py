"""What may come after what, pair by pair: how far a family has walked, a step, and the rule that stops it."""

import pytest
from django.db import transaction

from families import actions
from families.stages import ORDER, PATH, Step
from nyemonstre.access.wall import acting_as
from nyemonstre.flow import missing
from nyemonstre.refusals import Refused
from tests.factories import Team, family_at

# Which required step is named to somebody who takes `column` when the steps up to `row` are reached: "." for none.
# H henvendelse, I inntak, N informasjon, S samtykke, O oppstart, A samarbeid, P plan, F FIT, E evaluering, Å årlig.
FIRST_LACKING = """
         H  I  N  S  O  A  P  F  E  Å
nothing  .  H  I  N  S  S  S  S  O  O
H        .  .  I  N  S  S  S  S  O  O
I        .  .  .  N  S  S  S  S  O  O
N        .  .  .  .  S  S  S  S  O  O
S        .  .  .  .  .  .  .  .  O  O
O        .  .  .  .  .  .  .  .  P  .
A        .  .  .  .  .  .  .  .  P  .
P        .  .  .  .  .  .  .  .  .  .
F        .  .  .  .  .  .  .  .  .  .
E        .  .  .  .  .  .  .  .  .  .
Å        .  .  .  .  .  .  .  .  .  .
"""
LETTERS = dict(zip("HINSOAPFEÅ", ORDER, strict=True))


def pairs() -> list[tuple[str, str, str]]:
    """(last step reached or "", step to take, step that is lacking or "")."""
    header, *lines = FIRST_LACKING.strip("\n").split("\n")
    columns = header.split()
    found = []
    for line in lines:
        row, *cells = line.split()
        for column, cell in zip(columns, cells, strict=True):
            found.append((LETTERS.get(row, ""), LETTERS[column], LETTERS.get(cell, "")))
    return found


def reached_up_to(last: str) -> list[str]:
    return ORDER[: ORDER.index(last) + 1] if last else []


def test_the_table_asks_about_every_pair():
    assert len(pairs()) == (len(ORDER) + 1) * len(ORDER)


@pytest.mark.parametrize(("last", "step", "lacking"), pairs())
def test_the_path_alone(last, step, lacking):
    named = missing(PATH, step, reached_up_to(last))
    assert (min(named, key=ORDER.index) if named else "") == lacking


@pytest.mark.django_db
@pytest.mark.parametrize("last", ORDER[1:])
def test_the_action_refuses_with_the_same_rule(last):
    """A real family, walked to `last`; every step of the coordinator is tried on it."""
    team = Team()
    family = family_at(last, team)
    for before, step, lacking in pairs():
        if before != last or step in (Step.REFERRAL, Step.INTAKE):
            continue
        with transaction.atomic():
            if lacking:
                with pytest.raises(Refused) as refused:
                    actions.reach(family, step=step, by=team.coordinator)
                assert refused.value.rule == f"requires_{lacking}"
            else:
                milestone = actions.reach(family, step=step, by=team.coordinator)
                assert milestone.reached_on is not None
            with acting_as(team.coordinator):
                assert family.milestones.reached().filter(step=step).exists() == (not lacking)
            transaction.set_rollback(True)  # the next step is tried on the family as it was
