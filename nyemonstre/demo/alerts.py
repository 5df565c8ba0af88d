"""What has been opened lately: the ordinary work, and what a data protection officer looks at.

Somebody was up late, somebody opened a family of their own name, somebody opened much, somebody was curious, and
somebody who does not follow a family had been let in to it by name.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from families.enums import STRICT
from families.grants import FamilyUserGrant
from families.models import Assignment, Family
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.audit.actions import sign_off
from nyemonstre.audit.enums import AlertKind, AuditEvent
from nyemonstre.audit.jobs import watch_log
from nyemonstre.audit.log import record, record_apart
from nyemonstre.audit.models import Alert
from nyemonstre.audit.origin import coming_from

from .clock import travelling_to

# Families, the oldest first, whose everyday reading is in the log too: a family may ask for its own.
ORDINARY = 8
NOTE = {
    "nb": "Snakket med koordinatoren: en mor ringte sent, og journalen ble skrevet samme kveld.",
    "nn": "Snakka med koordinatoren: ei mor ringde seint, og journalen vart skriven same kvelden.",
}


def unusual(town: Any, now: datetime) -> None:
    """What has been opened lately, and what the officer has seen of it. Made once for each municipality."""
    officer = town.people["auditor"][0]
    with acting_as(officer), as_job(), transaction.atomic():
        if Alert.objects.filter(municipality_id=town.municipality.pk).exists():
            return
        families = list(Family.objects.filter(municipality=town.municipality).active().order_by("code"))
        followed = {a.family_id: a.user for a in Assignment.objects.live().filter(
            family__in=families, kind="responsible").select_related("user").order_by("pk")}  # fmt: skip
        grants = FamilyUserGrant.objects.live().filter(content_object__in=families, assignment=None, break_glass=None)
        by_name = {g.user: g.content_object for g in grants.select_related("user", "content_object").order_by("pk")}
    mine = [family for family in families if family.pk in followed]
    lead, late, curious = town.people["lead"][0], town.people["coordinator"][0], town.people["coordinator"][-1]
    theirs = [family for family in mine if followed[family.pk] == late and family.protection not in STRICT]
    others = [family for family in mine if followed[family.pk] != curious]
    seen = [family for family in families if family.protection not in STRICT]  # by a lead
    for days, hour in ((13, 12), (6, 9), (4, 10), (3, 14)):
        for n, family in enumerate(mine[:ORDINARY]):
            when = _clock(now, days, hour, 4 + 6 * n)
            when -= timedelta(days=max(0, when.weekday() - 4))  # what would be on a weekend is done on the Friday
            _at(when, "10.20.4.17", followed[family.pk], _work, [family])
    _at(_clock(now, 4, 23, 35), "10.20.4.17", late, _open, theirs[:2])
    _look(now, 4)
    with transaction.atomic():
        for alert in Alert.objects.filter(municipality_id=town.municipality.pk, kind=AlertKind.AT_NIGHT):
            with travelling_to(_clock(now, 3, 9, 10)):
                sign_off(alert, note=NOTE[town.place.language], by=officer)
    for n, (person, family) in enumerate(by_name.items()):
        _at(_clock(now, 2, 9, 5 + 7 * n), "10.20.4.31", person, _open, [family])
    _at(_clock(now, 2, 10, 20), "10.20.4.9", lead, _open, seen[:14])
    namesakes = [family for family in seen if family.name.split()[-1] == lead.name.split()[-1]]
    _at(_clock(now, 2, 14, 5), "10.20.4.9", lead, _open, namesakes)
    _at(_clock(now, 1, 14, 40), "10.20.4.22", curious, _try, others[:9])
    _at(_clock(now, 1, 23, 50), "10.20.4.17", late, _open, theirs[:3])
    _look(now, 3, 2, 1)


def _clock(now: datetime, days: int, hour: int, minute: int) -> datetime:
    return (timezone.localtime(now) - timedelta(days=days)).replace(hour=hour, minute=minute, second=0)


def _at(when: datetime, address: str, by: Any, what: Any, families: list[Family]) -> None:
    """One family after another, a minute apart."""
    for n, family in enumerate(families):
        with travelling_to(when + timedelta(minutes=n)), coming_from(address):
            what(family, by)


def _look(now: datetime, *days: int) -> None:
    """What the clock does each quarter of an hour, done early the morning after each of those days."""
    for day in days:
        with travelling_to(min(now, _clock(now, day - 1, 1, 15))):
            watch_log()


def _open(family: Family, by: Any) -> None:
    _read(family, by, Permission.LIST_FAMILY if by.has_role("lead") else Permission.VIEW_FAMILY)


def _work(family: Family, by: Any) -> None:
    """An ordinary visit: who they are, the plan and the journal."""
    _read(family, by, Permission.VIEW_FAMILY, Permission.VIEW_PLAN, Permission.VIEW_JOURNAL)


def _read(family: Family, by: Any, *permissions: Permission) -> None:
    with acting_as(by), transaction.atomic():
        for permission in permissions:
            record(AuditEvent.VIEWED, by=by, target=family, facts={"permission": str(permission)})


def _try(family: Family, by: Any) -> None:
    record_apart(
        AuditEvent.NOT_FOUND, by=by, target=("families.family", family.pk), family=family.pk,
        facts={"permission": str(Permission.LIST_FAMILY)},
    )  # fmt: skip
