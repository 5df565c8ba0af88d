"""What the clock starts. The worker's own database role may read across families, and only inside `as_job()`."""

from datetime import date
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from nyemonstre.access.actions import action
from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record

from .enums import FamilyEvent, FamilyState
from .grants import ShutOut
from .models import Assignment
from .reminders import Reminder
from .tasks import mail_reminder


@shared_task
def remind() -> int:
    """Each night: write who is to be told what is due, then let the mails go. Run twice it tells nobody twice.

    Returns how many mails were asked for. A reminder whose mail did not go yet today is asked for again.
    """
    day = timezone.localdate()
    with as_job():
        write_reminders(day, by=None)
        with transaction.atomic():
            waiting = [str(pk) for pk in Reminder.objects.unsent(day).order_by("pk").values_list("pk", flat=True)]
    for reminder in waiting:
        mail_reminder.delay(reminder)
    return len(waiting)


@action(quiet="a night on which nothing is due leaves nothing; each reminder leaves its own event")
def write_reminders(day: date, *, by: None) -> list[Reminder]:
    """One Reminder for each person with a window that is open or has passed on `day`, unless they have it already."""
    due = {row["user_id"]: row for row in due_by_person(day)}
    told = set(Reminder.objects.filter(day=day, user__in=due).values_list("user_id", flat=True))
    written = []
    for user in User.objects.filter(pk__in=due.keys() - told, is_active=True).order_by("pk"):
        row = due[user.pk]
        # Two workers at once: the second waits on the unique constraint, and then finds the first one's row.
        reminder, is_new = Reminder.objects.get_or_create(
            user=user, day=day, defaults={"open_windows": row["open"], "passed_windows": row["passed"]}
        )
        if is_new:
            facts = {"user": str(user.pk), "open": row["open"], "passed": row["passed"]}
            record(FamilyEvent.REMINDED, by=by, target=reminder, municipality=user.home_municipality, facts=facts)
            written.append(reminder)
    return written


def due_by_person(day: date) -> list[dict[str, Any]]:
    """How many windows are open, and how many have passed, for each person who follows families. One query.

    Paused and closed families are left alone, and so are people who no longer have a role where the family lives, or
    are shut out of it.
    """
    waiting = Q(family__milestones__undone_at=None, family__milestones__reached_on=None)
    is_open = waiting & Q(family__milestones__due_from__lte=day, family__milestones__due_until__gte=day)
    has_passed = waiting & Q(family__milestones__due_until__lt=day)
    role = Membership.objects.live(day).filter(user=OuterRef("user"), municipality=OuterRef("family__municipality"))
    shut_out = ShutOut.objects.in_force().filter(user=OuterRef("user"), family=OuterRef("family"))
    rows = (
        Assignment.objects.live()
        .filter(Exists(role), ~Exists(shut_out), family__state=FamilyState.ACTIVE)
        .order_by("user_id")
        .values("user_id")
        .annotate(
            open=Count("family__milestones", filter=is_open, distinct=True),
            passed=Count("family__milestones", filter=has_passed, distinct=True),
        )
    )
    return [row for row in rows if row["open"] or row["passed"]]
