"""What is done with the log itself: alerts, and how long it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.refusals import Refused

from .enums import AuditEvent
from .log import record
from .models import Alert, Chain, LogRetention

# An alert shows the events behind it; the rest is found in the log with the same filter.
SHOWN = 200
MONTHS = 60


@dataclass(frozen=True)
class Finding:
    """What a rule found. The same `kind` and `key` again, before it is signed off, adds to the same alert."""

    kind: str
    key: str
    municipality_id: UUID
    actor_id: UUID | None
    family_id: UUID | None
    events: tuple[UUID, ...]  # oldest first
    first_at: datetime
    last_at: datetime


@action(quiet="a quarter of an hour in which nothing is found leaves nothing; each alert leaves its own event")
def raise_alerts(findings: Iterable[Finding], *, by: None) -> list[Alert]:
    """One Alert per finding that is new. An open one is brought up to date; a signed off one is left alone."""
    raised = []
    for found in findings:
        facts = {"events": list(found.events[-SHOWN:]), "last_at": found.last_at}
        alert, is_new = Alert.objects.get_or_create(
            municipality_id=found.municipality_id, kind=found.kind, key=found.key,
            defaults={
                "actor_id": found.actor_id, "family_id": found.family_id, "first_at": found.first_at, **facts,
            },
        )  # fmt: skip
        if is_new:
            record(AuditEvent.ALERT_RAISED, by=by, target=alert, facts={"kind": str(found.kind)})
            raised.append(alert)
        elif alert.signed_off_at is None and alert.last_at < found.last_at:
            seen = set(alert.events)
            alert.events = (alert.events + [e for e in found.events if e not in seen])[-SHOWN:]
            alert.last_at = found.last_at
            alert.save(update_fields=["events", "last_at"])
    return raised


@action
def sign_off(alert: Alert, *, note: str, by: Any) -> Alert:
    """The officer has looked, and writes what they found. Raises Refused without a note, or when it is done already."""
    check(by, Permission.VIEW_LOG, alert)
    note = note.replace("\0", "").strip()
    if not note:
        raise Refused(_("Skriv kort hva du fant ut. Merknaden blir stående."), rule="note", field="note")
    current = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if current.signed_off_at:
        raise Refused(_("Varselet er alt kvittert."), rule="signed_off")
    current.signed_off_at, current.signed_off_by, current.note = timezone.now(), by.pk, note[:500]
    current.save(update_fields=["signed_off_at", "signed_off_by", "note"])
    record(AuditEvent.ALERT_SIGNED_OFF, by=by, target=current, facts={"kind": current.kind}, reason=current.note)
    return current


@action
def keep_log(municipality: Any, *, months: int, by: None) -> LogRetention:
    """How many months the municipality keeps its log, 12 or more. Raises Refused for fewer.

    Run by whoever operates the service, on the municipality's decision, so `by` is nobody.
    """
    if months < 12:
        raise Refused(_("Loggen må lagres i minst 12 måneder."), rule="months")
    row, _new = LogRetention.objects.update_or_create(municipality_id=municipality.pk, defaults={"months": months})
    record(AuditEvent.RETENTION_CHANGED, by=by, municipality=municipality, facts={"months": months})
    return row


@action(quiet="a month in which nothing is old enough leaves nothing; each deletion leaves its own event")
def forget_old_events(today: date, *, by: None) -> int:
    """Delete what each municipality no longer keeps, whole days at a time. Returns how many events went.

    An Event stays for each municipality: until when, how many, and the last fingerprint of what is gone.
    """
    months = dict(LogRetention.objects.order_by("pk").values_list("municipality_id", "months"))
    total = 0
    for town in Chain.objects.filter(emptied_at=None).order_by("municipality_id").distinct("municipality_id"):
        events, chains, until, head = _forget(town.municipality_id, months.get(town.municipality_id, MONTHS))
        if chains:
            facts = {"before": until.isoformat(), "events": events, "chains": chains, "head": head}
            whose = _Town(town.municipality_id) if town.municipality_id.int else None
            record(AuditEvent.LOG_FORGOTTEN, by=by, municipality=whose, facts=facts)
            total += events
    if total:
        with connection.cursor() as cursor:
            cursor.execute("select sec.drop_empty_log_partitions(%s)", [today])
    return total


@dataclass(frozen=True)
class _Town:
    """Stands for a municipality, of which the log knows the id alone."""

    pk: UUID


def _forget(town: UUID, months: int) -> tuple[int, int, date, str]:
    with connection.cursor() as cursor:
        cursor.execute("select (sec.today() - make_interval(months => %s))::date", [months])
        before = cursor.fetchone()[0]
        cursor.execute("select * from sec.forget_log(%s, %s)", [town, before])
        events, chains, head = cursor.fetchone()
    return events, chains, before, head
