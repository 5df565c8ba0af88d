"""Follow-up is rounded off: the meeting, what is kept, letters to live lines alone, and what cannot be sent."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from consent import actions as consent_actions
from families import actions as family_actions
from families.calendar import end_of_follow_up, why_not_five_years
from families.enums import ExitReason, FamilyState
from families.exits import Exit
from families.models import Family
from nyemonstre.access.wall import acting_as
from plans import actions
from plans.enums import Doer, GoalState, PlanEvent
from plans.forms_closing import CloseFollowUpForm
from plans.models import Closing, MeetingNotice

from .conftest import SECRETS, count, key, refused, terms, url
from .test_actions import events

today = timezone.localdate


def the_form(**facts):
    said = {"key": key(), "because": "enough", "reason": "De klarer seg", "on": f"{today():%d.%m.%Y}"}
    return {**said, "met_on": "", "present": "", "said": "", "continues": "", **facts}


def test_the_years_are_rounded_off_together(client, family, people, goal, measure, school, line, by):
    actions.add_measure(goal, what="Ringe NAV", done_by=Doer.NOBODY, falls_between=True, by=by)
    actions.close_goal(
        actions.add_goal(family, outcome="rm3", words="Lese sammen", whose=people.values(), by=by),
        state=GoalState.REACHED, reason="Hver kveld", by=by,
    )  # fmt: skip
    page = client.get(url("closing", family) + "?ved=alene").content.decode()
    for words in ("Nådd", "«Lese sammen»", "Hver kveld", "Gjelder", "Ringe NAV", "Hvem holder i dette", school.name):
        assert words in page, words
    assert 'Hvem var med på møtet? <span class="nm-optional">(når det ble et møte)</span>' in page
    for wrong, words in (
        ({"reason": ""}, "reason"),
        ({"met_on": f"{today():%d.%m.%Y}"}, "Skriv hvem som var med på møtet."),
        ({"met_on": "31.02.2026", "reason": "x" * 301}, "Denne dagen finnes ikke."),
        ({"met_on": "01.01.2001", "present": "Mor"}, "Oppfølgingen begynte"),
        ({"on": "01.01.2001"}, "Oppfølgingen begynte"),
        ({"on": "01.01.2099"}, "Datoen kan ikke være etter"),
        ({"because": "tull"}, "Velg ett av svarene i listen."),
        ({"because": "years"}, "Velg ett av svarene i listen."),
        ({"present": "x" * 301, "reason": "", "because": ""}, "Velg et svar."),
    ):
        answer = client.post(url("closing", family), the_form(said="Takk for alt", **wrong))
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "Takk for alt" in answer.content.decode()
    form = the_form(
        met_on=f"{today():%d.%m.%Y}", present="Mor og Far", said="Én å ringe til", continues="Helsesykepleieren"
    )
    for _twice in range(2):
        assert client.post(url("closing", family), form).status_code == 302
    page = client.get(url("closing", family) + "?ved=alene").content.decode()
    for words in (
        "De klarer seg",
        "Mor og Far",
        "Én å ringe til",
        "Helsesykepleieren",
        "«Lese sammen»",
        "registerst",
    ):
        assert words in page, words
    journal = client.get(url("family_journal", family)).content.decode()
    assert "Ny journallinje" not in journal
    assert "I journalen kan du fortsatt skrive" in journal
    assert PlanEvent.FOLLOW_UP_CLOSED in events(family, by)
    with acting_as(by):
        row = Closing.objects.select_related("exit").get(family=family)
        family = Family.objects.select_related("municipality").get(pk=family.pk)
    assert (family.state, row.exit.because, row.exit.ended_on) == (FamilyState.CLOSED, ExitReason.ENOUGH, today())
    assert {kept["words"]: kept["state"] for kept in row.goals} == {goal.words: "active", "Lese sammen": "reached"}
    with acting_as(by):  # the wall lets no update through
        assert not Closing.objects.filter(pk=row.pk).update(said="Noe annet")


def test_five_years_are_a_reason_from_the_day_they_have_gone(client, family, by):
    assert "Fem år er gått" not in client.get(url("closing", family)).content.decode()
    gone = end_of_follow_up(family.baseline_on)
    with refused("not_five_years") as no:
        actions.close_follow_up(family, because=ExitReason.FIVE_YEARS, reason="Nok", by=by)
    assert f"{gone:%-d}." in str(no.sentence)
    assert str(gone.year) in str(no.sentence)
    assert why_not_five_years(None, today())
    assert why_not_five_years(family.baseline_on, gone - timedelta(1))
    assert why_not_five_years(family.baseline_on, gone) is None
    form = CloseFollowUpForm(None, family=Family(baseline_on=today() - timedelta(days=5 * 366)))
    assert form.initial["because"] == ExitReason.FIVE_YEARS
    assert ExitReason.FIVE_YEARS in dict(form.fields["because"].choices)


def test_letters_go_to_live_lines_only_and_hold_what_the_line_covers(
    client, family, people, goal, measure, school, line, by
):
    actions.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, by=by)
    letter = url("hand_over", family, line.pk)
    assert client.get(letter).status_code == 302  # not while the family is followed
    client.post(url("closing", family), the_form(continues="NAV tar over"))
    assert letter in client.get(url("closing", family)).content.decode()
    answer = client.get(letter)
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    text = " ".join(text.split())
    for words in ("Oppfølgingen er avsluttet", school.name, "Leksehjelp", SECRETS["name"], "En jobb ryggen tåler"):
        assert words in text, words
    for words in ("NAV tar over", measure.what, SECRETS["phone"]):
        assert words not in text, words
    assert PlanEvent.LETTER_PRINTED in events(family, by)
    with acting_as(by):
        now = type(line).objects.select_related("family").get(pk=line.pk)
    consent_actions.end_line(now, reason="Trukket", by=by)
    assert letter not in client.get(url("closing", family)).content.decode()
    page = client.get(letter, follow=True).content.decode()
    assert "Avtalen med tjenesten gjelder ikke lenger, så brevet kan ikke lages." in page


def test_an_exit_stays_and_the_next_is_another(team, family, by):
    first = actions.close_follow_up(family, because=ExitReason.MOVED, reason="Flyttet", by=by)
    with refused("closed"):
        actions.close_follow_up(family, because=ExitReason.MOVED, reason="Igjen", by=by)
    family_actions.reopen(family, reason="Tilbake", by=team.lead)
    second = actions.close_follow_up(family, because=ExitReason.ENOUGH, reason="Ferdig", by=by)
    assert first.exit_id != second.exit_id
    assert count(Closing, by, family=family) == count(Exit, by, family=family) == 2
    with acting_as(by):
        for constraint, facts in (
            ("exit_for_a_reason", {"reason": ""}),
            ("exit_reopened_by_somebody_for_a_reason", {"reopened_on": today()}),
            ("exit_reopened_by_somebody_for_a_reason", {"reopened_on": today() - timedelta(1)}),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), acting_as(team.lead):
                Exit.objects.filter(pk=second.exit_id).update(**facts)
        with pytest.raises(IntegrityError, match="exit_one_at_a_time"), transaction.atomic():
            Exit(family=family, ended_on=today(), because="moved", reason="x", recorded_by=by).save(force_insert=True)
        with pytest.raises(IntegrityError, match="closing_met_with_somebody"), transaction.atomic():
            Closing(family=family, exit_id=second.exit_id, met_on=today(), recorded_by=by).save(force_insert=True)


def test_no_meeting_stays_agreed(client, family, people, line, by):
    coming = actions.plan_meeting(family, terms=terms(by, people, 3, lines=[line]), by=by)
    been = actions.plan_meeting(family, terms=terms(by, people, -1), by=by)
    assert "Disse blir avlyst når oppfølgingen avsluttes." in client.get(url("closing", family)).content.decode()
    with acting_as(by):
        MeetingNotice.objects.update(mailed_at=timezone.now())  # they have had their invitation
    assert client.post(url("closing", family), the_form()).status_code == 302
    page = client.get(url("meeting_detail", family, coming.pk)).content.decode()
    assert "Møtet er avlyst" in page
    assert "Oppfølgingen er avsluttet." in page
    assert "Avlysning: går ut kl." in page
    assert PlanEvent.MEETING_CANCELLED in events(family, by)
    page = client.get(url("meeting_detail", family, been.pk)).content.decode()
    assert "Ble møtet holdt?" in page
    assert "Endre eller flytt" not in page
    assert client.post(url("meeting_missed", family, been.pk), {"version": "1"}).status_code == 302
