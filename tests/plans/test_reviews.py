"""The 6-month review as a page: saved, signed, met by another's version, and at bad input."""

import pytest
from django.utils import timezone

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
