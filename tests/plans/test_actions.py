"""The rules of plan and journal, through the real actions."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from families import actions as family_actions
from families.models import Family, Milestone
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from plans import actions
from plans.actions import GoalReview
from plans.enums import Doer, GoalState, JournalKind, MeasureState, Moment, PlanEvent, Support, Verdict
from plans.models import (
    Goal,
    GoalMember,
    GoalVersion,
    JournalEntry,
    Measure,
    OwnWords,
    PlanAgreement,
    Review,
)

from .conftest import members_of, refused

today = timezone.localdate


def events(family, by):
    with acting_as(by):
        return list(Event.objects.filter(family_id=family.pk).order_by("at").values_list("what", flat=True))


# --- own words


def test_earlier_words_stay(family, people, by):
    actions.record_words(people["Mor"], text="Ro", said_on=today() - timedelta(days=30), by=by)
    actions.record_words(people["Mor"], text="At vi kan bo her lenge 🏡 ŋ", by=by)
    actions.record_words(people["Gutt"], text="At Birk kan bli med hjem", told_by="koordinatoren", by=by)
    with acting_as(by):
        assert OwnWords.objects.filter(family=family).count() == 3
        latest = {w.member_id: w.text for w in OwnWords.objects.filter(family=family).latest()}
    assert latest[people["Mor"].pk] == "At vi kan bo her lenge 🏡 ŋ"
    assert PlanEvent.WORDS_RECORDED in events(family, by)


def test_words_said_tomorrow_are_refused(people, by):
    with refused("future"):
        actions.record_words(people["Mor"], text="Ro", said_on=today() + timedelta(days=1), by=by)


def test_the_same_words_sent_twice_are_one(people, by, family):
    key = uuid4()
    first = actions.record_words(people["Mor"], text="Ro", key=key, by=by)
    with pytest.raises(AlreadyDone) as error:
        actions.record_words(people["Mor"], text="Ro", key=key, by=by)
    assert error.value.row.pk == first.pk


# --- who may


@pytest.mark.parametrize("role", ["lead", "intake", "administrator", "auditor", "researcher", "second_coordinator"])
def test_only_somebody_let_in_changes_the_plan(team, family, people, goal, role):
    person = getattr(team, role)
    for write in (
        lambda: actions.record_words(people["Mor"], text="Ro", by=person),
        lambda: actions.add_goal(family, outcome=Outcome.RM6, words="Ro", whose=[people["Mor"]], by=person),
        lambda: actions.add_measure(goal, what="Noe", done_by=Doer.FAMILY, by=person),
        lambda: actions.agree_plan(family, present=["Mor"], by=person),
        lambda: actions.save_review(family, number=1, goals=[], by=person),
        lambda: actions.write_entry(family, text="Noe", by=person),
        lambda: actions.order_pdf(family, straight=True, by=person),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_nothing_is_written_after_follow_up_has_ended(family, people, goal, measure, by):
    family_actions.close(family, reason="Ferdig", by=by)
    with acting_as(by):
        goal = Goal.objects.select_related("family").get(pk=goal.pk)
        measure = Measure.objects.select_related("family").get(pk=measure.pk)
        mor = members_of(goal.family, by)["Mor"]
    for write in (
        lambda: actions.record_words(mor, text="Ro", by=by),
        lambda: actions.change_goal(goal, outcome=goal.outcome, words="Nytt", whose=[mor], reason="Nå", by=by),
        lambda: actions.finish_measure(measure, by=by),
        lambda: actions.save_review(goal.family, number=1, goals=[], by=by),
    ):
        with refused("closed"):
            write()


# --- goals


def test_every_version_of_a_goal_is_kept(goal, people, by):
    changed = actions.change_goal(
        goal, outcome=Outcome.RM5, words="En jobb jeg liker", whose=[people["Far"], people["Mor"]],
        reason="Ryggen er bedre", version=goal.version, by=by,
    )  # fmt: skip
    with acting_as(by):
        rows = list(GoalVersion.objects.filter(goal=goal).order_by("number"))
        assert {m.first_name for m in changed.whose.all()} == {"Far", "Mor"}
    assert [(v.number, v.words) for v in rows] == [(1, "En jobb ryggen tåler"), (2, "En jobb jeg liker")]
    assert rows[1].reason == "Ryggen er bedre"
    assert set(rows[1].whose) == {people["Far"].pk, people["Mor"].pk}


def test_the_second_of_two_editors_is_told(goal, people, by):
    say = {"outcome": goal.outcome, "whose": [people["Far"]], "version": goal.version, "reason": "Nå", "by": by}
    actions.change_goal(goal, words="Den første", **say)
    with pytest.raises(Stale) as error:
        actions.change_goal(goal, words="Den andre", **say)
    assert error.value.current.words == "Den første"
    with acting_as(by):
        assert Goal.objects.get(pk=goal.pk).words == "Den første"


def test_a_goal_is_for_somebody_in_the_family(family, other, goal, by):
    with refused("no_members"):
        actions.add_goal(family, outcome=Outcome.RM1, words="Ro", whose=[], by=by)
    with refused("members"):
        actions.add_goal(family, outcome=Outcome.RM1, words="Ro", whose=members_of(other, by).values(), by=by)


@pytest.mark.parametrize("state", [GoalState.REACHED, GoalState.CHANGED, GoalState.LET_GO])
def test_a_goal_is_closed_for_a_reason_and_can_be_taken_up_again(goal, people, by, state):
    with refused("reason"):
        actions.close_goal(goal, state=state, reason=" ", by=by)
    with refused("state"):
        actions.close_goal(goal, state=GoalState.ACTIVE, reason="x", by=by)
    with refused("future"):
        actions.close_goal(goal, state=state, reason="x", on=today() + timedelta(days=1), by=by)
    closed = actions.close_goal(goal, state=state, reason="Fast jobb fra mars", by=by)
    assert (closed.state, closed.closed_on) == (state, today())
    with refused("not_active"):
        actions.close_goal(goal, state=state, reason="Igjen", by=by)
    with refused("not_active"):
        actions.change_goal(goal, outcome=goal.outcome, words="x", whose=[people["Far"]], reason="Nå", by=by)
    with refused("goal_closed"):
        actions.add_measure(closed, what="Noe", done_by=Doer.FAMILY, by=by)
    again = actions.reopen_goal(closed, reason="Sluttet likevel", by=by)
    assert (again.state, again.state_reason, again.closed_on) == (GoalState.ACTIVE, "", None)
    with refused("active"):
        actions.reopen_goal(again, reason="x", by=by)


# --- measures


def test_a_service_without_a_live_line_is_refused_with_the_way_to_get_one(goal, club, by):
    with pytest.raises(Refused) as error:
        actions.add_measure(goal, what="Skyss", done_by=Doer.SERVICE, service=club, by=by)
    assert error.value.rule == "no_live_line"
    assert error.value.field == "service"
    assert "Elvestrand IL" in str(error.value)
    assert "samarbeidsavtale" in str(error.value)


def test_a_service_that_stands_there_may_stay_when_its_line_ends(goal, line, school, by):
    measure = actions.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, by=by)
    consent_actions.end_line(line, reason="Familien vil ikke", by=by)
    kept = actions.change_measure(measure, follow_up="Gikk bra", version=measure.version, by=by)
    assert kept.service_id == school.pk
    with refused("no_live_line"):
        actions.add_measure(goal, what="Mer", done_by=Doer.SERVICE, service=school, by=by)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"done_by": Doer.SERVICE}, "service_missing"),
        ({"done_by": Doer.FAMILY, "service": True}, "service_not_doer"),
        ({"done_by": Doer.SERVICE, "service": True, "falls_between": True}, "dropped_with_service"),
    ],
)
def test_doer_and_service_agree(goal, line, school, by, facts, rule):
    if facts.get("service"):
        facts = {**facts, "service": school}
    with refused(rule):
        actions.add_measure(goal, what="Noe", by=by, **facts)


def test_a_measure_is_finished_on_a_day_and_only_once(measure, by):
    with refused("future"):
        actions.finish_measure(measure, on=today() + timedelta(days=1), by=by)
    with refused("state"):
        actions.finish_measure(measure, state=MeasureState.PLANNED, by=by)
    done = actions.finish_measure(measure, follow_up="Time 3. desember", version=measure.version, by=by)
    assert (done.state, done.finished_on, done.follow_up) == (MeasureState.DONE, today(), "Time 3. desember")
    with refused("finished"):
        actions.finish_measure(measure, by=by)
    again = actions.change_measure(done, state=MeasureState.UNDER_WAY, by=by)
    assert again.finished_on is None


def test_the_days_of_question_and_answer_follow_the_state_and_can_be_said(goal, measure, by):
    today = timezone.localdate()
    asked = actions.change_measure(measure, state=MeasureState.ASKED, by=by)
    assert (asked.asked_on, asked.answered_on) == (today, None)
    answered = actions.change_measure(asked, state=MeasureState.WAITS_PLACE, by=by)
    assert answered.answered_on == today
    before = today - timedelta(days=4)
    with refused("answer_too_soon"):
        actions.change_measure(answered, answered_on=before, by=by)
    with refused("answer_without_question"):
        actions.change_measure(answered, asked_on=None, by=by)
    with refused("future"):
        actions.change_measure(answered, asked_on=today + timedelta(days=1), answered_on=None, by=by)
    said = actions.add_measure(goal, what="Leksehjelp", done_by=Doer.VOLUNTEER, state="asked", asked_on=before, by=by)
    no = actions.finish_measure(said, state=MeasureState.REFUSED, by=by)
    assert (no.asked_on, no.answered_on) == (before, today)
    back = actions.undo(no.family, note=actions.undoing.undo_note(no, before="asked", by=by), by=by)
    assert (back.asked_on, back.answered_on) == (before, None)


def test_change_measure_changes_nothing_else(measure, by):
    with pytest.raises(TypeError, match="goal"):
        actions.change_measure(measure, goal=None, by=by)


# --- the plan is agreed


def test_agreeing_keeps_the_plan_word_for_word_and_reaches_the_step(family, goal, measure, by):
    agreed = actions.agree_plan(family, present=["Mor", "Far", " "], language="arabisk", with_interpreter=True, by=by)
    assert (agreed.number, agreed.present) == (1, ["Mor", "Far"])
    assert agreed.goals[0]["words"] == "En jobb ryggen tåler"
    assert agreed.goals[0]["measures"][0]["what"] == "Snakke med fastlegen om ryggen"
    with acting_as(by):
        assert Milestone.objects.get(family=family, step=Step.PLAN, undone_at=None).reached_on == today()
    assert actions.agree_plan(family, present=["Mor"], by=by).number == 2
    assert PlanEvent.PLAN_AGREED in events(family, by)


def test_what_an_agreement_needs(family, goal, by):
    with refused("nobody_present"):
        actions.agree_plan(family, present=[""], by=by)
    with refused("interpreter_language"):
        actions.agree_plan(family, present=["Mor"], with_interpreter=True, by=by)
    with refused("future"):
        actions.agree_plan(family, present=["Mor"], on=today() + timedelta(days=1), by=by)
    with refused("before_required"):
        actions.agree_plan(family, present=["Mor"], on=date(2000, 1, 1), by=by)
    actions.close_goal(goal, state=GoalState.REACHED, reason="Ja", by=by)
    with refused("no_goals"):
        actions.agree_plan(family, present=["Mor"], by=by)
    with acting_as(by):
        assert not PlanAgreement.objects.filter(family=family).exists()


# --- the 6-month review


@pytest.fixture
def agreed(family, goal, by):
    actions.agree_plan(family, present=["Mor", "Far"], on=today() - timedelta(days=190), by=by)
    return goal


def test_a_review_changes_the_plan_only_when_it_is_signed(family, agreed, by, people):
    extra = actions.add_goal(family, outcome=Outcome.RM2, words="Håndball", whose=[people["Jente"]], by=by)
    said = [
        GoalReview(agreed.pk, Verdict.CHANGE, "En jobb jeg liker", 5, 4, "NAV", "Ryggen"),
        GoalReview(extra.pk, Verdict.REACHED, rating=8),
    ]
    review = actions.save_review(family, number=1, goals=said, present="Mor og Far", by=by)
    with acting_as(by):
        assert Goal.objects.get(pk=agreed.pk).words == "En jobb ryggen tåler"
        row = review.goals.get(goal=agreed)
    assert (row.old_words, row.old_version, row.rating) == ("En jobb ryggen tåler", 1, 5)
    signed = actions.sign_review(review, version=review.version, by=by)
    with acting_as(by):
        assert Goal.objects.get(pk=agreed.pk).words == "En jobb jeg liker"
        assert Goal.objects.get(pk=extra.pk).state == GoalState.REACHED
        assert GoalVersion.objects.get(goal=agreed, number=2).reason == "6-månedersevaluering 1"
        assert Milestone.objects.get(family=family, step=Step.REVIEW, number=1, undone_at=None).reached_on == today()
        assert review.goals.get(goal=agreed).old_words == "En jobb ryggen tåler"
    assert signed.is_signed


def test_a_signed_review_cannot_be_changed_by_anybody(family, agreed, by):
    review = actions.save_review(family, number=1, goals=[GoalReview(agreed.pk, Verdict.KEEP)], by=by)
    actions.sign_review(review, by=by)
    with refused("signed"):
        actions.save_review(family, number=1, goals=[], by=by)
    with refused("signed"):
        actions.sign_review(review, by=by)
    with acting_as(by):
        for change in (
            lambda: Review.objects.filter(pk=review.pk).update(note="x"),
            lambda: review.goals.update(helped="x"),
            lambda: review.goals.create(family=family, goal=agreed, old_words="x", old_version=1),
        ):
            with pytest.raises(DatabaseError, match="signed off"), transaction.atomic():
                change()


def test_what_a_review_needs(family, agreed, goal, other, by, people):
    with refused("no_such_round"):
        actions.save_review(family, number=11, goals=[], by=by)
    with refused("requires_plan"):
        actions.save_review(other, number=1, goals=[], by=by)
    with refused("future"):
        actions.save_review(family, number=1, goals=[], held_on=today() + timedelta(days=1), by=by)
    with refused("words_without_change"):
        actions.save_review(family, number=1, goals=[GoalReview(goal.pk, Verdict.KEEP, "Nytt")], by=by)
    foreign = actions.add_goal(other, outcome=Outcome.RM1, words="Ro", whose=[members_of(other, by)["Mor"]], by=by)
    with refused("other_goal"):
        actions.save_review(family, number=1, goals=[GoalReview(foreign.pk, Verdict.KEEP)], by=by)
    review = actions.save_review(family, number=1, goals=[GoalReview(goal.pk)], by=by)
    with refused("undecided"):
        actions.sign_review(review, by=by)
    review = actions.save_review(family, number=1, goals=[GoalReview(goal.pk, Verdict.CHANGE)], by=by)
    with refused("change_without_words"):
        actions.sign_review(review, by=by)
    review = actions.save_review(family, number=1, goals=[GoalReview(goal.pk, Verdict.KEEP)], by=by)
    actions.change_goal(
        goal, outcome=goal.outcome, words="Endret i mellomtiden", whose=[people["Far"]], reason="Nå", by=by
    )
    with refused("goal_moved"):
        actions.sign_review(review, by=by)
    actions.close_goal(goal, state=GoalState.LET_GO, reason="Nei", by=by)
    with refused("goal_closed"):
        actions.save_review(family, number=1, goals=[GoalReview(goal.pk, Verdict.KEEP)], by=by)


def test_a_goal_added_after_the_review_was_written_must_be_decided_on(family, agreed, by, people):
    review = actions.save_review(family, number=1, goals=[GoalReview(agreed.pk, Verdict.KEEP)], by=by)
    actions.add_goal(family, outcome=Outcome.RM2, words="Håndball", whose=[people["Jente"]], by=by)
    with refused("undecided"):
        actions.sign_review(review, by=by)


def test_two_people_write_on_the_same_round(family, agreed, by):
    said = [GoalReview(agreed.pk, Verdict.KEEP)]
    first = actions.save_review(family, number=1, goals=said, version=0, by=by)
    with pytest.raises(Stale):
        actions.save_review(family, number=1, goals=said, version=0, by=by)
    actions.save_review(family, number=1, goals=said, version=first.version, by=by)
    with pytest.raises(Stale):
        actions.save_review(family, number=1, goals=said, version=first.version, by=by)


# --- the journal


def test_a_line_in_the_journal(family, people, school, line, by):
    entry = actions.write_entry(
        family, text="Elias viste svømmemerket", kind=JournalKind.COOPERATION, members=[people["Gutt"], people["Mor"]],
        service=school, minutes=60, support=[Support.EMOTIONAL], moment=Moment.SMALL, by=by,
    )  # fmt: skip
    with acting_as(by):
        kept = JournalEntry.objects.with_people().get(pk=entry.pk)
        assert {m.first_name for m in kept.members.all()} == {"Gutt", "Mor"}
        assert JournalEntry.objects.last_contacts([family]) == {family.pk: today()}
    assert kept.support_labels == ["emosjonell"]


def test_a_note_alone_is_no_contact(family, by):
    actions.write_entry(family, text="Husk skolebøkene", by=by)
    with acting_as(by):
        assert JournalEntry.objects.last_contacts([family]) == {}


def test_what_a_line_needs(family, other, club, by):
    with refused("no_text"):
        actions.write_entry(family, text=" \n", by=by)
    with refused("future"):
        actions.write_entry(family, text="x", happened_on=today() + timedelta(days=1), by=by)
    with refused("members"):
        actions.write_entry(family, text="x", members=members_of(other, by).values(), by=by)
    with refused("no_live_line"):
        actions.write_entry(family, text="x", service=club, by=by)
    key = uuid4()
    actions.write_entry(family, text="x", key=key, by=by)
    with pytest.raises(AlreadyDone):
        actions.write_entry(family, text="x", key=key, by=by)


# --- the wall: what Python refuses, the database refuses too


def test_the_wall_keeps_history_and_families_apart(family, other, goal, measure, people, by):
    words = actions.record_words(people["Mor"], text="Ro", by=by)
    entry = actions.write_entry(family, text="x", by=by)
    theirs = members_of(other, by)["Mor"]
    with acting_as(by):
        for rows in (
            OwnWords.objects.filter(pk=words.pk),
            JournalEntry.objects.filter(pk=entry.pk),
            GoalVersion.objects.filter(goal=goal),
        ):
            assert rows.count() == 1
            if rows.model is GoalVersion:
                assert rows.update(words="y") == 0
                continue
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows.update(text="y")
        for crafted in (
            lambda: GoalMember(family=family, goal=goal, member=theirs).save(force_insert=True),
            lambda: OwnWords(family=family, member=theirs, text="x", recorded_by=by).save(force_insert=True),
            lambda: Measure(family=other, goal=goal, what="x", done_by=Doer.FAMILY, created_by=by).save(
                force_insert=True
            ),
            lambda: Measure.objects.filter(pk=measure.pk).update(family=other),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                crafted()


@pytest.mark.parametrize("role", ["lead", "intake", "administrator", "auditor", "researcher", "second_coordinator"])
def test_others_see_no_row_of_the_plan(team, family, goal, measure, by, role):
    actions.agree_plan(family, present=["Mor"], by=by)
    actions.write_entry(family, text="x", by=by)
    with acting_as(getattr(team, role)):
        for model in (Goal, Measure, GoalMember, GoalVersion, PlanAgreement, JournalEntry):
            assert model.objects.count() == 0
        assert Family.objects.filter(pk=family.pk).exists() == (role == "lead")
