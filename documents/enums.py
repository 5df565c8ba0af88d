from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    CONSENT = "consent", _("Underskrevet samtykke")
    AGREEMENT = "agreement", _("Underskrevet samarbeidsavtale")
    LETTER = "letter", _("Brev eller vedtak")
    REPORT = "report", _("Rapport eller uttalelse")
    OTHER = "other", _("Annet")


class Scan(models.TextChoices):
    """What the virus scanner has said. Without a scanner (settings.NM_CLAMD) nobody has asked it."""

    WAITING = "waiting", _("Ikke sjekket for virus")
    CLEAN = "clean", _("Sjekket, ingen virus funnet")
    INFECTED = "infected", _("Stanset, virus funnet")


class DocumentEvent(models.TextChoices):
    DOCUMENT_ADDED = "document_added", _("Lastet opp et dokument")
    DOCUMENT_DOWNLOADED = "document_downloaded", _("Lastet ned et dokument")
    DOCUMENT_WITHDRAWN = "document_withdrawn", _("Trakk tilbake et dokument")
    DOCUMENT_SCANNED = "document_scanned", _("Sjekket et dokument for virus")
