"""A coordinator is away: the whole caseload goes to substitutes, in one go and back again; and what a role can use."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from families import assignments, conflicts, tasks
from families.enums import AssignmentKind
from families.grants import FamilyUserGrant
from families.leaves import Leave
from families.models import Family
from families.stages import Step
from nyemonstre.access.roles import COORDINATOR_GRANT, GRANTED, LEAD_GRANT, READER_GRANT, Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    """Mail goes straight, when the transaction is committed."""
    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)


@pytest.fixture
def team():
    return Team()


def cover(team, families, **changes):
    now = timezone.now()
    facts = {
        "municipality": team.municipality, "starts_at": now, "ends_at": now + 14 * DAY, "reason": "Ferie",
        "substitutes": {family.pk: team.second_coordinator for family in families}, "by": team.lead,
    }  # fmt: skip
    return assignments.cover_leave(team.coordinator, **facts | changes)


def sees(user) -> set[str]:
    with acting_as(user):
        return set(Family.objects.permitted(user, Permission.CHANGE_PLAN).values_list("name", flat=True))


class TestCovering:
    def test_the_whole_caseload_goes_over_and_comes_back(self, team, django_capture_on_commit_callbacks):
        families = [family_at(Step.INTAKE, team, name=name) for name in "ABC"]
        with django_capture_on_commit_callbacks(execute=True):
            leave = cover(team, families)
        assert sees(team.second_coordinator) == sees(team.coordinator) == {"A", "B", "C"}
        told = [message.to[0] for message in mail.outbox]
        assert sorted(told) == sorted([team.second_coordinator.email, team.coordinator.email])
        assignments.end_leave(leave, by=team.lead)
        assert sees(team.second_coordinator) == set()
        assert sees(team.coordinator) == {"A", "B", "C"}
        with pytest.raises(Refused) as refused:
            assignments.end_leave(leave, by=team.lead)
        assert refused.value.rule == "ended"

    def test_it_opens_when_it_begins_and_not_before(self, team):
        now = timezone.now()
        with time_machine.travel(now - 3 * DAY):
            family = family_at(Step.INTAKE, team, name="A")
            leave = cover(team, [family], starts_at=now - DAY, ends_at=now + DAY)
            with acting_as(team.second_coordinator):
                assert not Family.objects.permitted(team.second_coordinator, Permission.CHANGE_PLAN).exists()
        assert sees(team.second_coordinator) == {"A"}
        later = cover(team, [family], starts_at=now + 5 * DAY, ends_at=now + 9 * DAY)
        assignments.end_leave(leave, by=team.lead)
        assert sees(team.second_coordinator) == set()
        assignments.end_leave(later, by=team.lead)

    def test_every_family_gets_somebody_who_can(self, team):
        families = [family_at(Step.INTAKE, team, name=name) for name in "AB"]
        third = a_user(Role.COORDINATOR, team.municipality)
        conflicts.shut_out(families[1], user=team.second_coordinator, reason="Nabo", by=team.lead)
        now = timezone.now()
        both = {"starts_at": now, "ends_at": now + 14 * DAY}
        for substitutes, rule in (
            ({families[0].pk: third}, "no_substitute"),
            ({f.pk: team.coordinator for f in families}, "no_substitute"),
            ({f.pk: team.second_coordinator for f in families}, "shut_out"),
            ({f.pk: team.lead for f in families}, "no_coordinator"),
        ):
            with pytest.raises(Refused) as refused:
                cover(team, families, substitutes=substitutes, **both)
            assert refused.value.rule == rule
        assert sees(third) == set(), "all of it, or nothing"
        cover(team, families, substitutes={families[0].pk: team.second_coordinator, families[1].pk: third})
        assert (sees(team.second_coordinator), sees(third)) == ({"A"}, {"B"})

    def test_what_stops_it(self, team):
        family = family_at(Step.INTAKE, team)
        now = timezone.now()
        for changes, rule in (
            ({"reason": " "}, "reason"),
            ({"ends_at": now - DAY}, "dates"),
            ({"starts_at": now + 20 * DAY}, "dates"),
        ):
            with pytest.raises(Refused) as refused:
                cover(team, [family], **changes)
            assert refused.value.rule == rule
        cover(team, [family])
        with pytest.raises(Refused) as refused:
            cover(team, [family])
        assert refused.value.rule == "leave_overlaps"
        theirs = family_at(Step.INTAKE, team, followed=False)
        assignments.assign_coordinator(theirs, coordinator=team.second_coordinator, by=team.lead)
        with pytest.raises(Refused) as refused:
            assignments.cover_leave(
                team.second_coordinator, municipality=team.municipality, starts_at=now, ends_at=now + DAY,
                substitutes={theirs.pk: team.coordinator}, reason="Ferie", by=team.lead,
            )  # fmt: skip
        assert refused.value.rule == "away"

    def test_only_who_allots_and_only_in_ones_own_municipality(self, team):
        family = family_at(Step.INTAKE, team)
        for by in (team.coordinator, team.intake, Team().lead):
            with pytest.raises(PermissionDenied):
                cover(team, [family], by=by)
        leave = cover(team, [family])
        for by in (team.coordinator, Team().lead):
            with pytest.raises(PermissionDenied):
                assignments.end_leave(leave, by=by)
        for someone in [p for t in (team, Team()) for p in vars(t).values() if hasattr(p, "memberships")]:
            with acting_as(someone):
                assert Leave.objects.exists() == (someone in (team.lead, team.coordinator))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"reason": ""}, "leave_has_reason"),
        ({"ends_at": timezone.now() - DAY}, "leave_dates_in_order"),
        ({"ended_at": timezone.now()}, "leave_ended_by_somebody"),
    ],
)
def test_the_database_holds_it_together(change, name, team):
    now = timezone.now()
    facts = {
        "municipality": team.municipality, "user": team.coordinator, "starts_at": now, "ends_at": now + DAY,
        "reason": "Ferie", "made_by": team.lead,
    }  # fmt: skip
    with acting_as(team.lead), pytest.raises(IntegrityError, match=name), transaction.atomic():
        Leave.objects.create(**facts | change)


@pytest.mark.parametrize("role", Role)
def test_a_grant_is_for_a_role_that_can_use_it(role, team):
    family = family_at(Step.INTAKE, team)
    user = a_user(role, team.municipality)

    def attempt():
        return assignments.grant_access(family, user=user, reason="Møte", permissions=COORDINATOR_GRANT, by=team.lead)

    # A lead let in by name can also assign and let in others there, protected or not.
    own = LEAD_GRANT if role == Role.LEAD else frozenset()
    if GRANTED[role]:
        assert {row.permission.codename for row in attempt()} == (COORDINATOR_GRANT & GRANTED[role]) | own
        return
    with pytest.raises(Refused) as refused:
        attempt()
    assert refused.value.rule == "role_uses_no_grant"
    assert user.name in refused.value.sentence


def test_only_a_lead_of_the_municipality_lets_somebody_in(team):
    family = family_at(Step.INTAKE, team)
    for by in (team.coordinator, team.second_coordinator, team.intake, team.auditor, Team().lead):
        with pytest.raises(PermissionDenied):
            assignments.grant_access(family, user=a_user(Role.LEAD, team.municipality), reason="Møte", by=by)


def test_nobody_lets_themselves_in(team):
    family = family_at(Step.INTAKE, team)
    with pytest.raises(Refused) as refused:
        assignments.grant_access(family, user=team.lead, reason="Vil se", by=team.lead)
    assert (refused.value.rule, refused.value.field) == ("oneself", "user")
    with acting_as(team.lead):
        assert not FamilyUserGrant.objects.filter(user=team.lead).exists()


def test_a_second_role_is_what_counts(team):
    family = family_at(Step.INTAKE, team)
    Membership.objects.create(user=team.intake, municipality=team.municipality, role=Role.LEAD)
    granted = assignments.grant_access(family, user=team.intake, reason="Møte", by=team.lead)
    assert len(granted) == len(READER_GRANT | LEAD_GRANT)


def test_the_coordinator_is_told_of_a_helper(team, django_capture_on_commit_callbacks):
    family = family_at(Step.INTAKE, team)
    with django_capture_on_commit_callbacks(execute=True):
        assignments.assign_coordinator(
            family, coordinator=team.second_coordinator, kind=AssignmentKind.SECOND, reason="To på saken", by=team.lead
        )
    assert {m.to[0] for m in mail.outbox} == {team.coordinator.email, team.second_coordinator.email}


def test_the_reason_for_a_hand_over_stays_with_the_one_who_left(team):
    family = family_at(Step.INTAKE, team)
    assignments.hand_over(family, to=team.second_coordinator, reason="Flytter", by=team.lead)
    with acting_as(team.lead):
        assert family.assignments.get(user=team.coordinator).ended_reason == "Flytter"
