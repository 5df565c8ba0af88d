"""The two halves of the way to a copy of the minutes (docs/adr/0032): the secret in the mailed link, and the code the
coordinator says aloud. Both are made of the copy's id and the server's key, so that no table holds either.
"""

import base64
import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac

LINK, CODE = "plans.minutes.link", "plans.minutes.code"


def secret_of(copy: UUID) -> str:
    """256 bits, as they stand in the address."""
    return base64.urlsafe_b64encode(salted_hmac(LINK, str(copy), algorithm="sha256").digest()).decode().rstrip("=")


def code_of(copy: UUID) -> str:
    """«4821 0937», to be read aloud."""
    number = int.from_bytes(salted_hmac(CODE, str(copy), algorithm="sha256").digest()) % 10**8
    return f"{number // 10_000:04d} {number % 10_000:04d}"


def digits(typed: str) -> str:
    """A code as people type it, without what is not a digit."""
    return "".join(sign for sign in typed if sign in "0123456789")


def digest(secret: str) -> bytes:
    """What a secret is looked up by."""
    return hashlib.sha256(secret.encode()).digest()
