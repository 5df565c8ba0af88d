"""What the dashboard asks of the database when the team is large."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from families.stages import Step
from families.team import standings
from nyemonstre.access.wall import acting_as
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


def test_standings_join_nothing_beside_the_walls_list():
    """Each row of a join was looked up in the wall's list of all families: a minute for ten thousand of them."""
    team = Team()
    family = family_at(Step.PLAN, team)
    with acting_as(team.lead), CaptureQueriesContext(connection) as asked:
        found = standings(team.lead, team.municipality, timezone.localdate())
    assert [row.pk for row in found] == [family.pk]
    about_rows = [query["sql"] for query in asked if 'FROM "families_family"' not in query["sql"]]
    assert len(about_rows) == 2
    assert not [sql for sql in about_rows if "JOIN" in sql]
