"""How far a henvendelse has come, as its sender may know: received, being looked at, answered. Nothing of the content.

A place, a no and the waiting list are all «answered»: what the answer was is told by a person.
"""

from uuid import UUID, uuid4

from django.core import signing
from django.db import connection

from .enums import Progress

SALT = "referrals.progress"


def secret_of(key: UUID) -> str:
    """What stands in the link of the receipt. It says nothing without the number."""
    return signing.dumps(str(key), salt=SALT)


def key_of(secret: str) -> UUID:
    """The henvendelse of a secret; of one nobody was given, one that is none: both take as long to ask about."""
    try:
        return UUID(signing.loads(secret, salt=SALT))
    except signing.BadSignature:
        return uuid4()


def progress(secret: str, number: str) -> Progress | None:
    """None for a secret nobody was given and for a number that is not its own; the two are not told apart."""
    key = key_of(secret)
    with connection.cursor() as cursor:
        cursor.execute("select sec.referral_progress(%s, %s)", [key, number.strip().upper()])
        found = cursor.fetchone()[0]
    return Progress(found) if found else None
