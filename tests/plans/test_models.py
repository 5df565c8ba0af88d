"""What the database says no to, whoever asks, and the small answers the rows give."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.outcomes import YARN, Outcome
from nyemonstre.access.wall import acting_as
from plans import actions
from plans.actions import GoalReview
from plans.enums import Doer, GoalState, MeasureState, Verdict
from plans.models import (
    Goal,
    GoalMember,
    GoalRating,
    GoalVersion,
    JournalEntry,
    JournalMember,
    Measure,
    OwnWords,
    PlanAgreement,
    Review,
    ReviewGoal,
)

today = timezone.localdate


class says_no:
    """`with says_no("constraint", by):` the database refuses by that constraint."""

    def __init__(self, constraint, by):
        self.stack = [acting_as(by), pytest.raises(IntegrityError, match=constraint), transaction.atomic()]

    def __enter__(self):
        for manager in self.stack:
            manager.__enter__()

    def __exit__(self, *error):
        for manager in reversed(self.stack):
            if manager.__exit__(*error):
                error = (None, None, None)
        return error[0] is None


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"state": GoalState.REACHED}, "goal_closed_for_a_reason"),
        ({"state": GoalState.LET_GO, "state_reason": "x"}, "goal_closed_for_a_reason"),
        ({"state_reason": "x"}, "goal_closed_for_a_reason"),
        ({"closed_on": date(2026, 1, 1)}, "goal_closed_for_a_reason"),
        ({"state": GoalState.PAUSED}, "goal_closed_for_a_reason"),
        ({"state": GoalState.PAUSED, "state_reason": "x", "closed_on": date(2026, 1, 1)}, "goal_closed_for_a_reason"),
        ({"words": ""}, "goal_has_words"),
        ({"outcome": "rm9"}, "goal_outcome_known"),
    ],
)
def test_goal(goal, by, facts, constraint):
    with says_no(constraint, by):
        Goal.objects.filter(pk=goal.pk).update(**facts)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({}, "goal_rating_by_somebody"),
        ({"rating": 11}, "goal_rating_0_to_10"),
        ({"rating_by_coordinator": 11}, "goal_rating_by_coordinator_0_to_10"),
    ],
)
def test_goal_rating(family, goal, by, facts, constraint):
    with says_no(constraint, by):
        GoalRating(family=family, goal=goal, recorded_by=by, **facts).save(force_insert=True)


def test_goal_rows_once(family, goal, people, by):
    with says_no("goal_member_once", by):
        GoalMember(family=family, goal=goal, member=people["Far"]).save(force_insert=True)
    with says_no("goal_version_once", by):
        GoalVersion(family=family, goal=goal, number=1, outcome="rm1", words="x", state="active", changed_by=by).save(
            force_insert=True
        )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"done_by": Doer.SERVICE}, "measure_service_named"),
        ({"service": True}, "measure_service_does_it"),
        ({"service": True, "done_by": Doer.VOLUNTEER, "falls_between": True}, "measure_dropped_has_no_service"),
        ({"state": MeasureState.DONE}, "measure_finished_on_a_day"),
        ({"finished_on": date(2026, 1, 1)}, "measure_finished_on_a_day"),
        ({"what": ""}, "measure_says_what"),
        ({"state": MeasureState.REFUSED}, "measure_finished_on_a_day"),
        ({"due_from": date(2026, 1, 1)}, "measure_window_ends_after_it_begins"),
        ({"answered_on": date(2026, 1, 1)}, "measure_answered_after_asked"),
        ({"asked_on": date(2026, 1, 2), "answered_on": date(2026, 1, 1)}, "measure_answered_after_asked"),
        (
            {"due_from": date(2026, 1, 2), "due_on": date(2026, 1, 1)},
            "measure_window_ends_after_it_begins",
        ),
    ],
)
def test_measure(measure, school, by, facts, constraint):
    if "service" in facts:
        facts = {**facts, "service": school}
    with says_no(constraint, by):
        Measure.objects.filter(pk=measure.pk).update(**facts)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"present": []}, "plan_agreed_with_somebody"),
        ({"with_interpreter": True}, "plan_interpreter_has_language"),
        ({"number": 1}, "plan_agreement_number"),
    ],
)
def test_agreement(family, goal, by, facts, constraint):
    actions.agree_plan(family, present=["Mor"], by=by)
    row = {"family": family, "number": 2, "agreed_on": today(), "present": ["Mor"], "recorded_by": by, **facts}
    with says_no(constraint, by):
        PlanAgreement(**row).save(force_insert=True)


@pytest.mark.parametrize("name", ["ownwords", "journalentry", "goal", "measure"])
def test_marks(request, family, goal, measure, people, by, name):
    row = {"goal": lambda: goal, "measure": lambda: measure,
           "ownwords": lambda: actions.record_words(people["Mor"], text="Ro", by=by),
           "journalentry": lambda: actions.write_entry(family, text="Ringte", by=by)}[name]()  # fmt: skip
    marked = {"marked_at": timezone.now(), "marked_by": by}
    for facts, constraint in (
        ({"seen_by": "home", **marked}, "only_home_is_named"),
        ({"seen_by": "kept", "kept_for": people["Jente"], **marked}, "kept_for_somebody_on_a_day"),
        ({"seen_by": "both"}, "marked_by_somebody"),
    ):
        with says_no(f"{name}_{constraint}", by):
            type(row).objects.filter(pk=row.pk).update(**facts)


@pytest.fixture
def review(family, goal, by):
    actions.agree_plan(family, present=["Mor"], by=by)
    return actions.save_review(family, number=1, goals=[GoalReview(goal.pk, Verdict.KEEP)], by=by)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [({"number": 0}, "review_round_known"), ({"number": 11}, "review_round_known"),
     ({"signed_off_at": timezone.now()}, "review_signed_by_somebody")],
)  # fmt: skip
def test_review(review, by, facts, constraint):
    with says_no(constraint, by):
        Review.objects.filter(pk=review.pk).update(**facts)


def test_review_round_once(family, review, by):
    with says_no("review_number", by):
        Review(family=family, number=1, held_on=today(), begun_by=by).save(force_insert=True)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"rating": 11}, "review_rating_0_to_10"),
        ({"rating_by_coordinator": 11}, "review_coordinator_rating_0_to_10"),
        ({"new_words": "x"}, "review_new_words_only_for_a_change"),
    ],
)
def test_review_goal(review, by, facts, constraint):
    with says_no(constraint, by):
        ReviewGoal.objects.filter(review=review).update(**facts)


def test_review_goal_once(family, review, goal, by):
    with says_no("review_goal_once", by):
        ReviewGoal(family=family, review=review, goal=goal, old_words="x", old_version=1).save(force_insert=True)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"minutes": 0}, "journal_minutes"),
        ({"minutes": 1441}, "journal_minutes_in_a_day"),
        ({"text": ""}, "journal_has_text"),
    ],
)
def test_journal(family, by, facts, constraint):
    with says_no(constraint, by):
        JournalEntry(**{"family": family, "kind": "note", "text": "x", "written_by": by, **facts}).save(
            force_insert=True
        )


def test_journal_member_and_words(family, people, by):
    entry = actions.write_entry(family, text="x", members=[people["Mor"]], by=by)
    with says_no("journal_member_once", by):
        JournalMember(family=family, entry=entry, member=people["Mor"]).save(force_insert=True)
    with says_no("words_not_empty", by):
        OwnWords(family=family, member=people["Mor"], text="", recorded_by=by).save(force_insert=True)


def test_every_line_of_the_pattern_has_a_yarn():
    assert set(YARN) == set(Outcome)


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "after"), (0, "now"), (14, "now"), (15, "soon"), (59, "soon"), (60, "ahead")]
)
def test_the_window_of_a_measure(days, state):
    assert Measure(due_on=today() + timedelta(days=days)).window() == state


def test_a_measure_without_a_day_waits_and_a_finished_one_is_done():
    assert Measure().window() == "ahead"
    assert Measure(state=MeasureState.DONE, due_on=date(2020, 1, 1)).window() == "done"


def test_measures_due_are_open_and_their_goals_alive(goal, measure, by):
    actions.change_measure(measure, due_on=today(), by=by)
    with acting_as(by):
        due = Measure.objects.due_by(today())
        assert due.count() == 1
        assert Measure.objects.due_by(today() - timedelta(days=1)).count() == 0
        actions.close_goal(goal, state=GoalState.LET_GO, reason="x", by=by)
        assert due.all().count() == 0
