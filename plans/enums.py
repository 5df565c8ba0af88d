from django.db import models
from django.utils.translation import gettext_lazy as _


class GoalState(models.TextChoices):
    """A goal is never deleted: it waits, is reached, has become another one, or is let go, each for a reason (R-F4)."""

    ACTIVE = "active", _("Gjelder")
    PAUSED = "paused", _("På vent")
    REACHED = "reached", _("Nådd")
    CHANGED = "changed", _("Ble til et annet mål")
    LET_GO = "let_go", _("Lagt bort")


# Followed with the family: it stands in the plan that is agreed on.
ALIVE = (GoalState.ACTIVE, GoalState.PAUSED)


class Doer(models.TextChoices):
    """Who does a measure (R-F5). A voluntary organisation is a service with a name; a neighbour is not."""

    FAMILY = "family", _("Familien selv")
    MEMBER = "member", _("En i familien")
    SERVICE = "service", _("En tjeneste")
    VOLUNTEER = "volunteer", _("En frivillig")
    COORDINATOR = "coordinator", _("Koordinatoren")
    NOBODY = "nobody", _("Ingen ennå")


class MeasureKind(models.TextChoices):
    """What the measure does (R-F6): it makes up for something that lacks, or it changes how the family has it."""

    COMPENSATING = "comp", _("Kompenserende: det veier opp for noe dere mangler")
    WHOLE = "whole", _("Helhetlig: det endrer hvordan dere har det")


class MeasureState(models.TextChoices):
    """How far a measure has come. What it waits for is said, so that somebody can do something about it."""

    PLANNED = "planned", _("Planlagt")
    ASKED = "asked", _("Spurt")
    WAITS_PLACE = "place", _("Venter på plass")
    WAITS_PAPERS = "papers", _("Venter på papirer")
    UNDER_WAY = "under_way", _("Pågår")
    DONE = "done", _("Gjort")
    REFUSED = "refused", _("Fikk nei")
    CANCELLED = "cancelled", _("Blir ikke noe av")


# Nothing more to do about these.
FINISHED = (MeasureState.DONE, MeasureState.REFUSED, MeasureState.CANCELLED)


class RedactionState(models.TextChoices):
    ASKED = "asked", _("Venter")
    DONE = "done", _("Fjernet")
    DECLINED = "declined", _("Kan stå")


class TemplateOf(models.TextChoices):
    GOAL = "goal", _("Mål")
    MEASURE = "measure", _("Tiltak")


class OtherKind(models.TextChoices):
    """Plans and coordinators of others around the family. Theirs, and led by them (R-F5)."""

    CHILD_COORDINATOR = "child", _("Barnekoordinator")
    INDIVIDUAL_PLAN = "ip", _("Individuell plan")
    RELAY = "relay", _("Stafettlogg")
    CRISIS_PLAN = "crisis", _("Kriseplan")
    OTHER = "other", _("En annen plan")


class Verdict(models.TextChoices):
    """What a 6-month review says about one goal."""

    KEEP = "keep", _("Beholde som det er")
    CHANGE = "change", _("Endre")
    REACHED = "reached", _("Avslutte: nådd")
    LET_GO = "let_go", _("Avslutte: legges bort")


class JournalKind(models.TextChoices):
    """Ways of working (DOMAIN.md 1.6)."""

    HOME_VISIT = "home_visit", _("Hjemmebesøk")
    OFFICE_TALK = "office_talk", _("Kontorsamtale")
    PHONE = "phone", _("Telefon eller melding")
    CARE_TEAM = "care_team", _("Ansvarsgruppemøte")
    COOPERATION = "cooperation", _("Samarbeidsmøte")
    PRACTICAL_ADULT = "practical_adult", _("Praktisk oppfølging, voksne")
    PRACTICAL_CHILD = "practical_child", _("Praktisk oppfølging, barn")
    MAPPING_ADULT = "mapping_adult", _("Kartlegging, voksne")
    MAPPING_CHILD = "mapping_child", _("Kartlegging, barn")
    FEEDBACK = "feedback", _("FIT")
    NOTE = "note", _("Notat")
    # What must not be read by more people than it takes (R-W4): see JournalQuerySet.permitted.
    CRISIS = "crisis", _("Krise eller trygghet, begrenset")


