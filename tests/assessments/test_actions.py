"""What kartlegging and FIT write, and every reason to refuse."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.codes import code_of
from assessments.enums import AssessmentEvent, Kind, Missing
from assessments.models import Assessment, FitAnswer, FitInvitation, Response
from assessments.sheets import sheet_of
from consent.actions import add_service, draft_line, record_consent, sign_line
from consent.enums import Answer, How, Purpose
from families.actions import close, undo
from families.models import Family, Milestone
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import AlreadyDone, Refused
from tests.factories import Team, family_at

from .arrange import fill, held, members


def refused(rule, function, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        function(*args, **kwargs)
    assert caught.value.rule == rule
    assert str(caught.value)


def withdraw(member, by, **more):
    given_by = member.full_name if member.is_adult else f"Mor {member.last_name}"
    record_consent(
        member, purpose=Purpose.PARTICIPATION, answer=Answer.WITHDRAWN, how=How.SIGNED, given_by=given_by, by=by, **more
    )


def fresh(family, by):
    with acting_as(by):
        return Family.objects.select_related("municipality").get(pk=family.pk)


# --- start ------------------------------------------------------------------------------------------------------


def test_start_fixes_the_questions_and_is_logged(team, family):
    sitting = actions.start(family, kind=Kind.BASELINE, language="nn", interpreter=" arabisk ", by=team.coordinator)
    assert (sitting.number, sitting.instrument, sitting.held_on) == (1, "nm-2026-1", timezone.localdate())
    assert (sitting.language, sitting.interpreter, sitting.started_by) == ("nn", "arabisk", team.coordinator)
    with acting_as(team.coordinator):
        assert Event.objects.filter(what=AssessmentEvent.SITTING_STARTED, target_id=str(sitting.pk)).count() == 1


def test_no_sitting_before_consent(team):
    family = family_at(Step.INFORMATION, team)
    refused("consent", actions.start, family, kind=Kind.BASELINE, by=team.coordinator)


def test_no_sitting_on_a_day_before_the_consent(team, family):
    yesterday = timezone.localdate() - timedelta(days=1)
    refused("consent_that_day", actions.start, family, kind=Kind.BASELINE, on=yesterday, by=team.coordinator)


def test_no_sitting_after_everybody_has_withdrawn(team, family, people):
    for member in people.values():
        withdraw(member, team.coordinator)
    refused("consent", actions.start, family, kind=Kind.BASELINE, by=team.coordinator)


def test_no_sitting_in_the_future_or_of_a_closed_family(team, family):
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused("future", actions.start, family, kind=Kind.BASELINE, on=tomorrow, by=team.coordinator)
    close(family, reason="flyttet", by=team.coordinator)
    refused("closed", actions.start, family, kind=Kind.BASELINE, by=team.coordinator)


def test_one_open_sitting_of_a_round(team, family, sitting):
    refused("open", actions.start, family, kind=Kind.BASELINE, by=team.coordinator)


def test_the_same_form_twice_makes_one(team, family):
    key = uuid4()
    first = actions.start(family, kind=Kind.BASELINE, key=key, by=team.coordinator)
    with pytest.raises(AlreadyDone) as caught:
        actions.start(family, kind=Kind.BASELINE, key=key, by=team.coordinator)
    assert caught.value.row == first


def test_the_baseline_is_held_once(team, family):
    held(family, team.coordinator)
    refused("done", actions.start, family, kind=Kind.BASELINE, by=team.coordinator)


def test_after_the_step_was_undone_the_baseline_may_be_held_again(team, family):
    held(family, team.coordinator)
    undo(family, step=Step.BASELINE, reason="feil dag", by=team.coordinator)
    assert actions.start(family, kind=Kind.BASELINE, by=team.coordinator).is_open


@pytest.mark.parametrize("who", ["lead", "intake", "researcher", "administrator", "auditor", "second_coordinator"])
def test_only_who_follows_the_family_may_map_it(team, family, sitting, who):
    user = getattr(team, who)
    for attempt in (
        lambda: actions.start(family, kind=Kind.YEARLY, by=user),
        lambda: actions.answer(sitting, question="rm1", value=3, by=user),
        lambda: actions.complete(sitting, by=user, rest_not_asked=True),
        lambda: actions.abandon(sitting, reason="x", by=user),
        lambda: actions.record_fit(family, member=None, value=3, by=user),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


# --- answer -----------------------------------------------------------------------------------------------------


def test_an_answer_is_saved_and_replaced(team, people, sitting):
    first = actions.answer(sitting, question="ladder", member=people["Mor"], value="4", by=team.coordinator)
    assert (first.value, first.missing, first.respondent, first.recorded_by) == (4, "", "family", team.coordinator)
    second = actions.answer(
        sitting, question="ladder", member=people["Mor"].pk, missing=Missing.UNWILLING, by=team.coordinator
    )
    assert second.pk == first.pk
    with acting_as(team.coordinator):
        row = Response.objects.get(assessment=sitting)
        assert (row.value, row.missing) == (None, "unwilling")


def test_both_views_of_the_family_stand_apart(team, sitting):
    ours = actions.answer(sitting, question="rm6", value=2, by=team.coordinator)
    theirs = actions.answer(sitting, question="rm6_coordinator", value=4, by=team.coordinator)
    assert (ours.respondent, theirs.respondent) == ("family", "coordinator")
    assert ours.member is None


def test_zero_is_an_answer(team, people, sitting):
    assert actions.answer(sitting, question="ladder", member=people["Far"], value=0, by=team.coordinator).value == 0


@pytest.mark.parametrize(
    ("question", "answer", "rule"),
    [
        ("rm1", {"value": 6}, "answer_range"),
        ("rm1", {"value": "x"}, "answer_number"),
        ("rm1", {}, "no_answer"),
        ("rm1", {"value": 3, "missing": "unknown"}, "two_answers"),
        ("rm1", {"missing": "lost"}, "missing_code"),
        ("rm99", {"value": 3}, "unknown_question"),
        ("ladder", {"value": 3}, "unknown_question"),  # of nobody
    ],
)
def test_answers_that_do_not_fit(team, sitting, question, answer, rule):
    refused(rule, actions.answer, sitting, question=question, by=team.coordinator, **answer)


def test_a_question_for_another_age(team, people, sitting):
    gutt, mor = people["Gutt"], people["Mor"]
    refused(
        "unknown_question", actions.answer, sitting, question="ladder", member=gutt, value=3, by=team.coordinator
    )  # 7 years
    refused(
        "unknown_question", actions.answer, sitting, question="kindergarten", member=mor, value="full",
        by=team.coordinator,
    )  # fmt: skip
    refused("unknown_question", actions.answer, sitting, question="rm1", member=mor, value=3, by=team.coordinator)


def test_a_member_of_another_family(team, sitting):
    other = family_at(Step.CONSENT, team, name="Andre")
    stranger = members(other, team.coordinator)["Mor"]
    refused("other_family", actions.answer, sitting, question="ladder", member=stranger, value=3, by=team.coordinator)
    refused("other_family", actions.answer, sitting, question="ladder", member=uuid4(), value=3, by=team.coordinator)


def test_nothing_is_asked_of_somebody_without_consent(team, people, sitting):
    far = people["Far"]
    actions.answer(sitting, question="ladder", member=far, value=3, by=team.coordinator)
    withdraw(far, team.coordinator)
    refused("consent", actions.answer, sitting, question="ladder", member=far, value=5, by=team.coordinator)
    with acting_as(team.coordinator):
        row = sheet_of(sitting).row(str(far.pk))
    assert row.blocked
    assert row.items == []
    actions.answer(sitting, question="ladder", member=people["Mor"], value=5, by=team.coordinator)


def test_a_sitting_that_is_over_takes_no_answers(team, family, people):
    done = held(family, team.coordinator)
    refused("completed", actions.answer, done, question="rm1", value=5, by=team.coordinator)
    refused("completed", actions.complete, done, by=team.coordinator)
    refused("completed", actions.abandon, done, reason="x", by=team.coordinator)


# --- complete and abandon ---------------------------------------------------------------------------------------


def test_complete_reaches_the_step_on_the_day_it_was_held(team):
    day = timezone.localdate() - timedelta(days=9)
    family = family_at(Step.CONSENT, team, on=day)
    sitting = held(family, team.coordinator, on=day + timedelta(days=2))
    assert sitting.completed_by == team.coordinator
    with acting_as(team.coordinator):
        assert Milestone.objects.get(family=family, step=Step.BASELINE).reached_on == day + timedelta(days=2)
        assert Family.objects.get(pk=family.pk).baseline_on == day + timedelta(days=2)
        assert Event.objects.filter(what=AssessmentEvent.SITTING_COMPLETED, target_id=str(sitting.pk)).exists()


def test_complete_wants_an_answer_to_everything_or_a_word_that_it_was_not_asked(team, family, sitting):
    refused("nothing_asked", actions.complete, sitting, rest_not_asked=True, by=team.coordinator)
    actions.answer(sitting, question="rm1", missing=Missing.NOT_ASKED, by=team.coordinator)
    refused("nothing_asked", actions.complete, sitting, rest_not_asked=True, by=team.coordinator)
    actions.answer(sitting, question="rm1", missing=Missing.UNWILLING, by=team.coordinator)
    refused("unanswered", actions.complete, sitting, by=team.coordinator)
    actions.complete(sitting, rest_not_asked=True, by=team.coordinator)
    with acting_as(team.coordinator):
        sitting = Assessment.objects.get(pk=sitting.pk)
        sheet = sheet_of(sitting)
        assert not sheet.waiting
        assert {i.response.missing for i in sheet.items} == {"not_asked", "unwilling"}


def test_every_kind_of_missing_counts_as_done(team, sitting):
    with acting_as(team.coordinator):
        items = sheet_of(sitting).items
    answers = [
        actions.Given(item.question.key, item.member, missing=Missing.values[number % 3])
        for number, item in enumerate(items)
    ]
    actions.answer_all(sitting, answers=answers, by=team.coordinator)
    assert actions.complete(sitting, by=team.coordinator).completed_at


def test_complete_after_everybody_has_withdrawn(team, people, sitting):
    fill(sitting, team.coordinator, 3)
    for member in people.values():
        withdraw(member, team.coordinator)
    refused("consent", actions.complete, sitting, rest_not_asked=True, by=team.coordinator)


def test_an_abandoned_sitting_leaves_room_for_a_new_one(team, family, sitting):
    refused("reason", actions.abandon, sitting, reason="  ", by=team.coordinator)
    actions.abandon(sitting, reason="Feil dag", by=team.coordinator)
    refused("abandoned", actions.answer, sitting, question="rm1", value=3, by=team.coordinator)
    assert actions.start(family, kind=Kind.BASELINE, by=team.coordinator).is_open


# --- yearly -----------------------------------------------------------------------------------------------------


def at(day):
    return time_machine.travel(f"{day}T10:00:00+01:00", tick=False)


@pytest.fixture
def leap_family(db):
    """R-P3: the baseline on 29 February 2024."""
    with at("2024-02-20"):
        team = Team()
        family = family_at(Step.CONSENT, team)
    with at("2024-02-29"):
        held(family, team.coordinator)
    return team, family


def test_the_yearly_number_follows_the_milestone(leap_family):
    team, family = leap_family
    for number, day in ((1, "2025-02-28"), (2, "2026-02-14"), (3, "2027-03-16"), (4, "2028-02-29"), (5, "2029-02-28")):
        with at(day):
            sitting = held(fresh(family, team.coordinator), team.coordinator, kind=Kind.YEARLY)
            assert sitting.number == number
            with acting_as(team.coordinator):
                milestone = Milestone.objects.get(family=family, step=Step.YEARLY, number=number)
                assert milestone.reached_on == date.fromisoformat(day)
    with at("2029-06-01"):
        refused("done", actions.start, fresh(family, team.coordinator), kind=Kind.YEARLY, by=team.coordinator)


def test_a_missed_year_does_not_shift_the_numbers(leap_family):
    team, family = leap_family
    with at("2026-03-01"):
        assert actions.start(fresh(family, team.coordinator), kind=Kind.YEARLY, by=team.coordinator).number == 2
        assert actions.start(family, kind=Kind.YEARLY, number=1, by=team.coordinator).number == 1


def test_before_the_window_it_must_be_said(leap_family):
    team, family = leap_family
    with at("2025-02-13"):
        refused("early", actions.start, fresh(family, team.coordinator), kind=Kind.YEARLY, by=team.coordinator)
        assert actions.start(family, kind=Kind.YEARLY, early_ok=True, by=team.coordinator).number == 1
    with at("2025-02-14"):
        assert actions.start(
            fresh(family, team.coordinator), kind=Kind.YEARLY, number=2, early_ok=True, by=team.coordinator
        )


def test_a_yearly_round_twice_or_out_of_the_five(leap_family):
    team, family = leap_family
    with at("2025-03-01"):
        held(fresh(family, team.coordinator), team.coordinator, kind=Kind.YEARLY)
        refused("done", actions.start, family, kind=Kind.YEARLY, number=1, by=team.coordinator)
        refused("early", actions.start, family, kind=Kind.YEARLY, by=team.coordinator)
        refused("no_such_round", actions.start, family, kind=Kind.YEARLY, number=6, by=team.coordinator)
        refused("no_such_round", actions.start, family, kind="weekly", number=1, by=team.coordinator)


def test_no_yearly_before_the_baseline(team, family, leap_family):
    refused("no_baseline", actions.start, family, kind=Kind.YEARLY, by=team.coordinator)
    leap, other = leap_family
    with at("2025-03-01"):
        refused(
            "before_baseline", actions.start, fresh(other, leap.coordinator), kind=Kind.YEARLY, on=date(2024, 2, 25),
            by=leap.coordinator,
        )  # fmt: skip


# --- FIT --------------------------------------------------------------------------------------------------------


def test_fit_is_written_down_and_reaches_its_step(team, family, people):
    row = actions.record_fit(
        family,
        member=people["Mor"],
        value="7",
        after="ansvarsgruppe",
        comment="Bra å bli hørt ❤️ ŋ",
        by=team.coordinator,
    )
    assert (row.value, row.missing, row.instrument) == (7, "", "fit-1")
    with acting_as(team.coordinator):
        assert Milestone.objects.get(family=family, step=Step.FEEDBACK).reached_on == timezone.localdate()
        assert Event.objects.filter(what=AssessmentEvent.FIT_RECORDED, target_id=str(row.pk)).exists()
    actions.record_fit(family, member=people["Jente"], missing=Missing.UNWILLING, by=team.coordinator)
    with acting_as(team.coordinator):
        assert FitAnswer.objects.filter(family=family).count() == 2


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ({"value": 11}, "answer_range"),
        ({"value": "mye"}, "answer_number"),
        ({}, "no_answer"),
        ({"value": 3, "missing": "unknown"}, "two_answers"),
        ({"missing": "x"}, "missing_code"),
    ],
)
def test_fit_answers_that_do_not_fit(team, family, people, answer, rule):
    refused(rule, actions.record_fit, family, member=people["Mor"], by=team.coordinator, **answer)


def test_fit_of_whom(team, family, people):
    other = members(family_at(Step.CONSENT, team, name="Andre"), team.coordinator)["Mor"]
    refused("other_family", actions.record_fit, family, member=other, value=3, by=team.coordinator)
    refused("too_young", actions.record_fit, family, member=people["Gutt"], value=3, by=team.coordinator)
    withdraw(people["Far"], team.coordinator)
    refused("consent", actions.record_fit, family, member=people["Far"], value=3, by=team.coordinator)
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused("future", actions.record_fit, family, member=people["Mor"], value=3, on=tomorrow, by=team.coordinator)


def test_fit_after_a_meeting_with_a_service_the_family_agreed_to(client, team, family, people):
    by = team.coordinator
    school = add_service(team.municipality, name="Bakken skole", sector="school", by=by)
    refused("service", actions.record_fit, family, member=people["Mor"], value=3, service=school, by=by)
    refused("service", actions.invite_fit, family, member=people["Mor"], service=school, by=by)
    line = draft_line(
        family, service=school, members=[people["Jente"]], topics=["school"], valid_from=timezone.localdate(), by=by
    )
    sign_line(line, how="signed", signed_by="Mor", by=by)
    code = actions.invite_fit(family, member=people["Mor"], service=school, by=by)
    actions.answer_by_code(code_of(code.pk), value="6", by=None)
    client.force_login(by)
    address = reverse("assessments:fit_new", args=[family.pk])
    form = {"asked_on": f"{timezone.localdate():%d.%m.%Y}", f"value_{people['Far'].pk}": "8", "key": str(uuid4())}
    wrong = client.post(address, {**form, "service": uuid4()})
    assert wrong.status_code == 422
    assert "Velg ett av svarene i listen" in wrong.content.decode()
    assert client.post(address, {**form, "service": school.pk}).status_code == 302
    invite = reverse("assessments:fit_invite", args=[family.pk, people["Far"].pk])
    assert "ingen gyldig avtale" in client.post(invite, {"service": uuid4()}, follow=True).content.decode()
    client.post(invite, {"service": school.pk})
    with acting_as(by):
        assert list(FitAnswer.objects.filter(service=school).order_by("value").values_list("value", flat=True)) == [
            6,
            8,
        ]
        assert FitInvitation.objects.filter(service=school, member=people["Far"]).exists()


def test_the_same_fit_answer_twice_makes_one(team, family, people):
    key = uuid4()
    actions.record_fit(family, member=people["Mor"], value=3, key=key, by=team.coordinator)
    with pytest.raises(AlreadyDone):
        actions.record_fit(family, member=people["Mor"], value=3, key=key, by=team.coordinator)
