"""A process that would be dangerous does not start."""

import json
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import SQL

from nyemonstre import embedded, startup
from nyemonstre.postgres.creation import as_owner


@pytest.mark.parametrize("hosts", [["localhost"], ["127.0.0.1", "[::1]"], ["testserver"], []])
def test_demo_on_the_own_machine_starts(hosts: list[str]) -> None:
    startup.refuse_demo(demo=True, debug=False, hosts=hosts)


@pytest.mark.parametrize("host", ["monstre.kommune.no", "*", ".kommune.no", "10.0.0.4"])
def test_demo_on_a_real_host_refuses(host: str) -> None:
    with pytest.raises(startup.StartRefused, match="Demomodus"):
        startup.refuse_demo(demo=True, debug=False, hosts=["localhost", host])


def test_without_demo_a_real_host_is_the_normal_case() -> None:
    startup.refuse_demo(demo=False, debug=False, hosts=["monstre.kommune.no"])


@pytest.mark.django_db(transaction=True)
class TestRole:
    def test_web_role_starts(self) -> None:
        startup.refuse_role(connection)

    def test_owner_refuses(self) -> None:
        with as_owner(connection), pytest.raises(startup.StartRefused, match="nm_owner eier tabeller"):
            startup.refuse_role(connection)


@pytest.fixture(scope="module")
def powerful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], BaseDatabaseWrapper]]:
    """Connections of roles that must never serve, on servers of their own: the superuser, and one that bypasses."""
    data = tmp_path_factory.mktemp("powerful") / "data"
    with embedded.Servers(data, careless=True) as servers:
        password = json.loads((data / "secrets.json").read_text())["superuser"]
        place = {
            "HOST": "127.0.0.1",
            "PORT": str(servers.port),
            "NAME": "nyemonstre",
            "PASSWORD": password,
            "OPTIONS": {},
        }
        opened: list[BaseDatabaseWrapper] = []

        def connect(user: str) -> BaseDatabaseWrapper:
            backend = type(connections[DEFAULT_DB_ALIAS])
            opened.append(backend({**connection.settings_dict, **place, "USER": user}, alias="powerful"))
            return opened[-1]

        # Outside Django: no test has asked for its database yet.
        with psycopg.connect(
            host="127.0.0.1", port=servers.port, user="postgres", password=password, dbname="nyemonstre"
        ) as superuser:
            superuser.execute(SQL("create role bypasser login bypassrls in role nm_web password {}").format(password))
        yield connect
        for one in opened:
            one.close()


@pytest.mark.parametrize(("role", "words"), [("postgres", "er superbruker"), ("bypasser", "går forbi radsikkerheten")])
@pytest.mark.django_db
def test_powerful_roles_refuse_in_one_sentence(
    powerful: Callable[[str], BaseDatabaseWrapper], role: str, words: str
) -> None:
    with pytest.raises(startup.StartRefused, match=words) as refused:
        startup.refuse_role(powerful(role))
    assert str(refused.value).startswith(f"Databaserollen {role} ")
    assert "\n" not in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_role_is_checked_later_when_the_database_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: object) -> None:
        raise OperationalError("down")

    asked: list[object] = []
    monkeypatch.setattr(startup, "refuse_role", down)
    startup.refuse()
    monkeypatch.setattr(startup, "refuse_role", asked.append)
    connection.close()
    connection.ensure_connection()
    assert asked == [connection]
    connection.close()
    connection.ensure_connection()
    assert len(asked) == 1
