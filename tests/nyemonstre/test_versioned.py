import pytest

from families import actions
from families.models import Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Stale
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


def test_the_second_of_two_editors_is_told_and_sees_the_newer_row():
    team = Team()
    family = family_at(Step.INTAKE, team)
    with acting_as(team.coordinator):
        member = Member.objects.select_related("family__municipality").filter(family=family).first()
    actions.change_member(member, relation="bestemor", version=member.version, by=team.coordinator)
    with pytest.raises(Stale) as refusal:
        actions.change_member(member, relation="tante", version=member.version, by=team.coordinator)
    assert refusal.value.current.relation == "bestemor"
    with acting_as(team.coordinator):
        assert Member.objects.get(pk=member.pk).relation == "bestemor"
