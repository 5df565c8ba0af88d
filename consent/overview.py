"""What the consents and agreements of a family look like today, ready to be drawn. Decides nothing: rules.py does."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from families.marks import Homes, Reader
from families.models import Member
from families.protection import Outside, home_words
from nyemonstre.postgres.sorting import NorwegianOrder

from . import rules
from .around import Around, Work, answer_in_words
from .enums import CORE, SILENT, YES, LineState, Purpose, Standing
from .models import AgreementLine, Consent, Contact


def day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


# --- consents ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One person's answer to one purpose as it stands today."""

    purpose: str
    label: str
    consent: Consent | None
    text: str
    color: str
    live: bool


def _cell(purpose: str, label: str, consent: Consent | None, on: date) -> Cell:
    if consent is None:
        return Cell(purpose, label, None, _("Ikke spurt"), "neutral", False)
    if rules.has_run_out(consent, on):
        text, color = _("Gikk ut %(day)s") % {"day": day(consent.valid_until)}, "now"  # type: ignore[arg-type]
    elif consent.answer not in YES:
        text, color = str(consent.get_answer_display()), "neutral"
    elif consent.valid_until and consent.valid_until <= on + timedelta(days=rules.ENDS_SOON):
        text, color = _("Går ut %(day)s") % {"day": day(consent.valid_until)}, "now"
    else:
        text, color = _("Gjelder"), "brand2"
    return Cell(purpose, label, consent, text, color, rules.is_live(consent, on))


def answers_in(history: Iterable[Consent]) -> dict[Any, dict[Any, Consent]]:
    """Purpose, or the id of an extra one → member id → the answer that counts. `history` begins with the newest."""
    found: dict[Any, dict[Any, Consent]] = {purpose.value: {} for purpose in CORE}
    for row in history:
        if row.answer not in SILENT:
            found.setdefault(row.extra_id or row.purpose, {}).setdefault(row.member_id, row)
    return found


def consent_rows(
    members: Iterable[Member], answers: dict[Any, dict[Any, Consent]], extras: Iterable[Any] = ()
) -> list[tuple[Member, list[Cell]]]:
    """Each person with a cell per purpose: the two everybody is asked about, then the municipality's own."""
    today = timezone.localdate()
    columns = [(purpose.value, purpose.value, str(purpose.label)) for purpose in CORE]
    columns += [(extra.pk, str(extra.pk), extra.name) for extra in extras]
    return [
        (m, [_cell(key, label, answers.get(found, {}).get(m.pk), today) for found, key, label in columns])
        for m in members
    ]


# --- agreements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thread:
    """A line as it may be shown. When it is not open, what is left is the service and the dates: the thread stays."""

    line: AgreementLine
    standing: Any
    silent: bool
    contact: Contact | None
    part: Collection[Any] = ()  # who takes part in the family
    paper: Outside | None = None

    @property
    def service(self) -> str:
        return self.paper.service(self.line.service) if self.paper else self.line.service.name

    @property
    def who(self) -> str:
        return "" if self.silent else ", ".join(member.first_name for member in self.line.members.all())

    @property
    def what(self) -> str:
        what = "" if self.silent else self.line.what_they_do
        return self.paper.text(what) if self.paper else what

    @property
    def topics(self) -> str:
        return "" if self.silent else ", ".join(self.line.topic_labels)

    @property
    def may(self) -> str:
        """What stands beside the contact: whether it may be contacted, about what, concerning whom, until when."""
        return rules.in_few_words(self.line, self.part)

    @property
    def state(self) -> str:
        """The thread in the network drawing: live, ends, draft or ended."""
        return _DRAWN[self.standing]

    @property
    def note(self) -> str:
        """The standing with its day, in a few words."""
        line = self.line
        if self.standing == Standing.ENDED:
            return _("Avsluttet %(day)s") % {"day": day(line.ended_on)}
        if self.standing == Standing.RAN_OUT:
            return _("Gikk ut %(day)s") % {"day": day(line.valid_to)}
        if self.standing == Standing.RESTING:
            return _("Hviler, for ingen deltar nå")
        if self.standing == Standing.AHEAD:
            return _("Begynner %(day)s") % {"day": day(line.valid_from)}
        if self.standing == Standing.ENDS:
            return _("Går ut %(day)s") % {"day": day(line.valid_to)}
        if self.standing == Standing.DRAFT:
            return _("Utkast, ikke underskrevet")
        return _("Avtale til %(day)s") % {"day": day(line.valid_to)} if line.valid_to else _("Avtale uten sluttdato")

    @property
    def tag_color(self) -> str:
        return {Standing.LIVE: "brand2", Standing.ENDS: "now"}.get(self.standing, "neutral")


_DRAWN = {
    Standing.LIVE: "live",
    Standing.ENDS: "ends",
    Standing.AHEAD: "draft",
    Standing.DRAFT: "draft",
    Standing.RESTING: "ended",
    Standing.RAN_OUT: "ended",
    Standing.ENDED: "ended",
}
_ORDER = list(_DRAWN)


