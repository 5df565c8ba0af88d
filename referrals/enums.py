from django.db import models
from django.utils.translation import gettext_lazy as _


class ReferrerKind(models.TextChoices):
    SERVICE = "service", _("En tjeneste")
    FAMILY = "family", _("Familien selv")


class AddressAnswer(models.TextChoices):
    """What the referrer says about adressesperre: the values of families.enums.Protection, and not knowing."""

    NONE = "none", _("Nei")
    CLIENT_ADDRESS = "client_address", _("Ja, klientadresse")
    CONFIDENTIAL = "confidential", _("Ja, fortrolig adresse (kode 7)")
    STRICTLY_CONFIDENTIAL = "strictly_confidential", _("Ja, strengt fortrolig adresse (kode 6)")
    UNKNOWN = "unknown", _("Vet ikke")


class PersonRole(models.TextChoices):
    ADULT = "adult", _("Voksen")
    CHILD = "child", _("Barn")


class Criterion(models.TextChoices):
    """The target group, R-E1 to R-E6, in the order the intake team goes through them."""

    LOW_INCOME = "low_income", _("Lav inntekt i minst tre år")
    STRUGGLES = "struggles", _("Strever med arbeid, bolig, deltakelse eller økonomi")
    CONCERN = "concern", _("Bekymring for at barna får det på samme måte")
    RESIDENCE_PERMIT = "residence_permit", _("Oppholdstillatelse")
    CHILDREN_AT_HOME = "children_at_home", _("Barna bor hjemme minst halve tiden")
    SERVICES = "services", _("I kontakt med minst én tjeneste")


class CriterionValue(models.TextChoices):
    YES = "yes", _("Ja")
    NO = "no", _("Nei")
    UNKNOWN = "unknown", _("Vet ikke")


class Situation(models.TextChoices):
    """What the form asks about each part of life (R-E7). The values are the names of Referral's columns."""

    WORK = "situation_work", _("Arbeid")
    SCHOOL = "situation_school", _("Skole")
    KINDERGARTEN = "situation_kindergarten", _("Barnehage")
    HEALTH = "situation_health", _("Helse")
    HOUSING = "situation_housing", _("Bosituasjon")
    ECONOMY = "situation_economy", _("Økonomi")


class Progress(models.TextChoices):
    """How far a henvendelse has come, as its sender is told."""

    RECEIVED = "received", _("Mottatt")
    IN_INTAKE = "in_intake", _("Under behandling")
    ANSWERED = "answered", _("Besvart")


class Sender(models.TextChoices):
    """What is known of a service that sent a henvendelse: is the e-mail address it gave its own?"""

    LOGGED_IN = "logged_in", _("Sendt av en innlogget bruker")
    CONFIRMED = "confirmed", _("Avsender bekreftet")
    ASKED = "asked", _("Avsender ikke bekreftet ennå")
    UNSENT = "unsent", _("Lenken er ikke sendt ennå")
    RAN_OUT = "ran_out", _("Lenken gikk ut uten svar")
    UNLISTED = "unlisted", _("E-postadressen er ikke på kommunens liste")


class CalculationKind(models.TextChoices):
    """What can be reckoned out as the basis of an answer about the target group."""

    LOW_INCOME = "low_income", _("Lav inntekt i tre år")
    CROWDING = "crowding", _("Trangbodd")


class Outcome(models.TextChoices):
    """What the intake team decides (R-E8)."""

    GRANTED = "granted", _("Tildel plass")
    WAITING = "waiting", _("Venteliste")
    DECLINED = "declined", _("Avslag")
    MORE_INFORMATION = "more_information", _("Mer informasjon")


