"""A conflict of interest: from the moment it is declared the family is gone for that person, whatever opened it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from families import assignments, conflicts, emergencies, tasks
from families.actions_protection import change_protection
from families.enums import AssignmentKind, FamilyEvent, Protection
from families.grants import FamilyUserGrant, ShutOut
from families.jobs import due_by_person
from families.models import Assignment, Family
from families.places import places
from families.stages import Step
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db

TABLES = ("families_family", "families_milestone", "families_member", "families_assignment", "families_familyusergrant")


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    """Mail goes straight, when the transaction is committed."""
    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.CONSENT, team, name="Nær")


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def sees(user, family) -> bool:
    with acting_as(user):
        return Family.objects.permitted(user, Permission.LIST_FAMILY).filter(pk=family.pk).exists()


def in_force(family) -> ShutOut:
    return ShutOut.objects.in_force().select_related("user").get(family=family)


class TestDeclaring:
    def test_the_responsible_coordinator_loses_every_row_in_that_transaction(self, team, family, client):
        conflicts.declare_conflict(family.code.lower(), reason="Nær slekt", by=team.coordinator)
        with acting_as(team.coordinator):
            assert {table: rows(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
        client.force_login(team.coordinator)
        assert client.get(reverse("families:family_detail", args=[family.pk])).status_code == 404
        assert family.name not in client.get(reverse("families:family_list")).content.decode()
        with acting_as(team.lead):
            # The assignment stands until the lead hands over: the family is never without a name.
            assert Assignment.objects.live().responsible().get(family=family).user == team.coordinator

    def test_a_strict_family_tells_the_auditor_and_no_lead(self, team, django_capture_on_commit_callbacks):
        family = family_at(Step.CONSENT, team, protection=Protection.CONFIDENTIAL)
        with django_capture_on_commit_callbacks(execute=True):
            conflicts.declare_conflict(family.code, reason="Nabo", by=team.second_coordinator)
        assert {m.to[0] for m in mail.outbox} == {team.auditor.email, team.coordinator.email}

    @pytest.mark.parametrize("code", ["XXXX-0001", "another municipality", "own"])
    def test_the_answer_and_the_event_are_the_same_whether_it_exists(self, code, team, family):
        other = family_at(Step.INTAKE, Team())
        asked = {"another municipality": other.code, "own": family.code}.get(code, code)
        assert conflicts.declare_conflict(asked, reason="Nabo", by=team.second_coordinator) is None
        with acting_as(team.auditor):
            event = Event.objects.get(what=FamilyEvent.CONFLICT_DECLARED)
            assert (event.family_id, event.target_id, event.facts) == (None, "", {})
            assert ShutOut.objects.permitted(team.auditor).count() == (code == "own")

    def test_twice_is_once(self, team, family):
        for _time in range(2):
            conflicts.declare_conflict(family.code, reason="Nabo", by=team.second_coordinator)
        with acting_as(team.lead):
            assert ShutOut.objects.count() == 1

    @pytest.mark.parametrize(("code", "reason", "rule"), [("", "Nabo", "code"), ("KRS-1", " ", "reason")])
    def test_code_and_reason_are_needed(self, code, reason, rule, team):
        with pytest.raises(Refused) as refused:
            conflicts.declare_conflict(code, reason=reason, by=team.coordinator)
        assert refused.value.rule == rule

    def test_somebody_without_a_role_is_turned_away(self, family):
        with pytest.raises(PermissionDenied):
            conflicts.declare_conflict(family.code, reason="Nabo", by=a_user())

    def test_mail_names_nobody_and_goes_to_the_lead_as_a_hand_over(
        self, team, family, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            conflicts.declare_conflict(family.code, reason="Nær slekt", by=team.coordinator)
        (message,) = mail.outbox
        assert message.to == [team.lead.email]
        assert "trenger ny koordinator" in message.subject
        for secret in (family.name, family.code, team.coordinator.name, "slekt"):
            assert secret not in message.subject + message.body


class TestStrongerThanEverything:
    def test_no_role_grant_assignment_or_break_glass_opens_it(self, team, family):
        lead2 = a_user(Role.LEAD, team.municipality)
        assignments.grant_access(family, user=team.lead, reason="Møte", by=lead2)
        conflicts.shut_out(family, user=team.lead, reason="Nær slekt", by=lead2)
        assert not sees(team.lead, family)
        with pytest.raises(Refused) as refused:
            emergencies.break_glass(family.code, reason="Mor ringer og trenger hjelp nå", by=team.lead)
        assert refused.value.rule == "no_such_family"
        for attempt in (
            lambda: assignments.grant_access(family, user=team.lead, reason="Møte", by=lead2),
            lambda: assignments.assign_coordinator(
                family,
                coordinator=shut_out_coordinator(team, family, lead2),
                kind=AssignmentKind.SECOND,
                reason="To hjem",
                by=lead2,
            ),
        ):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.rule == "shut_out"

    def test_an_open_break_glass_closes_at_once(self, team, family):
        emergencies.break_glass(family.code, reason="Mor ringer og trenger hjelp nå", by=team.lead)
        conflicts.declare_conflict(family.code, reason="Det er søsteren min", by=team.lead)
        assert not sees(team.lead, family)

    def test_whoever_registers_adds_no_more_rows(self, team):
        family = family_at(Step.INTAKE, team, followed=False)
        conflicts.shut_out(family, user=team.intake, reason="Nabo", by=team.lead)
        with pytest.raises(PermissionDenied):
            assignments.assign_coordinator(family, coordinator=team.coordinator, by=team.intake)

    def test_the_auditors_log_leaves_the_family_out(self, team, family):
        conflicts.declare_conflict(family.code, reason="Nabo", by=team.auditor)
        with acting_as(team.auditor), connection.cursor() as cursor:
            assert not Event.objects.filter(family_id=family.pk).exists()
            cursor.execute("select count(*) from sec.families_in_log('{}', %s)", [family.code])
            assert cursor.fetchone() == (0,)

    def test_counts_leave_it_out(self, team, family):
        lead2 = a_user(Role.LEAD, team.municipality)
        conflicts.shut_out(family, user=team.lead, reason="Nabo", by=lead2)
        taken = {}
        for lead in (team.lead, lead2):
            with acting_as(lead):
                taken[lead] = next(row.taken for row in places(team.municipality) if row.user == team.coordinator)
        assert taken == {team.lead: 0, lead2: 1}

    def test_the_nightly_mail_counts_no_window_of_it(self, team, family):
        day = timezone.localdate() + timedelta(days=2)
        with acting_as(team.coordinator):
            assert due_by_person(day)
        conflicts.shut_out(family, user=team.coordinator, reason="Nabo", by=team.lead)
        with acting_as(team.lead):
            assert not due_by_person(day)


def shut_out_coordinator(team, family, by):
    person = a_user(Role.COORDINATOR, team.municipality)
    conflicts.shut_out(family, user=person, reason="Nabo", by=by)
    return person


class TestLifting:
    def test_another_lead_or_the_auditor_lifts_it_and_access_comes_back(self, team, family):
        for person in (team.lead, team.auditor):
            conflicts.shut_out(family, user=team.coordinator, reason="Nabo", by=team.lead)
            with acting_as(person):
                row = in_force(family)
            conflicts.lift_shut_out(row, reason="Feil person", by=person)
            assert sees(team.coordinator, family)

    def test_not_by_the_lead_who_is_shut_out(self, team, family):
        conflicts.declare_conflict(family.code, reason="Nabo", by=team.lead)
        with acting_as(team.auditor):
            row = in_force(family)
        with pytest.raises(PermissionDenied):
            conflicts.lift_shut_out(row, reason="Ombestemte meg", by=team.lead)
        with acting_as(team.lead), transaction.atomic():
            # Nor past the action: the wall lets nobody change their own.
            assert ShutOut.objects.filter(pk=row.pk).update(ended_reason="x") == 0

    def test_not_by_an_auditor_of_ones_own(self, team, family):
        conflicts.declare_conflict(family.code, reason="Nabo", by=team.auditor)
        with acting_as(team.lead):
            row = in_force(family)
        with pytest.raises(PermissionDenied):
            conflicts.lift_shut_out(row, reason="Ombestemte meg", by=team.auditor)

    def test_with_a_reason_and_once(self, team, family):
        row = conflicts.shut_out(family, user=team.coordinator, reason="Nabo", by=team.lead)
        for reason, rule in ((" ", "reason"), ("Feil person", None), ("Feil person", "ended")):
            if rule is None:
                conflicts.lift_shut_out(row, reason=reason, by=team.lead)
                continue
            with pytest.raises(Refused) as refused:
                conflicts.lift_shut_out(row, reason=reason, by=team.lead)
            assert refused.value.rule == rule


def test_who_reads_the_rows_at_the_wall(team, family):
    conflicts.shut_out(family, user=team.second_coordinator, reason="Nabo", by=team.lead)
    other = Team()
    may = {team.lead, team.coordinator, team.auditor, team.second_coordinator}
    people = [p for t in (team, other) for p in vars(t).values() if hasattr(p, "memberships")]
    for person in people:
        with acting_as(person):
            assert ShutOut.objects.exists() == (person in may), person.live_memberships


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"reason": ""}, "shut_out_has_reason"),
        ({"ended_at": timezone.now()}, "shut_out_lifted_by_somebody_for_a_reason"),
        ({"ended_at": timezone.now(), "ended_by": "self", "ended_reason": "x"}, "shut_out_not_lifted_by_oneself"),
        ({}, "shut_out_once"),
    ],
)
def test_the_database_holds_it_together(change, name, team, family):
    conflicts.shut_out(family, user=team.second_coordinator, reason="Nabo", by=team.lead)
    facts = {
        "municipality": team.municipality, "family": family, "user": team.second_coordinator, "reason": "Nabo",
        "declared_by": team.lead,
    }  # fmt: skip
    facts |= {key: team.second_coordinator if value == "self" else value for key, value in change.items()}
    with acting_as(team.lead), pytest.raises(IntegrityError, match=name), transaction.atomic():
        ShutOut.objects.create(**facts)


def test_what_was_declared_is_never_changed_or_deleted(team, family):
    row = conflicts.shut_out(family, user=team.coordinator, reason="Nabo", by=team.lead)
    with acting_as(team.lead):
        for change in (
            "update families_shutout set reason = 'x'",
            f"delete from families_shutout where id = '{row.pk}'",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)


def test_protection_does_not_lift_it(team, family):
    conflicts.shut_out(family, user=team.second_coordinator, reason="Nabo", by=team.lead)
    change_protection(
        family, protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt av politiet", by=team.coordinator
    )
    with acting_as(team.coordinator):
        assert in_force(family).user == team.second_coordinator
    with acting_as(team.lead):
        assert not FamilyUserGrant.objects.filter(content_object=family).exists()
