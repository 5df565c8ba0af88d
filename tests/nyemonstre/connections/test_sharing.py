"""Many people over few connections: nobody is ever given another's rows, whatever went wrong just before."""

import os
import pwd
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from families.models import Family, Member
from nyemonstre import urls as site
from nyemonstre.access.views import signed_in
from nyemonstre.access.wall import acting_as
from nyemonstre.embedded import free_port

pytestmark = pytest.mark.django_db
THREADS, TURNS = 8, 25


# ── Views that do what a view should not ──────────────────────────────────────────────────────────────────────────────


@signed_in
def late(request: HttpRequest) -> StreamingHttpResponse:
    """Reads while the answer is already on its way: the transaction, and who asked, are gone by then."""

    def lines() -> Iterator[str]:
        yield "familier: "
        yield from Family.objects.order_by("code").values_list("code", flat=True)

    return StreamingHttpResponse(lines())


@signed_in
def breaks(request: HttpRequest) -> None:
    """Changes a row and then fails."""
    assert Member.objects.update(relation="halvveis") > 0
    raise RuntimeError("midt i")


urlpatterns = [path("sent/", late), path("feil/", breaks), *site.urlpatterns]
handler500 = site.handler500


def codes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select code from families_family")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("town", [0, 1])
def test_nobody_and_no_transaction_mean_no_rows(towns: list[SimpleNamespace], town: int) -> None:
    coordinator = towns[town].team.coordinator
    assert codes() == set()
    with transaction.atomic():
        assert codes() == set()
    with acting_as(coordinator):
        assert codes() == set(), "somebody acts, but outside a transaction the database is not told"
        with transaction.atomic():
            assert codes() == {towns[town].family.code}
        assert codes() == set()


def turn(town: SimpleNamespace, number: int) -> set[str]:
    """One transaction of a coordinator, sometimes one that goes wrong, and what it saw."""
    with acting_as(town.team.coordinator), suppress(ZeroDivisionError), transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic(), acting_as(None):
            if number % 3 == 0:
                raise ZeroDivisionError
        seen = codes()
        if number % 5 == 0:
            raise ZeroDivisionError
    return seen


def test_threads_over_a_pool_never_mix(towns: list[SimpleNamespace]) -> None:
    """Eight threads share the pool's six connections; each turn closes, so the next may get anybody's."""
    wrong: list[str] = []
    turns = iter(range(THREADS * TURNS))

    def work(seed: int) -> None:
        luck = random.Random(seed)
        for _ in range(TURNS):
            town = luck.choice(towns)
            number = next(turns)
            seen = turn(town, number)
            if number % 5 and seen != {town.family.code}:
                wrong.append(f"{town.family.code} saw {seen}")
            with transaction.atomic():
                if codes():
                    wrong.append("nobody saw something")
            connection.close()

    assert "pool" in connection.settings_dict["OPTIONS"]
    run_all([lambda seed=seed: work(seed) for seed in range(THREADS)])
    assert wrong == []
    assert next(turns, None) is None


def run_all(jobs: list[Callable[[], None]]) -> None:
    """Each in a thread of its own. Raises the first error of any."""
    errors: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@override_settings(ROOT_URLCONF=__name__)
def test_an_answer_that_reads_too_late_shows_nothing(towns: list[SimpleNamespace]) -> None:
    client = Client()
    client.force_login(towns[0].team.coordinator)
    answer = client.get("/sent/")
    assert answer.status_code == 200
    assert answer.getvalue() == b"familier: "


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_fails_changes_nothing_and_leaves_nobody_behind(towns: list[SimpleNamespace]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(towns[0].team.coordinator)
    assert client.get("/feil/").status_code == 500
    with transaction.atomic():
        assert codes() == set()
    with acting_as(towns[0].team.coordinator), transaction.atomic():
        assert not Member.objects.filter(relation="halvveis").exists()


# ── A pooler in transaction mode, with one connection for everybody ───────────────────────────────────────────────────


@contextmanager
def pooler(program: str, folder: Path) -> Iterator[int]:
    """pgbouncer in front of the test database: transaction mode, one server connection. Gives its port."""
    settings, port = connection.settings_dict, free_port()
    users = folder / "users.txt"
    users.write_text(f'"{settings["USER"]}" "{settings["PASSWORD"]}"\n')
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\nsolo = host={settings['HOST']} port={settings['PORT']} dbname={settings['NAME']} pool_size=1\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\n"
        f"auth_file = {users}\npool_mode = transaction\nlogfile = {folder}/pgbouncer.log\n"
    )
    options = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        for place in (folder, users, config):
            os.chown(place, nobody.pw_uid, nobody.pw_gid)
        options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    process = subprocess.Popen(
        [program, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **options
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        settings = connection.settings_dict
        with suppress(psycopg.OperationalError):
            psycopg.connect(
                host="127.0.0.1", port=port, dbname="solo", user=settings["USER"], password=settings["PASSWORD"]
            ).close()
            return
        time.sleep(0.05)
    pytest.fail("pgbouncer does not answer")


@pytest.fixture
def pooled(towns: list[SimpleNamespace], pgbouncer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Every Django connection made in the test goes through the pooler, with the settings for one. Gives its port."""
    folder = tmp_path_factory.mktemp("pgbouncer")
    for place in (folder.parent, *folder.parent.parents):
        with suppress(PermissionError):
            place.chmod(place.stat().st_mode | 0o011)
    with pooler(pgbouncer, folder) as port:
        wait_for(port)
        before = connections.settings[DEFAULT_DB_ALIAS], connection.settings_dict
        behind = {name: value for name, value in before[1]["OPTIONS"].items() if name not in ("options", "pool")}
        there = {"HOST": "127.0.0.1", "PORT": str(port), "NAME": "solo", "OPTIONS": behind}
        connection.close()
        connection.close_pool()
        connections.settings[DEFAULT_DB_ALIAS] = connection.settings_dict = {
            **before[1], **there, "DISABLE_SERVER_SIDE_CURSORS": True,
        }  # fmt: skip
        try:
            yield port
        finally:
            connection.close()
            connections.settings[DEFAULT_DB_ALIAS], connection.settings_dict = before


def test_two_people_over_one_pooled_connection(towns: list[SimpleNamespace], pooled: int) -> None:
    """Both keep their client connection open; the one server connection goes back and forth between them."""
    wrong: list[str] = []

    def work(town: SimpleNamespace) -> None:
        for number in range(1, 40):
            seen = turn(town, number)
            if number % 5 and seen != {town.family.code}:
                wrong.append(f"{town.family.code} saw {seen}")
            with transaction.atomic():
                if codes():
                    wrong.append("nobody saw something")
            if codes():
                wrong.append("somebody saw something outside a transaction")

    run_all([lambda town=town: work(town) for town in towns])
    assert wrong == []


def test_long_lists_come_through_the_pooler(towns: list[SimpleNamespace], pooled: int) -> None:
    """`iterator()` would open a cursor on the server, which the next transaction's connection knows nothing of."""
    with acting_as(towns[0].team.coordinator), transaction.atomic():
        assert [f.code for f in Family.objects.order_by("code").iterator(chunk_size=1)] == [towns[0].family.code]
    with connection.cursor() as cursor:
        cursor.execute("show lock_timeout")
        assert cursor.fetchone() == ("10s",), "the limits are the role's own, as no start option passes the pooler"