class Told(models.TextChoices):
    """What the coordinator tells in the information meeting, about the offer and about the research."""

    OFFER = "offer", _("Hva tilbudet er, og hva koordinatoren gjør")
    VOLUNTARY = "voluntary", _("At det er frivillig, og at et nei ikke påvirker annen hjelp")
    FIVE_YEARS = "five_years", _("At oppfølgingen kan vare i fem år")
    RECORDS = "records", _("Hva som skrives ned, og hvem som kan se det")
    RESEARCH = "research", _("At det er forskning, og at den er frivillig for seg")
    WITHDRAW = "withdraw", _("Hvordan familien kan trekke seg")


class SameAnswer(models.TextChoices):
    """Is what was found alike the same family?"""

    SAME = "same", _("Samme familie")
    DIFFERENT = "different", _("Ikke samme familie")


class MeetingOutcome(models.TextChoices):
    YES = "yes", _("Ja, familien vil være med")
    NO = "no", _("Nei, familien vil ikke være med")
    THINKING = "thinking", _("Familien vil tenke på det")
    ABSENT = "absent", _("Familien kom ikke")
    CANCELLED = "cancelled", _("Avlyst")


class Turn(models.TextChoices):
    """What became of an appointment that was not kept as it was."""

    MOVED = "moved", _("Flyttet")
    CANCELLED = "cancelled", _("Avlyst")


class TurnReason(models.TextChoices):
    """Why. The letter to the family says it in a sentence of its own (referrals/letters.py), so it is a choice."""

    FAMILY = "family", _("Familien ba om det")
    COORDINATOR = "coordinator", _("Koordinatoren kan ikke")
    REFERRER = "referrer", _("Den som henvendte seg, kan ikke")
    INTERPRETER = "interpreter", _("Tolken kan ikke, eller vi fikk ingen tolk")
    PLACE = "place", _("Stedet kan ikke brukes")
    OTHER = "other", _("Noe annet")


class ContactHow(models.TextChoices):
    """How somebody was in contact with a family that waits."""

    PHONE = "phone", _("Telefon")
    MEETING = "meeting", _("Møte")
    LETTER = "letter", _("Brev eller melding")
    SERVICE = "service", _("Gjennom tjenesten som henvendte seg")


class YesHow(models.TextChoices):
    """How a family said yes to being helped on to another service."""

    SPOKEN = "spoken", _("Sa det i en samtale")
    PHONE = "phone", _("Sa det på telefon")
    WRITTEN = "written", _("Skrev det")


class OfferAnswer(models.TextChoices):
    """What became of an offered place. Empty: nobody has answered, and the last day has not passed."""

    YES = "yes", _("Ja takk")
    NO = "no", _("Nei takk")
    EXPIRED = "expired", _("Fristen gikk ut")
    WITHDRAWN = "withdrawn", _("Falt bort")


