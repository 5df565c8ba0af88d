"""A team, and a family in which everybody has said yes to taking part."""

import pytest

# Models can be imported when Django is ready, which is after this file is read: hence the imports in the functions.


def a_team_and_its_family():
    from tests.factories import Team, family_at

    team = Team()
    return team, family_at("consent", team, name="Lyngmo")


@pytest.fixture(scope="module")
def walked(shared_rows):
    """Walked once for the module. A module whose tests commit has a `walked` of its own for each test."""
    with shared_rows():
        return a_team_and_its_family()


@pytest.fixture
def people(team, family):
    """By first name: Mor (38), Far (42), Jente (13), Gutt (7)."""
    from tests.assessments.arrange import members

    return members(family, team.coordinator)


@pytest.fixture
def sitting(team, family):
    from assessments import actions

    return actions.start(family, kind="baseline", by=team.coordinator)
