from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.TextChoices):
    """What is recorded in one place for all rooms: reading, trying, and reading the log itself."""

    VIEWED = "viewed", _("Åpnet")
    REFUSED = "refused", _("Ble stanset")
    NOT_FOUND = "not_found", _("Prøvde å åpne noe som ikke finnes, eller som er for andre")
    ACTION_REFUSED = "action_refused", _("Fikk nei: en regel stoppet handlingen")
    ROLLED_BACK = "rolled_back", _("Handlingen ble avbrutt av en feil, og ingenting ble lagret")
    LIST_SEARCHED = "list_searched", _("Åpnet eller søkte i en liste")
    MAIL_SENT = "mail_sent", _("Sendte e-post")

    LOG_OPENED = "log_opened", _("Åpnet innsynsloggen")
    LOG_EXPORTED = "log_exported", _("Lastet ned innsynsloggen")
    LOG_FORGOTTEN = "log_forgotten", _("Slettet den eldste delen av innsynsloggen")
    RETENTION_CHANGED = "retention_changed", _("Endret hvor lenge innsynsloggen lagres")
    ALERTS_OPENED = "alerts_opened", _("Åpnet varslene")
    ALERT_RAISED = "alert_raised", _("Varslet personvernombudet")
    ALERT_SIGNED_OFF = "alert_signed_off", _("Kvitterte et varsel")


class AlertKind(models.TextChoices):
    """Why the data protection officer is asked to look. The rules are in nyemonstre/watch.py."""

    BREAK_GLASS = "break_glass", _("Åpnet med nødtilgang")
    OWN_FAMILY = "own_family", _("Egen familie")
    SAME_NAME = "same_name", _("Samme etternavn")
    LET_IN = "let_in", _("Åpnet av en som er sluppet inn ved navn")
    MANY_FAMILIES = "many_families", _("Mange familier på kort tid")
    MANY_DENIED = "many_denied", _("Mange forsøk som ble stanset")
    AT_NIGHT = "at_night", _("Lest om natten")
