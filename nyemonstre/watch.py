"""What the data protection officer should look at: patterns in the log that only somebody who knows the families sees.

Asked by nyemonstre.audit.jobs (settings.NM_ALERT_RULES) each quarter of an hour, inside `as_job()`. Stands at the top
with urls.py. The log below knows ids; here they become people with names, and nothing but ids goes back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from families.enums import FamilyEvent
from families.grants import FamilyUserGrant
from families.models import Member
from nyemonstre.accounts.models import User
from nyemonstre.audit.actions import Finding
from nyemonstre.audit.enums import AlertKind, AuditEvent
from nyemonstre.audit.models import Event

# How far back is looked each time: more than the longest rule, so that nothing falls between two rounds.
LOOKS_BACK = timedelta(hours=26)
# A coordinator has ten families (R-W1). Somebody who opens more than that within the hour is looking for something.
MANY, WITHIN = 12, timedelta(hours=1)
# One wrong address is a wrong address.
MANY_DENIED = 8
# Local hours in which nobody is at work: from 23 until 5.
NIGHT = frozenset({23, 0, 1, 2, 3, 4})

OPENED = (str(AuditEvent.VIEWED), "pdf_downloaded")
DENIED = (str(AuditEvent.REFUSED), str(AuditEvent.NOT_FOUND))
BREAK_GLASS = (str(FamilyEvent.GLASS_BROKEN),)


def find(now: datetime) -> list[Finding]:
    """Everything the rules find in the last day. The same is found again until it is a day old."""
    events = Event.objects.filter(at__gte=now - LOOKS_BACK, at__lte=now, what__in=(*OPENED, *DENIED, *BREAK_GLASS))
    events = list(events.exclude(actor_id=None).exclude(municipality_id=None).order_by("at", "id"))
    opened = [event for event in events if event.what in OPENED and event.family_id]
    return [
        *break_glass(event for event in events if event.what in BREAK_GLASS),
        *of_ones_own(opened),
        *let_in(opened),
        *at_night(opened),
        *many(opened, AlertKind.MANY_FAMILIES, MANY, lambda event: event.family_id),
        *many((e for e in events if e.what in DENIED), AlertKind.MANY_DENIED, MANY_DENIED, lambda event: event.pk),
    ]


def break_glass(events: Iterable[Event]) -> Iterator[Finding]:
    """Each time, whatever the reason: the officer is told, and says whether it was a good one."""
    for event in events:
        yield _finding(AlertKind.BREAK_GLASS, str(event.pk), [event])


def of_ones_own(opened: list[Event]) -> Iterator[Finding]:
    """The person has the name of somebody in the family, or the surname. Found once for each person and family."""
    names = {user.pk: _words(user.name) for user in User.objects.filter(pk__in={e.actor_id for e in opened})}
    members: dict[UUID, set[tuple[str, ...]]] = defaultdict(set)
    rows = Member.objects.filter(family__in={e.family_id for e in opened}).order_by("pk")
    for family, first, last in rows.values_list("family_id", "first_name", "last_name"):
        members[family].add(_words(f"{first} {last}"))
    for (actor, family), events in _grouped(opened, lambda e: (e.actor_id, e.family_id)).items():
        name = names.get(actor)
        if not name:
            continue
        if name in members[family]:
            yield _finding(AlertKind.OWN_FAMILY, f"{actor}:{family}", events)
        elif any(name[-1] == other[-1] for other in members[family]):
            yield _finding(AlertKind.SAME_NAME, f"{actor}:{family}", events)


def let_in(opened: list[Event]) -> Iterator[Finding]:
    """Somebody let in by name opened the family: once a month for each person.

    This is how a strictly protected family is opened by somebody who does not follow it; and an ordinary one too, so
    that the alert does not tell which of them it is (docs/adr/0010).
    """
    by_name = FamilyUserGrant.objects.filter(
        content_object__in={e.family_id for e in opened}, assignment=None, break_glass=None
    )
    pairs = set(by_name.order_by("pk").values_list("user_id", "content_object_id"))
    events = [event for event in opened if (event.actor_id, event.family_id) in pairs]
    for (actor, family, month), some in _grouped(
        events, lambda e: (e.actor_id, e.family_id, f"{timezone.localtime(e.at):%Y-%m}")
    ).items():
        yield _finding(AlertKind.LET_IN, f"{actor}:{family}:{month}", some)


def at_night(opened: list[Event]) -> Iterator[Finding]:
    """One for each person and night. A night belongs to the evening it began."""
    events = [event for event in opened if timezone.localtime(event.at).hour in NIGHT]
    for (actor, _town, night), some in _grouped(
        events, lambda e: (e.actor_id, e.municipality_id, (timezone.localtime(e.at) - timedelta(hours=12)).date())
    ).items():
        yield _finding(AlertKind.AT_NIGHT, f"{actor}:{night.isoformat()}", some, one_family=False)


def many(events: Iterable[Event], kind: str, limit: int, what: Any) -> Iterator[Finding]:
    """`limit` different ones (`what` of an event) by one person within the hour. Once a day."""
    for (actor, _town), some in _grouped(events, lambda e: (e.actor_id, e.municipality_id)).items():
        for n, last in enumerate(some):
            window = [e for e in some[: n + 1] if last.at - e.at <= WITHIN]
            if len({what(e) for e in window}) >= limit:
                day = timezone.localtime(last.at).date()
                yield _finding(kind, f"{actor}:{day.isoformat()}", window, one_family=False)
                break


def _grouped(events: Iterable[Event], key: Any) -> dict[Any, list[Event]]:
    groups: dict[Any, list[Event]] = defaultdict(list)
    for event in events:
        groups[key(event)].append(event)
    return groups


def _finding(kind: str, key: str, events: list[Event], *, one_family: bool = True) -> Finding:
    return Finding(
        kind=kind, key=key, municipality_id=events[0].municipality_id, actor_id=events[0].actor_id,
        family_id=events[0].family_id if one_family else None, events=tuple(event.pk for event in events),
        first_at=events[0].at, last_at=events[-1].at,
    )  # fmt: skip


def _words(name: str) -> tuple[str, ...]:
    return tuple(name.casefold().replace("-", " ").split())
