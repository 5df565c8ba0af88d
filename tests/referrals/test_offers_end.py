"""The clock and a place that was offered: for real, as the worker's own database role."""

import pytest

from referrals import actions
from referrals.jobs import expire_offers
from tests.factories import Team
from tests.roles import as_worker

from .test_waiting import Waiting, rule


@pytest.mark.django_db(transaction=True)
def test_the_clock_frees_a_place_nobody_answered():
    list_ = Waiting(Team())
    offer = list_.passed(list_.first)
    assert list_.free() == 1  # from midnight on, before the clock has come to it
    assert rule(actions.answer_offer, offer, answer="yes", by=list_.by) == "offer_over"
    with as_worker():
        assert (expire_offers(), expire_offers()) == (1, 0)
    after = list_.offer_of(offer)
    assert (after.answer, after.answered_by) == ("expired", None)
    held = list_.offer(list_.fresh(list_.second))
    with as_worker():
        assert expire_offers() == 0
    assert list_.offer_of(held).answer == ""
