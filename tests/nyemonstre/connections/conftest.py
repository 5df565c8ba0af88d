"""What only committed rows can show: threads, a pooler, a backup. Two towns, made once per module."""

import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction


@pytest.fixture(scope="module")
def towns(django_db_setup: Any, django_db_blocker: Any) -> Iterator[list[SimpleNamespace]]:
    """Two municipalities with a family each, committed: `.team` and `.family`. Emptied by the owner afterwards."""
    from families.stages import Step
    from tests.factories import Team, family_at

    with django_db_blocker.unblock():
        with transaction.atomic():
            made = []
            for name in ("Nordby", "Sørby"):
                team = Team()
                made.append(SimpleNamespace(team=team, family=family_at(Step.CONSENT, team, name=name)))
            # Nothing is sent: what the walk would have mailed is not what is tried here.
            connection.run_on_commit.clear()
        yield made
        call_command("flush", verbosity=0, interactive=False)
        connection.close()


@pytest.fixture
def _django_db_helper(towns: Any) -> None:
    """In place of pytest-django's, which empties the database after each test: here the towns stay for the module."""


@pytest.fixture
def pgbouncer() -> str:
    """Debian's pgbouncer; `make test` installs it."""
    found = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if found is None:
        pytest.fail("pgbouncer mangler: apt-get install pgbouncer")
    return found
