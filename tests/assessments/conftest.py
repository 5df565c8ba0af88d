"""A team, and a family in which everybody has said yes to taking part."""

import pytest

# Models can be imported when Django is ready, which is after this file is read: hence the imports in the functions.


@pytest.fixture
def team(db):
    from tests.factories import Team

    return Team()


@pytest.fixture
def family(team):
    from tests.factories import family_at

    return family_at("consent", team, name="Lyngmo")


@pytest.fixture
def people(team, family):
    """By first name: Mor (38), Far (42), Jente (13), Gutt (7)."""
    from tests.assessments.arrange import members

    return members(family, team.coordinator)


@pytest.fixture
def sitting(team, family):
    from assessments import actions

    return actions.start(family, kind="baseline", by=team.coordinator)
