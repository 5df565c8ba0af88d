"""Every step has an owner, a permission and an event; what it requires comes before it."""

import pytest

from families.enums import FamilyEvent
from families.stages import ORDER, PATH, Step
from nyemonstre.access.roles import EVERYWHERE, GRANTED, Permission, Role


@pytest.mark.parametrize("step", Step)
def test_every_step_has_an_owner_who_may_take_it(step):
    row = PATH[step]
    assert Permission(row.permission) in EVERYWHERE[Role(row.owner)] | GRANTED[Role(row.owner)]
    assert row.event in FamilyEvent.values


@pytest.mark.parametrize("step", Step)
def test_what_a_step_requires_comes_before_it_so_there_is_no_cycle(step):
    assert all(ORDER.index(required) < ORDER.index(step) for required in PATH[step].requires)


def test_the_table_has_all_ten_steps_and_only_those():
    assert set(PATH) == set(Step)
    assert len(PATH) == 10


@pytest.mark.parametrize("step", Step)
def test_windows_are_counted_from_an_earlier_step(step):
    row = PATH[step]
    anchor = row.due.step if row.due else row.repeats.anchor if row.repeats else None
    assert anchor is None or ORDER.index(anchor) < ORDER.index(step)
