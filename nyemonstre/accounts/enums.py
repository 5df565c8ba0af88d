from django.db import models
from django.utils.translation import gettext_lazy as _


class Sector(models.TextChoices):
    """Who sits in the intake team (R-A5)."""

    HEALTH = "health", _("BTI/helsestasjon")
    CHILD_WELFARE = "child_welfare", _("Barnevern")
    NAV = "nav", _("NAV")


# Sectors that decide together, at least (R-A5).
FEWEST_SECTORS = 2
# A municipality's own sectors beside them, so that six at most can be asked for; and letters in the name of one.
OWN_SECTORS, SECTOR_LENGTH = 3, 20
# Weeks to appeal: what fvl. § 29 gives, and up to a quarter of a year.
APPEAL_WEEKS = range(3, 13)
# Points an answer to FIT falls, and answers alike after each other, before somebody is told; 0 for never.
FIT_FALL, FIT_STILL = range(6), (0, *range(2, 9))
# The most e-mail domains a municipality may list.
SERVICE_DOMAINS = 40
# Days after a window has passed when the leads are told; 0 is never.
ESCALATION_DAYS = (0, 7, 14, 30, 60, 90)


class LoginMethod(models.TextChoices):
    """How somebody showed who they are."""

    PASSWORD = "password", _("passord")
    TOTP = "totp", _("passord og engangskode")
    RECOVERY_CODE = "recovery_code", _("passord og gjenopprettingskode")
    PASSKEY = "passkey", _("passnøkkel")
    WORK_ACCOUNT = "work_account", _("jobbkonto")
    DEMO = "demo", _("demo")


class AccountEvent(models.TextChoices):
    """What the log says happened to accounts; labels are for the log page."""

    LOGGED_IN = "logged_in", _("Logget inn")
    LOGIN_FAILED = "login_failed", _("Mislykket innlogging")
    LOGIN_CONFIRMED = "login_confirmed", _("Bekreftet hvem de er")
    LOGGED_OUT = "logged_out", _("Logget ut")
    SESSION_ENDED = "session_ended", _("Avsluttet innlogging")
    SESSIONS_CLEARED = "sessions_cleared", _("Ryddet bort innlogginger som var over")
    IDENTITY_LINKED = "identity_linked", _("Koblet jobbkonto")
    IDENTITY_UNLINKED = "identity_unlinked", _("Fjernet jobbkonto")
    SECOND_FACTOR_ADDED = "second_factor_added", _("La til passnøkkel eller kode")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Fjernet passnøkkel eller kode")
    PROVIDER_SET = "provider_set", _("Endret kommunens innloggingstjeneste")
    EMERGENCY_OPENED = "emergency_opened", _("Åpnet nødkonto")
    EMERGENCY_CLOSED = "emergency_closed", _("Stengte nødkonto")
    USER_ADDED = "user_added", _("La til bruker")
    USER_CHANGED = "user_changed", _("Endret bruker")
    USER_DISABLED = "user_disabled", _("Stengte bruker")
    USER_ENABLED = "user_enabled", _("Åpnet bruker igjen")
    MEMBERSHIP_GIVEN = "membership_given", _("Ga rolle")
    MEMBERSHIP_ENDED = "membership_ended", _("Avsluttet rolle")
    PROFILE_CHANGED = "profile_changed", _("Endret egen profil")
    FEED_MADE = "feed_made", _("Laget en hemmelig kalenderadresse")
    FEED_ENDED = "feed_ended", _("Trakk tilbake kalenderadressen")
    FEED_READ = "feed_read", _("Kalenderprogrammet hentet avtaler")
    PASSWORD_CHANGED = "password_changed", _("Byttet passord")
    PASSWORD_FORGOTTEN = "password_forgotten", _("Ba om nytt passord")
    PASSWORD_LINK_SENT = "password_link_sent", _("Sendte lenke til nytt passord")
    MUNICIPALITY_CHANGED = "municipality_changed", _("Endret kommunens innstillinger")
    ON_CALL_CHANGED = "on_call_changed", _("Endret hvem som går i vakt")
    ON_CALL_RULE_CHANGED = "on_call_rule_changed", _("Endret hva vakta kan åpne")
    MUNICIPALITY_ADDED = "municipality_added", _("La til kommune")
