"""A page of answers in one go."""

import pytest

from assessments.actions import Given, answer, answer_all, start
from assessments.models import Response
from families.models import Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    team = Team()
    family = family_at(Step.CONSENT, team)
    sitting = start(family, kind="baseline", by=team.coordinator)
    with acting_as(team.coordinator):
        mother = next(m for m in Member.objects.filter(family=family).order_by("pk") if m.first_name == "Mor")
    return team.coordinator, sitting, mother


def saved(by, sitting):
    with acting_as(by):
        rows = Response.objects.filter(assessment=sitting).order_by("question")
        return [(row.question, row.value, row.missing) for row in rows]


def test_new_answers_and_replaced_ones_are_saved_together(table):
    by, sitting, mother = table
    answer(sitting, question="ladder", member=mother, value=3, by=by)
    answer_all(
        sitting,
        answers=[Given("ladder", mother, 5), Given("debt", mother.pk, missing="unwilling"), Given("rm1", None, 2)],
        by=by,
    )
    assert saved(by, sitting) == [("debt", None, "unwilling"), ("ladder", 5, ""), ("rm1", 2, "")]


def test_the_same_question_twice_is_one_answer_the_last_one(table):
    by, sitting, mother = table
    answer_all(sitting, answers=[Given("ladder", mother, 2), Given("ladder", mother, 7)], by=by)
    assert saved(by, sitting) == [("ladder", 7, "")]


@pytest.mark.parametrize("wrong", [Given("ladder", None, 5), Given("no_such", None, 1), Given("rm1", None, 9)])
def test_one_that_does_not_fit_stops_them_all(table, wrong):
    by, sitting, mother = table
    with pytest.raises(Refused):
        answer_all(sitting, answers=[Given("ladder", mother, 5), wrong], by=by)
    assert saved(by, sitting) == []
