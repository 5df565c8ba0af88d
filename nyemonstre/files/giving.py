"""The answer that gives a file out. Always as a download under its own kind, so that a browser never runs it."""

import unicodedata
from typing import BinaryIO

from django.http import FileResponse

from .kinds import KINDS

LONGEST = 120


def clean_label(name: str) -> str:
    """What a file was called, as a label: no folders, no control characters, no more than 120 characters.

    It is shown and given back, and never used as a path.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    return shown.strip(" .")[:LONGEST]


def give(file: BinaryIO, *, label: str, kind: str) -> FileResponse:
    """Stream `file`. The extension is that of what it is, whatever it was called."""
    what = KINDS[kind]
    name = clean_label(label)
    stem, dot, _extension = name.rpartition(".")
    answer = FileResponse(file, as_attachment=True, filename=(stem if dot else name or "fil") + what.extension)
    answer.headers["Content-Type"] = what.mime
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "no-store"
    return answer
