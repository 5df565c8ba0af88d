"""Anybody may send a henvendelse; whoever sent it cannot read it back."""

from dataclasses import replace
from uuid import uuid4

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction

from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import AlreadyDone, Refused
from referrals.actions import submit
from referrals.enums import Criterion, PersonRole
from referrals.models import CriterionAnswer, Referral, ReferredPerson

from .making import new, people, reread, sent


def test_it_is_stored_whole(team):
    referral = sent(team)
    with acting_as(team.intake):
        assert referral.state == "received"
        assert referral.people.count() == 4
        assert referral.situation_work == "Far har 40 % stilling."
        assert referral.criteria[Criterion.LOW_INCOME].value == "yes"
        assert len(referral.criteria) == 6
        assert referral.criteria[Criterion.CONCERN].value == "unknown"


def test_numbers_tell_nothing_of_how_many_there_are(team, monkeypatch):
    """Drawn by lot, and drawn again when one is taken, by a henvendelse that may be hidden from everybody."""
    drawn = iter([4711, 4711, 815])
    monkeypatch.setattr("referrals.actions.sending.secrets.randbelow", lambda most: next(drawn))
    with time_machine.travel("2026-11-21 12:00:00+01:00"):
        assert [sent(team).reference, sent(team).reference] == ["H-2026-14711", "H-2026-10815"]


def test_a_child_in_two_homes_has_all_its_time_in_them(team):
    child = replace(next(p for p in people() if p.other_home), share=30, other_share=40)
    with pytest.raises(Refused) as refused:
        sent(team, persons=[people()[0], child])
    assert refused.value.rule == "shares_of_a_child"


def test_the_log_has_ids_and_no_names(team):
    referral = sent(team, "Sjeldent")
    with acting_as(team.auditor):
        event = Event.objects.get(what="referral_sent")
    assert (event.actor_id, event.municipality_id, event.target_id) == (None, team.municipality.pk, str(referral.pk))
    assert "Sjeldent" not in str(event.facts)


@pytest.mark.parametrize(
    ("facts", "persons", "rule"),
    [
        ({"family_agrees": False}, None, "family_agrees"),
        ({}, [p for p in people() if p.role == PersonRole.CHILD], "no_adult"),
        ({}, [], "no_adult"),
    ],
)
def test_refused(team, facts, persons, rule):
    with pytest.raises(Refused) as refused:
        submit(team.municipality, by=None, new=new(**facts), people=people() if persons is None else persons)
    assert refused.value.rule == rule
    with acting_as(team.intake):
        assert not Referral.objects.exists()


def test_the_same_form_twice_makes_one_and_tells_its_number(team):
    key = uuid4()
    first = sent(team, key=key)
    with pytest.raises(AlreadyDone) as done:
        submit(team.municipality, by=None, new=new(), people=people(), key=key)
    assert done.value.row == first.reference
    with acting_as(team.intake):
        assert Referral.objects.count() == 1


def test_whoever_sent_it_reads_nothing_back(team):
    sent(team)
    for nobody in (None, team.coordinator, team.administrator, team.researcher):
        with acting_as(nobody):
            assert not Referral.objects.exists()
            assert not ReferredPerson.objects.exists()
            assert not CriterionAnswer.objects.exists()


def test_people_can_only_be_added_while_it_is_sent(team):
    referral = sent(team)
    with acting_as(team.coordinator), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        # Not the one who sent it.
        ReferredPerson(
            referral=referral, first_name="X", last_name="Y", birth_date="2010-01-01", role="child", home="H"
        ).save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_people_cannot_be_added_in_a_later_transaction():
    from tests.factories import Team

    team = Team()
    referral = sent(team)
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(None), transaction.atomic():
        ReferredPerson(
            referral=referral, first_name="X", last_name="Y", birth_date="2010-01-01", role="child", home="H"
        ).save(force_insert=True)


def test_what_was_sent_cannot_be_changed_by_anybody(team):
    referral = sent(team)
    with acting_as(team.lead):
        for sql in (
            "update referrals_referral set family_name = 'X'",
            "delete from referrals_referral",
            "update referrals_referredperson set first_name = 'X'",
            "delete from referrals_criterionanswer",
            "update referrals_intakedecision set reason = 'X'",
            "delete from referrals_addition",
            "delete from referrals_waitingmove",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(sql)
    assert reread(referral, team).family_name == "Prøve"


def test_a_henvendelse_cannot_begin_further_on_or_in_anothers_name(team):
    from django.contrib.postgres.functions import TransactionNow

    facts = {
        "municipality": team.municipality, "reference": "H-1", "referrer_kind": "family", "referrer_name": "N",
        "referrer_phone": "1", "family_agrees": True, "family_name": "F", "protection": "none",
    }  # fmt: skip
    for wrong in ({"state": "in_intake"}, {"submitted_by": team.lead}):
        with acting_as(None), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Referral(sent_at=TransactionNow(), **facts, **wrong).save(force_insert=True)


def test_another_municipality_sees_nothing(team):
    from tests.factories import Team

    sent(team)
    other = Team()
    for user in (other.intake, other.lead):
        with acting_as(user):
            assert not Referral.objects.exists()
            assert not Referral.objects.permitted(user, "view_referral").exists()
