from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.TextChoices):
    """Reading the log is itself logged."""

    LOG_OPENED = "log_opened", _("Åpnet innsynsloggen")
    LOG_EXPORTED = "log_exported", _("Lastet ned innsynsloggen")
