"""`python -m bench`: own servers in a temporary folder, the demo's families copied until there are enough, and numbers.

Progress goes to standard error, the result as JSON to standard output.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from bench.fill import Filler
from nyemonstre.embedded import EmbeddedError, Servers

ROOT = Path(__file__).resolve().parent.parent
MUNICIPALITY = "4204"
# Families per municipality when they are spread.
SPREAD = 100


class Given:
    """The servers of the environment, and on them a database of our own: a copy of the migrated NM_TEST_TEMPLATE.

    What the test of the bench uses; numbers are taken on servers where nobody else works.
    """

    def __init__(self) -> None:
        self.name = f"bench_{os.getpid()}"

    def __enter__(self) -> "Given":
        with connect(os.environ | {"NM_DATABASE_NAME": "postgres"}) as server:
            server.execute(f'create database {self.name} template "{os.environ["NM_TEST_TEMPLATE"]}" owner nm_owner')
        return self

    def __exit__(self, *_: object) -> None:
        with connect(os.environ | {"NM_DATABASE_NAME": "postgres"}) as server:
            server.execute(f"drop database {self.name} with (force)")

    def environment(self) -> dict[str, str]:
        """As Servers.environment()."""
        ours = {name: value for name, value in os.environ.items() if name.startswith(("NM_DATABASE_", "NM_REDIS_"))}
        keys = {name: os.environ[name] for name in ("NM_SECRET_KEY", "NM_VAULT_KEYS", "NM_INDEX_KEYS")}
        return ours | keys | {"NM_DATABASE_NAME": self.name}


def connect(environment: Mapping[str, str]) -> psycopg.Connection:
    """As the superuser of careless servers, who alone may leave out the checks of keys."""
    return psycopg.connect(
        host=environment["NM_DATABASE_HOST"], port=environment["NM_DATABASE_PORT"], user="postgres",
        password=environment["NM_DATABASE_PASSWORD_SUPERUSER"], dbname=environment["NM_DATABASE_NAME"], autocommit=True,
    )  # fmt: skip


class Bench:
    """One run."""

    def __init__(self, servers: Servers | Given, folder: Path, options: argparse.Namespace) -> None:
        self.servers = servers
        self.folder = folder
        self.options = options
        self.began = time.monotonic()

    def run(self) -> dict[str, Any]:
        """Everything, small first. Raises CalledProcessError when a step fails; its words are on standard error."""
        few, many = sorted(self.options.families)
        if isinstance(self.servers, Servers):
            self.manage("migrate", "--noinput", "--verbosity", "0")
        self.manage("nyemonstre", "seed", "--place", MUNICIPALITY, "--families-scale", str(self.options.scale))
        self.say("seeded")
        result: dict[str, Any] = {"machine": machine(), "repeats": self.options.repeats}
        with connect(self.servers.environment()) as database:
            filler = Filler(database, self.one(database, "select id from accounts_municipality where number = %s"))
            coordinator = self.one(database, BUSIEST)
            filler.source(coordinator)
            filler.grow(few, [filler.municipality])
            result[f"{few} families in one municipality"] = self.measure(coordinator, pdf=True)
            others = filler.new_municipalities(max(1, many // SPREAD))
            filler.grow(many, others)
            self.say(f"{filler.count()} families")
            result[f"{many} families in {len(others) + 1} municipalities"] = self.measure(coordinator)
            filler.gather()
            result[f"{many} families in one municipality"] = self.measure(coordinator)
            filler.only(LEAN)
            filler.grow(self.options.reminders, [filler.municipality])
            filler.make_due()
            self.say(f"{filler.count()} families, with what the nightly job asks")
            words = self.python("-m", "bench.reminders", role="worker")
            self.say("reminded")
            result["reminders"] = json.loads(words)
        result["seconds"] = round(time.monotonic() - self.began)
        return result

    def measure(self, coordinator: str, *, pdf: bool = False) -> dict[str, Any]:
        """The pages, measured in a process of the web role."""
        words = ["--coordinator", coordinator, "--repeats", str(self.options.repeats), *(["--pdf"] if pdf else [])]
        done = self.python("-m", "bench.measure", *words, role="web", settings="bench.settings")
        self.say("measured")
        measured: dict[str, Any] = json.loads(done)
        return measured

    def manage(self, *words: str) -> None:
        """A command of the owner."""
        self.python("manage.py", *words, role="owner")

    def python(self, *words: str, role: str, settings: str = "nyemonstre.settings") -> str:
        """Run Python; what it printed."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment(role, settings), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.stderr.write(done.stderr)
            done.check_returncode()
        return done.stdout

    def environment(self, role: str, settings: str) -> dict[str, str]:
        """As in production, but for what a demo needs."""
        return os.environ | self.servers.environment() | {
            "DJANGO_SETTINGS_MODULE": settings,
            "NM_DATABASE_ROLE": role,
            "NM_DEMO": "1",
            "NM_DEBUG": "0",
            "NM_SECURE": "0",
            "NM_PLAIN_STATIC": "1",
            "NM_STATIC_ROOT": str(self.folder / "static"),
            "NM_OUTBOX": str(self.folder / "outbox"),
            "NM_ALLOWED_HOSTS": "testserver",
            "NM_LOG_LEVEL": "WARNING",
        }  # fmt: skip

    @staticmethod
    def one(database: psycopg.Connection, query: str) -> str:
        """The id a query finds in our municipality."""
        row = database.execute(query, [MUNICIPALITY]).fetchone()
        assert row is not None, query
        return str(row[0])

    def say(self, text: str) -> None:
        """What has been done, and when."""
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", file=sys.stderr, flush=True)


# What the nightly job reads; the rest of a family would only fill the disk.
LEAN = {"families_family", "families_milestone", "families_assignment"}

# The coordinator with the most families.
BUSIEST = """
    select a.user_id from families_assignment a
      join families_family f on f.id = a.family_id
      join accounts_municipality m on m.id = f.municipality_id
     where m.number = %s and a.valid_until is null and a.kind = 'responsible' and f.state = 'active'
     group by 1 order by count(*) desc, 1 limit 1
"""


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    return {"cores": os.cpu_count(), "python": sys.version.split()[0]}


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--families", type=int, nargs=2, default=[100, 10_000], metavar=("FEW", "MANY"))
    parser.add_argument("--reminders", type=int, default=42_000, help="families the nightly job goes through")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the demo's families that are walked")
    parser.add_argument("--given", action="store_true", help="on the servers of the environment, not on our own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nyemonstre-bench-") as name:
        folder = Path(name)
        # PostgreSQL does not run as root, and must be able to reach its folder.
        folder.chmod(0o711)
        try:
            with Given() if options.given else Servers(folder / "servers", careless=True) as servers:
                print(json.dumps(Bench(servers, folder, options).run(), indent=2))
        except EmbeddedError as error:
            print(error, file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as error:
            return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
