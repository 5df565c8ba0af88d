"""A meeting is agreed, moved, cancelled, or comes to nothing. What was said in it: plans/actions/minutes.py."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.models import AgreementLine
from families.enums import Audience
from families.marks import Homes, Mark, put_mark
from families.models import Family, Household, Member
from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from plans.asked import called, why_not_ask
from plans.enums import JournalKind, MeetingState, MeetingTurn, PlanEvent
from plans.models import JournalEntry, Meeting, MeetingChange, MeetingGuest, MeetingItem
from plans.papers import live_lines
from plans.rules import check_members, check_open, check_reason

from .journal import write_entry
from .notices import say_what_holds

# Cases on one agenda, and hours one meeting may take: more is a slip of the finger.
MOST_CASES, LONGEST = 30, timedelta(hours=12)


@dataclass(frozen=True)
class Terms:
    """What is agreed about a meeting: at one of the family's homes or in a `place`; `agenda` are the cases in order;
    `lines` the agreement lines whose contacts are asked. `coordinator` comes, and follows the family."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    coordinator: User
    members: list[Member] = field(default_factory=list)
    lines: list[AgreementLine] = field(default_factory=list)
    agenda: list[str] = field(default_factory=list)
    home: Household | None = None
    place: str = ""
    mark: Mark | None = None


@action
def plan_meeting(
    family: Family, *, terms: Terms, by: User, instead_of: Meeting | None = None, key: UUID | None = None
) -> Meeting:
    """Agree on a meeting. `instead_of` is the one that came to nothing. One that has been may be noted afterwards.

    The services that are asked get it by mail (plans/actions/notices.py).

    Raises Refused for terms that do not hold together, people and homes of another family, and a service without an
    agreement line that is live today and on the day; AlreadyDone for the same form twice.
    """
    check(by, Permission.CHANGE_JOURNAL, family)
    check_open(family)
    refuse_twice(Meeting.objects.filter(family=family), key)
    meeting = Meeting(pk=key or uuid4(), family=family, booked_by=by)
    if instead_of is not None:
        if instead_of.family_id != family.pk or not instead_of.came_to_nothing:
            raise Refused(_("Dette møtet er ikke avlyst, så det trenger ingen ny tid."), rule="not_missed")
        meeting.instead_of = instead_of
    _put(meeting, terms, by)
    _check_lines(meeting, terms.lines)
    meeting.save(force_insert=True)
    _ask(meeting, terms)
    _set_agenda(meeting, terms.agenda)
    if meeting.coordinator != by:
        tell(meeting.coordinator, "meeting_planned")
    record(PlanEvent.MEETING_PLANNED, by=by, target=meeting, family=family, facts={"kind": meeting.kind})
    say_what_holds(meeting, by=by)
    return meeting


@action
def change_meeting(
    meeting: Meeting, *, terms: Terms, by: User, reason: str = "", version: int | None = None
) -> Meeting:
    """Other terms, company or agenda. Another time needs a `reason`, which is kept with the time before. Services are
    told of another time or place, and when they are asked or not any more.

    A service that was asked while its line was live stays on the list when the line has ended, and is not called in.
    Raises Refused as `plan_meeting` does, and for a meeting that has been; Stale for an old `version`.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    check_open(meeting.family)
    current = _lock_planned(meeting, version)
    before = (current.starts_at, current.ends_at)
    _put(current, terms, by)
    _check_lines(current, terms.lines)
    if (current.starts_at, current.ends_at) != before:
        _note(current, MeetingTurn.MOVED, before[0], reason, "", by)
    current.save()
    _ask(current, terms)
    _set_agenda(current, terms.agenda)
    record(PlanEvent.MEETING_CHANGED, by=by, target=current)
    say_what_holds(current, by=by)
    return current


@action
def cancel_meeting(
    meeting: Meeting, *, reason: str, by: User, told_by: str = "", version: int | None = None
) -> Meeting:
    """It will not be held, and the services that were asked are told so.

    Raises Refused without a reason or when it has been, Stale for an old `version`.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    current = _lock_planned(meeting, version)
    _note(current, MeetingTurn.CANCELLED, current.starts_at, reason, told_by, by)
    current.state = MeetingState.CANCELLED
    current.save()
    record(PlanEvent.MEETING_CANCELLED, by=by, target=current)
    say_what_holds(current, by=by)
    return current


