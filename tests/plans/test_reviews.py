"""The 6-month review as a page: saved, signed, met by another's version, and at bad input."""

import pytest
from django.utils import timezone

from assessments.actions import record_fit
from families.models import Milestone
from families.stages import Step
from nyemonstre.access.wall import acting_as
from plans import actions
from plans.actions import GoalReview
from plans.models import Review

from .conftest import count, url

today = timezone.localdate


@pytest.fixture
def agreed(family, goal, by):
    actions.agree_plan(family, present=["Mor"], by=by)
    return goal


def a_review(goal, **facts):
    body = {
        "verdict": "keep",
        "rating": "5",
        "rating_by_coordinator": "",
        "helped": "NAV",
        "hindered": "",
        "new_words": "",
    }
    body |= {k: facts.pop(k) for k in list(facts) if k in body}
    head = {"version": "0", "held_on": today().strftime("%d.%m.%Y"), "present": "Mor og Far", "note": ""}
    return {**head, **{f"{goal.pk}-{k}": v for k, v in body.items()}, **facts}


def test_a_review_is_saved_then_signed(client, family, agreed, by):
    assert "«En jobb ryggen tåler»" in client.get(url("review", family, 1)).content.decode()
    assert client.post(url("review", family, 1), a_review(agreed, save="1")).status_code == 302
    page = client.get(url("review", family, 1)).content.decode()
    assert 'name="version" value="1"' in page
    assert "NAV" in page
    changed = a_review(agreed, version="1", verdict="change", new_words="En jobb jeg liker", sign="1")
    page = client.post(url("review", family, 1), changed, follow=True).content.decode()
    assert "«En jobb jeg liker»" in page
    read = client.get(url("review", family, 1)).content.decode()
    assert "En jobb ryggen tåler" in read
    assert '<form class="nm-form"' not in read
    assert client.post(url("review", family, 1), changed).status_code == 422


def test_signing_too_early_saves_and_says_what_lacks(client, family, agreed, by):
    answer = client.post(url("review", family, 1), a_review(agreed, verdict="", sign="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Velg hva som skal skje med «En jobb ryggen tåler»" in page
    assert 'name="version" value="1"' in page
    with acting_as(by):
        assert Review.objects.get(family=family).goals.get().helped == "NAV"
    answer = client.post(url("review", family, 1), a_review(agreed, version="1", verdict="change", sign="1"))
    assert "Skriv hvordan målet" in answer.content.decode()


def test_a_review_somebody_else_wrote_on(client, family, agreed, by):
    actions.save_review(family, number=1, goals=[GoalReview(agreed.pk, helped="Den andres", rating=3)], by=by)
    answer = client.post(url("review", family, 1), a_review(agreed, helped="Mitt", save="1"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Den andres" in page
    assert "Mitt</textarea>" in page
    assert 'name="version" value="1"' in page


@pytest.mark.parametrize(
    "facts", [{"rating": "11"}, {"helped": "a\0"}, {"new_words": "x" * 301}, {"held_on": "1.1.2100"}]
)
def test_a_review_that_is_not_right(client, family, agreed, by, facts):
    assert client.post(url("review", family, 1), a_review(agreed, save="1", **facts)).status_code == 422
    assert count(Review, by, family=family) == 0


@pytest.mark.parametrize("number", [0, 11, 99999999999])
def test_a_round_that_does_not_exist(client, family, number):
    assert client.get(url("review", family, number)).status_code == 404


def test_a_review_before_the_plan_is_agreed_says_so(client, family, goal):
    answer = client.post(url("review", family, 1), a_review(goal, save="1"))
    assert answer.status_code == 422
    assert "Familiens plan" in answer.content.decode()


def test_a_review_shows_what_was_agreed_and_what_is_new_since_and_waits_for_no_kartlegging(
    client, family, people, agreed, by
):
    actions.change_goal(
        agreed, outcome=agreed.outcome, words="En halv jobb", whose=[people["Far"]], reason="Ryggen", by=by
    )
    resting = actions.add_goal(family, outcome="rm6", words="Tur hver søndag", whose=people.values(), by=by)
    actions.close_goal(resting, state="paused", reason="Etter flyttingen", by=by)
    record_fit(family, member=people["Far"], value=7, comment="Bra at dere ringer", after="Hjemmebesøk", by=by)
    first = a_review(agreed, save="1", ahead="Finne et sted å bo", with_whom="Mor, Far og NAV")
    assert client.post(url("review", family, 1), first).status_code == 302
    page = client.get(url("review", family, 1)).content.decode()
    for words in (
        "Slik ble dere enige om det", "En jobb ryggen tåler", "«En halv jobb»", "Etter flyttingen",
        "FIT over tid, Far", "Bra at dere ringer", "Finne et sted å bo",
    ):  # fmt: skip
        assert words in page, words
    with acting_as(by):
        waiting = Milestone.objects.filter(family=family, step=Step.YEARLY).waiting().count()
        assert waiting > 0
    for number in (1, 2):
        said = a_review(agreed, version="1" if number == 1 else "0", sign="1", ahead="Finne et sted å bo")
        assert client.post(url("review", family, number), said).status_code == 302
    read = client.get(url("review", family, 1)).content.decode()
    assert "De neste seks månedene" in read
    assert "Finne et sted å bo" in read
    assert "FIT over tid" not in client.get(url("review", family, 3)).content.decode()
