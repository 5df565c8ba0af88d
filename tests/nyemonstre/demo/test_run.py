"""`make demo` answers each obstacle with one sentence, before it has started anything."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NM_")}
    command = [sys.executable, "-m", "nyemonstre.demo.run", "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_busy_port_names_the_next_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(tmp_path / "data", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr == f"Port {port} er opptatt av et annet program; velg en annen: make demo PORT={port + 1}\n"
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "70000", "-1"])
def test_impossible_port(tmp_path: Path, port: str) -> None:
    done = run(tmp_path / "data", "--port", port)
    assert done.returncode == 1
    assert "mellom 1 og 65535" in done.stderr


def test_half_made_folder(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    done = run(tmp_path, "--port", "8797")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "RESET=1" in done.stderr