class MeetingKind(models.TextChoices):
    """The ways of working that are agreed beforehand (DOMAIN.md 1.6). The same values as the journal's."""

    CARE_TEAM = JournalKind.CARE_TEAM.value, JournalKind.CARE_TEAM.label
    COOPERATION = JournalKind.COOPERATION.value, JournalKind.COOPERATION.label
    HOME_VISIT = JournalKind.HOME_VISIT.value, JournalKind.HOME_VISIT.label
    OFFICE_TALK = JournalKind.OFFICE_TALK.value, JournalKind.OFFICE_TALK.label


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Avtalt")
    HELD = "held", _("Holdt")
    MISSED = "missed", _("Ble ikke noe av")
    CANCELLED = "cancelled", _("Avlyst")


class MeetingTurn(models.TextChoices):
    """What became of an appointment, each with the time that held before."""

    MOVED = "moved", _("Flyttet")
    MISSED = "missed", _("Ble ikke noe av")
    CANCELLED = "cancelled", _("Avlyst")


class NoticeKind(models.TextChoices):
    """What a service is told of a meeting."""

    INVITED = "invited", _("Invitasjon")
    MOVED = "moved", _("Ny tid eller nytt sted")
    CANCELLED = "cancelled", _("Avlysning")
    UNASKED = "unasked", _("Trenger ikke komme likevel")


class Support(models.TextChoices):
    """What kind of support it was (DOMAIN.md 1.6)."""

    ADMINISTRATIVE = "administrative", _("administrativ")
    PRACTICAL = "practical", _("praktisk")
    EMOTIONAL = "emotional", _("emosjonell")


class ChildHelp(models.TextChoices):
    """How a child is helped, in one of three ways (DOMAIN.md, the research on the project)."""

    WHOLE = "whole", _("Gjennom familien som helhet")
    AROUND = "around", _("Samordning rundt barnet")
    RESOURCE = "resource", _("Koordinatoren er der for barnet")


class Moment(models.TextChoices):
    """Light notes that count even where no measure of work shows an effect (R-W3)."""

    SMALL = "small", _("Lite øyeblikk")
    TURNING = "turning", _("Vendepunkt")


class DocumentState(models.TextChoices):
    QUEUED = "queued", _("I kø")
    RUNNING = "running", _("Lages nå")
    DONE = "done", _("Ferdig")
    FAILED = "failed", _("Ble ikke laget")


class Problem(models.TextChoices):
    """Why a file could not be made, as the one who waits is told."""

    CHANGED = "changed", _("Planen ble endret mens filen ble laget. Lag den på nytt, så har den alt.")
    FONT = (
        "font",
        _("En skrift mangler på serveren, så filen ville sett feil ut. Si fra til dem som drifter løsningen."),
    )
    STOPPED = "stopped", _("Stanset før den ble laget.")


