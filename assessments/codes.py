"""The code of a FIT invitation: short enough to be read aloud, and not to be guessed.

Twelve letters and digits out of 31 that cannot be taken for each other: 59 bits, for a day, with a limit on tries. It
is made of the invitation's id and the server's key, so that the coordinator can be shown it again while no table holds
it.
"""

import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac

SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXY"  # without 0 and O, 1 and I; and Z, which is read as 2
LENGTH = 12
SALT = "assessments.fit"


def code_of(invitation: UUID) -> str:
    """«K7QF-2MXA-9PRT»."""
    number = int.from_bytes(salted_hmac(SALT, str(invitation), algorithm="sha256").digest())
    signs = ""
    for _place in range(LENGTH):
        number, at = divmod(number, len(SIGNS))
        signs += SIGNS[at]
    return "-".join(signs[n : n + 4] for n in range(0, LENGTH, 4))


def normalise(typed: str) -> str:
    """As people type it, with small letters, spaces and dashes or without; "" for what cannot be a code."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != LENGTH or any(sign not in SIGNS for sign in signs):
        return ""
    return "-".join(signs[n : n + 4] for n in range(0, LENGTH, 4))


def digest(code: str) -> bytes:
    """What a code is looked up by."""
    return hashlib.sha256(code.encode()).digest()
