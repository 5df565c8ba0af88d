"""A henvendelse that is not sent yet, found again by a secret in a link. Only the digest of the secret is stored."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection
from django.http import QueryDict

from nyemonstre.vault import CannotOpen, decrypt, encrypt

from .models import ReferralDraft

# Read by nyemonstre.ui.forms.asks_for_row: what comes out of a draft is drawn, and not judged.
UNJUDGED = "draft-add"
# Never kept: they belong to one sending of the form.
NOT_KEPT = ("csrfmiddlewaretoken", "keep", "files", UNJUDGED)


@dataclass(frozen=True)
class Draft:
    data: QueryDict
    expires_at: datetime


def new_secret() -> str:
    """43 letters of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def sealed(data: QueryDict) -> bytes:
    """What was typed, sealed."""
    kept = {name: values for name, values in data.lists() if name not in NOT_KEPT and not name.endswith("-add")}
    return encrypt(json.dumps(kept), where=_where())


def find(secret: str) -> Draft | None:
    """The draft of this secret, ready to be drawn; None for one that ran out, was sent, or never was."""
    with connection.cursor() as cursor:
        cursor.execute("select sealed, expires_at from sec.referral_draft(%s)", [digest(secret)])
        row = cursor.fetchone()
    if row is None:
        return None
    try:
        kept = json.loads(decrypt(row[0], where=_where()))
    except CannotOpen:  # its key was taken out of the ring
        return None
    data = QueryDict(mutable=True)
    for name, values in kept.items():
        data.setlist(name, values)
    data[UNJUDGED] = "1"
    return Draft(data, row[1])


def _where() -> str:
    field = ReferralDraft._meta.get_field("sealed")
    return field.where(None)  # type: ignore[union-attr, no-any-return]  # a SealedField
