"""Secrets at rest: text that must not be readable in the database, a dump or a backup.

encrypt(text, where="table.column")    AES-256-GCM under the current key of NM_VAULT_KEYS
decrypt(sealed, where="table.column")  opens it again, with whichever key of the ring sealed it
blind_index(text, where=…)             HMAC-SHA256 under NM_INDEX_KEYS: equal texts are found, and nothing else is told

`where` is bound to the secret: a value moved to another column, or to another `where`, does not open.
A column in a table is a `SealedField` (fields.py); `manage.py rotate_keys` finds those by itself.
"""

import base64
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
TAG_BYTES = 16


class CannotOpen(Exception):
    """The value was changed, belongs somewhere else, or was sealed with a key that is no longer in NM_VAULT_KEYS."""


def encrypt(text: str, *, where: str) -> bytes:
    """Number of the key (1 byte), nonce (12 bytes), then the sealed text with its tag."""
    ring = settings.NM_VAULT_KEYS
    nonce = os.urandom(NONCE_BYTES)
    number = bytes([ring.current])
    return number + nonce + AESGCM(ring[ring.current]).encrypt(nonce, text.encode(), number + where.encode())


def decrypt(sealed: bytes | memoryview, *, where: str) -> str:
    """The text again. Raises CannotOpen."""
    sealed = bytes(sealed)
    number, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if len(rest) < TAG_BYTES:
        raise CannotOpen(where)
    try:
        key = settings.NM_VAULT_KEYS[number[0]]
        return AESGCM(key).decrypt(nonce, rest, number + where.encode()).decode()
    except (KeyError, InvalidTag):
        raise CannotOpen(where) from None


def encrypt_text(text: str, *, where: str) -> str:
    """As `encrypt`, in base64: for JSON and other columns of text."""
    return base64.b64encode(encrypt(text, where=where)).decode()


def decrypt_text(sealed: str, *, where: str) -> str:
    """As `decrypt`, from what `encrypt_text` gave. Raises CannotOpen."""
    try:
        return decrypt(base64.b64decode(sealed, validate=True), where=where)
    except ValueError:
        raise CannotOpen(where) from None


def is_current(sealed: bytes | memoryview | str) -> bool:
    """Was this sealed with the current key? Takes what `encrypt` or `encrypt_text` gave."""
    sealed = base64.b64decode(sealed) if isinstance(sealed, str) else bytes(sealed)
    return sealed[:1] == bytes([settings.NM_VAULT_KEYS.current])


def blind_index(text: str, *, where: str) -> bytes:
    """Number of the key (1 byte) and HMAC-SHA256 (32 bytes) under the current index key. Normalise `text` first."""
    return _index(settings.NM_INDEX_KEYS.current, text, where)


def blind_indexes(text: str, *, where: str) -> list[bytes]:
    """The index under every key of the ring: what to search for while keys are being changed."""
    return [_index(number, text, where) for number in settings.NM_INDEX_KEYS.keys]


def _index(number: int, text: str, where: str) -> bytes:
    # The length in front keeps ("ab", "c") apart from ("a", "bc").
    message = len(where.encode()).to_bytes(2, "big") + where.encode() + text.encode()
    return bytes([number]) + hmac.new(settings.NM_INDEX_KEYS[number], message, sha256).digest()
