"""The product's settings for a clock that does not wait until morning: reminders each second, for one given day."""

import os

from nyemonstre.settings import *  # noqa: F403

CELERY_BEAT_SCHEDULE = {
    "remind": {"task": "families.jobs.remind", "schedule": 1.0, "args": [os.environ["NM_TEST_DAY"]]}
}
