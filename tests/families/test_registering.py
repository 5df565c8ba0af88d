"""Whoever registers families adds rows, past every action, only to one that nobody follows yet."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission as DjangoPermission
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from families import assignments
from families.enums import AssignmentKind, MemberRole
from families.models import Family, Household, Member, Milestone
from families.stages import Step
from nyemonstre.access.roles import ASSIGNED_GRANT, COORDINATOR_GRANT, Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    """The one who registers is a coordinator too, and so could use a grant."""
    team = Team()
    Membership.objects.create(
        user=team.intake, municipality=team.municipality, role=Role.COORDINATOR, valid_from=timezone.localdate()
    )
    return team


def insert_grant(family, *, user, by, assignment=None, permission=Permission.VIEW_FAMILY):
    """As crafted SQL would. True when the wall let it through."""
    codename = DjangoPermission.objects.get(
        codename=permission, content_type__app_label="families", content_type__model="family"
    )
    row = (uuid4(), family.pk, user.pk, codename.pk, by.pk, timezone.now(), assignment)
    return inserted(
        by, "families_familyusergrant",
        "(id, content_object_id, user_id, permission_id, granted_by_id, granted_at, assignment_id, reason)"
        " values (%s, %s, %s, %s, %s, %s, %s, 'Nysgjerrig')", row,
    )  # fmt: skip


def insert_assignment(family, *, user, by, kind=AssignmentKind.SECOND):
    key = uuid4()
    columns = [f.column for f in assignments.Assignment._meta.concrete_fields]
    row = assignments.Assignment(id=key, family=family, user=user, kind=kind, valid_from=timezone.now(), assigned_by=by)
    values = [getattr(row, f.attname) for f in row._meta.concrete_fields]
    sql = f"({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})"
    return key if inserted(by, "families_assignment", sql, values) else None


def inserted(by, table, sql, values):
    try:
        with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"insert into {table} {sql}", values)
    except ProgrammingError as error:
        if "row-level security" not in str(error):
            raise
        return False
    return True


def test_no_grant_or_assignment_on_a_family_somebody_follows_or_has_followed(team):
    intake, lead = team.intake, team.lead
    followed, left = family_at(Step.INTAKE, team), family_at(Step.INTAKE, team, followed=False)
    first = assignments.assign_coordinator(left, coordinator=team.coordinator, by=lead)
    assignments.end_assignment(first, reason="Sluttet", by=lead)
    for family in (followed, left):
        assert not insert_grant(family, user=intake, by=intake)
        assert not insert_assignment(family, user=intake, by=intake)
    assert not insert_grant(left, user=team.coordinator, assignment=first.pk, by=intake), "it has ended"
    with acting_as(intake):
        assert not Family.objects.permitted(intake, Permission.VIEW_FAMILY).exists()


def test_on_a_family_nobody_follows_only_what_the_first_assignment_gives(team):
    intake, other = team.intake, a_user(Role.COORDINATOR, team.municipality)
    family = family_at(Step.INTAKE, team, followed=False)
    assert not insert_grant(family, user=intake, by=intake), "of no assignment"
    first = insert_assignment(family, user=team.coordinator, by=intake)
    assert insert_grant(family, user=team.coordinator, assignment=first, by=intake)
    assert not insert_grant(family, user=other, assignment=first, by=intake), "of somebody else's assignment"
    elsewhere = family_at(Step.INTAKE, team, followed=False)
    assert not insert_grant(elsewhere, user=team.coordinator, assignment=first, by=intake), "of another family's"
    assert not insert_assignment(family, user=intake, by=intake), "it is followed now"


def test_no_member_home_or_step_is_added_to_a_family_somebody_follows(team):
    family, today = family_at(Step.INTAKE, team), timezone.localdate()
    for row in (
        Household(family=family, name="Fremmed"),
        Member(family=family, first_name="Fremmed", last_name="En", birth_date=today, role=MemberRole.CHILD),
        Milestone(
            family=family, step=Step.INFORMATION, reached_on=today, reached_by=team.intake, recorded_at=timezone.now()
        ),
    ):
        with pytest.raises(ProgrammingError, match="row-level"), acting_as(team.intake), transaction.atomic():
            row.save(force_insert=True)


def test_the_real_way_registers_and_gives_the_first_coordinator_in_one_transaction(team):
    with transaction.atomic():
        family = family_at(Step.INTAKE, team)
    with acting_as(team.coordinator):
        assert family.user_grants.live().count() == len(COORDINATOR_GRANT | ASSIGNED_GRANT)
