"""One table of roles, and everything else agrees with it."""

import pytest
from django.contrib.auth.models import Permission as DjangoPermission
from guardian.models import GroupObjectPermission, UserObjectPermission

from families.models import Family
from families.stages import Step
from nyemonstre.access.roles import EVERYWHERE, GRANTED, READER_GRANT, Permission, Role
from tests.factories import family_at


def test_permissions_are_the_codenames_of_family():
    assert {codename for codename, _label in Family._meta.permissions} == set(Permission.values)


def test_every_role_has_a_row():
    assert set(EVERYWHERE) == set(GRANTED) == set(Role)


def test_every_permission_is_somebodys():
    given = set().union(*EVERYWHERE.values(), *GRANTED.values())
    assert given == set(Permission)


def test_the_coordinator_opens_no_municipality():
    assert EVERYWHERE[Role.COORDINATOR] == frozenset()


def test_the_administrator_has_nothing_to_do_with_families():
    theirs = EVERYWHERE[Role.ADMINISTRATOR] | GRANTED[Role.ADMINISTRATOR]
    assert theirs == {Permission.MANAGE_USERS, Permission.CHANGE_INSTRUMENTS}


def test_a_reader_changes_nothing():
    assert not any(permission.startswith("change_") for permission in READER_GRANT)


@pytest.mark.django_db
def test_the_database_has_each_permission_once():
    rows = DjangoPermission.objects.filter(content_type__app_label="families", content_type__model="family")
    rows = rows.order_by("codename")
    assert [row.codename for row in rows] == sorted(Permission.values)


@pytest.mark.django_db
def test_guardians_generic_tables_stay_empty():
    family_at(Step.CONSENT)
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()
