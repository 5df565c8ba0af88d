from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Separate consents (R-C1). Refusing research never stands in the way of participation."""

    PARTICIPATION = "participation", _("Deltakelse i Nye mønstre")
    RESEARCH = "research", _("Forskning")
    EXTRA = "extra", _("Noe annet")  # which one, the municipality's own list of purposes says


# The two every person is asked about.
CORE = (Purpose.PARTICIPATION, Purpose.RESEARCH)


class Answer(models.TextChoices):
    """One line in the log of a person and a purpose. `asked` and `expired` decide nothing: see SILENT."""

    ASKED = "asked", _("Spurt")
    GIVEN = "given", _("Gitt")
    RENEWED = "renewed", _("Fornyet")
    REFUSED = "refused", _("Sagt nei")
    WITHDRAWN = "withdrawn", _("Trukket tilbake")
    EXPIRED = "expired", _("Gikk ut")


YES = (Answer.GIVEN, Answer.RENEWED)
# That somebody was asked is no answer; that a yes ran out is decided by its last day, and only noted by the clock.
SILENT = (Answer.ASKED, Answer.EXPIRED)


class How(models.TextChoices):
    SIGNED = "signed", _("Underskrevet på papir")
    TABLET = "tablet", _("Underskrevet på nettbrett")
    ORAL = "oral", _("Muntlig i møte")
    PHONE = "phone", _("Muntlig på telefon")
    ELECTRONIC = "electronic", _("Elektronisk")
    CLOCK = "clock", _("Av seg selv")


# What a person chooses between in a form. The tablet has a page of its own, and the clock chooses nothing.
BY_HAND = [(how.value, how.label) for how in How if how not in (How.TABLET, How.CLOCK)]


class Sector(models.TextChoices):
    """What kind of service it is (R-A7)."""

    SCHOOL = "school", _("Skole")
    KINDERGARTEN = "kindergarten", _("Barnehage")
    HEALTH_CENTRE = "health_centre", _("Helsestasjon")
    GP = "gp", _("Fastlege")
    HEALTH = "health", _("Helsetjeneste")
    CHILD_WELFARE = "child_welfare", _("Barnevern")
    NAV = "nav", _("NAV")
    HOUSING = "housing", _("Bolig")
    ECONOMY = "economy", _("Gjeld og økonomi")
    LEISURE = "leisure", _("Idrett og fritid")
    VOLUNTARY = "voluntary", _("Frivillig organisasjon")
    WORK = "work", _("Arbeidsplass")
    OTHER = "other", _("Annet")


class Direction(models.TextChoices):
    BOTH = "both", _("gi og få opplysninger")
    GIVE = "give", _("bare gi opplysninger")
    GET = "get", _("bare få opplysninger")


class Topic(models.TextChoices):
    """What may be talked about with a service (R-C2)."""

    SCHOOL = "school", _("skole og barnehage")
    HEALTH = "health", _("helse")
    HOUSING = "housing", _("bolig")
    ECONOMY = "economy", _("økonomi")
    WORK = "work", _("arbeid og utdanning")
    LEISURE = "leisure", _("fritid og venner")
    CARE = "care", _("omsorg og familieliv")
    PRACTICAL = "practical", _("praktisk hjelp")


class LineState(models.TextChoices):
    """As stored. Whether a signed line is live also depends on its dates: see consent/rules.py."""

    DRAFT = "draft", _("Utkast")
    SIGNED = "signed", _("Underskrevet")
    ENDED = "ended", _("Avsluttet")


class Standing(models.TextChoices):
    """What a line is worth on a day. Worked out by consent/rules.py, stored nowhere."""

    DRAFT = "draft", _("Utkast, ikke underskrevet")
    AHEAD = "ahead", _("Begynner senere")
    LIVE = "live", _("Gjelder")
    ENDS = "ends", _("Går snart ut")
    RESTING = "resting", _("Hviler")  # nobody in the family has a live consent to participation
    RAN_OUT = "ran_out", _("Gikk ut")
    ENDED = "ended", _("Avsluttet")


class DisclosureKind(models.TextChoices):
    """The exceptions that go before secrecy (DOMAIN.md 4)."""

    CONCERN = "concern", _("Bekymringsmelding til barnevernet")
    ORDERED = "ordered", _("Opplysninger barnevernet ga pålegg om")
    AVERT = "avert", _("Avverging av et alvorlig lovbrudd")


class ConsentEvent(models.TextChoices):
    CONSENT_ASKED = "consent_asked", _("Førte at det er spurt om samtykke")
    CONSENT_GIVEN = "consent_given", _("Førte samtykke")
    CONSENT_RENEWED = "consent_renewed", _("Fornyet et samtykke")
    CONSENT_REFUSED = "consent_refused", _("Førte et nei")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("Førte at et samtykke er trukket")
    CONSENT_EXPIRED = "consent_expired", _("Et samtykke gikk ut")
    CONSENT_PRINTED = "consent_printed", _("Tok ut et samtykke som PDF")
    ENDING_TOLD = "ending_told", _("Ga beskjed om at et samtykke eller en avtale går ut")
    TEXT_ADDED = "text_added", _("La inn en ny samtykketekst")
    TEXT_KEPT = "text_kept", _("Tok vare på samtykketeksten som ble vist")
    PURPOSE_ADDED = "purpose_added", _("La til et formål for samtykke")
    PURPOSE_CHANGED = "purpose_changed", _("Slo et formål for samtykke av eller på")
    HOLDERS_RECORDED = "holders_recorded", _("Førte hvem som har foreldreansvar")
    DISCLOSURE_RECORDED = "disclosure_recorded", _("Førte noe som er fortalt uten samtykke")
    DISCLOSURE_READ = "disclosure_read", _("Leste noe som er fortalt uten samtykke")
    DISCLOSURE_RELEASED = "disclosure_released", _("Ga familien innsyn i noe som er fortalt uten samtykke")
    SERVICE_ADDED = "service_added", _("La til en tjeneste")
    SERVICE_CHANGED = "service_changed", _("Endret en tjeneste")
    CONTACT_ADDED = "contact_added", _("La til en kontakt")
    CONTACT_CHANGED = "contact_changed", _("Endret en kontakt")
    LINE_DRAFTED = "line_drafted", _("Skrev utkast til avtale")
    LINE_CHANGED = "line_changed", _("Endret et utkast til avtale")
    LINE_SIGNED = "line_signed", _("Førte avtale som underskrevet")
    LINE_ENDED = "line_ended", _("Avsluttet en avtale")
    LINE_RAN_OUT = "line_ran_out", _("En avtale gikk ut")
    AGREEMENT_PRINTED = "agreement_printed", _("Tok ut samarbeidsavtalen som PDF")
    COLLABORATION_ESTABLISHED = "collaboration_established", _("Etablerte samarbeid")
