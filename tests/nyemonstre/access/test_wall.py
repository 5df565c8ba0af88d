"""The last wall: whoever forgets a filter gets nothing, and the index is used."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from families import assignments
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.wall import acting_as, as_job, current_actor
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db


def codes() -> set[str]:
    return set(Family.objects.values_list("code", flat=True))


def test_tests_run_as_the_web_role():
    with connection.cursor() as cursor:
        cursor.execute("select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == ("nm_web", False)


def test_nobody_sees_nothing():
    family_at(Step.CONSENT)
    assert codes() == set()
    assert Member.objects.count() == 0


def test_raw_sql_without_any_filter_shows_only_ones_own():
    team, other = Team(), Team()
    mine, _theirs = family_at(Step.CONSENT, team), family_at(Step.CONSENT, other)
    with acting_as(team.coordinator), connection.cursor() as cursor:
        cursor.execute("select id from families_family")
        assert {row[0] for row in cursor.fetchall()} == {mine.pk}
        cursor.execute("select distinct family_id from families_member")
        assert {row[0] for row in cursor.fetchall()} == {mine.pk}


def test_the_lead_sees_that_a_family_is_there_but_not_its_people():
    team = Team()
    family = family_at(Step.CONSENT, team)
    with acting_as(team.lead):
        assert codes() == {family.code}
        assert not Member.objects.exists()


@pytest.mark.parametrize("role", ["intake", "researcher", "administrator", "auditor"])
def test_other_roles_see_no_family(role):
    team = Team()
    family_at(Step.CONSENT, team)
    with acting_as(getattr(team, role)):
        assert codes() == set()
        assert not Member.objects.exists()


def test_a_row_cannot_be_moved_into_a_family_one_does_not_have():
    team, other = Team(), Team()
    mine, theirs = family_at(Step.CONSENT, team), family_at(Step.CONSENT, other)
    with acting_as(team.coordinator):
        member = Member.objects.filter(family=mine).first()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Member.objects.filter(pk=member.pk).update(family=theirs)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Member(family=theirs, first_name="A", last_name="B", birth_date="2020-01-01", role="child").save(
                force_insert=True
            )


def test_a_row_cannot_be_moved_into_a_family_one_may_only_read():
    """What is read is asked of the new row too, so only the permission to change tells the two families apart."""
    team = Team()
    mine, read = family_at(Step.INTAKE, team), family_at(Step.INTAKE, team, followed=False)
    assignments.grant_access(read, user=team.coordinator, reason="Møte", by=team.lead)
    with acting_as(team.coordinator):
        member = Member.objects.filter(family=mine).first()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Member.objects.filter(pk=member.pk).update(family=read)


def test_update_and_delete_without_a_filter_touch_only_ones_own():
    team, other = Team(), Team()
    family_at(Step.CONSENT, team)
    theirs = family_at(Step.CONSENT, other)
    with acting_as(team.coordinator):
        Member.objects.update(relation="endret")
    with acting_as(other.coordinator):
        assert not Member.objects.filter(family=theirs, relation="endret").exists()


def test_acting_as_is_told_inside_a_running_transaction_and_taken_back():
    team = Team()
    family = family_at(Step.INTAKE, team)
    with transaction.atomic():
        assert codes() == set()
        with acting_as(team.coordinator):
            assert codes() == {family.code}
            with acting_as(a_user()):
                assert codes() == set()
            assert codes() == {family.code}
        assert codes() == set()


def test_acting_as_survives_a_rolled_back_savepoint():
    team = Team()
    family = family_at(Step.INTAKE, team)
    with acting_as(team.coordinator):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), acting_as(team.lead):
            raise ZeroDivisionError
        assert codes() == {family.code}
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select no_such_column from families_family")
        assert codes() == {family.code}
    assert current_actor() == ""


def test_being_a_job_gives_the_web_role_nothing():
    family_at(Step.CONSENT)
    with as_job():
        assert codes() == set()


def test_a_disabled_user_sees_nothing_even_at_the_wall():
    team = Team()
    family_at(Step.CONSENT, team)
    team.coordinator.is_active = False
    team.coordinator.save(update_fields=["is_active"])
    with acting_as(team.coordinator):
        assert codes() == set()
