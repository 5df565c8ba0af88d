"""What leaves by mail after a minute can be stopped until then."""

from django.utils import timezone

from nyemonstre.accounts.models import User
from plans.models.leaving import Leaving


def stop(row: Leaving, by: User) -> None:
    """Not after all. `row` is locked, and nothing of it was sent."""
    row.stopped_at, row.stopped_by = timezone.now(), by
    row.save(update_fields=["stopped_at", "stopped_by"])
