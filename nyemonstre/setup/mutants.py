"""`make mutants`: mistakes seeded in the access rules, one at a time, and the test that catches each.

The list is security/mutants.toml. A mistake in SQL is seeded inside the transaction of each test
(nyemonstre/setup/seeding.py), one in Python in a copy of the code; then the tests named with it run. Ends with 1 when a
mistake survives, or no longer fits the code. ONLY=name tries one of them, or those with that word in their name; JOBS
is how many copies of the code are tried at once.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
sys.path.insert(0, str(ROOT))

from nyemonstre.embedded import EmbeddedError, Servers  # noqa: E402  the path above must be there first

SEEDED = ROOT / "security" / "mutants.toml"
# Copies of the code lie on the same disk as the code, so that they are links and cost nothing.
COPIES = ROOT / ".data" / "mutants"
NOT_COPIED = (".git", ".data", ".venv", "node_modules")
SHARED = (".venv", "node_modules")
SOUND = "sound"
# pytest's words for "a test failed" and "no test could be collected"; only the first has caught anything.
FAILED = 1
# Begins a line by which the process of seeding.py says how it went.
TOLD = "MUTANT"
# Histories in the search for one that shows a mistake, besides the written one.
HISTORIES = "3"


class Stale(Exception):
    """The mistake has no place in the code as it is now."""


@dataclass(frozen=True)
class Mutant:
    """One mistake. Exactly one of `function`, `sql` and `file` is given; see the head of security/mutants.toml."""

    name: str
    mistake: str
    tests: tuple[str, ...]
    function: str = ""
    sql: str = ""
    file: str = ""
    old: str = ""
    new: str = ""
    nth: int | None = None

    def seeded_in(self, text: str) -> str:
        """The text with the mistake in it. Raises Stale when there is no such place."""
        pieces = text.split(self.old)
        if len(pieces) < 2 or (self.file and len(pieces) > 2) or (self.nth is not None and len(pieces) < self.nth + 2):
            raise Stale
        if self.nth is None:
            return self.new.join(pieces)
        before, after = pieces[: self.nth + 1], pieces[self.nth + 1 :]
        return self.old.join(before) + self.new + self.old.join(after)


@dataclass(frozen=True)
class Result:
    """The test that caught it, or nothing; seconds spent; and why it could not be tried, if it could not."""

    mutant: Mutant
    caught: str
    spent: float
    trouble: str = ""


def mutants() -> list[Mutant]:
    """As they are written, with the paths of their tests."""
    written = tomllib.loads(SEEDED.read_text())
    paths = written["tests"]
    return [Mutant(**{**row, "tests": tuple(paths[name] for name in row["tests"])}) for row in written["mutant"]]


def definition(ask: Callable[[str, list[Any]], Any], function: str) -> str:
    """The text of a function of schema sec, or an empty one. `ask` runs a query and gives its first row."""
    row = ask(
        "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'sec'::regnamespace and proname = %s",
        [function],
    )
    return row[0] if row else ""


class Laboratory:
    """The servers, and on them a sound database to copy."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def owner(self, database: str) -> psycopg.Connection:
        """A connection as the owner of the schema. The caller closes it."""
        place = self.environment
        return psycopg.connect(
            host=place["NM_DATABASE_HOST"], port=place["NM_DATABASE_PORT"], user="nm_owner", dbname=database,
            password=place["NM_DATABASE_PASSWORD_OWNER"], autocommit=True,
        )  # fmt: skip

    def command(self, database: str, tests: Iterable[str], *more: str) -> tuple[list[str], dict[str, str]]:
        """pytest on the database test_`database`: the words of the command, and its environment."""
        given = {key: value for key, value in os.environ.items() if not key.startswith(("NM_", "DJANGO_"))}
        given |= {"HISTORIES": HISTORIES, **self.environment, "NM_DATABASE_NAME": database}
        return [str(BIN / "pytest"), "-x", "-q", "--tb=line", "-p", "no:cacheprovider", *more, *tests], given

    def run(self, database: str, root: Path, tests: Iterable[str]) -> str:
        """Run the tests of the code in `root`. Gives the one that failed, or nothing.

        Raises RuntimeError when they could not be run.
        """
        command, given = self.command(database, tests, "--reuse-db")
        done = subprocess.run(command, cwd=root, env=given, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return ""
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        if done.returncode != FAILED or failed is None:
            raise RuntimeError((done.stdout + done.stderr)[-3000:])
        return failed[1]

    # ── Mistakes in SQL ──

    def seed_database(self, chosen: list[Mutant]) -> Iterator[Result]:
        """All of them in one process, as each is done. Raises RuntimeError when it ends before the last."""
        command, given = self.command("seeded", tests_of(chosen), "-s")
        given["MUTANTS"] = ",".join(mutant.name for mutant in chosen)
        by_name, began, rest = {mutant.name: mutant for mutant in chosen}, time.monotonic(), []
        process = subprocess.Popen(
            command, cwd=ROOT, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line in process.stdout or ():
            if not line.startswith(f"{TOLD}\t"):
                rest.append(line)
                continue
            _told, name, caught, *trouble = line.rstrip("\n").split("\t")
            spent, began = time.monotonic() - began, time.monotonic()
            if name != "sound":
                yield Result(by_name.pop(name), caught, spent, "".join(trouble))
            elif caught:
                raise RuntimeError(f"{caught} feiler uten noen feil i koden. Få testene til å gå først.")
        process.wait()
        if by_name:
            raise RuntimeError("".join(rest)[-3000:])

    # ── Mistakes in Python ──

    def seed_code(self, chosen: list[Mutant], jobs: int) -> Iterator[Result]:
        """Each in a copy of the code, with a copy of a sound database. Raises RuntimeError when it is not sound."""
        if caught := self.run(SOUND, ROOT, tests_of(chosen)):
            raise RuntimeError(f"{caught} feiler uten noen feil i koden. Få testene til å gå først.")
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(self._try_copy, chosen)

    def _try_copy(self, mutant: Mutant) -> Result:
        began = time.monotonic()
        with self.owner("postgres") as owner:
            # Tests that ask no database have left none.
            if owner.execute("select from pg_database where datname = %s", [f"test_{SOUND}"]).rowcount:
                copy = sql.SQL("create database {} template {}")
                owner.execute(copy.format(sql.Identifier(f"test_{mutant.name}"), sql.Identifier(f"test_{SOUND}")))
        root, caught, trouble = COPIES / mutant.name, "", ""
        try:
            self._copy_code(mutant, root)
            caught = self.run(mutant.name, root, mutant.tests)
        except Stale:
            trouble = "passer ikke lenger til koden"
        except RuntimeError as error:
            trouble = str(error)
        finally:
            shutil.rmtree(root, ignore_errors=True)
            with self.owner("postgres") as owner:
                owner.execute(
                    sql.SQL("drop database if exists {} (force)").format(sql.Identifier(f"test_{mutant.name}"))
                )
        return Result(mutant, caught, time.monotonic() - began, trouble)

    def _copy_code(self, mutant: Mutant, root: Path) -> None:
        seeded = mutant.seeded_in((ROOT / mutant.file).read_text())
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_COPIED), copy_function=os.link)
        for shared in SHARED:
            (root / shared).symlink_to(ROOT / shared)
        # The copy is a link to the file itself: make room for another before writing.
        (root / mutant.file).unlink()
        (root / mutant.file).write_text(seeded)


