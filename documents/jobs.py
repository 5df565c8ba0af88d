"""What the clock starts: documents that still wait for the virus scanner are asked about again."""

from celery import shared_task
from django.conf import settings
from django.db import transaction

from nyemonstre.access.wall import as_job

from .enums import Scan
from .models import Document
from .tasks import scan_document

# More would keep one worker busy for too long; the rest are taken next time.
AT_ONCE = 50


@shared_task
def scan_waiting() -> int:
    """Ask about each document in quarantine, the oldest first, until the scanner does not answer. How many it knew."""
    if not settings.NM_CLAMD:
        return 0
    with as_job(), transaction.atomic():
        waiting = [str(pk) for pk in Document.objects.waiting().values_list("pk", flat=True)[:AT_ONCE]]
    done = 0
    for document in waiting:
        if scan_document(document) in (Scan.CLEAN, Scan.INFECTED):
            done += 1
    return done
