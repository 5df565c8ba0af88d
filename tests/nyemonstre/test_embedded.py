"""The embedded servers: one sentence for each thing that can be wrong with the folder, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nyemonstre import embedded

ROOT = Path(__file__).resolve().parent.parent.parent


QUERY = (
    "import os, psycopg;"
    "c = psycopg.connect(host='127.0.0.1', port=os.environ['NM_DATABASE_PORT'], dbname='nyemonstre', user='nm_web',"
    " password=os.environ['NM_DATABASE_PASSWORD_WEB']);"
    "print(c.execute('select current_user').fetchone()[0]);"
    "import redis; print(redis.Redis.from_url(os.environ['NM_REDIS_URL']).ping())"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    # Above it the folders are closed to others, as in a fresh temporary clone.
    return tmp_path / "closed" / "data"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder that servers have run in once, and how that first start went."""
    folder = tmp_path_factory.mktemp("made") / "closed" / "data"
    return folder, run(folder, sys.executable, "-c", QUERY)


@pytest.fixture
def used(first: tuple[Path, subprocess.CompletedProcess[str]], data: Path) -> Path:
    """A copy of it, with its owners."""
    made, done = first
    assert done.returncode == 0, done.stderr
    data.parent.mkdir()
    data.parent.chmod(made.parent.stat().st_mode)
    subprocess.run(["cp", "-a", made, data], check=True)
    return data


def command(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "nyemonstre.embedded", "run", "--careless", "--data", str(data), "--", *words]


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NM_")}
    return subprocess.run(
        command(data, *words), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def processes_of(data: Path) -> list[str]:
    """Command lines of live processes that name the folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(data) in line and "pytest" not in line:
            found.append(line)
    return found


def test_first_and_second_start_keep_the_data_and_leave_nothing(
    first: tuple[Path, subprocess.CompletedProcess[str]], used: Path
) -> None:
    made, done = first
    assert done.stdout.split() == ["nm_web", "True"], done.stderr
    secrets = (made / "secrets.json").read_text()
    assert (made / "secrets.json").stat().st_mode & 0o077 == 0
    second = run(used, sys.executable, "-c", f"{QUERY}; raise SystemExit(7)")
    assert second.stdout.split() == ["nm_web", "True"], second.stderr
    assert second.returncode == 7, "the command's own"
    assert (used / "secrets.json").read_text() == secrets
    assert not processes_of(made)
    assert not processes_of(used)


def test_half_made_folder_gives_one_sentence(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    done = run(data, "true")
    assert done.returncode == 1
    assert (
        done.stderr.strip().splitlines()[-1].endswith("ble ikke ferdig laget forrige gang; kjør «make demo RESET=1».")
    )
    assert "Traceback" not in done.stderr


def test_folder_of_another_version_gives_one_sentence(data: Path) -> None:
    data.mkdir(parents=True)
    (data / "complete").write_text("17")
    done = run(data, "true")
    assert done.returncode == 1
    assert "er fra PostgreSQL 17, ikke 18" in done.stderr


def test_folder_with_missing_files_gives_one_sentence(data: Path) -> None:
    data.mkdir(parents=True)
    (data / "complete").write_text(embedded.MAJOR)
    done = run(data, "true")
    assert done.returncode == 1
    assert "mangler filer" in done.stderr


def test_folder_in_use_gives_one_sentence(used: Path) -> None:
    with embedded.Servers(used, careless=True):
        done = run(used, "true")
    assert done.returncode == 1
    assert "er i bruk av en annen kjøring" in done.stderr


def test_stale_pid_file_of_another_program_does_not_stop_the_start(used: Path) -> None:
    # This very process has the number that the dead server had.
    (used / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{used}\n")
    assert run(used, "true").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_their_starter(used: Path, number: int) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NM_")}
    with subprocess.Popen(
        command(used, sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell starts what runs in its background deaf to Ctrl-C, and the tests may run there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        if number == signal.SIGINT:
            # As a terminal does: to everybody in the foreground.
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        if number == signal.SIGKILL:
            process.wait(30)
            # Nobody was left to end the command itself; it is ours here.
            os.killpg(process.pid, signal.SIGTERM)
        else:
            process.communicate(timeout=120)
            assert process.returncode in (130, 143)
    limit = time.monotonic() + 15
    while processes_of(used) and time.monotonic() < limit:
        time.sleep(0.1)
    assert not processes_of(used)


def test_reset_removes_the_folder(used: Path) -> None:
    embedded.reset(used)
    assert not used.exists()
    embedded.reset(used)
