"""The morning over all families, as the worker: seconds to write the reminders, and to make and send their mails.

The tasks are the real ones. The mails are written to files, as in the demo, and counted there. Two processes send, as
in production on two cores.
"""

import json
import multiprocessing
import sys
import time
from pathlib import Path
from unittest.mock import patch

import django

django.setup()

from django.conf import settings  # noqa: E402  settings first
from django.db import connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from families import jobs, tasks  # noqa: E402
from families.days import working_day  # noqa: E402
from families.models import Assignment, Family  # noqa: E402
from families.reminders import Reminder  # noqa: E402
from nyemonstre.access.wall import as_job  # noqa: E402

PROCESSES = 2
# What each of these mails has once (nyemonstre/accounts/mail.py).
MARK = b"Message-ID: <reminder."


def send(reminders: list[str]) -> int:
    """Run the task for each. Returns how many mails went."""
    return sum(tasks.mail_reminder.run(reminder) for reminder in reminders)


def mails_in(folder: Path) -> int:
    """How many of the morning's mails lie in the folder. One file may hold several."""
    return sum(file.read_bytes().count(MARK) for file in folder.glob("*.log")) if folder.is_dir() else 0


def main() -> int:
    """Prints the numbers as JSON. Returns the exit code."""
    day = working_day(timezone.localdate())
    outbox = Path(settings.EMAIL_FILE_PATH)
    with as_job(), transaction.atomic():
        families = Family.objects.active().count()
        coordinators = Assignment.objects.live().filter(family__state="active").values("user_id").distinct().count()
        Reminder.objects.filter(day=day).delete()
    before = mails_in(outbox)
    began = time.perf_counter()
    waiting: list[str] = []
    # What would go to the broker is kept, so that writing and mailing are timed apart; each mail is really made below.
    with patch.object(tasks.mail_reminder, "delay", waiting.append):
        jobs.remind(day.isoformat())
    written = time.perf_counter()
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as processes:
        sent = sum(processes.map(send, [waiting[n::PROCESSES] for n in range(PROCESSES)], chunksize=1))
    done = time.perf_counter()
    numbers = {
        "families": families, "coordinators": coordinators, "reminders": len(waiting), "mails": sent,
        "mails_in_outbox": mails_in(outbox) - before, "processes": PROCESSES, "write_s": round(written - began, 2),
        "mail_s": round(done - written, 2), "all_s": round(done - began, 2),
    }  # fmt: skip
    print(json.dumps(numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
