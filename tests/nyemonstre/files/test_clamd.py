"""A real clamd with a signature of our own, where it is installed; else a small server speaking the same protocol."""

import hashlib
import io
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nyemonstre.embedded import free_port
from nyemonstre.files import clamd
from nyemonstre.files.clamd import ScannerAway, scan

# The harmless file every scanner knows, in two halves so that none stops at this one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("clamd")
    if program:
        yield from real_clamd(program, tmp_path_factory.mktemp("clamd"))
    else:
        yield from speaking_the_same()


def real_clamd(program: str, folder: Path) -> Iterator[str]:
    """clamd that knows one signature: the checksum of the harmless file."""
    signatures = folder / "db"
    signatures.mkdir()
    (signatures / "own.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test\n")  # noqa: S324
    port = free_port()
    settings = {
        "DatabaseDirectory": signatures, "TCPSocket": port, "TCPAddr": "127.0.0.1", "Foreground": "yes",
        "LogFile": folder / "log", "StreamMaxLength": "1M", "User": "root",
    }  # fmt: skip
    (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    process = subprocess.Popen(
        [program, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    assert process.poll() is None, (folder / "log").read_text()
    yield f"127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def speaking_the_same() -> Iterator[str]:
    """What clamd says to INSTREAM, from a server of a few lines."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    talk, _who = server.accept()
                except OSError:
                    return
                with talk, talk.makefile("rb") as said:
                    assert said.read(10) == b"zINSTREAM\0"
                    content = b""
                    while length := int.from_bytes(said.read(4), "big"):
                        content += said.read(length)
                    answer = b"stream: Eicar-Test FOUND" if content == EICAR else b"stream: OK"
                    if len(content) > 1024 * 1024:
                        answer = b"INSTREAM size limit exceeded. ERROR"
                    talk.sendall(answer + b"\0")

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.close()


def test_clean_found_and_too_large(address):
    assert scan(io.BytesIO(b"hei " * 50_000), address).found == ""
    assert scan(io.BytesIO(b""), address).found == ""
    assert "Eicar-Test" in scan(io.BytesIO(EICAR), address).found
    with pytest.raises(ScannerAway):
        scan(io.BytesIO(b"x" * (2 * 1024 * 1024)), address)


@pytest.mark.parametrize("where", ["127.0.0.1:1", "127.0.0.1:", "nowhere", ""])
def test_a_scanner_that_is_away(where):
    with pytest.raises(ScannerAway):
        scan(io.BytesIO(b"hei"), where)


def test_a_scanner_that_says_nothing(monkeypatch):
    monkeypatch.setattr(clamd, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ScannerAway):
        scan(io.BytesIO(b"hei"), f"127.0.0.1:{silent.getsockname()[1]}")
