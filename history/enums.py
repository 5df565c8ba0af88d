from django.db import models
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import Permission


class Verb(models.TextChoices):
    """What was done to the row. The trigger writes these (history/migrations/0001_initial.py)."""

    ADDED = "added", _("La til")
    CHANGED = "changed", _("Endret")
    REMOVED = "removed", _("Fjernet")


# The parts of a family's history, each opened by the permission that opens the live rows: its word in the address,
# and on the page.
PARTS = {
    "familien": (Permission.VIEW_FAMILY, _("Familien")),
    "veien": (Permission.LIST_FAMILY, _("Veien og koordinator")),
    "samtykke": (Permission.VIEW_CONSENT, _("Samtykke og avtaler")),
    "kartlegging": (Permission.VIEW_ASSESSMENT, _("Kartlegging")),
    "plan": (Permission.VIEW_PLAN, _("Plan")),
    "journal": (Permission.VIEW_JOURNAL, _("Journal")),
}


class HistoryEvent(models.TextChoices):
    """Making the log for a family is itself logged, in that family's log."""

    LOG_SHOWN = "family_log_shown", _("Leste innsynsloggen til familien")
    LOG_PRINTED = "family_log_printed", _("Laget innsynsloggen til familien som PDF")
