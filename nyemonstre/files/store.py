"""Where files lie: under a random key, outside anything a web server shows, each with its checksum.

settings.STORAGES["uploads"] is a folder (NM_UPLOADS) or an S3-compatible store (NM_UPLOADS_S3_BUCKET).
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import storages

logger = logging.getLogger(__name__)

BLOCK = 64 * 1024
# Above this a file being read lies on disk and not in memory.
IN_MEMORY = 512 * 1024


class Damaged(Exception):
    """The file is gone, or not the one that was stored. The message is its key."""


@dataclass(frozen=True)
class Stored:
    """What the row keeps about a file."""

    key: UUID
    size: int
    sha256: str


def put(file: Any) -> Stored:
    """Store an uploaded file. The key is random, and says nothing about whose it is or what it was called."""
    key = uuid4()
    checksum, size = hashlib.sha256(), 0
    for block in _blocks(file):
        checksum.update(block)
        size += len(block)
    file.seek(0)
    place = storages["uploads"].save(_path(key), File(file))
    if place != _path(key):
        raise Damaged(key)
    return Stored(key, size, checksum.hexdigest())


def fetch(key: UUID, sha256: str) -> BinaryIO:
    """The file, at its beginning, after every byte of it was compared with its checksum. Raises Damaged.

    It is copied past the checksum into a temporary file, so that a changed file is noticed before its first byte goes
    out, and a large one never lies in memory.
    """
    copy = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the answer closes it
    checksum = hashlib.sha256()
    try:
        with storages["uploads"].open(_path(key)) as source:
            for block in _blocks(source):
                checksum.update(block)
                copy.write(block)
    except OSError as error:
        copy.close()
        logger.error("An uploaded file cannot be read: %s (%s)", key, type(error).__name__)
        raise Damaged(key) from error
    if checksum.hexdigest() != sha256:
        copy.close()
        logger.error("An uploaded file is not the one that was stored: %s", key)
        raise Damaged(key)
    copy.seek(0)
    return copy  # type: ignore[return-value]


def forget(key: UUID) -> None:
    """Delete the file. For what was promised to be deleted on a day; papers of a case are not. Gone already is well."""
    storages["uploads"].delete(_path(key))


def _path(key: UUID) -> str:
    """Folders of at most 256 entries each."""
    name = key.hex
    return f"{name[:2]}/{name[2:4]}/{name}"


def _blocks(file: Any) -> Iterable[bytes]:
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
