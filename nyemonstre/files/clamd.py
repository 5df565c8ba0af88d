"""One question to ClamAV's daemon: is this file known to be harmful? The INSTREAM command of its protocol."""

import socket
from dataclasses import dataclass
from typing import BinaryIO

BLOCK = 64 * 1024
# Seconds for each step of the talk; a large file takes several.
PATIENCE = 30


class ScannerAway(OSError):
    """clamd did not answer, or could not look. The file stays where it is until it does."""


@dataclass(frozen=True)
class Verdict:
    """`found` is the name of what was found, or empty when the file is clean."""

    found: str = ""


def scan(file: BinaryIO, address: str) -> Verdict:
    """Send `file` to clamd at «host:port». Raises ScannerAway."""
    host, _colon, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE) as talk:
            talk.sendall(b"zINSTREAM\0")
            while block := file.read(BLOCK):
                talk.sendall(len(block).to_bytes(4, "big") + block)
            talk.sendall(bytes(4))
            answer = _answer(talk)
    except (OSError, ValueError) as error:
        raise ScannerAway(type(error).__name__) from error
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict()
    if said.endswith(" FOUND"):
        return Verdict(said.removesuffix(" FOUND"))
    raise ScannerAway(said or "no answer")


def _answer(talk: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        block = talk.recv(4096)
        if not block:
            break
        answer += block
    return answer.rstrip(b"\0\n").decode(errors="replace")