class ReferralEvent(models.TextChoices):
    REFERRAL_SENT = "referral_sent", _("Sendte en henvendelse")
    DRAFT_KEPT = "referral_draft_kept", _("Lagret utkastet til en henvendelse")
    DRAFT_LINK_SENT = "referral_draft_link_sent", _("Sendte lenken til et utkast på e-post")
    DRAFTS_DROPPED = "referral_drafts_dropped", _("Slettet utkast til henvendelser")
    ATTACHMENT_SENT = "referral_attachment_sent", _("La ved en fil til en henvendelse")
    ATTACHMENT_SCANNED = "referral_attachment_scanned", _("Sjekket et vedlegg for virus")
    ATTACHMENT_OPENED = "referral_attachment_opened", _("Hentet et vedlegg til en henvendelse")
    SENDER_ASKED = "referral_sender_asked", _("Sendte avsenderen av en henvendelse lenken på nytt")
    SENDER_CONFIRMED = "referral_sender_confirmed", _("Bekreftet at tjenesten har sendt en henvendelse")
    REFERRAL_TAKEN_IN = "referral_taken_in", _("Tok opp en henvendelse")
    REFERRAL_ASSESSED = "referral_assessed", _("Vurderte målgruppen")
    BASIS_CALCULATED = "referral_calculated", _("Regnet ut inntekt eller bolig i en henvendelse")
    INFORMATION_ADDED = "referral_information_added", _("La opplysninger til en henvendelse")
    REFERRAL_GRANTED = "referral_granted", _("Tildelte plass")
    REFERRAL_WAITING = "referral_waiting", _("Satte en henvendelse på venteliste")
    REFERRAL_MOVED = "referral_moved", _("Flyttet en henvendelse på ventelisten")
    WAITING_CONTACTED = "waiting_contacted", _("Førte kontakt med en familie på ventelisten")
    PLACE_OFFERED = "place_offered", _("Tilbød en plass")
    OFFER_ANSWERED = "place_offer_answered", _("Førte svaret på et tilbud om plass")
    OFFER_EXPIRED = "place_offer_expired", _("Fristen for et tilbud om plass gikk ut")
    REFERRAL_FORWARDED = "referral_forwarded", _("Sendte en henvendelse videre til en annen tjeneste")
    FORWARD_LETTER = "referral_forward_letter", _("Hentet brevet om en henvendelse som er sendt videre")
    REFERRAL_DECLINED = "referral_declined", _("Ga avslag på en henvendelse")
    INFORMATION_ASKED = "referral_information_asked", _("Ba om mer informasjon")
    FAMILY_JOINED = "referral_joined", _("Koblet en henvendelse til samme familie")
    FAMILY_TOLD_APART = "referral_told_apart", _("Svarte at det ikke er samme familie")
    SAME_TAKEN_BACK = "referral_same_taken_back", _("Tok tilbake et svar om samme familie")
    MEETING_STARTED = "referral_to_meeting", _("Gikk videre til informasjonssamtale")
    REFERRAL_CLOSED = "referral_closed", _("Avsluttet en henvendelse")
    INTAKE_PLANNED = "intake_meeting_planned", _("Planla et inntaksmøte")
    INTAKE_CHANGED = "intake_meeting_changed", _("Endret et inntaksmøte")
    INTAKE_CANCELLED = "intake_meeting_cancelled", _("Avlyste et inntaksmøte")
    INTAKE_AGENDA = "intake_agenda_changed", _("Endret sakslisten til et inntaksmøte")
    INTAKE_PRESENCE = "intake_presence_changed", _("Førte hvem som er til stede i et inntaksmøte")
    INTAKE_OPENED = "intake_meeting_opened", _("Startet et inntaksmøte")
    INTAKE_RECUSED = "intake_recused", _("Førte hvem som er inhabil i en sak")
    INTAKE_NOTED = "intake_noted", _("Skrev notat i en sak i et inntaksmøte")
    INTAKE_DECIDED = "intake_case_decided", _("Avgjorde en sak i et inntaksmøte")
    INTAKE_SIGNED = "intake_meeting_signed", _("Signerte og avsluttet et inntaksmøte")
    INTAKE_ADDED = "intake_minutes_added", _("La et tillegg til protokollen fra et inntaksmøte")
    LETTER_MADE = "referral_letter_made", _("Laget et brev om en beslutning")
    LETTER_TAKEN_OUT = "referral_letter_taken_out", _("Hentet ut et brev om en beslutning")
    MEETING_BOOKED = "information_meeting_booked", _("Avtalte informasjonssamtale")
    MEETING_CHANGED = "information_meeting_changed", _("Endret avtalen om informasjonssamtale")
    MEETING_CANCELLED = "information_meeting_cancelled", _("Avlyste informasjonssamtalen")
    MEETING_AGREED = "information_meeting_agreed", _("Førte hvilken tid familien valgte")
    MEETING_LETTER = "information_meeting_letter", _("Skrev ut invitasjonen til informasjonssamtalen")
    MEETING_FILE = "information_meeting_file", _("Hentet informasjonssamtalen som kalenderfil")
    OFFER_REFUSED = "offer_refused", _("Førte at familien takket nei")
    MEETING_RECORDED = "information_meeting_recorded", _("Førte informasjonssamtalen")
