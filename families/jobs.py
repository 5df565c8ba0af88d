"""What the clock starts. The worker's own database role may read across families, and only inside `as_job()`."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from nyemonstre.access.actions import action
from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.audit.log import record

from .days import is_working_day
from .enums import FamilyEvent
from .reminders import Reminder
from .reminding import Due, due_by_person
from .tasks import mail_reminder

# Reminders written in one transaction.
AT_ONCE = 200


@shared_task
def remind(on: str = "") -> int:
    """Each working morning: write who is to be told what is due, then let the mails go.

    Run again on the same day it tells nobody twice: there is one row per person and day, and each mail marks its own
    row. So the clock asks several times each morning, and a worker that was killed or a broker that was away costs an
    hour. `on` is another day than today (ISO 8601).
    Returns how many mails were asked for: none on weekends and public holidays.
    """
    day = date.fromisoformat(on) if on else timezone.localdate()
    if not is_working_day(day):
        return 0
    with as_job():
        # A few hundred at a time: each event moves the head of the day's chain, and within one transaction every one
        # of its earlier heads is walked past again.
        due = due_by_person(day)
        for start in range(0, len(due), AT_ONCE):
            write_reminders(due[start : start + AT_ONCE], day=day, by=None)
        with transaction.atomic():
            waiting = [str(pk) for pk in Reminder.objects.unsent(day).order_by("pk").values_list("pk", flat=True)]
    for reminder in waiting:
        mail_reminder.delay(reminder)
    return len(waiting)


@action(quiet="a night on which nothing is due leaves nothing; each reminder leaves its own event")
def write_reminders(due: list[Due], *, day: date, by: None) -> list[Reminder]:
    """One Reminder for each of these, who are to be told something on `day`, unless they have it already."""
    made = [
        Reminder(
            user_id=row.user_id, day=day, open_windows=row.open, passed_windows=row.passed, escalated=row.escalated
        )
        for row in due
    ]
    # Two workers at once: the second waits here for the first one's rows, and then adds none of its own.
    Reminder.objects.bulk_create(made, ignore_conflicts=True)
    new = set(Reminder.objects.filter(pk__in=[row.pk for row in made]).order_by().values_list("pk", flat=True))
    written = [row for row in made if row.pk in new]
    places = _home_municipalities([row.user_id for row in written], day)
    for row in written:
        facts = {"user": str(row.user_id), "open": row.open_windows, "passed": row.passed_windows}
        if row.escalated:
            facts["escalated"] = row.escalated
        record(FamilyEvent.REMINDED, by=by, target=row, municipality=places.get(row.user_id), facts=facts)
    return written


def _home_municipalities(users: Iterable[UUID], day: date) -> dict[UUID, Municipality]:
    """User.home_municipality of many. One query."""
    rows = Membership.objects.live(day).filter(user__in=users).select_related("municipality")
    found: dict[UUID, Municipality] = {}
    for row in rows.order_by("municipality__name", "role"):
        found.setdefault(row.user_id, row.municipality)
    return found