@action
def miss_meeting(
    meeting: Meeting, *, by: User, reason: str = "", told_by: str = "", version: int | None = None
) -> Meeting:
    """It came to nothing. Nobody is blamed and nobody has to give a reason; a line in the journal says that it was so.

    Raises Refused before its time or when it is noted already, Stale for an old `version`.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    current = _lock_planned(meeting, version)
    if current.starts_at > timezone.now():
        raise Refused(_("Møtet har ikke begynt ennå. Flytt det eller avlys det i stedet."), rule="not_yet")
    _note(current, MeetingTurn.MISSED, current.starts_at, reason, told_by, by)
    current.state = MeetingState.MISSED
    kind, clock = current.get_kind_display(), date_format(timezone.localtime(current.starts_at), "H:i")
    said = _("%(kind)s kl. %(clock)s ble ikke noe av.") % {"kind": kind, "clock": clock}
    current.entry = tell_journal(current, text=" ".join([said, reason]).strip(), kind=JournalKind.NOTE, by=by)
    current.save()
    record(PlanEvent.MEETING_MISSED, by=by, target=current)
    return current


def tell_journal(meeting: Meeting, *, text: str, kind: str, by: User, **facts: Any) -> JournalEntry:
    """A line in the journal on the day of the meeting, for the same readers on paper as its minutes.

    Where there are two homes, or somebody young, and nobody has been asked, nobody gets it on paper.
    """
    homes = Homes(meeting.family)
    mark = Mark.of(meeting)
    if mark == Mark() and (homes.two or homes.young):
        mark = Mark.parse(Audience.NOBODY)
    day = timezone.localdate(meeting.starts_at)
    return write_entry(meeting.family, text=text, kind=kind, happened_on=day, mark=mark, by=by, **facts)


def _lock_planned(meeting: Meeting, version: int | None) -> Meeting:
    current = lock(meeting, version)
    if not current.is_planned:
        raise Refused(_("Møtet er alt ført."), rule="not_planned")
    return current


def _note(meeting: Meeting, kind: str, before: datetime, reason: str, told_by: str, by: User) -> None:
    """What it was, and why it is not so any more; and news to the coordinator who was to come."""
    if kind != MeetingTurn.MISSED:
        check_reason(reason, _("Skriv kort hvorfor tiden ikke gjelder lenger."))
    MeetingChange(
        family_id=meeting.family_id, meeting=meeting, kind=kind, reason=reason.strip(), told_by=told_by.strip(),
        starts_before=before, done_by=by,
    ).save(force_insert=True)  # fmt: skip
    if kind != MeetingTurn.MISSED and meeting.coordinator != by:
        tell(meeting.coordinator, f"talk_{kind}")


def _put(meeting: Meeting, terms: Terms, by: User) -> None:
    """Set the terms on a meeting, not yet saved. Raises Refused when they do not hold together."""
    family = meeting.family
    for name in ("kind", "starts_at", "ends_at", "home", "place", "coordinator"):
        setattr(meeting, name, getattr(terms, name))
    if not terms.starts_at < terms.ends_at <= terms.starts_at + LONGEST:
        raise Refused(_("Møtet må slutte etter at det begynner."), rule="ends_before", field="until")
    if meeting.home is not None and meeting.home.family_id != family.pk:
        raise Refused(_("Familien har ikke dette hjemmet."), rule="no_such_home", field="home")
    if bool(meeting.home) == bool(meeting.place):
        raise Refused(_("Velg et hjem, eller skriv et annet sted. Ikke begge."), rule="where", field="place")
    check_members(family, terms.members, "members", needed=not terms.lines)
    if len(terms.agenda) > MOST_CASES:
        raise Refused(_("Det er plass til 30 saker."), rule="too_many_cases", field="agenda")
    comes = meeting.coordinator
    if comes != by and not family.assignments.live().filter(user=comes).exists():
        raise Refused(_("Velg en som følger familien."), rule="not_following", field="coordinator")
    put_mark(meeting, terms.mark or Mark.of(meeting), family=family, by=by)


def _check_lines(meeting: Meeting, lines: Iterable[AgreementLine]) -> None:
    """Each of these may be asked: its line is live now, and will be on the day."""
    family, day = meeting.family, timezone.localdate(meeting.starts_at)
    live = live_lines(family)
    for line in lines:
        if line.family_id != family.pk:
            raise Refused(_("Velg tjenester som denne familien har avtale med."), rule="other_line", field="lines")
        if why := why_not_ask(family, line, day, live):
            raise Refused(why, rule="no_live_line", field="lines")


def _ask(meeting: Meeting, terms: Terms) -> None:
    """These and no others; but a service that cannot be called in any more stays, as what was agreed."""
    reread = Meeting.objects.with_company().get(pk=meeting.pk)
    kept = {one.guest.pk for one in called(reread) if one.why_not}
    members, lines = {member.pk for member in terms.members}, {line.pk for line in terms.lines}
    for guest in reread.asked:
        if guest.member_id in members or guest.line_id in lines or guest.pk in kept:
            members.discard(guest.member_id)
            lines.discard(guest.line_id)
        else:
            guest.delete()
    ids = [*({"member_id": pk} for pk in members), *({"line_id": pk} for pk in lines)]
    MeetingGuest.objects.bulk_create(MeetingGuest(family_id=meeting.family_id, meeting=meeting, **one) for one in ids)


def _set_agenda(meeting: Meeting, titles: list[str]) -> None:
    """The cases in this order. One that is called as before is the same case, with what is written about it."""
    before = {item.title: item for item in meeting.items.all()}
    for number, title in enumerate(dict.fromkeys(titles), 1):
        item = before.pop(title, None) or MeetingItem(family_id=meeting.family_id, meeting=meeting, title=title)
        item.number = number
        item.save()
    for item in before.values():
        item.delete()
