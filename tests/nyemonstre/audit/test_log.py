"""Who did what stays, as it was written."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.utils import timezone

from families.models import Member
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Event
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


def test_record_finds_family_and_municipality_of_the_target():
    team = Team()
    family = family_at(Step.CONSENT, team)
    with acting_as(team.coordinator):
        member = Member.objects.filter(family=family).first()
        event = record("viewed", by=team.coordinator, target=member)
    assert (event.family_id, event.municipality_id) == (family.pk, team.municipality.pk)
    assert (event.target_type, event.target_id) == ("families.member", str(member.pk))


def test_record_without_a_target_belongs_to_ones_own_municipality():
    team = Team()
    with acting_as(team.lead):
        assert record("list_opened", by=team.lead).municipality_id == team.municipality.pk


def test_the_roles_in_a_line_are_those_that_are_live_today():
    team, today = Team(), timezone.localdate()
    facts = {"user": team.lead, "municipality": team.municipality}
    for role, begins, ends in (
        (Role.AUDITOR, -2, -1), (Role.RESEARCHER, 1, None), (Role.ADMINISTRATOR, 0, 0), (Role.COORDINATOR, -9, 9)
    ):  # fmt: skip
        day = {"valid_from": today + timedelta(begins), "valid_to": None if ends is None else today + timedelta(ends)}
        Membership.objects.create(role=role, **facts, **day)
    with acting_as(team.lead):
        said = record("list_opened", by=team.lead).role.split(",")
    assert said == sorted(m.role for m in team.lead.memberships.live()) == ["administrator", "coordinator", "lead"]


def test_nobody_writes_in_another_persons_name():
    team = Team()
    with (
        acting_as(team.coordinator),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        record("viewed", by=team.lead)


@pytest.mark.parametrize(
    "statement", ["update audit_event set what = 'x'", "delete from audit_event", "truncate audit_event"]
)
def test_events_cannot_be_changed_with_raw_sql(statement):
    team = Team()
    with acting_as(team.coordinator):
        record("viewed", by=team.coordinator)
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_auditor_reads_the_municipalitys_log_and_nobody_else_does():
    team, other = Team(), Team()
    family_at(Step.INTAKE, team)
    with acting_as(team.auditor):
        assert Event.objects.permitted(team.auditor).exists()
    with acting_as(other.auditor):
        assert not Event.objects.filter(municipality_id=team.municipality.pk).exists()
    with acting_as(team.administrator):
        assert not Event.objects.exists()


def test_events_hold_no_foreign_keys():
    """The log must be able to name rows that are gone."""
    assert not any(field.is_relation for field in Event._meta.get_fields())
    Event(what="viewed", family_id=uuid4(), target_type="families.family", target_id=str(uuid4())).save()
