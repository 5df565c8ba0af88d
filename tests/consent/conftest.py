"""A family that takes part, and short ways to make agreements with services."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

# Models can be imported when Django is ready, which is after this file is read: hence the imports in the functions.


def a_team_and_its_family() -> tuple[Any, Any]:
    """Everybody has said yes to taking part, 40 days ago."""
    from django.utils import timezone

    from tests.factories import Team, family_at

    team = Team()
    return team, family_at("consent", team, on=timezone.localdate() - timedelta(days=40))


@pytest.fixture(scope="module")
def walked(shared_rows: Any) -> tuple[Any, Any]:
    """Walked once for the module. A module whose tests commit has a `walked` of its own for each test."""
    with shared_rows():
        return a_team_and_its_family()


@pytest.fixture
def team(db: None, walked: tuple[Any, Any]) -> Any:
    return deepcopy(walked[0])


@pytest.fixture
def family(team: Any, walked: tuple[Any, Any]) -> Any:
    return deepcopy(walked[1])


@pytest.fixture
def people(family: Any, team: Any) -> dict[str, Any]:
    from tests.consent.arrange import members_of

    return members_of(family, team.coordinator)


@pytest.fixture
def school(team: Any) -> Any:
    from consent import actions

    return actions.add_service(team.municipality, name="Øvre Bjørkåsen skole", sector="school", by=team.coordinator)


@pytest.fixture
def draft(family: Any, team: Any, people: dict[str, Any], school: Any) -> Callable[..., Any]:
    """`draft(who=["Jente"], valid_from=…)`: a draft with the school, with a contact."""
    from consent import actions
    from tests.consent.arrange import SECRETS, days

    def make(who: tuple[str, ...] = ("Jente",), **facts: Any) -> Any:
        facts = {
            "service": school,
            "topics": ["school"],
            "valid_from": days(-10),
            "contact": dict(SECRETS),
            "by": team.coordinator,
            "members": [people[name] for name in who],
            **facts,
        }
        return actions.draft_line(family, **facts)

    return make


@pytest.fixture
def live(draft: Callable[..., Any], team: Any) -> Callable[..., Any]:
    """A signed line; the same words as `draft`."""
    from consent import actions

    def make(*args: Any, **facts: Any) -> Any:
        line = draft(*args, **facts)
        return actions.sign_line(line, how="signed", signed_by="Mor Prøve", by=facts.get("by", team.coordinator))

    return make


@pytest.fixture
def client(client, team):
    """The coordinator, logged in."""
    client.force_login(team.coordinator)
    return client
