"""`make mutants`: mistakes seeded in the access rules, one at a time, and the test that catches each.

The list is security/mutants.toml. A mistake in SQL goes into a copy of a sound database, one in Python into a copy of
the code; then the tests named with it run. Ends with 1 when a mistake survives, or no longer fits the code. ONLY=name
tries one of them, or those with that word in their name; JOBS is how many at once.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
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

    def run(self, name: str, root: Path, tests: tuple[str, ...]) -> str:
        """Run the tests of the code in `root` on the database test_`name`. Gives the one that failed, or nothing.

        Raises RuntimeError when they could not be run.
        """
        given = {key: value for key, value in os.environ.items() if not key.startswith(("NM_", "DJANGO_"))}
        given |= {"HISTORIES": HISTORIES, **self.environment, "NM_DATABASE_NAME": name}
        command = [str(BIN / "pytest"), "-x", "-q", "--tb=line", "-p", "no:cacheprovider", "--reuse-db", *tests]
        done = subprocess.run(command, cwd=root, env=given, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return ""
        failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        if done.returncode != FAILED or failed is None:
            raise RuntimeError((done.stdout + done.stderr)[-3000:])
        return failed[1]

    def try_out(self, mutant: Mutant) -> str:
        """The test that catches it, or nothing. Raises Stale, and RuntimeError when the tests could not be run."""
        root = self._copy_of_code(mutant) if mutant.file else ROOT
        with self.owner("postgres") as owner:
            copy = sql.SQL("create database {} template {}")
            owner.execute(copy.format(sql.Identifier(f"test_{mutant.name}"), sql.Identifier(f"test_{SOUND}")))
        try:
            if not mutant.file:
                self._seed_database(mutant)
            return self.run(mutant.name, root, mutant.tests)
        finally:
            with self.owner("postgres") as owner:
                owner.execute(sql.SQL("drop database {} (force)").format(sql.Identifier(f"test_{mutant.name}")))
            if mutant.file:
                shutil.rmtree(root)

    def _seed_database(self, mutant: Mutant) -> None:
        with self.owner(f"test_{mutant.name}") as owner:
            if mutant.sql:
                owner.execute(mutant.sql.encode())
            else:
                text = definition(lambda query, values: owner.execute(query, values).fetchone(), mutant.function)
                owner.execute(mutant.seeded_in(text).encode())

    def _copy_of_code(self, mutant: Mutant) -> Path:
        seeded = mutant.seeded_in((ROOT / mutant.file).read_text())
        root = COPIES / mutant.name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_COPIED), copy_function=os.link)
        for shared in SHARED:
            (root / shared).symlink_to(ROOT / shared)
        # The copy is a link to the file itself: make room for another before writing.
        (root / mutant.file).unlink()
        (root / mutant.file).write_text(seeded)
        return root


def main() -> int:
    """Returns the exit code."""
    started, word = time.monotonic(), os.environ.get("ONLY", "")
    chosen = [mutant for mutant in mutants() if word in mutant.name]
    if not chosen:
        print(f"Ingen feil har «{word}» i navnet. De står i {SEEDED.relative_to(ROOT)}.")
        return 1
    with tempfile.TemporaryDirectory(prefix="nyemonstre-mutants-") as folder:
        Path(folder).chmod(0o711)
        with Servers(Path(folder) / "servers", careless=True) as servers:
            laboratory = Laboratory(servers.environment())
            tests = tuple(dict.fromkeys(path for mutant in chosen for path in mutant.tests))
            if caught := laboratory.run(SOUND, ROOT, tests):
                print(f"{caught} feiler uten noen feil i koden. Få testene til å gå først.")
                return 1
            print(f"Uten feil går alle testene ({time.monotonic() - started:.0f} s).", flush=True)
            survived = try_all(laboratory, chosen)
    print(f"\n{len(chosen) - survived} av {len(chosen)} feil ble fanget ({time.monotonic() - started:.0f} s)")
    return 1 if survived else 0


def try_all(laboratory: Laboratory, chosen: list[Mutant]) -> int:
    """One line for each as it is done. Gives how many were not caught."""

    def attempt(mutant: Mutant) -> tuple[str, float]:
        began = time.monotonic()
        try:
            said = laboratory.try_out(mutant)
        except Stale:
            said = ""
            print(f"{mutant.name}: passer ikke lenger til koden, skriv den på nytt i security/mutants.toml", flush=True)
        except (RuntimeError, psycopg.Error) as error:
            said = ""
            print(f"{mutant.name}: {error}", flush=True)
        return said, time.monotonic() - began

    survived = 0
    print(f"\n{'':8} {'Feil':28} {'Sekunder':>8}  Fanget av", flush=True)
    with ThreadPoolExecutor(int(os.environ.get("JOBS", "2"))) as pool:
        for mutant, (caught, spent) in zip(chosen, pool.map(attempt, chosen), strict=True):
            survived += not caught
            said = caught or f"OVERLEVDE: {mutant.mistake}"
            print(f"{'fanget' if caught else 'OVERLEVD':8} {mutant.name:28} {spent:>8.1f}  {said}", flush=True)
    return survived


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