def tests_of(chosen: Iterable[Mutant]) -> list[str]:
    """Every test that one of them names, once."""
    return list(dict.fromkeys(path for mutant in chosen for path in mutant.tests))


def main() -> int:
    """Returns the exit code."""
    started, word = time.monotonic(), os.environ.get("ONLY", "")
    chosen = [mutant for mutant in mutants() if word in mutant.name]
    if not chosen:
        print(f"Ingen feil har «{word}» i navnet. De står i {SEEDED.relative_to(ROOT)}.")
        return 1
    in_code = [mutant for mutant in chosen if mutant.file]
    in_sql = [mutant for mutant in chosen if not mutant.file]
    print(f"{len(chosen)} feil. Først går testene uten noen av dem.", flush=True)
    with tempfile.TemporaryDirectory(prefix="nyemonstre-mutants-") as folder:
        Path(folder).chmod(0o711)
        with Servers(Path(folder) / "servers", careless=True) as servers:
            laboratory = Laboratory(servers.environment())
            lanes = [laboratory.seed_database(in_sql)] if in_sql else []
            lanes += [laboratory.seed_code(in_code, int(os.environ.get("JOBS", "2")))] if in_code else []
            with ThreadPoolExecutor(len(lanes)) as pool:
                caught = sum(pool.map(show, lanes))
    print(f"\n{caught} av {len(chosen)} feil ble fanget ({time.monotonic() - started:.0f} s)")
    return 0 if caught == len(chosen) else 1


def show(results: Iterator[Result]) -> int:
    """A line for each as it is done. Gives how many were caught."""
    caught = 0
    try:
        for result in results:
            good = bool(result.caught) and not result.trouble
            caught += good
            said = result.caught if good else f"{result.mutant.mistake}. {result.trouble}"
            print(
                f"{'fanget' if good else 'OVERLEVDE':10}{result.mutant.name:30}{result.spent:>7.1f} s  {said}",
                flush=True,
            )
    except RuntimeError as error:
        print(error, flush=True)
    return caught


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
