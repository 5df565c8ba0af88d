"""`make demo`: servers, roles, migrations, demo data, web, worker and beat; Ctrl-C ends exactly these.

Second starts keep the data. Everything it writes is in the data folder, logs included.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
from pathlib import Path

from nyemonstre.embedded import EmbeddedError, Servers, _end_with_parent, reset

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / ".data" / "demo"
MANAGE = [sys.executable, str(ROOT / "manage.py")]
# Seconds until the first page must answer, and until a process must have ended.
FIRST_PAGE = 60
LAST_WORD = 8


class DemoError(Exception):
    """The demo cannot run. The message is one sentence for whoever typed the command."""


class Demo:
    """All processes of one demo."""

    def __init__(self, *, port: int, data: Path) -> None:
        self.port = port
        self.data = data
        self.logs = data / "logs"
        self.servers = Servers(data)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started = float(os.environ.get("NM_STARTED") or time.time())

    @property
    def address(self) -> str:
        """What to open."""
        return f"http://localhost:{self.port}/"

    def start(self) -> None:
        """From nothing to a page that answers. Raises DemoError or EmbeddedError."""
        _refuse_busy(self.port)
        say("Starter PostgreSQL og Valkey …")
        self.servers.start()
        self.logs.mkdir(exist_ok=True)
        say("Gjør klar database og filer …")
        static = self.launch("static", [*MANAGE, "collectstatic", "--noinput", "--verbosity", "0"], "web")
        self.run("migrate", [*MANAGE, "migrate", "--noinput", "--verbosity", "0"])
        self.seed()
        if static.wait() != 0:
            raise DemoError(
                f"Filene til nettleseren kunne ikke samles: {self.last_line('static')} (se {self.logs}/static.log)"
            )
        del self.processes["static"]
        self.launch("web", self.gunicorn(), "web")
        if has_command():
            self.launch("logins", [*MANAGE, "nyemonstre", "logins"], "owner")
        self.wait_for_page()
        celery = [sys.executable, "-m", "celery", "-A", "nyemonstre.celery:app"]
        self.launch(
            "worker",
            [*celery, "worker", "--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
            "worker",
        )
        self.launch("beat", [*celery, "beat", "--loglevel", "INFO"], "worker")

    def seed(self) -> None:
        """Once per data folder; the command is idempotent, so a seeding that was interrupted is simply run again."""
        done = self.data / "seeded"
        if done.exists() or not has_command():
            return
        say("Lager demodata (bare første gang) …")
        self.run("seed", [*MANAGE, "nyemonstre", "seed"])
        done.touch()

    def watch(self) -> None:
        """Return never, but raise DemoError when a process ends by itself."""
        while True:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise DemoError(f"«{name}» stoppet: {self.last_line(name)} (se {self.logs / name}.log)")
            time.sleep(0.5)

    def stop(self) -> None:
        """End our processes, then the servers under them."""
        for process in self.processes.values():
            _signal(process, signal.SIGTERM)
        limit = time.monotonic() + LAST_WORD
        for process in self.processes.values():
            try:
                process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        self.processes.clear()
        self.servers.stop()

    # ── Processes ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def gunicorn(self) -> list[str]:
        """The command line of the web server, as in production but for the address."""
        return [
            sys.executable, "-m", "gunicorn", "nyemonstre.wsgi", "--worker-class", "gthread",
            "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{self.port}", "--graceful-timeout", "4",
        ]  # fmt: skip

    def environment(self, role: str) -> dict[str, str]:
        """What a process of this database role is given: its own password and nobody else's."""
        given = self.servers.environment()
        mine = f"NM_DATABASE_PASSWORD_{role.upper()}"
        given = {
            name: value for name, value in given.items() if not name.startswith("NM_DATABASE_PASSWORD_") or name == mine
        }
        return os.environ | given | {
            "DJANGO_SETTINGS_MODULE": "nyemonstre.settings",
            "PYTHONUNBUFFERED": "1",
            "NM_DATABASE_ROLE": role,
            "NM_DEMO": "1",
            "NM_DEBUG": "0",
            "NM_SECURE": "0",
            "NM_ALLOWED_HOSTS": "localhost,127.0.0.1",
            "NM_BASE_URL": self.address,
            "NM_UPLOADS": str(self.data / "uploads"),
            "NM_OUTBOX": str(self.data / "outbox"),
            "NM_STATIC_ROOT": str(self.data / "static"),
            "NM_BEAT_FILE": str(self.data / "beat"),
        }  # fmt: skip

    def launch(self, name: str, command: list[str], role: str) -> "subprocess.Popen[bytes]":
        """Start a process that writes to logs/<name>.log."""
        with (self.logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(role),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C comes to us alone; we end the others in their order.
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.processes[name] = process
        return process

    def run(self, name: str, command: list[str]) -> None:
        """Run a command of the owner to its end. Raises DemoError when it fails."""
        code = self.launch(name, command, "owner").wait()
        del self.processes[name]
        if code:
            raise DemoError(f"«{name}» feilet: {self.last_line(name)} (se {self.logs / name}.log)")

    def last_line(self, name: str) -> str:
        """The last thing a process said."""
        lines = (self.logs / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "uten forklaring"

    def wait_for_page(self) -> None:
        """Until the front page has been answered, as a browser would ask."""
        limit = time.monotonic() + FIRST_PAGE
        while True:
            if self.processes["web"].poll() is not None:
                raise DemoError(f"Nettjeneren stoppet: {self.last_line('web')} (se {self.logs}/web.log)")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/helse/", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > limit:
                    raise DemoError(f"Ingen side svarte på {FIRST_PAGE} sekunder (se {self.logs}/web.log).") from None
            time.sleep(0.1)

    def tell(self) -> None:
        """Address, logins, seconds."""
        seconds = time.time() - self.started
        say(f"\nÅpne {self.address}   ({seconds:.0f} sekunder fra start)")
        if logins := self.processes.pop("logins", None):
            listed = logins.wait() == 0
            words = (self.logs / "logins.log").read_text().rstrip()
            say(words if listed else "(Innloggingene står på innloggingssiden.)")
        say(f"Logger: {self.logs}. Avslutt med Ctrl-C.")


def say(text: str) -> None:
    """To the terminal, at once."""
    print(text, flush=True)


def has_command() -> bool:
    """Whether the command that seeds is there."""
    return any(ROOT.glob("*/management/commands/nyemonstre.py")) or any(
        ROOT.glob("nyemonstre/*/management/commands/nyemonstre.py")
    )


def _refuse_busy(port: int) -> None:
    if not 1 <= port <= 65535:
        raise DemoError(f"PORT må være et tall mellom 1 og 65535, ikke {port}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise DemoError(f"Port {port} krever root; velg en høyere: make demo PORT=8001") from None
        except OSError:
            raise DemoError(
                f"Port {port} er opptatt av et annet program; velg en annen: make demo PORT={port + 1}"
            ) from None


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    if process.poll() is None:
        # Its session is its own, so the group is it and its children, never anybody else.
        os.killpg(process.pid, number)


def _leave(number: int, _frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--reset", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    try:
        if options.reset:
            _refuse_busy(options.port)
            reset(options.data)
        demo = Demo(port=options.port, data=options.data)
        try:
            demo.start()
            demo.tell()
            demo.watch()
        finally:
            # A second Ctrl-C must not leave anything running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            say("\nAvslutter …")
            demo.stop()
    except (DemoError, EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
