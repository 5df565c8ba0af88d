"""The Celery app. Tasks are slow output that an action asks for; jobs are what the clock starts."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nyemonstre.settings")

app = Celery("nyemonstre")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Jobs live in jobs.py beside tasks.py; both are found by name in every installed app.
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")


# Not at import: the web process and the commands import this module too, under other roles.
@signals.worker_init.connect
@signals.beat_init.connect
def refuse_to_start(**_: Any) -> None:
    """A worker with too much power over the database does not start (see nyemonstre.startup)."""
    from nyemonstre import startup  # noqa: PLC0415  needs configured settings, and this module is imported by them

    startup.refuse()
