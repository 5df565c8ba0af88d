"""A pytest plugin of `make mutants`: mistakes in SQL, one after the other, in one process.

PostgreSQL changes functions and policies inside a transaction like everything else. So a mistake is seeded where each
test begins, and is gone when the test is rolled back; nothing is started, made or migrated anew for the next one.
"""

import os
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from nyemonstre.setup.mutants import TOLD, Mutant, Stale, definition, mutants

# Run by the owner, for whoever asks: in the database of this run, which is thrown away with its server.
SEED = """
create or replace function sec.seed(mistake text) returns void language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp as 'begin execute mistake; end';
"""


class Bench:
    """Which mistake is in, and whether it could be put in."""

    mutant: Mutant | None = None
    trouble = ""


def tell(*words: str) -> None:
    """One line to nyemonstre/setup/mutants.py, which reads this process."""
    print("\n" + "\t".join((TOLD, *words)), flush=True)


@pytest.fixture(scope="session", autouse=True)
def _owner_seeds(django_db_setup: None, django_db_blocker: Any) -> None:
    from django.db import connection  # noqa: PLC0415  only when the settings have been read

    from nyemonstre.postgres.creation import as_owner  # noqa: PLC0415  the same

    with django_db_blocker.unblock(), as_owner(connection), connection.cursor() as cursor:
        cursor.execute(SEED)


@pytest.fixture(autouse=True)
def _mistake(request: pytest.FixtureRequest) -> None:
    if Bench.mutant is None:
        return
    request.getfixturevalue("db")
    try:
        _seed(Bench.mutant)
    except Exception as error:
        Bench.trouble = "passer ikke lenger til koden" if isinstance(error, Stale) else str(error)
        pytest.skip("the mistake could not be seeded")


def _seed(mutant: Mutant) -> None:
    from django.db import connection  # noqa: PLC0415  the same

    with connection.cursor() as cursor:

        def ask(query: str, values: list[Any]) -> Any:
            cursor.execute(query, values)
            return cursor.fetchone()

        statement = mutant.sql or mutant.seeded_in(definition(ask, mutant.function))
        # What waits for the end of the transaction would keep its table from being altered.
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("select sec.seed(%s)", [statement])


def pytest_runtestloop(session: pytest.Session) -> bool:
    """First all tests without any mistake; then for each mistake its own tests, until one fails."""
    items = [item for item in session.items if not _commits(item)]
    failed = _first_to_fail(session, items, items[0])
    tell("sound", failed)
    if failed:
        return True
    chosen = [mutant for mutant in mutants() if mutant.name in os.environ["MUTANTS"].split(",")]
    # Those with the same tests together: what a module has made is then made once.
    chosen.sort(key=lambda mutant: mutant.tests)
    plans = [(mutant, [item for item in items if _is_of(item, mutant)]) for mutant in chosen]
    for number, (mutant, own) in enumerate(plans):
        Bench.mutant, Bench.trouble = mutant, ""
        following = plans[number + 1][1][0] if number + 1 < len(plans) else None
        caught = _first_to_fail(session, own, following)
        tell(mutant.name, caught if not Bench.trouble else "", Bench.trouble.split("\n")[0])
    return True


def _commits(item: pytest.Item) -> bool:
    """A transactional test keeps what it does, and would keep the mistake."""
    return any(mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))


def _is_of(item: pytest.Item, mutant: Mutant) -> bool:
    return any(item.nodeid.startswith(path) for path in mutant.tests)


def _first_to_fail(session: pytest.Session, items: list[pytest.Item], following: pytest.Item | None) -> str:
    """Its name, or nothing. `following` is what runs afterwards: what the two share is kept."""
    failed = ""
    for number, item in enumerate(items):
        last = number + 1 == len(items)
        reports = runtestprotocol(item, log=False, nextitem=following if last else items[number + 1])
        if any(report.failed for report in reports):
            failed = item.nodeid
            break
    session._setupstate.teardown_exact(following)
    return failed
