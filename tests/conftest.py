"""Servers, and the nets that hold for every test: unknown template variables, order by luck, sockets, the web role.

pytest started directly starts its own PostgreSQL and Valkey; parallel workers share those of the first process.
"""

import atexit
import gc
import os
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _start_servers() -> None:
    from nyemonstre.embedded import Servers

    data = Path(tempfile.mkdtemp(prefix="nyemonstre-test-"))
    data.chmod(0o711)
    servers = Servers(data, careless=True)
    servers.start()

    def end() -> None:
        servers.stop()
        shutil.rmtree(data, ignore_errors=True)

    atexit.register(end)
    os.environ.update(servers.environment())


_UPLOADS = tempfile.mkdtemp(prefix="nyemonstre-uploads-")
atexit.register(shutil.rmtree, _UPLOADS, ignore_errors=True)


def _environment() -> None:
    """What settings.py reads. Set here, because Django must find it before the first test module is imported."""
    for name in [name for name in os.environ if name.startswith("NM_") and not _about_servers(name)]:
        del os.environ[name]
    if "NM_DATABASE_HOST" not in os.environ:
        _start_servers()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "nyemonstre.settings",
        "NM_SECURE": "0",
        "NM_UPLOADS": _UPLOADS,
        "NM_SYNTHETIC_NUMBERS": "1",
        "NM_PLAIN_STATIC": "1",
        # Nothing is collected in tests, and WhiteNoise warns of a folder that is not there.
        "NM_STATIC_ROOT": str(ROOT / "static"),
        "NM_MAIL_HOST": "localhost",
        "NM_ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        # Playwright's loop lives in this thread, and Django sees a loop.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
    }


def _about_servers(name: str) -> bool:
    return name.startswith("NM_DATABASE_") or name in (
        "NM_REDIS_URL",
        "NM_TEST_TEMPLATE",
        "NM_SECRET_KEY",
        "NM_VAULT_KEYS",
        "NM_INDEX_KEYS",
    )


_environment()
# `make mutants` seeds mistakes in the database while these tests run. Here, because the plugin reads the settings.
pytest_plugins = ["nyemonstre.setup.seeding"] if "MUTANTS" in os.environ else []


def pytest_collection_finish() -> None:
    """Modules and tests live to the end: Python need not look through them again each time it collects garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class UnknownVariable(str):
    """Stands where a template names something that is not there, and says so."""

    def __contains__(self, item: object) -> bool:
        # Django asks for "%s" before it formats.
        return True

    def __mod__(self, variable: Any) -> str:
        raise AssertionError(f"unknown template variable: {variable}")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # A migrated database to copy, where `make test` has made one. Else each process migrates its own.
    if template := os.environ.get("NM_TEST_TEMPLATE"):
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable("?")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.AUTH_PASSWORD_VALIDATORS = []
    # A file is looked for when it is asked for; else each new test client lists them all.
    settings.WHITENOISE_AUTOREFRESH = True
    # Parallel workers share one Valkey, not each other's keys; and a cache that is cleared is only one's own.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    settings.CACHES["default"]["KEY_PREFIX"] = worker
    location = settings.CACHES["default"]["LOCATION"]
    settings.CACHES["default"]["LOCATION"] = f"{location.rpartition('/')[0]}/{int(worker[2:]) % 14 + 1}"


# Rows are deleted where there are any, by the one who is asked no question. Emptying every table with TRUNCATE, as
# Django does, makes hundreds of files anew and costs half a second after each transactional test.
DELETE = """
do $$ declare held regclass; begin
  set local session_replication_role = replica;
  for held in
    select c.oid from pg_class c left join pg_inherits i on i.inhrelid = c.oid
     where c.relkind = 'r' and pg_relation_size(c.oid) > 0 and coalesce(i.inhparent, c.oid) = any (%s::regclass[])
  loop execute format('delete from %%s', held); end loop;
