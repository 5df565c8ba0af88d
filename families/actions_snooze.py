"""Putting off something in one's own list, and taking it up again."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import FamilyEvent
from .snoozes import Snooze

# Days something may be put off: longer is not putting off, but forgetting.
LONGEST = 60


@action
def snooze(entry: Any, *, until: date, reason: str, by: User) -> Snooze:
    """Put off an entry of one's own list (families.agenda.Entry) until a day, 1 to LONGEST days ahead.

    Raises Refused without a reason, for another day, and for an entry about no family.
    """
    if entry.family is None:
        raise Refused(_("Dette kan ikke utsettes."), rule="no_family")
    check(by, Permission.VIEW_FAMILY, entry.family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor du utsetter det."), rule="reason", field="reason")
    today = timezone.localdate()
    if not today < until <= today + timedelta(days=LONGEST):
        raise Refused(
            _("Velg en dag fra i morgen og høyst %(days)d dager fram.") % {"days": LONGEST}, rule="day", field="until"
        )
    Snooze.objects.permitted(by).filter(item=entry.item, ended_at=None).update(ended_at=timezone.now())
    row = Snooze(
        user=by, family=entry.family, milestone_id=entry.milestone_id, item=entry.item, until=until,
        reason=reason.strip()[:300],
    )  # fmt: skip
    row.save(force_insert=True)
    facts = {"kind": entry.kind, "until": until.isoformat()}
    record(FamilyEvent.SNOOZED, by=by, target=row, family=entry.family, facts=facts, reason=row.reason)
    return row


@action
def wake(row: Snooze, *, by: User) -> None:
    """Take it up again now. Raises Refused when it has come back already."""
    changed = Snooze.objects.permitted(by).filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now())
    if not changed:
        raise Refused(_("Det står alt i listen."), rule="back_already")
    record(FamilyEvent.WOKEN, by=by, target=row, family=row.family)
