"""Strictly protected families: a lead named on one can allot it; who names the lead, and what nobody learns by it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from families import assignments, conflicts, named_leads, seen, tasks
from families.enums import AssignmentKind, FamilyEvent, Protection
from families.grants import FamilyUserGrant
from families.models import Family, permissions_on
from families.stages import Step
from nyemonstre.access.roles import LEAD_GRANT, Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db

WHY = "Koordinatoren slutter"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    """Mail goes straight, when the transaction is committed."""
    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.CONSENT, team, name="Skjult", protection=Protection.STRICTLY_CONFIDENTIAL)


def opens(user, family) -> set[str]:
    """By the list, the page and the wall, which must agree."""
    user = User.objects.get(pk=user.pk)
    with acting_as(user), connection.cursor() as cursor:
        listed = {str(p) for p in Permission if Family.objects.permitted(user, p).filter(pk=family.pk).exists()}
        wall = set()
        for permission in Permission:
            cursor.execute("select %s in (select sec.families(%s))", [family.pk, str(permission)])
            wall |= {str(permission)} if cursor.fetchone()[0] else set()
        assert listed == wall == (permissions_on(family, user) if listed else set())
    return listed


def test_the_coordinator_names_a_lead_who_hands_the_family_over(team, family, django_capture_on_commit_callbacks):
    assert opens(team.lead, family) == set()
    with django_capture_on_commit_callbacks(execute=True):
        named_leads.name_lead(family, lead=team.lead, reason=WHY, by=team.coordinator)
    (message,) = mail.outbox
    assert message.to == [team.lead.email]
    assert not any(secret in message.subject + message.body for secret in (family.name, family.code, WHY))
    assert opens(team.lead, family) == LEAD_GRANT
    with acting_as(team.coordinator):
        opener = next(o for o in seen.who_can_open(family) if o.user == team.lead)
        assert (opener.given_by_name, opener.ways[0].why, opener.ways[0].by) == (True, WHY, team.coordinator)
        event = Event.objects.get(what=FamilyEvent.ACCESS_GRANTED)
        assert (event.family_id, event.reason, event.facts) == (family.pk, WHY, {"user": str(team.lead.pk)})
    until = timezone.now() + timedelta(days=9)
    reader = a_user(Role.COORDINATOR, team.municipality)
    assignments.grant_access(family, user=reader, reason="Møte", by=team.lead)
    assignments.hand_over(family, to=team.second_coordinator, reason=WHY, by=team.lead)
    assignments.assign_coordinator(
        family,
        coordinator=team.coordinator,
        kind=AssignmentKind.SUBSTITUTE,
        reason=WHY,
        valid_until=until,
        by=team.lead,
    )
    for person in (team.coordinator, team.second_coordinator, reader):
        assert "view_family" in opens(person, family)
    another = a_user(Role.LEAD, team.municipality)
    assignments.grant_access(family, user=another, reason="Vi er to", by=team.lead)
    assert opens(another, family) > LEAD_GRANT
    assignments.revoke_access(family, user=team.lead, reason="Ferdig", by=another)
    assert opens(team.lead, family) == set()


def test_only_the_responsible_coordinator_of_a_strict_family_names_and_only_a_lead(team, family):
    until = timezone.now() + timedelta(days=9)
    open_family = family_at(Step.CONSENT, team)
    for on, by in (
        (open_family, team.coordinator),
        (family, team.second_coordinator),
        (family, team.lead),
        (family, team.auditor),
        (family, Team().coordinator),
    ):
        with pytest.raises(PermissionDenied):
            named_leads.name_lead(on, lead=team.lead, reason=WHY, by=by)
    named_leads.name_lead(family, lead=team.lead, reason=WHY, by=team.coordinator)
    assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind=AssignmentKind.SUBSTITUTE, reason=WHY, valid_until=until,
        by=team.lead,
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        named_leads.name_lead(family, lead=team.lead, reason=WHY, by=team.second_coordinator)
    shut_out = a_user(Role.LEAD, team.municipality)
    conflicts.declare_conflict(family.code, reason="Nabo", by=shut_out)
    for lead, reason, rule in (
        (team.lead, WHY, "already"),
        (a_user(Role.LEAD, team.municipality), " ", "reason"),
        (team.intake, WHY, "no_lead"),
        (Team().lead, WHY, "no_lead"),
        (shut_out, WHY, "shut_out"),
    ):
        with pytest.raises(Refused) as refused:
            named_leads.name_lead(family, lead=lead, reason=reason, by=team.coordinator)
        assert refused.value.rule == rule


def test_one_who_stops_leading_keeps_nothing(team, family):
    named_leads.name_lead(family, lead=team.lead, reason=WHY, by=team.coordinator)
    Membership.objects.filter(user=team.lead).update(role=Role.RESEARCHER)
    assert opens(team.lead, family) == set()


def test_the_auditor_names_one_by_code_when_the_coordinator_is_gone(team, family, django_capture_on_commit_callbacks):
    Membership.objects.filter(user=team.coordinator).update(
        valid_from=timezone.localdate() - timedelta(days=9), valid_to=timezone.localdate() - timedelta(days=1)
    )
    named_leads.name_lead_by_code(family.code.lower(), lead=team.lead, reason=WHY, by=team.auditor)
    named_leads.name_lead_by_code(family.code, lead=team.lead, reason="En gang til", by=team.auditor)
    assert opens(team.lead, family) == LEAD_GRANT
    assert opens(team.auditor, family) == set()
    assignments.hand_over(family, to=team.second_coordinator, reason=WHY, by=team.lead)
    assert "change_family" in opens(team.second_coordinator, family)


@pytest.mark.parametrize("which", ["strict", "open", "none", "elsewhere", "lead shut out", "auditor shut out"])
def test_by_code_the_answer_the_event_and_the_mail_are_alike(which, team, family, django_capture_on_commit_callbacks):
    codes = {"open": family_at(Step.INTAKE, team).code, "none": "XXX-0001"}
    codes["elsewhere"] = family_at(Step.INTAKE, Team(), protection=Protection.CONFIDENTIAL).code
    if "shut out" in which:
        person = team.lead if which.startswith("lead") else team.auditor
        conflicts.declare_conflict(family.code, reason="Nabo", by=person)
    code = codes.get(which, family.code)
    with django_capture_on_commit_callbacks(execute=True):
        assert named_leads.name_lead_by_code(code, lead=team.lead, reason=WHY, by=team.auditor) is None
    assert [m.to for m in mail.outbox] == [[team.lead.email]]
    assert not any(secret in mail.outbox[0].subject + mail.outbox[0].body for secret in (family.name, code, WHY))
    with acting_as(team.auditor):
        event = Event.objects.get(what=FamilyEvent.LEAD_NAMED_BY_CODE)
        assert (event.family_id, event.target_id, event.facts) == (None, "", {"user": str(team.lead.pk)})
        assert not FamilyUserGrant.objects.exists()
    with acting_as(team.lead):
        assert FamilyUserGrant.objects.filter(user=team.lead).count() == (3 if which == "strict" else 0)


def test_by_code_only_the_auditor_and_only_a_lead_of_theirs(team, family):
    for role in ("coordinator", "lead", "intake", "researcher", "administrator"):
        with pytest.raises(PermissionDenied):
            named_leads.name_lead_by_code(family.code, lead=team.lead, reason=WHY, by=getattr(team, role))
        # Nor past the action: the database asks for itself. The coordinator may, by the other action.
        if role != "coordinator":
            with acting_as(getattr(team, role)), connection.cursor() as cursor:
                cursor.execute("select sec.name_lead(%s, %s, 'x', now())", [family.code, team.lead.pk])
            assert opens(team.lead, family) == set()
    for code, lead, reason, rule in (
        (" ", team.lead, WHY, "code"),
        (family.code, team.lead, " ", "reason"),
        (family.code, team.intake, WHY, "no_lead"),
        (family.code, Team().lead, WHY, "no_lead"),
    ):
        with pytest.raises(Refused) as refused:
            named_leads.name_lead_by_code(code, lead=lead, reason=reason, by=team.auditor)
        assert refused.value.rule == rule


def test_nobody_writes_such_grants_past_the_actions(team, family):
    for person in (team.coordinator, team.auditor):
        with acting_as(person), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            assignments.give(family.pk, user=team.lead, permissions=LEAD_GRANT, reason="x", expires_at=None, by=person)


def test_on_the_pages(client, team, family):
    access, name = (reverse(f"families:{n}", args=[family.pk]) for n in ("family_access", "lead_name"))
    client.force_login(team.coordinator)
    assert name in client.get(access).content.decode()
    assert team.lead.name in client.get(name).content.decode()
    assert client.post(name, {"user": team.lead.pk, "reason": ""}).status_code == 422
    assert client.post(name, {"user": team.lead.pk, "reason": WHY}).url == access
    page = client.get(access).content.decode()
    assert team.lead.name in page
    assert WHY in page
    assert client.get(reverse("families:lead_name", args=[family_at(Step.CONSENT, team).pk])).status_code == 403
    client.force_login(team.lead)
    for where in ("family_detail", "assign", "hand_over", "grant_new"):
        assert client.get(reverse(f"families:{where}", args=[family.pk])).status_code == 200
    assert client.get(reverse("families:family_members", args=[family.pk])).status_code == 404


def test_by_code_on_the_page(client, team, family):
    client.force_login(team.auditor)
    page = reverse("families:lead_name_by_code")
    assert page in client.get(reverse("families:break_glass_list")).content.decode()
    said = set()
    for code in (family.code, "XXX-0001"):
        answer = client.post(page, {"code": code, "user": team.lead.pk, "reason": WHY}, follow=True)
        said.add((answer.status_code, answer.content.decode().count("fordele den nå")))
    assert said == {(200, 1)}
    assert opens(team.lead, family) == LEAD_GRANT
    assert client.post(page, {"code": "", "user": team.lead.pk, "reason": WHY}).status_code == 422


def test_they_can_be_named_on_another_day(team):
    """Made-up data plays on other days: the grant is of the day it is given."""
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        family = family_at(Step.INTAKE, team, protection=Protection.CONFIDENTIAL)
        named_leads.name_lead(family, lead=team.lead, reason=WHY, by=team.coordinator)
    with acting_as(team.lead):
        assert (
            FamilyUserGrant.objects.filter(reason=WHY, granted_at__lt=timezone.now() - timedelta(days=39)).count() == 3
        )
