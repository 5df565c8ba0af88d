"""The information meeting: booked, moved, held, answered."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from families.models import Family
from families.places import places_of
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from referrals import actions
from referrals.enums import MeetingOutcome, Told
from referrals.models import InformationMeeting
from tests.factories import Team, family_at

from .making import decided, reread, sent
from .test_decisions import rule_of


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, came_by_a_henvendelse(team)


@pytest.fixture
def team(db, walked):
    return deepcopy(walked[0])


@pytest.fixture
def case(team, walked):
    return deepcopy(walked[1])


def came_by_a_henvendelse(team):
    """The henvendelse, the family, and its members as its coordinator sees them."""
    referral = sent(team)
    decision = decided(referral, team, coordinator=team.coordinator)
    with acting_as(team.coordinator):
        family = Family.objects.select_related("municipality").get(pk=decision.family_id)
        return referral, family, list(family.members.all())


def book(team, family, members, **facts):
    facts = {"starts_at": timezone.now() + timedelta(days=3), "place": "Rådhuset", "by": team.coordinator, **facts}
    return actions.book_meeting(family, members=members, **facts)


def test_a_yes_reaches_the_step_on_that_day_and_closes_the_henvendelse(team, case):
    referral, family, members = case
    meeting = book(team, family, members)
    assert reread(referral, team).state == "information_meeting"
    actions.record_meeting(
        meeting, outcome=MeetingOutcome.YES, told=Told.values, questions="Hva med leien?", by=team.coordinator
    )
    assert reread(referral, team).state == "closed"
    with acting_as(team.coordinator):
        milestone = family.milestones.get(step=Step.INFORMATION)
        assert milestone.reached_on == timezone.localdate()
        assert InformationMeeting.objects.get().invited.count() == 4


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("no", "closed"), ("thinking", "information_meeting"), ("absent", "information_meeting")],
)
def test_the_other_answers_do_not_reach_the_step(team, case, outcome, state):
    referral, family, members = case
    actions.record_meeting(book(team, family, members), outcome=outcome, by=team.coordinator)
    assert reread(referral, team).state == state
    with acting_as(team.coordinator):
        assert family.milestones.get(step=Step.INFORMATION).reached_on is None


def test_a_no_closes_the_family_and_frees_the_place(team, case):
    """In one action: no coordinator is left with a family that said no, and nobody has to remember a second page."""
    referral, family, members = case

    def place():
        with acting_as(team.lead):
            return places_of(team.coordinator, team.municipality).taken

    meeting, before = book(team, family, members), place()
    with pytest.raises(Refused, match="for et nei"), transaction.atomic():
        actions.record_meeting(meeting, outcome="thinking", reason="Vil ikke", by=team.coordinator)
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.record_meeting(meeting, outcome="no", held_on=yesterday, reason=" De har nok hjelp. ", by=team.coordinator)
    assert (reread(referral, team).state, before, place()) == ("closed", 1, 0)
    with acting_as(team.coordinator):
        family = Family.objects.get(pk=family.pk)
        assert (family.state, family.closed_on) == ("closed", yesterday)
        assert family.closed_reason == "Familien takket nei i informasjonssamtalen. De har nok hjelp."
        assert not family.milestones.filter(step__in=[Step.INFORMATION, Step.CONSENT]).exclude(reached_on=None)


@pytest.mark.parametrize("outcome", ["thinking", "absent"])
def test_a_new_time_after_no_answer(team, case, outcome):
    _referral, family, members = case
    actions.record_meeting(book(team, family, members), outcome=outcome, by=team.coordinator)
    again = book(team, family, members[:1])
    actions.record_meeting(again, outcome="yes", told=Told.values, by=team.coordinator)
    assert rule_of(lambda: book(team, family, members)) == "answered_yes"


def test_a_family_without_a_henvendelse_has_the_meeting_too(team):
    family = family_at(Step.INTAKE, team)
    with acting_as(team.coordinator):
        members = list(family.members.all())
    actions.record_meeting(book(team, family, members), outcome="yes", told=Told.values, by=team.coordinator)
    with acting_as(team.coordinator):
        assert family.milestones.get(step=Step.INFORMATION).reached_on


def test_refused(team, case):
    _referral, family, members = case
    with acting_as(team.second_coordinator):
        stranger = list(family_at(Step.INTAKE, team).members.all())
    with acting_as(team.coordinator):
        stranger = list(Family.objects.exclude(pk=family.pk).get().members.all())
    assert rule_of(lambda: book(team, family, [])) == "members"
    assert rule_of(lambda: book(team, family, stranger)) == "members"
    meeting = book(team, family, members)
    assert rule_of(lambda: book(team, family, members)) == "already_booked"

    def hold(**facts):
        return lambda: actions.record_meeting(meeting, by=team.coordinator, **facts)

    assert rule_of(hold(outcome="yes", told=["offer"])) == "not_told"
    assert rule_of(hold(outcome="no", held_on=timezone.localdate() + timedelta(days=1))) == "future"
    hold(outcome="no")()
    assert rule_of(hold(outcome="no")) == "recorded"
    facts = {"starts_at": timezone.now(), "place": "x", "members": members, "by": team.coordinator}
    assert rule_of(lambda: actions.change_meeting(meeting, **facts)) == "recorded"


def test_moved_and_stale(team, case):
    _referral, family, members = case
    meeting = book(team, family, members)
    facts = {"starts_at": timezone.now(), "members": members[:2], "by": team.coordinator, "version": meeting.version}
    facts["why"] = "family"
    moved = actions.change_meeting(meeting, place="Hjemme", **facts)
    with acting_as(team.coordinator):
        assert (moved.place, moved.invited.count()) == ("Hjemme", 2)
    with pytest.raises(Stale):
        actions.change_meeting(meeting, place="Skolen", **facts)


def test_the_same_booking_twice_makes_one(team, case):
    from uuid import uuid4

    _referral, family, members = case
    key = uuid4()
    first = book(team, family, members, key=key)
    with pytest.raises(AlreadyDone) as done:
        book(team, family, members, key=key)
    assert done.value.row == first


@pytest.mark.parametrize("role", ["intake", "lead", "second_coordinator", "auditor"])
def test_only_the_familys_coordinator(team, case, role):
    _referral, family, members = case
    with pytest.raises(PermissionDenied):
        book(team, family, members, by=getattr(team, role))
    meeting = book(team, family, members)
    with acting_as(getattr(team, role)):
        assert not InformationMeeting.objects.exists()
    assert meeting.pk


def test_the_coordinator_cannot_bring_the_henvendelse_back_to_the_team(team, case):
    referral, _family, _members = case
    with acting_as(team.coordinator), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        connection.cursor().execute("update referrals_referral set state = 'declined' where id = %s", [referral.pk])


def test_a_closed_family_has_no_meeting(team, case):
    from families.actions import close

    _referral, family, members = case
    close(family, reason="Flyttet", by=team.coordinator)
    with pytest.raises(Refused):
        book(team, family, members)
