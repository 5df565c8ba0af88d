"""A few things a data protection officer would look at: somebody up late, somebody who opens much, somebody curious."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from families.enums import STRICT
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
    mine = [family for family in families if family.pk in followed]
    late, curious = town.people["coordinator"][0], town.people["coordinator"][-1]
    theirs = [family for family in mine if followed[family.pk] == late and family.protection not in STRICT]
    others = [family for family in mine if followed[family.pk] != curious]
    _at(_clock(now, 4, 23, 35), "10.20.4.17", late, _open, theirs[:2])
    with transaction.atomic():
        for alert in Alert.objects.filter(municipality_id=town.municipality.pk, kind=AlertKind.AT_NIGHT):
            with travelling_to(_clock(now, 3, 9, 10)):
                sign_off(alert, note=NOTE[town.place.language], by=officer)
    for family in [family for family in mine if family.protection in STRICT][:1]:
        _at(_clock(now, 2, 13, 5), "10.20.4.31", followed[family.pk], _open, [family])
    _at(_clock(now, 2, 10, 20), "10.20.4.9", town.people["lead"][0], _open, families[:14])
    _at(_clock(now, 1, 14, 40), "10.20.4.22", curious, _try, others[:9])
    _at(_clock(now, 1, 23, 50), "10.20.4.17", late, _open, theirs[:3])


def _clock(now: datetime, days: int, hour: int, minute: int) -> datetime:
    return (now - timedelta(days=days)).replace(hour=hour, minute=minute, second=0)


def _at(when: datetime, address: str, by: Any, what: Any, families: list[Family]) -> None:
    """One family after another, a minute apart; then the clock looks at the log."""
    for n, family in enumerate(families):
        with travelling_to(when + timedelta(minutes=n)), coming_from(address):
            what(family, by)
    with travelling_to(when + timedelta(hours=1)):
        watch_log()


def _open(family: Family, by: Any) -> None:
    permission = Permission.LIST_FAMILY if by.has_role("lead") else Permission.VIEW_FAMILY
    with acting_as(by), transaction.atomic():
        record(AuditEvent.VIEWED, by=by, target=family, facts={"permission": str(permission)})


def _try(family: Family, by: Any) -> None:
    record_apart(
        AuditEvent.NOT_FOUND, by=by, target=("families.family", family.pk), family=family.pk,
        facts={"permission": str(Permission.LIST_FAMILY)},
    )  # fmt: skip
