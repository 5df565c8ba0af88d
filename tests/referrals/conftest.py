from typing import Any

import pytest


@pytest.fixture
def team(db: Any) -> Any:
    """A municipality with one person per role."""
    from tests.factories import Team

    return Team()