def threads(family: Any, user: Any, *, taking_part: bool) -> list[Thread]:
    """Every line of the family that was ever more than a thrown-away draft, the live ones first. Five queries.

    A contact is shown with its line while the line is open, or is this person's own draft; the wall agrees.
    """
    people = Prefetch("members", Member.objects.order_by("birth_date", "first_name", "pk"))
    lines = (
        AgreementLine.objects.filter(family=family)
        .exclude(state=LineState.ENDED, signed_on=None)
        .select_related("service")
        .prefetch_related(people)
        .order_by(NorwegianOrder("service__name"), "-valid_from", "pk")
    )
    contacts = Contact.objects.permitted(user, "view_consent").visible_to(user).filter(family=family).in_bulk()
    part = rules.members_with(family, Purpose.PARTICIPATION) if taking_part else set()
    rows = []
    for line in lines:
        standing = rules.standing(line, taking_part)
        silent = standing in (Standing.ENDED, Standing.RAN_OUT, Standing.RESTING) or not taking_part
        own_draft = standing == Standing.DRAFT and line.drafted_by_id == user.pk
        shown = not silent and (standing in rules.OPEN or own_draft)
        rows.append(Thread(line, standing, silent, contacts.get(line.contact_id) if shown else None, part))
    return sorted(rows, key=lambda thread: _ORDER.index(thread.standing))


def on_paper(rows: Iterable[Thread], family: Any, reader: Reader, homes: Homes) -> list[Thread]:
    """The threads as one reader may get them on paper: those that concern the home, with what may leave the case."""
    rows = list(rows)
    known = [thread.line.service.name for thread in rows] + [thread.contact.name for thread in rows if thread.contact]
    paper = Outside(family, [*home_words(family), *known])
    return [
        replace(thread, contact=paper.contact(thread.contact), paper=paper)
        for thread in rows
        if homes.concern([member.pk for member in thread.line.members.all()], reader)
    ]


# So many measures of one service stand in the drawing; the table beside it has them all.
DRAWN = 3


def work_of(thread: Thread, around: Around) -> list[Work]:
    """What the service does, as long as a line with it is live; else nothing is told."""
    return around.work.get(thread.line.service_id, []) if thread.standing in rules.OPEN and not thread.silent else []


def network_items(rows: Iterable[Thread], url: str = "", around: Around | None = None) -> list[dict[str, Any]]:
    """One thread per service for the drawing: its best line, what it does, and how quickly it answered.

    What it does is taken from the plan; where the plan says nothing, from what each line of it is about.
    """
    best: dict[Any, list[Thread]] = {}
    for thread in rows:
        same = best.setdefault(thread.line.service_id, [])
        if not same or same[0].state == thread.state:
            same.append(thread)
    items = []
    for same in best.values():
        first = same[0]
        if first.state == "ended":
            what = _("Kontakten er skjult")
        else:
            what = "; ".join(dict.fromkeys(filter(None, (_about(thread) for thread in same))))
        work = work_of(first, around) if around else []
        does = [_for_whom(one) for one in work if one.open]
        more = len(does) - DRAWN
        if more > 0:
            does[DRAWN:] = [_("og %(more)s til") % {"more": more}]
        items.append({
            "name": first.service, "what": "" if does else what, "does": does, "note": first.note,
            "answer": answer_in_words(work), "state": first.state, "url": url,
        })  # fmt: skip
    return items


def _for_whom(work: Work) -> str:
    """What is done and for whom, unless the name already stands in it."""
    if not work.who or any(name in work.what for name in work.who.split(", ")):
        return work.what
    return _("%(what)s for %(who)s") % {"what": work.what, "who": work.who}


def network_rows(rows: Iterable[Thread], around: Around) -> list[dict[str, Any]]:
    """The same in words, a row per line, for the table beside the drawing."""
    told: set[Any] = set()
    found = []
    for thread in rows:
        # A service with two lines does what it does once.
        work = [] if thread.line.service_id in told else work_of(thread, around)
        if work:
            told.add(thread.line.service_id)
        does = [
            _("%(what)s (%(state)s)") % {"what": _for_whom(one), "state": one.state.lower()} for one in work if one.open
        ]
        found.append({"thread": thread, "does": does, "answer": answer_in_words(work)})
    return found


def dropped_items(around: Around) -> list[dict[str, str]]:
    """What falls between the services, for the drawing and the table: a dropped stitch each."""
    return [
        {
            "what": _for_whom(Work(one.what, one.who, "", open=True)),
            "note": _("%(who)s tar det nå") % {"who": one.doer} if one.doer else _("Ingen har det nå"),
        }
        for one in around.dropped
    ]


def _about(thread: Thread) -> str:
    """What the service does and for whom, unless somebody's name already stands in it."""
    if any(member.first_name in thread.what for member in thread.line.members.all()):
        return thread.what
    return _("%(what)s for %(who)s") % {"what": thread.what or thread.topics, "who": thread.who}
