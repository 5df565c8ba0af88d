"""What the clock starts: offers of a place that nobody answered in time."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from nyemonstre.access.wall import as_job

from .actions.waiting import expire_offer
from .models import PlaceOffer


@shared_task
def expire_offers() -> int:
    """Soon after midnight: the places of offers that had their last day are free again. Returns how many.

    They hold no place from midnight on, whether this ran or not (PlaceOffer.objects.holding); this says so in the row.
    """
    with as_job(), transaction.atomic():
        rows = PlaceOffer.objects.open().filter(answer_by__lt=timezone.localdate()).order_by("pk")
        passed = rows.select_related("referral__municipality").select_for_update(of=("self",), skip_locked=True)
        return len([expire_offer(offer, by=None) for offer in passed])
