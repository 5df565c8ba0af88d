"""`make test`: static checks and migrations side by side, then all tests on the embedded servers.

A check that fails does not stop the others; the exit code is 1 when any did. ARGS in the environment goes to pytest.
"""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
sys.path.insert(0, str(ROOT))

from nyemonstre.embedded import EmbeddedError, Servers  # noqa: E402  the path above must be there first

STATIC = {
    "ruff": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "."],
    "imports": [BIN / "lint-imports", "--no-cache"],
    "types": [BIN / "mypy"],
    "messages": [BIN / "python", "nyemonstre/setup/messages.py", "--compile"],
}
failed: list[str] = []


def report(name: str, code: int, output: str, started: float) -> None:
    """One line for what went well, everything for what did not."""
    print(f"{'ok  ' if code == 0 else 'FEIL'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if code:
        failed.append(name)
        print(output, flush=True)


def start(command: list[str | Path], **options: Any) -> subprocess.Popen[str]:
    """The command under way, both its outputs in one."""
    return subprocess.Popen(
        list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )


def report_each(running: dict[str, "subprocess.Popen[str]"], started: float) -> None:
    """Wait for them all."""
    for name, process in running.items():
        output, _ = process.communicate()
        report(name, process.returncode, output, started)


def main() -> int:
    """Returns the exit code."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nyemonstre-test-") as folder:
        Path(folder).chmod(0o711)
        with Servers(Path(folder) / "servers", careless=True) as servers:
            with_servers(servers.environment(), started)
    print(f"{'Alt er i orden' if not failed else 'Feilet: ' + ', '.join(failed)} ({time.monotonic() - started:.0f} s)")
    return 1 if failed else 0


def with_servers(environment: dict[str, str], started: float) -> None:
    """The checks side by side, then the tests."""
    # Without the settings' name too: pytest would read them before tests/conftest.py has answered what they ask.
    given = {name: value for name, value in os.environ.items() if not name.startswith(("NM_", "DJANGO_"))} | environment
    owner = given | {"NM_DATABASE_ROLE": "owner", "NM_DEBUG": "1"}
    databases = {
        # The tests' databases are copies of this one, which costs a second each instead of a dozen.
        "template": ["migrate", "--noinput", "--verbosity", "0"],
        "migrations": ["makemigrations", "--check", "--dry-run"],
    }
    manage: list[str | Path] = [BIN / "python", "-W", "error", "manage.py"]
    running = {name: start([*manage, *words], env=owner) for name, words in databases.items()}
    running |= {name: start(command) for name, command in STATIC.items()}
    # Compiles the tests once; without it each of their processes would, all at the same time.
    running["collected"] = start([BIN / "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"], env=given)
    report_each(running, started)
    given["NM_TEST_TEMPLATE"] = environment["NM_DATABASE_NAME"]
    arguments = shlex.split(os.environ.get("ARGS", ""))
    # One more than there are cores: while one waits for a browser, a server or a clock, another works.
    processes = str((os.cpu_count() or 2) + 1)
    workers = ["-n", processes, "--dist", "worksteal"] if "-n" not in arguments else []
    tests = subprocess.run([str(BIN / "pytest"), "-q", *workers, *arguments], cwd=ROOT, env=given, check=False)
    report("tests", tests.returncode, "", started)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EmbeddedError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
