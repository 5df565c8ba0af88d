"""wapiti against a small demo of its own on the loopback address: as a visitor, then as each role, a minute each.

The demo is made anew each time, because wapiti fills in and sends every form it meets. It never logs out, never becomes
somebody else, and uses no module that calls a server of its own in the outside world.
"""

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from django.conf import settings

from nyemonstre.access.roles import Role
from nyemonstre.demo.run import MANAGE, Demo, DemoError
from nyemonstre.embedded import free_port, reset

# Arendal: every kind of family; one in four of them is enough to attack.
SEED = ["nyemonstre", "seed", "--place", "4203", "--families-scale", "0.25"]
MODULES = [
    "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "ldap", "methods", "permanentxss",
    "redirect", "sql", "timesql", "upload", "xss",
]  # fmt: skip
# Where a click would end the session, begin another person's, or change the language of what is read.
EXCLUDED = ("/konto/logg-ut/", "/konto/sprak/", "/demo/logg-inn/", "/konto/passord/", "/static/")
VISITOR = "visitor"
_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Target(Demo):
    """The demo with a few families, at an address of the loopback interface."""

    def seed(self) -> None:
        """A quarter of one municipality."""
        self.run("seed", [*MANAGE, *SEED])

    @property
    def address(self) -> str:
        """By number: wapiti's cookies are kept by host."""
        return f"http://127.0.0.1:{self.port}/"


class People(HTMLParser):
    """The hidden fields and the buttons of the demo's login form: role in words → id."""

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.words: dict[str, str] = {}
        self._person = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A person's button begins, or the form's token stands here."""
        given = dict(attrs)
        if given.get("name") == "csrfmiddlewaretoken":
            self.token = given.get("value") or ""
        if tag == "button" and given.get("name") == "user":
            self._person = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """The button ends."""
        if tag == "button":
            self._person = ""

    def handle_data(self, data: str) -> None:
        """Name and role stand in the button."""
        if self._person:
            self.words[self._person] = f"{self.words.get(self._person, '')} {data.strip()}"

    def somebody(self, role: str) -> str:
        """The first person with this role. Raises LookupError."""
        for person, words in self.words.items():
            if role in words:
                return person
        raise LookupError(f"the login page has nobody with the role {role}")


def sign_in(address: str, role: str) -> list[Any]:
    """The cookies of a session as somebody with this role, by the button on the login page."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{address}konto/logg-inn/", timeout=30) as answer:
        people = People()
        people.feed(answer.read().decode())
    form = {"csrfmiddlewaretoken": people.token, "user": people.somebody(role)}
    request = urllib.request.Request(
        f"{address}demo/logg-inn/", urllib.parse.urlencode(form).encode(), {"Referer": address, "Accept-Language": "nb"}
    )
    with opener.open(request, timeout=30):
        pass
    if not any(cookie.name == "nm" for cookie in jar):
        raise RuntimeError(f"no session for {role}")
    return list(jar)


def cookie_file(cookies: list[Any]) -> str:
    """As wapiti reads it: host → path → name → facts."""
    kept = {
        cookie.name: {"value": cookie.value, "expires": None, "secure": False, "port": None, "version": 0}
        for cookie in cookies
    }
    return json.dumps({"127.0.0.1": {"/": kept}})


def attack(wapiti: Path, folder: Path, seconds: int) -> list[tuple[str, str, str]]:
    """(rule, address, what was found) for everybody, each once. `seconds` is the time for each of them."""
    if not settings.configured:
        # The labels of roles are asked for in the code's own language, bokmål; nothing else of Django runs here.
        settings.configure(USE_I18N=False)
    data = folder / "demo"
    reset(data)
    folder.mkdir(parents=True, exist_ok=True)
    target = Target(port=free_port(), data=data)
    found: dict[tuple[str, str], str] = {}
    try:
        target.start()
        # The administrator last: wapiti sends every form it meets, and ends the roles of the others.
        for role in (VISITOR, *(role for role in Role if role != Role.ADMINISTRATOR), Role.ADMINISTRATOR):
            report = folder / f"{role}.json"
            report.unlink(missing_ok=True)
            cookies = folder / f"{role}.cookies"
            cookies.write_text(cookie_file([] if role == VISITOR else sign_in(target.address, str(Role(role).label))))
            _run(wapiti, target.address, cookies, report, seconds)
            rows, pages = read(report)
            print(f"  wapiti som {role}: {pages} adresser, {len(rows)} funn", flush=True)
            for rule, path, text in rows:
                found.setdefault((rule, path), f"{role}: {text}")
    except DemoError as error:
        raise RuntimeError(str(error)) from error
    finally:
        target.stop()
    return [(rule, path, text) for (rule, path), text in sorted(found.items())]


def _run(wapiti: Path, address: str, cookies: Path, report: Path, seconds: int) -> None:
    """wapiti's report in `report`. Raises RuntimeError with its own words when it writes none.

    Its tasks share a file of notes, and on a busy machine they may stand in each other's way: then one at a time.
    """
    for tasks in (4, 1):
        said = _once(wapiti, address, cookies, report, seconds, tasks)
        if report.exists():
            return
    raise RuntimeError(f"wapiti wrote no report: {said[-1500:]}")


def _once(wapiti: Path, address: str, cookies: Path, report: Path, seconds: int, tasks: int) -> str:
    crawl = max(5, seconds // 3)
    attack_time = max(2, (seconds - crawl) // len(MODULES) * 2)
    command = [
        str(wapiti), "-u", address, "--scope", "domain", "-c", str(cookies), "-m", ",".join(MODULES), "-v", "0",
        "-f", "json", "-o", str(report), "--max-scan-time", str(crawl), "--max-attack-time", str(attack_time),
        "--max-links-per-page", "60", "--tasks", str(tasks), "--flush-session", "--no-bugreport",
        "--store-session", str(report.parent / "sessions"), "--store-config", str(report.parent / "config"),
    ]  # fmt: skip
    for path in EXCLUDED:
        command += ["-x", address.rstrip("/") + path + "*"]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=seconds * 4 + 60
    )
    return done.stdout + done.stderr


def read(report: Path) -> tuple[list[tuple[str, str, str]], int]:
    """What a report holds, and how many pages were visited. An id in an address stands as ID; a category is a rule."""
    content = json.loads(report.read_text())
    rows = []
    for kind in ("vulnerabilities", "anomalies"):
        for category, cases in content[kind].items():
            for case in cases:
                path = _IDS.sub("ID", urllib.parse.urlsplit(case["path"]).path)
                rows.append((category, path, f"{case['method']} {case.get('parameter') or ''} {case['info']}".strip()))
    return rows, content.get("infos", {}).get("crawled_pages_nbr", 0)


if __name__ == "__main__":
    sys.exit("Kjør «make security».")