class PlanEvent(models.TextChoices):
    WORDS_RECORDED = "words_recorded", _("Skrev ned familiens egne ord")
    GOAL_ADDED = "goal_added", _("La til et mål")
    GOAL_CHANGED = "goal_changed", _("Endret et mål")
    GOAL_CLOSED = "goal_closed", _("Avsluttet et mål")
    GOAL_PAUSED = "goal_paused", _("Satte et mål på vent")
    GOAL_REOPENED = "goal_reopened", _("Tok opp et mål igjen")
    GOAL_RATED = "goal_rated", _("Skrev ned hvor nær et mål er")
    MEASURE_ADDED = "measure_added", _("La til et tiltak")
    MEASURE_CHANGED = "measure_changed", _("Endret et tiltak")
    MEASURE_FINISHED = "measure_finished", _("Gjorde ferdig et tiltak")
    UNDONE = "undone", _("Angret noe i planen med en gang")
    ORDER_CHANGED = "order_changed", _("Endret rekkefølgen i planen")
    PLAN_AGREED = "plan_agreed", _("Ble enig med familien om planen")
    REVIEW_SAVED = "review_saved", _("Skrev på en 6-månedersevaluering")
    REVIEW_SIGNED = "review_signed", _("Avsluttet en 6-månedersevaluering")
    FOLLOW_UP_CLOSED = "follow_up_closed", _("Avsluttet oppfølgingen med familien")
    LETTER_PRINTED = "letter_printed", _("Tok ut brev om avslutning til en tjeneste")
    TEMPLATE_ADDED = "template_added", _("La til en mal for planen")
    TEMPLATE_CHANGED = "template_changed", _("Endret en mal for planen")
    OTHER_PLAN_ADDED = "other_plan_added", _("Førte en annen plan rundt familien")
    OTHER_PLAN_CHANGED = "other_plan_changed", _("Endret en annen plan rundt familien")
    REDACTION_ASKED = "redaction_asked", _("Ba om at ord blir fjernet fra planen")
    REDACTED = "redacted", _("Fjernet ord fra planen og historikken")
    REDACTION_DECLINED = "redaction_declined", _("Lot ord i planen stå")
    REDACTIONS_LISTED = "redactions_listed", _("Så listen over ord som er bedt fjernet")
    MARKED = "marked", _("Merket hvem som kan få noe på papir")
    JOURNAL_WRITTEN = "journal_written", _("Skrev i journalen")
    MEETING_PLANNED = "meeting_planned", _("Avtalte et møte")
    MEETING_CHANGED = "meeting_changed", _("Endret et avtalt møte")
    MEETING_CANCELLED = "meeting_cancelled", _("Avlyste et møte")
    MEETING_MISSED = "meeting_missed", _("Førte at et møte ikke ble noe av")
    SERVICES_TOLD = "services_told", _("Ba om at tjenester får beskjed om et møte")
    NOTICE_STOPPED = "notice_stopped", _("Stanset en beskjed om et møte før den gikk ut")
    MINUTES_SAVED = "minutes_saved", _("Skrev på et referat")
    MINUTES_FINISHED = "minutes_finished", _("Ferdigstilte et referat")
    MINUTES_ADDED_TO = "minutes_added_to", _("Skrev et tillegg til et referat")
    DECISION_MADE = "decision_made", _("Førte en beslutning fra et møte")
    DECISION_CHANGED = "decision_changed", _("Endret en beslutning i et referat som ikke er ferdig")
    DECISION_DROPPED = "decision_dropped", _("Tok bort en beslutning fra et referat som ikke er ferdig")
    DECISION_PLANNED = "decision_planned", _("Gjorde en beslutning til et tiltak")
    MINUTES_PRINTED = "minutes_printed", _("Tok ut et referat på papir")
    MINUTES_SENT = "minutes_sent", _("Ba om at et referat blir sendt til en tjeneste")
    MINUTES_STOPPED = "minutes_stopped", _("Stanset et referat før det gikk ut")
    MINUTES_OPENED = "minutes_opened", _("En tjeneste åpnet et referat")
    DOCUMENT_ATTACHED = "document_attached", _("La et dokument ved planen, et mål eller et møte")
    DOCUMENT_DETACHED = "document_detached", _("Tok bort et dokument som lå ved planen, et mål eller et møte")
    ANSWERS_PRINTED = "answers_printed", _("Tok ut det familien har svart, på papir")
    PDF_ORDERED = "pdf_ordered", _("Ba om planen som PDF")
    PDF_MADE = "pdf_made", _("Laget planen som PDF")
    PDF_FAILED = "pdf_failed", _("Fikk ikke laget planen som PDF")
    BATCH_ORDERED = "batch_ordered", _("Ba om alle papirene til planen")
    BATCH_STOPPED = "batch_stopped", _("Stanset resten av papirene til planen")
    PDF_DOWNLOADED = "pdf_downloaded", _("Lastet ned planen som PDF")
