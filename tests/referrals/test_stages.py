"""The machine, pair by pair, against a table written out here by hand."""

from pathlib import Path

import pytest

from nyemonstre.flow import check_state
from nyemonstre.refusals import Refused
from referrals.enums import Outcome, ReferralEvent
from referrals.stages import DECIDABLE, MACHINE, TO_DECIDE, ReferralState, page

ALLOWED = {
    ("received", "in_intake"),
    ("more_information", "in_intake"),
    ("in_intake", "more_information"),
    ("in_intake", "waiting"),
    ("in_intake", "declined"),
    ("in_intake", "granted"),
    ("waiting", "granted"),
    ("waiting", "declined"),
    ("granted", "information_meeting"),
    ("information_meeting", "closed"),
}


@pytest.mark.parametrize("before", ReferralState.values)
@pytest.mark.parametrize("to", ReferralState.values)
def test_every_pair(before, to):
    if (before, to) in ALLOWED:
        check_state(MACHINE, before, to, "nei")
    else:
        with pytest.raises(Refused) as refused:
            check_state(MACHINE, before, to, "nei")
        assert refused.value.rule == f"{before}_to_{to}"


def test_the_machine_knows_every_state_and_every_outcome_is_one():
    assert list(MACHINE) == ReferralState.values
    assert set(Outcome.values) <= set(ReferralState.values)
    assert {row.event for row in MACHINE.values()} <= set(ReferralEvent.values)
    assert set(TO_DECIDE) < set(DECIDABLE)


def test_the_drawing_is_the_table():
    drawn = Path(__file__).resolve().parents[2] / "docs" / "referral-path.md"
    assert drawn.read_text() == page()
