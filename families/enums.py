from django.db import models
from django.utils.translation import gettext_lazy as _


class Protection(models.TextChoices):
    """Adressesperre as in Folkeregisteret (DOMAIN.md 4). The marking itself is confidential."""

    NONE = "none", _("Ugradert")
    CLIENT_ADDRESS = "client_address", _("Klientadresse")
    CONFIDENTIAL = "confidential", _("Fortrolig")
    STRICTLY_CONFIDENTIAL = "strictly_confidential", _("Strengt fortrolig")


# Only named people see these families, and nobody else is shown that they exist.
STRICT = (Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL)


class Audience(models.TextChoices):
    """Who may get something on paper, as it was said when it was written (families/marks.py has the rule)."""

    USUAL = "usual", _("Ikke spurt om")
    BOTH = "both", _("Begge hjem")
    HOME = "home", _("Bare ett av hjemmene")
    KEPT = "kept", _("Ikke foreldrene, den unge ber om det")
    NOBODY = "nobody", _("Ingen, etter koordinatorens vurdering")


class FamilyState(models.TextChoices):
    ACTIVE = "active", _("Følges")
    PAUSED = "paused", _("På pause")
    CLOSED = "closed", _("Avsluttet")


class ExitReason(models.TextChoices):
    """Why follow-up ended, in few words, for the register study 15 years on (R-P2)."""

    FIVE_YEARS = "years", _("Fem år er gått")
    ENOUGH = "enough", _("Familien klarer seg uten oppfølgingen")
    UNWILLING = "unwilling", _("Familien vil ikke mer")
    MOVED = "moved", _("Familien har flyttet fra kommunen")
    NO_CONTACT = "contact", _("Vi får ikke kontakt")
    OTHER = "other", _("Noe annet")


class MemberRole(models.TextChoices):
    ADULT = "adult", _("Voksen")
    CHILD = "child", _("Barn")
    RELATED_CHILD = "related_child", _("Tilknyttet barn")  # lives less than half the time here (R-E5, trap 15)


class NumberKind(models.TextChoices):
    """What sort of identity number; the values are those of nyemonstre.numbers.Kind."""

    FNR = "fnr", _("Fødselsnummer")
    D_NUMBER = "d_number", _("D-nummer")
    FH = "fh", _("Felles hjelpenummer")
    DUF = "duf", _("DUF-nummer")


class AssignmentKind(models.TextChoices):
    RESPONSIBLE = "responsible", _("Ansvarlig koordinator")
    SUBSTITUTE = "substitute", _("Vikar")
    SECOND = "second", _("Andre koordinator")


class FamilyEvent(models.TextChoices):
    FAMILY_REGISTERED = "family_registered", _("Registrerte familien")
    FAMILY_CHANGED = "family_changed", _("Endret familien")
    MEMBER_ADDED = "member_added", _("La til et medlem")
    MEMBER_CHANGED = "member_changed", _("Endret et medlem")
    HOME_ADDED = "home_added", _("La til et hjem")
    HOME_CHANGED = "home_changed", _("Endret et hjem")
    MEMBER_MOVED = "member_moved", _("Førte hvor et medlem bor")
    PLACES_CHANGED = "places_changed", _("Endret plassene til en koordinator")
    STEP_REACHED = "step_reached", _("Nådde et steg")
    STEP_UNDONE = "step_undone", _("Angret et steg")
    COORDINATOR_ASSIGNED = "coordinator_assigned", _("Ga familien en koordinator")
    COORDINATOR_ENDED = "coordinator_ended", _("Avsluttet et oppdrag som koordinator")
    HANDED_OVER = "handed_over", _("Overførte familien til en ny koordinator")
    ACCESS_GRANTED = "access_granted", _("Ga tilgang")
    ACCESS_REVOKED = "access_revoked", _("Tok tilbake tilgang")
    LEAD_NAMED_BY_CODE = "lead_named_by_code", _("Slapp inn en teamleder med familiens kode")
    CONFLICT_DECLARED = "conflict_declared", _("Meldte seg inhabil")
    SHUT_OUT = "shut_out", _("Stengte noen ute på grunn av inhabilitet")
    SHUT_OUT_LIFTED = "shut_out_lifted", _("Opphevet en inhabilitet")
    GLASS_BROKEN = "glass_broken", _("Åpnet familien i nød")
    GLASS_MENDED = "glass_mended", _("Avsluttet en nødåpning")
    GLASS_REVIEWED = "glass_reviewed", _("Gikk gjennom en nødåpning")
    LEAVE_COVERED = "leave_covered", _("Satte inn vikarer for en koordinator")
    LEAVE_ENDED = "leave_ended", _("Avsluttet et fravær")
    FAMILY_PAUSED = "family_paused", _("Satte oppfølgingen på pause")
    FAMILY_RESUMED = "family_resumed", _("Tok opp oppfølgingen igjen")
    FAMILY_CLOSED = "family_closed", _("Avsluttet oppfølgingen")
    FAMILY_REOPENED = "family_reopened", _("Tok opp en oppfølging som var avsluttet")
    NUMBER_KEPT = "number_kept", _("Førte et fødselsnummer")
    NUMBER_CHANGED = "number_changed", _("Byttet et fødselsnummer")
    NUMBER_REMOVED = "number_removed", _("Fjernet et fødselsnummer")
    NUMBER_LEFT_OUT = "number_left_out", _("Førte at fødselsnummer mangler")
    NUMBER_SHOWN = "number_shown", _("Så et fødselsnummer")
    NUMBER_SEARCHED = "number_searched", _("Søkte med fødselsnummer")
    LIST_OPENED = "list_opened", _("Åpnet en liste")
    SNOOZED = "snoozed", _("Utsatte noe i egen liste")
    WOKEN = "woken", _("Tok opp igjen noe som var utsatt")
    REMINDED = "reminded", _("Fikk påminnelse")
