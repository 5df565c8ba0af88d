from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "nyemonstre.audit"
    verbose_name = _("innsynslogg")
    events = "nyemonstre.audit.enums.AuditEvent"
