from django.db import models
from django.utils.translation import gettext_lazy as _

from families.stages import Step


class Kind(models.TextChoices):
    """Step 5 and step 10 of the path: the same questions, at the start and once a year. And between the start and the
    first year, if one likes, the seven lines alone: no step of its own, but a column of the pattern.
    """

    BASELINE = "baseline", _("Oppstartskartlegging")
    HALF = "half", _("De sju linjene etter seks måneder")
    YEARLY = "yearly", _("Årlig kartlegging")


STEP_OF = {Kind.BASELINE: Step.BASELINE, Kind.YEARLY: Step.YEARLY}
# Whose window a sitting is held in: the six months' one goes with the first review.
WINDOW_OF = STEP_OF | {Kind.HALF: Step.REVIEW}


class Respondent(models.TextChoices):
    """Whose view an answer is. The family's and the coordinator's stand apart and may differ."""

    FAMILY = "family", _("familien")
    COORDINATOR = "coordinator", _("koordinatoren")


class Missing(models.TextChoices):
    """No value is an answer too, and it says why."""

    UNKNOWN = "unknown", _("Vet ikke")
    UNWILLING = "unwilling", _("Vil ikke svare")
    NOT_ASKED = "not_asked", _("Ikke spurt")


class EconomyStatus(models.TextChoices):
    """How one thing of the economy checklist stands (DOMAIN.md 1.7)."""

    NOT_ASKED = "not_asked", _("Ikke spurt")
    NOT_RELEVANT = "not_relevant", _("Ikke aktuelt")
    TO_INVESTIGATE = "to_investigate", _("Skal undersøkes")
    APPLIED = "applied", _("Søkt")
    GRANTED = "granted", _("Innvilget")
    REFUSED = "refused", _("Avslått")


class Per(models.TextChoices):
    """How often an amount comes."""

    MONTH = "month", _("i måneden")
    YEAR = "year", _("i året")
    ONCE = "once", _("én gang")


class AssessmentEvent(models.TextChoices):
    SITTING_STARTED = "sitting_started", _("Begynte en kartlegging")
    SITTING_COMPLETED = "sitting_completed", _("Fullførte en kartlegging")
    SITTING_ABANDONED = "sitting_abandoned", _("Avbrøt en kartlegging")
    PART_SKIPPED = "part_skipped", _("Hoppet over en del av en kartlegging")
    ANSWER_CORRECTED = "answer_corrected", _("Rettet et svar i en fullført kartlegging")
    TABLET_HANDED_OVER = "tablet_handed_over", _("Ga nettbrettet til et medlem")
    TABLET_TAKEN_BACK = "tablet_taken_back", _("Fikk nettbrettet tilbake")
    INSTRUMENT_SWITCHED_ON = "instrument_switched_on", _("Slo på et skjema")
    INSTRUMENT_SWITCHED_OFF = "instrument_switched_off", _("Slo av et skjema")
    ECONOMY_NOTED = "economy_noted", _("Førte noe på økonomilisten")
    ECONOMY_ITEM_CHANGED = "economy_item_changed", _("Endret hva økonomilisten spør om")
    START_NOTED = "start_noted", _("Skrev om starten")
    FIT_CODE_GIVEN = "fit_code_given", _("Ga en kode til FIT")
    FIT_CODE_TAKEN_BACK = "fit_code_taken_back", _("Tok tilbake en kode til FIT")
    FIT_ANSWERED_BY_CODE = "fit_answered_by_code", _("Svarte på FIT med en kode")
    FIT_RECORDED = "fit_recorded", _("Førte et FIT-svar")
