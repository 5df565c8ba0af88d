"""The 6-month review as a page: saved, signed, met by another's version, and at bad input."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments.actions import record_fit
from consent import actions as consent_actions
from consent.models import AgreementLine
from families.models import Milestone
from families.stages import Step
from nyemonstre.access.wall import acting_as
from plans import actions
from plans.actions import GoalReview
from plans.models import Goal, Review, ReviewPresence
from plans.present import who_was_there

from .conftest import SECRETS, count, key, refused, url

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
    assert 'class="nm-user"' in read, "who was there stands on the page, and who is logged in stands in its header"
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


def test_all_that_lacks_is_told_at_once_with_a_way_to_each(client, family, people, agreed, by):
    more = [
        actions.add_goal(family, outcome=outcome, words=words, whose=people.values(), by=by)
        for outcome, words in (("rm6", "Tur hver søndag"), ("rm3", "Lese sammen"))
    ]
    sent = {
        **a_review(agreed, verdict="", sign="1"),
        f"{more[0].pk}-verdict": "change",
        f"{more[0].pk}-helped": "Bussen",
    }
    page = (answer := client.post(url("review", family, 1), sent)).content.decode()
    assert answer.status_code == 422
    summary = page[page.index("<ds-error-summary") : page.index("</ds-error-summary>")]
    assert page.count("<ds-error-summary") == 1
    assert "Evalueringen er lagret, men ikke avsluttet ennå" in summary
    for goal, field, words in (
        (agreed, "verdict_0", f"Velg hva som skal skje med «{agreed.words}»"),
        (more[1], "verdict_0", "Velg hva som skal skje med «Lese sammen»"),
        (more[0], "new_words", "Skriv hvordan målet «Tur hver søndag» skal stå nå."),
    ):
        assert f'href="#id_{goal.pk}-{field}"' in summary, field
        assert f'id="id_{goal.pk}-{field}"' in page, field
        assert words in summary, words
    assert ">\nBussen</textarea>" in page
    # What is wrong in two goals is told at once too, and says which where the sentence does not.
    wrong = sent | {"version": "1", f"{agreed.pk}-rating": "11", f"{agreed.pk}-new_words": "Nytt"}
    page = client.post(url("review", family, 1), wrong).content.decode()
    assert f"«{agreed.words}», Hvor er dere nå, fra 0 til 10?" in page
    wrong |= {f"{agreed.pk}-rating": "1", f"{more[1].pk}-new_words": "Nytt", f"{more[1].pk}-verdict": "keep"}
    page = client.post(url("review", family, 1), wrong).content.decode()
    assert page.count("Du har skrevet et nytt mål. Velg «Endre», eller ta bort teksten.</a>") == 2
    # A goal that is let go meanwhile, on the page of the plan, asks for nothing and stops nobody.
    actions.close_goal(more[1], state="let_go", reason="Ble ikke noe", by=by)
    sent = {**a_review(agreed, version="1", sign="1"), f"{more[0].pk}-verdict": "keep"}
    assert client.post(url("review", family, 1), sent).status_code == 302
    assert "Lese sammen" in client.get(url("review", family, 1)).content.decode()


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
        "Finne et sted å bo",
    ):  # fmt: skip
        assert words in page, words
    # The answers are personal: fetched when they are opened, or on a page of their own.
    answers = url("review_since", family, 1)
    assert f'hx-get="{answers}"' in page
    for way in ({}, {"HX-Request": "true"}):
        opened = client.get(answers, headers=way).content.decode()
        assert ("<html" in opened) == (not way)
        for words in ("FIT over tid, Far", "Bra at dere ringer"):
            assert words in opened, words
            assert words not in page, words
    with acting_as(by):
        waiting = Milestone.objects.filter(family=family, step=Step.YEARLY).waiting().count()
        assert waiting > 0
    for number in (1, 2):
        said = a_review(agreed, version="1" if number == 1 else "0", sign="1", ahead="Finne et sted å bo")
        assert client.post(url("review", family, number), said).status_code == 302
    read = client.get(url("review", family, 1)).content.decode()
    assert "De neste seks månedene" in read
    assert "Finne et sted å bo" in read
    assert "FIT over tid" not in client.get(url("review_since", family, 3)).content.decode()


def picks(people, **more):
    return {"members": [str(people["Mor"].pk)], "with_interpreter": "on", "present": "Bestemor", **more}


def test_who_was_there_is_picked_and_a_name_shows_while_its_agreement_does(
    client, team, family, people, line, agreed, by
):
    with acting_as(by):
        contact = family.contacts.get()
    page = client.get(url("review", family, 1)).content.decode()
    # Whoever writes it was there, until somebody says otherwise.
    assert re.search(rf'name="coordinators"[^>]*value="{by.pk}"[^>]*checked', page)
    there = picks(people, contacts=[str(contact.pk)], coordinators=[str(by.pk)])
    for wrong in ({"contacts": [key()]}, {"coordinators": [str(team.lead.pk)]}, {"members": [key()]}):
        answer = client.post(url("review", family, 1), a_review(agreed, save="1", **{**there, **wrong}))
        assert answer.status_code == 422, wrong
    assert client.post(url("review", family, 1), a_review(agreed, save="1", **there)).status_code == 302
    said = f"Mor, {by.name}, {SECRETS['name']} (Øvre Bjørkåsen skole), tolk, Bestemor"
    with acting_as(by):
        review = Review.objects.select_related("family").get(family=family)
        assert who_was_there(review) == said
        live = AgreementLine.objects.select_related("family").get(pk=line.pk)
    consent_actions.end_line(live, reason="Ikke nå", by=by)
    # Saved anew without the one who can no longer be picked: that they were there stays, and the name is not shown.
    again = a_review(agreed, version="1", save="1", **{**there, "contacts": []})
    assert client.post(url("review", family, 1), again).status_code == 302
    page = client.post(url("review", family, 1), again | {"version": "2", "sign": "1"}, follow=True).content.decode()
    read = client.get(url("review", family, 1)).content.decode()
    assert f"Med: Mor, {by.name}, 1 fra en tjeneste, tolk, Bestemor." in read
    assert SECRETS["name"] not in read
    with refused("no_live_line"):
        actions.save_review(family, number=2, goals=[], contacts=[contact], by=by)
    with acting_as(by), pytest.raises(DatabaseError, match="signed off"), transaction.atomic():
        ReviewPresence.objects.create(family=family, review=review, member=people["Far"])


def test_why_first_sign_and_whose_are_changed_too_and_what_is_left_alone_stays(client, family, people, agreed, by):
    as_it_is = {"new_why": "", "new_first_sign": agreed.first_sign, "new_whose": [str(people["Far"].pk)]}

    def sent(**facts):
        body = {f"{agreed.pk}-{name}": value for name, value in {**as_it_is, **facts.pop("goal", {})}.items()}
        return a_review(agreed, **facts) | body

    assert client.post(url("review", family, 1), sent(save="1")).status_code == 302
    page = client.post(url("review", family, 1), sent(version="1", save="1", goal={"new_why": "Husleien"}))
    assert page.status_code == 422
    assert "Velg «Endre», eller sett det tilbake" in page.content.decode()
    for whose in ([], [key()]):
        wrong = sent(version="1", verdict="change", save="1", goal={"new_whose": whose})
        assert client.post(url("review", family, 1), wrong).status_code == 422
    both = [str(people["Far"].pk), str(people["Mor"].pk)]
    change = {"new_why": "Husleien", "new_first_sign": "", "new_whose": both}
    answer = client.post(url("review", family, 1), sent(version="1", verdict="change", sign="1", goal=change))
    assert answer.status_code == 302
    with acting_as(by):
        goal = Goal.objects.get(pk=agreed.pk)
        assert (goal.words, goal.why, goal.first_sign) == (agreed.words, "Husleien", "")
        assert {m.first_name for m in goal.whose.all()} == {"Mor", "Far"}
    read = client.get(url("review", family, 1)).content.decode()
    for words in ("Husleien", "Far, Mor"):
        assert words in read
    # The next round has what was agreed on beside what stands now.
    page = client.get(url("review", family, 2)).content.decode()
    assert "fire timer uten vondt" in page


@pytest.mark.parametrize(
    ("name", "typed", "stands"),
    [("goal_close", {"reason": "Ryggen er verre"}, "Ryggen er verre"), ("goal_rate", {"rating": "7"}, "7"),
     ("measure_finish", {"follow_up": "Det gikk fint"}, "Det gikk fint")],
)  # fmt: skip
def test_the_small_forms_keep_what_is_typed_too(client, family, goal, measure, name, typed, stands):
    path = url(name, family, measure.pk if name == "measure_finish" else goal.pk)
    page = client.get(path).content.decode()
    assert f'data-draft-page="{path}"' in page
    client.post(reverse("accounts:draft_save"), typed, HTTP_REFERER=f"http://testserver{path}")
    page = client.get(path).content.decode()
    assert "Her er det du skrev sist" in page
    assert stands in page
    whole = {"version": "1", "state": "reached", "reason": "Ja", "closed_on": "1.1.2026", "rating": "7", "key": key()}
    finish = {"version": "1", "state": "done", "finished_on": "1.1.2026", "follow_up": "x"}
    whole |= {"rated_on": "1.1.2026"}
    assert client.post(path, finish if name == "measure_finish" else whole).status_code == 302
    if name != "measure_finish":
        assert "Her er det du skrev sist" not in client.get(path).content.decode()
