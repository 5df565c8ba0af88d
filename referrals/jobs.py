"""What the clock starts: offers nobody answered, drafts nobody sent, and mails and attachments that wait."""

import logging
from datetime import timedelta
from smtplib import SMTPException
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
from .models import Attachment, PlaceOffer, ReferralDraft, SenderCheck
from .tasks import mail_sender

logger = logging.getLogger(__name__)
# Attachments asked about in one round; the rest are taken in the next.
AT_ONCE = 50
# How long a mail is left to whoever was asked to send it.
A_WHILE = timedelta(minutes=5)


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
def mail_senders() -> int:
    """Every ten minutes: the links whose mail did not go because the broker or the mail server was away.

    One asked for in these minutes is left to the worker that was asked. Returns how many went; the rest wait for the
    next round when the mail server is away.
    """
    now = timezone.now()
    with as_job(), transaction.atomic():
        rows = SenderCheck.objects.unsent(now).filter(asked_at__lt=now - A_WHILE)[:AT_ONCE]
        waiting = [str(key) for key in rows.values_list("referral_id", flat=True)]
    for at, key in enumerate(waiting):
        try:
            mail_sender.run(key)
        except (OSError, SMTPException) as error:
            logger.warning("The mail server is away (%s); senders are asked later.", type(error).__name__)
            return at
    return len(waiting)


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
