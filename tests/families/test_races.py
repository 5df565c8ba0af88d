"""Two people at the same family at the same time, on two real connections."""

from threading import Thread
from time import sleep

import pytest
from django.db import connection, transaction

from families import assignments
from families.models import Assignment
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at


def until_somebody_waits() -> None:
    """Up to ten seconds, until another connection of ours stands still at a row this one has not committed."""
    for _n in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_locks where not granted and pid in"
                " (select pid from pg_stat_activity where datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.1)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_two_leads_give_the_family_its_coordinator_at_once():
    team = Team()
    with transaction.atomic():
        family = family_at(Step.INTAKE, team, followed=False)
    another = a_user(Role.LEAD, team.municipality)
    said = []

    def assign() -> None:
        try:
            assignments.assign_coordinator(family, coordinator=team.second_coordinator, by=another)
            said.append("assigned")
        except Refused as refusal:
            said.append(refusal.rule)
        finally:
            connection.close()

    other = Thread(target=assign)
    with transaction.atomic():
        assignments.assign_coordinator(family, coordinator=team.coordinator, by=team.lead)
        other.start()
        until_somebody_waits()
    other.join(20)
    assert said == ["has_responsible"]
    with acting_as(team.lead), transaction.atomic():
        assert Assignment.objects.live().responsible().get(family=family).user == team.coordinator
