"""Writing the log. No names and no free text: ids, and short facts about what happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .models import Event

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
) -> Event:
    """Add one Event in the running transaction. Family and municipality are taken from `target` where it has them.

    `by` is a User, or None for a visitor without a login and for the clock.
    """
    family_id = getattr(family, "pk", None) or _family_of(target)
    municipality_id = getattr(municipality, "pk", None) or _municipality_of(target, family)
    if municipality_id is None and by is not None:
        municipality_id = by.home_municipality_id
    event = Event(
        what=what,
        actor_id=getattr(by, "pk", None),
        family_id=family_id,
        municipality_id=municipality_id,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        facts=facts or {},
    )
    event.save(force_insert=True)
    events = _count.get()
    if events is not None:
        events.append(what)
    return event


def _family_of(target: Any) -> Any:
    if target is None:
        return None
    if target._meta.label_lower == "families.family":
        return target.pk
    return getattr(target, "family_id", None)


def _municipality_of(*candidates: Any) -> Any:
    for row in candidates:
        if row is None:
            continue
        if row._meta.label_lower == "accounts.municipality":
            return row.pk
        if getattr(row, "municipality_id", None):
            return row.municipality_id
        if getattr(row, "family_id", None) and hasattr(row, "family"):
            return row.family.municipality_id
    return None
