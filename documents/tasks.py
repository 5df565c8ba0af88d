"""Asking the virus scanner, away from the request."""

import logging
from functools import partial
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown

from families.tasks import tell
from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import User
from nyemonstre.files import store
from nyemonstre.files.clamd import ScannerAway, scan

from .enums import Scan
from .models import Document
from .scanning import settle_scan

logger = logging.getLogger(__name__)


def scan_soon(document: Document) -> None:
    """When this transaction is committed, ask for a scan. With the broker away the next round of jobs.py does it."""
    if settings.NM_CLAMD:
        transaction.on_commit(partial(_ask, str(document.pk)), robust=True)


def _ask(document_id: str) -> None:
    try:
        scan_document.delay(document_id)
    except (BrokerDown, OSError) as error:
        logger.warning("The broker is away (%s); a document waits for its scan.", type(error).__name__)


@shared_task
def scan_document(document_id: str) -> str:
    """Scan one document that waits, and tell whoever uploaded it when it is stopped. Returns what it is now.

    Two workers with the same one: the second finds it locked, and leaves it. A scanner that is away, or a file that
    cannot be read, leaves the document in quarantine.
    """
    with as_job(), transaction.atomic():
        rows = Document.objects.waiting().select_for_update(of=("self",), skip_locked=True)
        document = rows.filter(pk=UUID(str(document_id))).first()
        if document is None or not settings.NM_CLAMD:
            return ""
        try:
            with store.fetch(document.key, document.sha256) as file:
                verdict = scan(file, settings.NM_CLAMD)
        except (ScannerAway, store.Damaged) as error:
            logger.error("A document could not be scanned and stays in quarantine: %s", error)
            return str(document.scan)
        settle_scan(document, verdict=verdict, by=None)
        if document.scan == Scan.INFECTED:
            logger.error("A virus was found in document %s: %s", document.pk, verdict.found)
            tell(User.objects.get(pk=document.uploaded_by_id), "virus")
        return str(document.scan)
