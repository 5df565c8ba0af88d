"""A site of its own for the browser: a database with demo data, made once for all test processes, and a web server.

The pages are only read, so the processes share the database; each has a server, because each has its own Chromium.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from nyemonstre.embedded import _end_with_parent, free_port

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, "manage.py"]
# One municipality of the demo: eighteen families at every step of the path, so that each kind of page has rows on it.
MUNICIPALITY = "4203"
SEED = ["nyemonstre", "seed", "--place", MUNICIPALITY]
# Any number: it is one lock, held by the process that makes the demo data while the others wait.
LOCK = 4204
PATIENCE = 30


def environment(role: str, database: str) -> dict[str, str]:
    """What a process of the site is given."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.e2e.demo_settings",
        "NM_DATABASE_ROLE": role,
        "NM_DATABASE_NAME": database,
        "NM_DEMO": "1",
        "NM_CACHE_PREFIX": database,
        "NM_OUTBOX": str(ROOT / ".data" / "test-outbox"),
        # Nothing is collected; files come from where they lie.
        "NM_STATIC_ROOT": str(ROOT / ".data" / "test-static"),
    }


@contextmanager
def demo_database(name: str) -> Iterator[str]:
    """The database `name` with demo data. The first process that asks makes it, the last one that leaves drops it."""
    with _owner() as owner:
        owner.execute("select pg_advisory_lock(%s)", [LOCK])
        if not owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            try:
                template = os.environ.get("NM_TEST_TEMPLATE")
                owner.execute(
                    sql.SQL("create database {} template {}").format(
                        sql.Identifier(name), sql.Identifier(template or "template1")
                    )
                )
                if not template:
                    _manage(name, "migrate", "--noinput", "--verbosity", "0")
                _manage(name, *SEED)
            except BaseException:
                _drop(owner, name)
                raise
        owner.execute("select pg_advisory_unlock(%s)", [LOCK])
    yield name
    with _owner() as owner, suppress(psycopg.errors.ObjectInUse):
        _drop(owner, name)


def _owner() -> psycopg.Connection:
    return psycopg.connect(
        host=os.environ["NM_DATABASE_HOST"], port=os.environ["NM_DATABASE_PORT"], dbname="postgres",
        user="nm_owner", password=os.environ["NM_DATABASE_PASSWORD_OWNER"], autocommit=True,
    )  # fmt: skip


def _drop(owner: psycopg.Connection, name: str) -> None:
    owner.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))


def _manage(database: str, *words: str) -> None:
    done = subprocess.run(
        [*MANAGE, *words], cwd=ROOT, env=environment("owner", database), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"


class Site:
    """The running server. `sign_in` gives a visitor that carries somebody's session."""

    def __init__(self, database: str, log: Path, port: int = 0) -> None:
        self.database = database
        self.log = log
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "nyemonstre.wsgi", "--worker-class", "gthread", "--threads", "4",
                    "--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "1",
                ],
                cwd=ROOT, env=environment("web", database), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                preexec_fn=_end_with_parent,
            )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        limit = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/helse/", timeout=5):  # noqa: S310  our own
                return
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            assert time.monotonic() < limit, f"no page within {PATIENCE} s: {self.log.read_text()[-4000:]}"
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """As when a machine goes down: the server and its workers at once, with nothing finished."""
        pid = self.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children")
        for one in [pid, *(workers.read_text().split() if workers.exists() else ())]:
            with suppress(ProcessLookupError):
                os.kill(int(one), signal.SIGKILL)
        self.process.wait(PATIENCE)

    def faults(self) -> str:
        """The end of what the server wrote, for the text of a failure."""
        return self.log.read_text(errors="replace")[-3000:]

    def sign_in(self, who: str) -> "Visitor":
        """ "lead" is the one with this role, "coordinator 2" the second of them, "" is nobody."""
        visitor = Visitor(self.url)
        if who:
            token = visitor.get("/konto/logg-inn/").field("csrfmiddlewaretoken")
            role, _space, number = who.partition(" ")
            person = self.person(role, int(number or 1))
            answer = visitor.get("/demo/logg-inn/", {"csrfmiddlewaretoken": token, "user": person})
            assert answer.status == 302, answer
            visitor.is_somebody = True
        return visitor

    def person(self, role: str, number: int) -> str:
        """The id of the `number`th person with this role, by the families they follow."""
        password = os.environ["NM_DATABASE_PASSWORD_OWNER"]
        with psycopg.connect(
            host=os.environ["NM_DATABASE_HOST"], port=os.environ["NM_DATABASE_PORT"], dbname=self.database,
            user="nm_owner", password=password,
        ) as owner:  # fmt: skip
            row = owner.execute(
                """select u.id from accounts_membership m
                     join accounts_user u on u.id = m.user_id
                     join accounts_municipality k on k.id = m.municipality_id
                    where m.role = %s and k.number = %s and m.valid_to is null and u.is_active
                    order by (select count(*) from families_assignment a where a.user_id = u.id) desc, u.name
                    limit 1 offset %s""",
                [role, MUNICIPALITY, number - 1],
            ).fetchone()
        assert row, f"the demo has no {role} number {number}"
        return str(row[0])


class Answer:
    """What came back: status, headers, and the text of a page."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_html = headers.get("Content-Type", "").startswith("text/html")
        self.text = body.decode() if self.is_html else ""

    @property
    def is_page(self) -> bool:
        """A whole page, not a fragment that htmx fetches, nor a file."""
        return self.is_html and "<html" in self.text[:300]

    def field(self, name: str) -> str:
        """The value of a hidden field."""
        return self.text.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers too."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Visitor:
    """A browser without a window: keeps cookies, follows nothing by itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self.is_somebody = False
        cookies = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(cookies, _Stay())

    def get(self, path: str, form: dict[str, str] | None = None, *, fragment: bool = False) -> Answer:
        """The answer to an address; with `form`, to its POST. `fragment` asks as htmx does."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        address = self.url + path
        request = urllib.request.Request(address, data=data, headers={"Accept-Language": "nb"})  # noqa: S310  our own
        if fragment:
            request.add_header("HX-Request", "true")
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def for_browser(self) -> list[dict[str, str]]:
        """The cookies, as Playwright's context takes them."""
        return [{"name": cookie.name, "value": cookie.value or "", "url": self.url} for cookie in self.cookies]
