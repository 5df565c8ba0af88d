"""What the clock starts for the log. The worker may read all of it, and only inside `as_job()`."""

import logging

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from nyemonstre.access.wall import as_job

from . import actions, chains

logger = logging.getLogger(__name__)

# Months for which there is a partition before the first event of them comes.
AHEAD = 3


@shared_task
def prepare_log() -> int:
    """Each night: partitions for the coming months, and for rows that had to lie in the default one. How many."""
    with as_job(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select sec.make_log_partitions(sec.today(), (sec.today() + make_interval(months => %s))::date)", [AHEAD]
        )
        return cursor.fetchone()[0]


@shared_task
def export_log_heads() -> list[str]:
    """Each night: yesterday's last links to a file outside the database. Returns the files written."""
    with as_job():
        return chains.export_heads(timezone.localdate())


@shared_task
def forget_log() -> int:
    """Each month: delete what is older than each municipality keeps. Returns how many events went."""
    with as_job():
        return actions.forget_old_events(timezone.localdate(), by=None)


@shared_task
def watch_log() -> int:
    """Each quarter of an hour: tell the auditors what they should look at. Returns how many new alerts there are."""
    find = import_string(settings.NM_ALERT_RULES)
    with as_job():
        with transaction.atomic():
            findings = find(timezone.now())
        return len(actions.raise_alerts(findings, by=None))
