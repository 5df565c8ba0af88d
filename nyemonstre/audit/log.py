"""Writing the log. No names: ids, short facts about what happened, and a reason where somebody was asked for one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import LazyObject

from .enums import AuditEvent
from .models import RECORD, Event
from .origin import current_origin

logger = logging.getLogger(__name__)

_count: ContextVar[list[str] | None] = ContextVar("nm_events", default=None)


@contextmanager
def counting() -> Iterator[list[str]]:
    """The events recorded inside, those of nested actions too."""
    outer, events = _count.get(), []
    token = _count.set(events)
    try:
        yield events
    finally:
        _count.reset(token)
        if outer is not None:
            outer.extend(events)


def record(
    what: str,
    *,
    by: Any,
    target: Any = None,
    family: Any = None,
    municipality: Any = None,
    facts: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Add one Event in the running transaction. Family and municipality are taken from `target` where it has them.

    `by` is a User, or None for a visitor without a login and for the clock. Role, address and the request's number
    are added here. `reason` is what somebody wrote when they were asked why.
    """
    event = _event(what, by, target, family, municipality, facts, reason)
    event.save()
    events = _count.get()
    if events is not None:
        events.append(what)
    return event


def searched(words: str) -> dict[str, bool]:
    """The fact that a list was searched. Never the words: they may be somebody's name."""
    return {"searched": True} if words else {}


def mail_sent(to: Any, kind: str) -> Event:
    """A mail has left for that user: what kind it was, and not a word of it. Nobody sends mail, the service does."""
    facts = {"to": str(to.pk), "mail": kind}
    return record(AuditEvent.MAIL_SENT, by=None, municipality=to.home_municipality, facts=facts)


def mail_sent_outside(municipality: Any, kind: str) -> Event:
    """The same of a mail to somebody who is no user. Not to whom: the address is theirs, and stands in the case."""
    return record(AuditEvent.MAIL_SENT, by=None, municipality=municipality, facts={"to": "outside", "mail": kind})


def record_apart(
    what: str,
    *,
    by: Any,
    target: Any = None,
    family: Any = None,
    municipality: Any = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Add one Event at once, on a connection of its own: for what is refused, whose transaction is rolled back.

    `target` and `family` may be (label, id) and an id, for rows the actor may not see or that are not there. When the
    database does not answer the refusal still stands, and the missing line is told to the operator.
    """
    event = _event(what, by, target, family, municipality, facts, "")
    try:
        with connection.second() as other, other.transaction(), other.cursor() as cursor:
            cursor.execute("select set_config('app.user_id', %s, true)", [str(event.actor_id or "")])
            cursor.execute(RECORD, event.written())
    except Exception as error:
        logger.error("%s could not be logged: %s", what, type(error).__name__)


def _event(what, by, target, family, municipality, facts, reason) -> Event:
    kind, key = _named(target)
    family_id = _family_of(target, family)
    municipality_id = getattr(municipality, "pk", None) or _municipality_of(target, family)
    if municipality_id is None and by is not None:
        municipality_id = by.home_municipality_id  # the database knows better where it knows the family
    origin = current_origin()
    return Event(
        what=what,
        actor_id=getattr(by, "pk", None),
        family_id=family_id,
        municipality_id=municipality_id,
        target_type=kind,
        target_id=key,
        facts=facts or {},
        role=_roles_of(by, municipality_id),
        reason=reason.replace("\0", "")[:300],
        address=origin.address,
        request_id=origin.request_id,
    )


def _named(target: Any) -> tuple[str, str]:
    if target is None:
        return "", ""
    if isinstance(target, tuple):
        return target[0], str(target[1] or "")[:60]
    return target._meta.label_lower, str(target.pk)


def _family_of(target: Any, family: Any) -> Any:
    if family is not None:
        return getattr(family, "pk", family)
    kind, key = _named(target)
    if kind == "families.family":
        try:
            return UUID(key)
        except ValueError:
            return None
    return getattr(target, "family_id", None)


def _municipality_of(*candidates: Any) -> Any:
    for row in candidates:
        if not hasattr(row, "_meta"):
            continue
        if row._meta.label_lower == "accounts.municipality":
            return row.pk
        if getattr(row, "municipality_id", None):
            return row.municipality_id
        if getattr(row, "family_id", None) and hasattr(row, "family"):
            return row.family.municipality_id
    return None


def _roles_of(by: Any, municipality_id: Any) -> str:
    """The roles `by` has in that municipality today, else those they have elsewhere. A person read once is not asked
    again, and one who was not is not made to remember."""
    if not hasattr(by, "memberships"):
        return ""
    # The person of a request is a lazy stand-in for the one who remembers.
    live = vars(by._wrapped if isinstance(by, LazyObject) else by).get("live_memberships")
    if live is None:
        live = by.memberships.live().order_by("role")
    roles = [(m.municipality_id, str(m.role)) for m in live]
    here = [role for town, role in roles if town == municipality_id]
    return ",".join(sorted(set(here or [role for _town, role in roles])))[:120]
