"""What the virus scanner said about a document, written down. Asked by tasks.py; the row is the worker's to write."""

from django.utils import timezone

from nyemonstre.access.actions import action
from nyemonstre.audit.log import record
from nyemonstre.files.clamd import Verdict

from .enums import DocumentEvent, Scan
from .models import Document


@action
def settle_scan(document: Document, *, verdict: Verdict, by: None = None) -> Document:
    """Clean, or stopped for good. `document` is locked by the caller."""
    document.scan = Scan.INFECTED if verdict.found else Scan.CLEAN
    document.scan_found, document.scanned_at = verdict.found[:120], timezone.now()
    document.save(update_fields=["scan", "scan_found", "scanned_at"])
    record(DocumentEvent.DOCUMENT_SCANNED, by=by, target=document, facts={"scan": document.scan})
    return document
