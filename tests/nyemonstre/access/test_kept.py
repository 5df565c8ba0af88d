"""A kept rule is the rule: the same rows, whoever asks, however it is asked, and nothing of one person left in it."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import QuerySet
from django.utils import timezone

from consent.models import Consent
from families.assignments import grant_access
from families.models import Family, FamilyQuerySet, Member
from families.stages import Step
from nyemonstre.access.check import can
from nyemonstre.access.kept import kept
from nyemonstre.access.roles import COORDINATOR_GRANT, Permission
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    teams = [Team(), Team()]
    return [(team, family_at(Step.CONSENT, team)) for team in teams]


@pytest.mark.parametrize("permission", [Permission.LIST_FAMILY, Permission.VIEW_FAMILY, Permission.CHANGE_PLAN])
def test_each_person_has_their_own_rows_of_the_same_rule(two, permission, acting_as):
    for team, family in two:
        for user in (team.coordinator, team.lead, team.intake):
            with acting_as(user):
                unkept = Family.objects.filter(
                    pk__in=FamilyQuerySet.permitted.rule(Family.objects.all(), user, permission)
                )
                assert set(Family.objects.permitted(user, permission)) == set(unkept)
        with acting_as(team.coordinator):
            assert list(Family.objects.permitted(team.coordinator, permission)) == [family]


def test_it_is_asked_under_any_name_a_table_gets_inside_a_question(two, acting_as):
    (team, family), (_other, theirs) = two
    by = team.coordinator
    with acting_as(by):
        inside = Family.objects.permitted(by, Permission.VIEW_FAMILY)
        people = Member.objects.permitted(by, Permission.VIEW_FAMILY).filter(family__in=inside)
        assert {row.family for row in people.select_related("family")} == {family}
        answers = Consent.objects.permitted(by, Permission.VIEW_FAMILY).filter(member__in=people)
        assert {row.family_id for row in answers} == {family.pk}
        assert not inside.exclude(pk__in=inside)
        assert inside.filter(pk=family.pk).exists()
        assert not inside.filter(pk=theirs.pk).exists()
        either = Family.objects.filter(pk=family.pk) | inside
        assert either.count() == 1


def test_who_never_has_the_permission_has_no_rows(two, acting_as):
    team = two[0][0]
    with acting_as(team.coordinator):
        assert not Family.objects.permitted(team.coordinator, "no_such_permission")


def test_the_clock_goes_on_after_it_was_kept(two, acting_as):
    (team, family), _other = two
    helper = team.second_coordinator
    until = timezone.now() + timedelta(hours=1)
    grant_access(family, user=helper, reason="Vikar", permissions=COORDINATOR_GRANT, expires_at=until, by=team.lead)
    with acting_as(helper):
        assert can(helper, Permission.VIEW_FAMILY, family)
        with time_machine.travel(until + timedelta(minutes=1)):
            assert not can(helper, Permission.VIEW_FAMILY, family)
            assert not Family.objects.permitted(helper, Permission.VIEW_FAMILY)


def test_a_rule_that_joins_or_asks_of_nobody_is_no_rule():
    class Rows(QuerySet):
        @kept
        def permitted(self, user, permission):
            return self.filter(family__assignments__user_id=user.pk)

        @kept
        def anybody(self, user, permission):
            return self.filter(last_name="")

    class Somebody:
        pk = None

    for name, why in (("permitted", "joins"), ("anybody", "does not ask by ids")):
        with pytest.raises(AssertionError, match=why):
            str(getattr(Rows(Member), name)(Somebody, "x").query)
