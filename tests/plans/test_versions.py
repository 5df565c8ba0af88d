"""What was so before stays and can be read: versions of a goal, versions of the plan, and what is new since."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.outcomes import Outcome
from nyemonstre.access.wall import acting_as
from plans import actions
from plans.enums import Doer, GoalState, MeasureKind, MeasureState, PlanEvent
from plans.models import Goal, GoalVersion, Measure
from plans.printed import printed_plan

from .conftest import HTMX, key, members_of, refused, url
from .test_actions import events

today = timezone.localdate


def test_a_goal_is_renegotiated_for_a_reason_and_each_version_can_be_read(client, family, people, goal, by):
    say = {"outcome": goal.outcome, "whose": [people["Far"]], "first_sign": goal.first_sign, "by": by}
    with refused("reason"):
        actions.change_goal(goal, words="Halv jobb", **say)
    actions.change_goal(goal, words="Halv jobb", why="Ryggen", reason="Hel jobb ble for mye", **say)
    same = actions.change_goal(goal, words="Halv jobb", why="Ryggen", **say)
    assert same.version == 3
    actions.change_goal(
        goal, words="Halv jobb", outcome=Outcome.RM6, whose=people.values(), reason="Alle vil det", by=by
    )
    with acting_as(by):
        assert list(GoalVersion.objects.filter(goal=goal).values_list("number", flat=True)) == [4, 2, 1]
    page = client.get(url("goal_detail", family, goal.pk)).content.decode()
    for words in (
        "skrev målet", "endret målet", "Grunn: Hel jobb ble for mye", "Grunn: Alle vil det",
        "Målet: «Halv jobb». Før: «En jobb ryggen tåler»", "Hvorfor det er viktig: «Ryggen»",
        "Et første tegn: «fire timer uten vondt» er tatt bort", "Før: «Far»",
    ):  # fmt: skip
        assert words in page, words
    form = {"version": "4", "words": "Noe annet", "whose": [str(people["Far"].pk)], "outcome": Outcome.RM5}
    answer = client.post(url("goal_edit", family, goal.pk), form, **HTMX)
    assert answer.status_code == 422
    assert "Skriv kort hvorfor dere endrer målet." in answer.content.decode()
    assert "Noe annet" in answer.content.decode()


def test_a_goal_waits_for_a_reason_and_nothing_nags_meanwhile(client, family, goal, measure, by):
    actions.change_measure(measure, due_on=today() - timedelta(1), by=by)
    with refused("reason"):
        actions.close_goal(goal, state=GoalState.PAUSED, reason=" ", by=by)
    form = {"version": goal.version, "state": "paused", "reason": "Flytter først", "closed_on": f"{today():%d.%m.%Y}"}
    page = client.post(url("goal_close", family, goal.pk), form, follow=True).content.decode()
    for words in ("Målet er satt på vent.", "1 mål på vent", "Flytter først", "Angre"):
        assert words in page, words
    assert measure.what not in client.get(url("to_do", family)).content.decode()
    with acting_as(by):
        goal = Goal.objects.select_related("family__municipality").get(pk=goal.pk)
    assert (goal.state, goal.closed_on) == (GoalState.PAUSED, None)
    with refused("not_active"):
        actions.close_goal(goal, state=GoalState.PAUSED, reason="Igjen", by=by)
    for write in (
        lambda: actions.rate_goal(goal, rating=3, by=by),
        lambda: actions.change_goal(goal, outcome=goal.outcome, words="Nytt", whose=[], reason="Nå", by=by),
    ):
        with pytest.raises(Exception, match=r"gjelder ikke nå|avsluttet|Velg hvem"):
            write()
    page = client.get(url("goal_close", family, goal.pk)).content.decode()
    assert "Ta opp igjen målet" in page
    again = actions.reopen_goal(goal, reason="Flyttet", by=by)
    assert (again.state, again.state_reason) == (GoalState.ACTIVE, "")
    assert {PlanEvent.GOAL_PAUSED, PlanEvent.GOAL_REOPENED} <= set(events(family, by))
    actions.close_goal(again, state=GoalState.PAUSED, reason="Venter", by=by)
    with acting_as(by):
        goal = Goal.objects.select_related("family").get(pk=goal.pk)
    assert actions.close_goal(goal, state=GoalState.LET_GO, reason="Ble ikke noe", by=by).closed_on == today()


def test_goals_stand_by_what_they_are_about_or_by_whom_they_are_for(client, family, people, goal, by):
    actions.add_goal(family, outcome=Outcome.RM5, words="Sommerjobb", whose=[people["Jente"]], by=by)
    actions.add_goal(family, outcome=Outcome.RM6, words="Tur hver søndag", whose=people.values(), by=by)
    page = client.get(url("family_tab", family)).content.decode()
    assert page.count('class="nm-h2 nm-area__h"') == 2
    page = client.get(url("family_tab", family) + "?etter=person&ordne=ja").content.decode()
    assert page.count('class="nm-h2 nm-area__h"') == 3
    assert page.index("«En jobb ryggen tåler»") < page.index("«Sommerjobb»") < page.index("«Tur hver søndag»")
    assert str(Outcome.RM6.label) in page
    assert 'name="opp"' not in page


def test_a_measure_is_done_by_a_named_person_and_says_what_kind_it_is(client, family, people, other, goal, by):
    form = {
        "key": key(), "what": "Ringe NAV", "done_by": "member", "member": str(people["Far"].pk), "kind": "whole",
        "state": "planned",
    }  # fmt: skip
    page = client.post(url("measure_new", family, goal.pk), form, **HTMX).content.decode()
    assert "Helhetlig" in page
    assert "<span>Far</span>" in page
    for wrong, words in (
        ({"member": ""}, "Velg hvem i familien som gjør det."),
        ({"done_by": "coordinator"}, "Du har valgt Far. Velg også at en i familien gjør det."),
        ({"member": str(members_of(other, by)["Mor"].pk)}, "Velg"),
    ):
        answer = client.post(url("measure_new", family, goal.pk), {**form, "key": key(), **wrong}, **HTMX)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    with acting_as(by):
        row = Measure.objects.get(goal=goal)
        stranger = members_of(other, by)["Mor"]
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=row.pk).update(member=stranger)
        with pytest.raises(DatabaseError, match="measure_member_does_it"), transaction.atomic():
            Measure.objects.filter(pk=row.pk).update(done_by=Doer.FAMILY)


def test_what_is_new_since_the_plan_was_agreed_is_said_in_plain_words(client, family, people, goal, measure, by):
    first = actions.agree_plan(family, present=["Mor"], language="arabisk", with_interpreter=True, by=by)
    assert "Nytt siden versjon" not in client.get(url("family_tab", family)).content.decode()
    actions.change_goal(goal, outcome=goal.outcome, words="Halv jobb", whose=[people["Far"]], reason="Nå", by=by)
    actions.finish_measure(measure, state=MeasureState.REFUSED, by=by)
    call = actions.add_measure(
        goal, what="Ringe NAV", done_by=Doer.NOBODY, falls_between=True, kind=MeasureKind.WHOLE, by=by
    )
    away = actions.add_goal(family, outcome=Outcome.RM1, words="Sove i egen seng", whose=[people["Gutt"]], by=by)
    expected = (
        "Målet: «Halv jobb». Før: «En jobb ryggen tåler».",
        "Nytt tiltak: «Ringe NAV», Ingen ennå (faller mellom tjenestene).",
        "«Snakke med fastlegen om ryggen»: fikk nei.",
        "Nytt mål, for Gutt.",
    )  # fmt: skip
    for page in (url("family_tab", family), url("plan_agree", family) + "?ved=alene"):
        text = client.get(page).content.decode()
        for words in expected:
            assert words in text, (page, words)
    second = actions.agree_plan(family, present=["Mor", "Far"], by=by)
    assert (first.number, second.number) == (1, 2)
    actions.close_goal(away, state=GoalState.PAUSED, reason="Ikke nå", by=by)
    with acting_as(by):
        call = Measure.objects.select_related("family", "service", "member").get(pk=call.pk)
    actions.change_measure(call, due_on=today() + timedelta(30), by=by)
    text = client.get(url("family_tab", family)).content.decode()
    assert "På vent: Ikke nå" in text
    assert "«Ringe NAV»: Når: «" in text
    old = client.get(url("agreement_detail", family, 2) + "?ved=alene").content.decode()
    for words in ("Det som var nytt siden versjon 1", "Nytt mål, for Gutt.", "«Halv jobb»"):
        assert words in old, words
    with acting_as(by):
        printed = printed_plan(family)
    assert {one["words"] for one in printed["changes"]} == {"Halv jobb", "Sove i egen seng"}
    assert printed["paused"] == [{"words": "Sove i egen seng", "reason": "Ikke nå"}]
