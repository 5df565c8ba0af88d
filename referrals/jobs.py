"""What the clock starts: offers nobody answered, drafts nobody sent, and attachments that wait for the scanner."""

import logging
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from documents.enums import Scan
from nyemonstre.access.wall import as_job
from nyemonstre.files import store
from nyemonstre.files.clamd import ScannerAway, scan

from .actions.attachment import settle_attachment
from .actions.draft import drop_old_drafts
from .actions.waiting import expire_offer
from .models import Attachment, PlaceOffer, ReferralDraft

logger = logging.getLogger(__name__)
# Attachments asked about in one round; the rest are taken in the next.
AT_ONCE = 50


@shared_task
def expire_offers() -> int:
    """Soon after midnight: the places of offers that had their last day are free again. Returns how many.

    They hold no place from midnight on, whether this ran or not (PlaceOffer.objects.holding); this says so in the row.
    """
    with as_job(), transaction.atomic():
        rows = PlaceOffer.objects.open().filter(answer_by__lt=timezone.localdate()).order_by("pk")
        passed = rows.select_related("referral__municipality").select_for_update(of=("self",), skip_locked=True)
        return len([expire_offer(offer, by=None) for offer in passed])


@shared_task
def drop_drafts() -> int:
    """Once a night: drafts of henvendelser that ran out. Returns how many."""
    with as_job(), transaction.atomic():
        if not ReferralDraft.objects.filter(expires_at__lte=timezone.now()).exists():
            return 0
        return drop_old_drafts(by=None)


@shared_task
def scan_attachment(attachment_id: str) -> str:
    """Scan one that waits; returns what it is now. A scanner that is away leaves it in quarantine."""
    with as_job(), transaction.atomic():
        rows = Attachment.objects.waiting().select_related("referral__municipality")
        row = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=UUID(attachment_id)).first()
        if row is None or not settings.NM_CLAMD:
            return ""
        try:
            with store.fetch(row.key, row.sha256) as file:
                verdict = scan(file, settings.NM_CLAMD)
        except (ScannerAway, store.Damaged) as error:
            logger.error("An attachment could not be scanned and stays in quarantine: %s", error)
            return str(row.scan)
        settle_attachment(row, verdict=verdict, by=None)
        if row.scan == Scan.INFECTED:
            logger.error("A virus was found in attachment %s: %s", row.pk, verdict.found)
        return str(row.scan)


@shared_task
def scan_attachments() -> int:
    """Ask about each attachment in quarantine, the oldest first. Returns how many the scanner knew."""
    if not settings.NM_CLAMD:
        return 0
    with as_job(), transaction.atomic():
        waiting = [str(pk) for pk in Attachment.objects.waiting().values_list("pk", flat=True)[:AT_ONCE]]
    return sum(scan_attachment(key) in (Scan.CLEAN, Scan.INFECTED) for key in waiting)
