"""A family with everything, made once for a module; each test has its own copy of what was read."""

import pytest


@pytest.fixture(scope="module")
def walked(shared_rows):
    from tests.factories import Team
    from tests.factories.everything import family_with_everything

    with shared_rows():
        team = Team()
        return team, family_with_everything(team)
