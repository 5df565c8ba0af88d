"""The site the browser walks through, and what each role finds on it."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from django.urls import reverse

from .crawl import Seen, walk
from .site import Site, demo_database


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[Site]:
    """A running site with demo data. Tests may read it, not change it: other processes walk there too."""
    log: Path = tmp_path_factory.mktemp("site") / "server.log"
    with demo_database(f"e2e_{testrun_uid[:12]}") as database:
        running = Site(database, log)
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def colours() -> set[str]:
    """What axe was asked about by this process, on whoever's page: words on their ground, of each kind once."""
    return set()


@pytest.fixture(scope="session")
def found_by(
    site: Site, tmp_path_factory: pytest.TempPathFactory, testrun_uid: str
) -> Callable[[str], dict[str, Seen]]:
    """`found_by(who)`: every view this person reaches by links, by name. See Site.sign_in for who.

    Walked once for all test processes: they leave what they found where the others look.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder

    @cache
    def walked(who: str) -> dict[str, Seen]:
        with (folder / f"{testrun_uid} {who}.json").open("a+") as notes:
            fcntl.flock(notes, fcntl.LOCK_EX)
            notes.seek(0)
            known = notes.read()
            if known:
                return {name: Seen(**view) for name, view in json.loads(known).items()}
            # The second of a role has other families, but the same pages.
            role, is_second, _number = who.partition(" ")
            person = site.sign_in(who)
            found = walk(person, reverse("families:family_list"), walked(role)) if is_second else walk(person)
            json.dump({name: asdict(view) for name, view in found.items()}, notes)
            return found

    return walked
