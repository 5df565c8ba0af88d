"""Is the address a service gave its own? A link goes to it, and whoever follows the link says yes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .drafts import digest

SALT = "referrals.sender"


def secret_of(key: UUID) -> str:
    """What stands in the link: 64 letters made of the henvendelse and the server's key, so that no queue carries it."""
    return salted_hmac(SALT, str(key), algorithm="sha256").hexdigest()


def is_listed(email: str, domains: Iterable[str]) -> bool:
    """Does the address end in one of the municipality's domains? Exactly: what stands before a domain is another."""
    _name, _at, domain = email.rpartition("@")
    return domain.lower() in domains


def find(secret: str) -> tuple[bool, datetime | None]:
    """Does the secret work (still), and when was it used? Asking confirms nothing: a mail scanner opens links too."""
    with connection.cursor() as cursor:
        cursor.execute("select confirmed_at from sec.sender_check(%s, %s)", [digest(secret), timezone.now()])
        row = cursor.fetchone()
    return row is not None, row[0] if row else None
