"""What the database itself holds to, whoever writes: the named constraints, history, and the wall."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from assessments import actions
from assessments.enums import Kind, Missing
from assessments.models import Assessment, FitAnswer, Response
from families.stages import Step
from nyemonstre.access.wall import acting_as
from tests.factories import Team, family_at

from .arrange import held, members


def breaks(name, make):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    assert caught.value.__cause__.diag.constraint_name == name


@pytest.fixture
def by(team, family):
    with acting_as(team.coordinator):
        yield team.coordinator


def a_sitting(family, by, **facts):
    row = Assessment(family=family, started_by=by, **{"kind": Kind.BASELINE, "number": 1} | facts)
    row.save(force_insert=True)
    return row


def a_response(sitting, by, **facts):
    row = Response(
        family_id=sitting.family_id, assessment=sitting, recorded_by=by,
        **{"question": "rm1", "respondent": "family", "value": 3} | facts,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def test_one_open_sitting_per_round(family, by):
    first = a_sitting(family, by)
    breaks("assessment_one_open", lambda: a_sitting(family, by))
    a_sitting(family, by, kind=Kind.YEARLY)
    actions.abandon(first, reason="x", by=by)
    a_sitting(family, by)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("assessment_completed_by_somebody", {"completed_at": timezone.now()}),
        ("assessment_abandoned_for_a_reason", {"abandoned_at": timezone.now()}),
        ("assessment_abandoned_for_a_reason", {"abandoned_reason": "x"}),
        ("assessment_baseline_is_one", {"number": 2}),
        ("assessment_baseline_is_one", {"kind": Kind.YEARLY, "number": 0}),
    ],
)
def test_constraints_of_a_sitting(family, by, name, facts):
    breaks(name, lambda: a_sitting(family, by, **facts))


def test_completed_or_abandoned_not_both(family, by):
    now = timezone.now()
    both = {"completed_at": now, "completed_by": by, "abandoned_at": now, "abandoned_by": by, "abandoned_reason": "x"}
    breaks("assessment_completed_or_abandoned", lambda: a_sitting(family, by, **both))


def test_one_answer_per_question_and_person(family, by, sitting, people):
    a_response(sitting, by)
    a_response(sitting, by, member=people["Jente"])
    breaks("response_once", lambda: a_response(sitting, by))
    breaks("response_once", lambda: a_response(sitting, by, member=people["Jente"], value=4))


@pytest.mark.parametrize("facts", [{"missing": Missing.UNKNOWN}, {"value": None}])
def test_a_value_or_a_reason_why_not(family, by, sitting, facts):
    breaks("response_value_or_missing", lambda: a_response(sitting, by, **facts))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("fit_value_to_ten", {"value": 11}),
        ("fit_value_or_missing", {"value": None}),
        ("fit_value_or_missing", {"value": 3, "missing": Missing.UNKNOWN}),
    ],
)
def test_constraints_of_fit(family, by, people, name, facts):
    make = FitAnswer(family=family, member=people["Mor"], recorded_by=by, **facts)
    breaks(name, lambda: make.save(force_insert=True))


def test_rows_do_not_mix_families(team, family, by, sitting):
    other = family_at(Step.CONSENT, team, name="Andre")
    stranger = members(other, by)["Mor"]
    breaks("response_of_own_family", lambda: a_response(sitting, by, member=stranger))
    breaks("response_in_open_sitting", lambda: a_response(Assessment(pk=sitting.pk, family=other), by))
    fit = FitAnswer(family=family, member=stranger, value=3, recorded_by=by)
    breaks("fit_of_own_family", lambda: fit.save(force_insert=True))


def test_a_sitting_that_is_over_is_history(family, by):
    done = held(family, by)
    breaks("response_in_open_sitting", lambda: Response.objects.filter(assessment=done).update(value=5, missing=""))
    breaks("response_in_open_sitting", lambda: a_response(done, by, question="rm99"))
    breaks("assessment_is_history", lambda: Assessment.objects.filter(pk=done.pk).update(held_on="2020-01-01"))
    breaks(
        "assessment_is_history",
        lambda: Assessment.objects.filter(pk=done.pk).update(completed_at=None, completed_by=None),
    )


def test_the_questions_of_an_open_sitting_are_fixed(family, by, sitting):
    breaks("assessment_is_history", lambda: Assessment.objects.filter(pk=sitting.pk).update(instrument="nm-2027-1"))


TABLES = ["assessments_assessment", "assessments_response", "assessments_fitanswer"]


@pytest.fixture
def full(team, family, people):
    held(family, team.coordinator)
    actions.record_fit(family, member=people["Mor"], value=3, by=team.coordinator)
    return family


def test_the_wall_shows_nothing_to_others(team, full):
    others = ["second_coordinator", "intake", "lead", "researcher", "administrator", "auditor"]
    strangers = [*(getattr(team, who) for who in others), None, Team().coordinator]
    with connection.cursor() as cursor:
        for table in TABLES:
            for user, sees in [(team.coordinator, True), *((stranger, False) for stranger in strangers)]:
                with acting_as(user):
                    cursor.execute(f"select exists (select from {table})")
                    assert cursor.fetchone() == (sees,), f"{table}: {user}"


@pytest.mark.parametrize("table", TABLES)
def test_nobody_deletes(team, full, table):
    with acting_as(team.coordinator), connection.cursor() as cursor:
        cursor.execute(f"delete from {table}")
        assert cursor.rowcount == 0


def test_nobody_rewrites_a_fit_answer(team, full):
    with acting_as(team.coordinator):
        assert FitAnswer.objects.update(value=9) == 0


def test_somebody_else_cannot_add_rows(team, full):
    stranger = Team().coordinator
    with acting_as(stranger), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        a_sitting(full, stranger, kind=Kind.YEARLY)
