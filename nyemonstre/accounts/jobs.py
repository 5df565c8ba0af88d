"""What the clock starts for accounts."""

from celery import shared_task

from nyemonstre.access.wall import as_job

from .actions_login import clear_away


@shared_task
def clear_sessions() -> int:
    """Each night: ended sessions and forgotten forms go. Returns how many sessions went. Run twice it finds none."""
    with as_job():
        return clear_away(by=None)