end $$
"""
# The same in every test: made by the migrations, and after them.
STAYS = {"django_content_type", "auth_permission"}


@pytest.fixture(autouse=True, scope="session")
def _emptied_fast() -> Iterator[None]:
    """What a transactional test has committed is taken away."""
    import psycopg
    from django.core.management.commands import flush

    from nyemonstre.postgres.operations import DatabaseOperations

    def empty(self: Any, statements: list[str]) -> None:
        tables = set(re.findall(r'"(\w+)"', " ".join(statements))) - STAYS
        facts = self.connection.settings_dict
        with psycopg.connect(
            host=facts["HOST"], port=facts["PORT"], dbname=facts["NAME"], user="postgres", autocommit=True,
            password=os.environ["NM_DATABASE_PASSWORD_SUPERUSER"], cursor_factory=psycopg.ClientCursor,
        ) as database:  # fmt: skip
            database.execute(DELETE, [sorted(tables)])

    patch = pytest.MonkeyPatch()
    patch.setattr(DatabaseOperations, "execute_sql_flush", empty)
    # It would look for the rows that STAYS names, forty times, and for the roles, which lie where nothing is emptied.
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _order_by_luck() -> Iterator[None]:
    """A queryset without an order comes back in any order, so that nothing leans on PostgreSQL's habit."""
    from django.db.models import query

    patch = pytest.MonkeyPatch()
    for name in ("ModelIterable", "ValuesIterable", "ValuesListIterable", "FlatValuesListIterable"):
        iterable = getattr(query, name)
        patch.setattr(iterable, "__iter__", _shuffled(iterable.__iter__))
    yield
    patch.undo()


def _shuffled(original: Any) -> Any:
    def iterate(self: Any) -> Iterator[Any]:
        rows = original(self)
        if self.queryset.ordered or self.queryset.query.combinator:
            return iter(rows)
        rows = list(rows)
        random.shuffle(rows)
        return iter(rows)

    return iterate


@pytest.fixture(autouse=True)
def _nobody_acts() -> Iterator[None]:
    """Each test starts with nobody acting and ends so; an actor left behind would let the next one see too much."""
    from nyemonstre.access import wall

    assert not any(wall.transaction_settings().values())
    yield
    assert not any(wall.transaction_settings().values())


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Rows a module makes once: what is written in `with shared_rows():` by a module's own fixture stays for it.

    A transaction stands around the module and each test's own is a savepoint in it, so what a test changes is rolled
    back as ever. Not for modules with transactional tests: those commit.
    """
    from django.db import connection, transaction

    @contextmanager
    def made() -> Iterator[None]:
        with django_db_blocker.unblock():
            yield
            connection.check_constraints()  # what was put off is asked once, and not again at the end of each test

    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
    yield made
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def team(db: None, walked: Any) -> Any:
    """The team of a module's `walked`, which gives (team, family): a copy for each test, so that none marks it."""
    return deepcopy(walked[0])


@pytest.fixture
def family(team: Any, walked: Any) -> Any:
    """The family of a module's `walked`; `team` is copied first, as everything is asked in somebody's name."""
    return deepcopy(walked[1])


@pytest.fixture
def acting_as() -> Any:
    """`with acting_as(user):` everything inside reaches the database in that user's name."""
    from nyemonstre.access.wall import acting_as

    return acting_as


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, one per test process."""
    from playwright.sync_api import sync_playwright

    from nyemonstre.setup.system import chromium

    if (path := chromium()) is None:
        pytest.fail("Chromium mangler: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Any]:
    """`new_page(width=1280)` opens a page of its own session. Script errors and CSP violations fail the test."""
    contexts = []
    problems: list[str] = []
    under_way: set[Any] = set()

    def note(message: Any) -> None:
        # A 403 or 404 the test asked for is no problem of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(message.text)

    def open_page(*, width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(locale="nb-NO", viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: under_way.add(request))
        page.on("requestfinished", lambda request: under_way.discard(request))
        page.on("requestfailed", lambda request: under_way.discard(request))
        return page

    yield open_page
    # A fragment still on its way would ask the database after the test has given it back.
    for _ in range(100):
        waiting = [page for context in contexts for page in context.pages]
        if not under_way or not waiting:
            break
        waiting[0].wait_for_timeout(50)
    for context in contexts:
        context.close()
    assert not problems, problems


@pytest.fixture
def page(new_page: Any) -> Any:
    """One page at 1280 px."""
    return new_page()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """axe-core itself. A context that is to ask on page after page is given it once, with `add_init_script`."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def axe(axe_source: str) -> Any:
    """`axe(page)` gives axe-core's violations on the page, as short lines.

    `leave_out` names rules not to ask, `only` the only ones; `among` is a script that gives the elements to ask about.
    """
    tags = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

    def run(page: Any, *leave_out: str, only: tuple[str, ...] = (), among: str = "document") -> list[str]:
        options = {
            "runOnly": only or tags,
            "rules": {rule: {"enabled": False} for rule in leave_out},
            # Only what is wrong: the list of what is right is long, and slow to carry over.
            "resultTypes": ["violations"],
        }
        ask = f"options => window.axe && axe.run({among}, options).then(found => found.violations)"
        if (found := page.evaluate(ask, options)) is None:
            page.evaluate(axe_source)
            found = page.evaluate(ask, options)
        return [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}" for v in found]

    return run
