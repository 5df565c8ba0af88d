"""The nightly job over all families, as the worker's role: seconds to write the reminders, and to send their mails.

One process, so one core beside the database's; in production two send.
"""

import json
import sys
import time
from unittest.mock import patch

import django

django.setup()

from django.db import transaction  # noqa: E402  settings first
from django.test.utils import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from families import jobs, tasks  # noqa: E402
from families.days import working_day  # noqa: E402
from families.models import Family  # noqa: E402
from families.reminders import Reminder  # noqa: E402
from nyemonstre.access.wall import as_job  # noqa: E402


def main() -> int:
    """Prints the numbers as JSON. Returns the exit code."""
    day = working_day(timezone.localdate())
    with as_job(), transaction.atomic():
        families = Family.objects.count()
        Reminder.objects.filter(day=day).delete()
    began = time.perf_counter()
    waiting: list[str] = []
    with patch.object(tasks.mail_reminder, "delay", waiting.append):
        jobs.remind(day.isoformat())
    written = time.perf_counter()
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        sent = sum(tasks.mail_reminder.run(reminder) for reminder in waiting)
    done = time.perf_counter()
    numbers = {
        "families": families, "reminders": len(waiting), "mails": sent, "write_s": round(written - began, 2),
        "mail_s": round(done - written, 2), "all_s": round(done - began, 2),
    }  # fmt: skip
    print(json.dumps(numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
