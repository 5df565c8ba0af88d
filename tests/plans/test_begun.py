"""What a form begins with and what becomes of it: drafts, templates, a second look at the text, and other plans."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from consent.models import AgreementLine
from families.models import Family
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Draft
from nyemonstre.numbers import with_control_digits
from plans import actions
from plans.guard import Known, reminders
from plans.models import Measure, OtherPlan, PlanTemplate

from .conftest import HTMX, count, key, members_of, refused, url
from .test_views import a_goal, a_measure


def kept(by, address):
    with acting_as(by):
        return Draft.objects.filter(user=by, key=address).first()


def test_what_is_typed_in_place_is_kept_under_the_forms_own_address(client, family, people, goal, measure, by):
    forms = {
        url("goal_new", family): {"words": "Sykle til skolen", "whose": str(people["Gutt"].pk)},
        url("goal_edit", family, goal.pk): {"words": "Sykle til skolen", "version": "1"},
        url("measure_new", family, goal.pk): {"what": "Sykle til skolen"},
        url("measure_edit", family, measure.pk): {"what": "Sykle til skolen", "version": "1"},
        url("own_words_new", family): {"text": "Sykle til skolen", "member": str(people["Gutt"].pk)},
    }
    for address, typed in forms.items():
        page = client.get(address, **HTMX).content.decode()
        assert f'data-draft-page="{address}"' in page
        assert "data-draft-url" in page
        here = {"HTTP_HX_CURRENT_URL": f"http://testserver{address}"}
        assert client.post(reverse("accounts:draft_save"), typed, **here).status_code == 204
        page = client.get(address, **HTMX).content.decode()
        assert "Her er det du skrev sist" in page
        assert "Sykle til skolen" in page
        assert kept(by, address)
    sent = {"key": key(), "outcome": Outcome.RM2, **forms[url("goal_new", family)]}
    assert client.post(url("goal_new", family), sent).status_code == 302
    assert kept(by, url("goal_new", family)) is None
    assert kept(by, url("measure_new", family, goal.pk))


def test_a_second_look_reminds_and_refuses_nothing(client, family, people, school, by):
    number = with_control_digits("150190123") or with_control_digits("150190124")
    with acting_as(by):
        known = Known.of(Family.objects.select_related("municipality").get(pk=family.pk))
    for text, words in (
        (f"Han heter noe og har {number}", "fødselsnummer"),
        ("Ring 412 34 567 i morgen", "«412 34 567» ser ut som et telefonnummer"),
        ("Snakke med Kari Nordmann om turen", "«Kari Nordmann» er kanskje navnet"),
        ("Naboen har kreft, så vi venter", "helsen til noen utenfor"),
    ):
        assert any(words in said for said in reminders([text], known)), text
    for fine in (
        "Far Prøve leser med Gutt Prøve", "Møte på Øvre Bjørkåsen skole 12. mai 2026", "Spare 12 000 kroner innen 2027",
        "Jeg er syk i ryggen", "Gutts lekser, hver dag",
    ):  # fmt: skip
        assert reminders([fine], known) == [], fine
    many = "Per Hansen, Pål Hansen. Ola Hansen. Kari Hansen. Anne Hansen. Knut Hansen."
    assert len(reminders([many], known)) == 4
    page = client.post(url("look_over", family), {"text": "Ring 412 34 567", "csrfmiddlewaretoken": "412 34 567"})
    assert "Du kan lagre uansett." in page.content.decode()
    assert client.post(url("look_over", family), {"text": "Lese sammen"}).content.decode().strip() == ""
    assert client.post(url("goal_new", family), a_goal(people, words="Ring 412 34 567")).status_code == 302


def test_a_template_is_kept_by_the_lead_and_copied_by_the_coordinator(client, team, family, people, goal, by):
    form = {"key": key(), "of": "goal", "outcome": "rm3", "words": "Lese sammen hver kveld", "first_sign": "En bok"}
    assert client.get(reverse("plans:template_list")).status_code == 403
    client.force_login(team.lead)
    assert "Kommunen har ingen maler ennå" in client.get(reverse("plans:template_list")).content.decode()
    for wrong in ({"words": ""}, {"kind": "whole"}, {"of": "measure"}):
        assert client.post(reverse("plans:template_new"), {**form, **wrong}).status_code == 422
    for _twice in range(2):
        assert client.post(reverse("plans:template_new"), form).status_code == 302
    second = {"key": key(), "of": "measure", "outcome": "rm3", "words": "Leksehjelp", "kind": "comp"}
    assert client.post(reverse("plans:template_new"), second).status_code == 302
    page = client.get(reverse("plans:template_list")).content.decode()
    assert "Lese sammen hver kveld" in page
    with acting_as(team.lead):
        of_goal, of_measure = PlanTemplate.objects.order_by("of")
    client.force_login(by)
    page = client.get(url("goal_new", family)).content.decode()
    assert f"?fra={of_goal.pk}" in page
    page = client.get(url("goal_new", family) + f"?fra={of_goal.pk}").content.decode()
    assert ">\nLese sammen hver kveld</textarea>" in page
    assert 'value="En bok"' in page
    page = client.get(url("measure_new", family, goal.pk) + f"?fra={of_measure.pk}").content.decode()
    assert 'value="Leksehjelp"' in page
    client.force_login(team.lead)
    edit = reverse("plans:template_edit", args=[of_goal.pk])
    changed = {**form, "words": "Lese", "retired": "on", "version": "1"}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 422  # somebody was first
    assert "Lese" in client.get(reverse("plans:template_list") + "?vis=for").content.decode()
    client.force_login(by)
    assert f"?fra={of_goal.pk}" not in client.get(url("goal_new", family)).content.decode()
    for name, facts in (
        ("template_has_words", {"words": ""}),
        ("template_kind_is_of_a_measure", {"of": "goal"}),
        ("template_sign_is_of_a_goal", {"first_sign": "x"}),
    ):
        with acting_as(team.lead), pytest.raises(IntegrityError, match=name), transaction.atomic():
            PlanTemplate.objects.filter(pk=of_measure.pk).update(**facts)


def test_other_plans_name_a_service_only_while_a_line_is_live(client, family, people, other, school, club, line, by):
    form = {"key": key(), "kind": "relay", "member": str(people["Gutt"].pk), "led_by": str(school.pk), "note": "Mars"}
    answer = client.post(url("other_plan_new", family), {**form, "led_by": str(club.pk)})
    assert answer.status_code == 422
    assert "Lag en avtale om samarbeid med Elvestrand IL" in answer.content.decode()
    assert "Mars" in answer.content.decode()
    wrong = {**form, "since": "02.02.2026", "until": "01.01.2026"}
    assert "slutt før det begynner" in client.post(url("other_plan_new", family), wrong).content.decode()
    for _twice in range(2):
        assert client.post(url("other_plan_new", family), form).status_code == 302
    page = client.get(url("family_tab", family)).content.decode()
    for words in ("Stafettlogg", "Gutt", f"Ledes av {school.name}.", "Mars"):
        assert words in page, words
    with acting_as(by):
        row = OtherPlan.objects.get(family=family)
        stranger = members_of(other, by)["Mor"]
        with pytest.raises(IntegrityError, match="other_plan_dates_in_order"), transaction.atomic():
            OtherPlan.objects.filter(pk=row.pk).update(since="2026-02-02", until="2026-01-01")
    with refused("members"):
        actions.add_other_plan(family, facts={"kind": "ip", "member": stranger}, by=by)
    with acting_as(by):
        live = AgreementLine.objects.select_related("family").get(pk=line.pk)
    consent_actions.end_line(live, reason="Ferdig", by=by)
    assert "Ingen gyldig avtale nå" in client.get(url("family_tab", family)).content.decode()
    edit = url("other_plan_edit", family, row.pk)
    same = {**form, "version": "1", "note": "April"}
    assert client.post(edit, same).status_code == 302  # what stood there from before may stay
    assert client.post(edit, same).status_code == 422  # somebody was first


def test_a_line_that_ended_while_the_form_was_open_is_told_and_nothing_is_lost(client, family, goal, school, line, by):
    assert client.get(url("measure_new", family, goal.pk)).status_code == 200
    with acting_as(by):
        live = AgreementLine.objects.select_related("family").get(pk=line.pk)
    consent_actions.end_line(live, reason="Familien vil ikke", by=by)
    sent = a_measure(what="Leksehjelp på tirsdager", done_by="service", service=str(school.pk))
    answer = client.post(url("measure_new", family, goal.pk), sent, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Leksehjelp på tirsdager" in page
    assert f"Lag en avtale om samarbeid med {school.name}" in page
    assert count(Measure, by, family=family) == 0


def test_a_crafted_id_moves_no_measure_into_another_family(client, family, other, goal, measure, by):
    theirs = actions.add_goal(other, outcome=Outcome.RM5, words="Deres", whose=members_of(other, by).values(), by=by)
    form = a_measure(what="Flyttet", version="1", goal=str(theirs.pk))
    assert client.post(url("measure_edit", other, measure.pk), form).status_code == 404
    assert client.post(url("move", other), {"opp": f"tiltak:{measure.pk}"}).status_code == 404
    client.post(url("measure_edit", family, measure.pk), form)
    with acting_as(by):
        assert Measure.objects.get(pk=measure.pk).goal_id == goal.pk
        with pytest.raises(DatabaseError), transaction.atomic():
            Measure.objects.filter(pk=measure.pk).update(goal=theirs)
