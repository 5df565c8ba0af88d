"""The intake meeting: planned with its agenda, opened with who is there, signed off by the one who leads it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.enums import Sector
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.flow import check_state
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from referrals.enums import ReferralEvent
from referrals.models import AgendaItem, IntakeMeeting, Presence, Referral
from referrals.stages import DECIDABLE, MAY, MEETING_MACHINE, OVER, MeetingState, ReferralState

P = Permission
# What a new agenda is drawn from. Those that wait for opplysninger are added by hand when the answer is on its way.
DRAWN = (ReferralState.RECEIVED, ReferralState.IN_INTAKE)


@dataclass(frozen=True)
class Attendance:
    """Somebody in the room. `user` is None for a guest; `sector` is empty for whoever only leads or writes."""

    name: str
    sector: str = ""
    user: User | None = None


def lock_meeting(meeting: IntakeMeeting, doing: str, *, by: User, version: int | None = None) -> IntakeMeeting:
    """The meeting, locked, when `by` may do this in it and its state lets it.

    Raises PermissionDenied, Stale for an old `version`, and Refused when the meeting is closed or has not begun.
    """
    check(by, P.DECIDE_REFERRAL, meeting)
    fresh = IntakeMeeting.objects.get(pk=meeting.pk)
    if fresh.state not in MAY[doing]:
        raise _not_now(fresh.state)
    if doing == "add":
        return fresh  # nothing of it changes, and the wall lets nobody lock a closed meeting
    try:
        return lock(meeting, version)
    except IntakeMeeting.DoesNotExist:  # closed while we waited for it
        raise _not_now(MeetingState.CLOSED) from None


def _not_now(state: str) -> Refused:
    sentences = {
        MeetingState.CLOSED: _("Møtet er avsluttet og signert. Det kan få tillegg, men ikke endres."),
        MeetingState.CANCELLED: _("Møtet er avlyst."),
        MeetingState.OPEN: _("Møtet har begynt."),
        MeetingState.PLANNED: _("Møtet har ikke begynt ennå."),
    }
    return Refused(sentences[MeetingState(state)], rule=f"meeting_{state}")


@action
def plan_intake_meeting(
    municipality: Municipality,
    *,
    held_on: date,
    leader: User,
    by: User,
    place: str = "",
    with_waiting_list: bool = False,
    key: UUID | None = None,
) -> IntakeMeeting:
    """A meeting with an agenda drawn from the queue, the oldest first, and the waiting list after it if wished.

    A case on the agenda of another meeting that is not closed is left there. Raises Refused for a day that has been,
    or a leader who may not decide there.
    """
    check(by, P.DECIDE_REFERRAL, municipality)
    refuse_twice(IntakeMeeting.objects.filter(municipality=municipality), key)
    meeting = _planned(municipality, held_on, leader, place, by, key)
    taken = AgendaItem.objects.filter(meeting__municipality=municipality, moved_to=None)
    taken = taken.exclude(meeting__state__in=OVER).values("referral_id")
    rows = Referral.objects.permitted(by, P.DECIDE_REFERRAL).filter(municipality=municipality).exclude(pk__in=taken)
    drawn = list(rows.filter(state__in=DRAWN).as_they_came())
    if with_waiting_list:
        drawn += list(rows.filter(state=ReferralState.WAITING).order_by("waiting_position"))
    _append(meeting, drawn)
    record(ReferralEvent.INTAKE_PLANNED, by=by, target=meeting, facts={"cases": len(drawn)})
    return meeting


def _planned(
    municipality: Municipality, held_on: date, leader: User, place: str, by: User, key: UUID | None = None
) -> IntakeMeeting:
    if held_on < timezone.localdate():
        raise Refused(_("Datoen har vært. Velg i dag eller en dag framover."), rule="past", field="held_on")
    _check_leader(municipality, leader)
    meeting = IntakeMeeting(
        id=key or uuid4(), municipality=municipality, held_on=held_on, leader=leader, place=place.strip(), planned_by=by
    )
    meeting.save(force_insert=True)
    return meeting


def _check_leader(municipality: Municipality, leader: User) -> None:
    if not Membership.objects.granting(P.DECIDE_REFERRAL, user=leader).filter(municipality=municipality).exists():
        raise Refused(_("Møtelederen må høre til inntaksteamet."), rule="leader", field="leader")


def _append(meeting: IntakeMeeting, referrals: Sequence[Referral]) -> list[AgendaItem]:
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    return AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, referral=referral, position=last + number)
        for number, referral in enumerate(referrals, 1)
    )


@action
def change_intake_meeting(
    meeting: IntakeMeeting,
    *,
    held_on: date,
    leader: User,
    by: User,
    place: str = "",
    why: str = "",
    version: int | None = None,
) -> IntakeMeeting:
    """Another day, place or leader, before it has begun. Another day needs a reason, `why`, and the team is told.

    Raises Refused as planning does and without the reason, Stale for an old version.
    """
    current = lock_meeting(meeting, "change", by=by, version=version)
    if held_on < timezone.localdate():
        raise Refused(_("Datoen har vært. Velg i dag eller en dag framover."), rule="past", field="held_on")
    _check_leader(current.municipality, leader)
    if held_on != current.held_on:
        if not why.strip():
            raise Refused(_("Skriv hvorfor møtet flyttes."), rule="no_reason", field="why")
        current.moved_from, current.why = current.held_on, why.strip()
        _tell_team(current, "intake_moved", by)
    current.held_on, current.leader, current.place = held_on, leader, place.strip()
    current.save()
    record(ReferralEvent.INTAKE_CHANGED, by=by, target=current)
    return current


@action
def cancel_intake_meeting(
    meeting: IntakeMeeting, *, why: str, by: User, version: int | None = None
) -> IntakeMeeting | None:
    """It will not be held. Its cases go first on the agenda of the next planned meeting, which is returned.

    With none planned they stay in the queue, and are drawn the next time one is. The team is told. Raises Refused
    without a reason and once it has begun, Stale for an old version.
    """
    current = lock_meeting(meeting, "cancel", by=by, version=version)
    if not why.strip():
        raise Refused(_("Skriv hvorfor møtet avlyses."), rule="no_reason", field="why")
    following = next_meeting(current)
    left = list(undecided(current).select_related("referral"))
    if following and left:
        _carry_over(left, lock(following, None), by)
    enter_meeting(current, MeetingState.CANCELLED, by=by)
    current.why = why.strip()
    current.save()
    _tell_team(current, "intake_cancelled", by)
    return following


def _tell_team(meeting: IntakeMeeting, what: str, by: User) -> None:
    """Everybody who decides there, but for whoever did it."""
    rows = Membership.objects.granting(P.DECIDE_REFERRAL).filter(municipality=meeting.municipality_id)
    for user in User.objects.filter(pk__in=rows.values("user_id"), is_active=True).exclude(pk=by.pk).order_by("pk"):
        tell(user, what)


@action
def put_on_agenda(meeting: IntakeMeeting, *, referral: Referral, by: User) -> AgendaItem:
    """One more case, last. Raises Refused when it is there already, or decided, or another municipality's."""
    current = lock_meeting(meeting, "agenda", by=by)
    check(by, P.DECIDE_REFERRAL, referral)
    if referral.municipality_id != current.municipality_id or referral.state not in DECIDABLE:
        raise Refused(_("Denne henvendelsen kan ikke avgjøres."), rule="not_decidable", field="referral")
    if current.items.filter(referral=referral).exists():
        raise Refused(_("Saken står alt på sakslisten."), rule="on_agenda", field="referral")
    current.save(update_fields=["version"])
    record(ReferralEvent.INTAKE_AGENDA, by=by, target=current, facts={"added": str(referral.pk)})
    return _append(current, [referral])[0]


@action
def take_off_agenda(item: AgendaItem, *, by: User) -> None:
    """A case that is not to be treated in this meeting. It stays in the queue. Raises Refused when it is decided."""
    current = lock_meeting(item.meeting, "agenda", by=by)
    row = undecided(current).filter(pk=item.pk).first()
    if row is None or row.note or row.recusals.exists():
        raise Refused(_("Saken er påbegynt og blir stående på sakslisten."), rule="begun")
    record(ReferralEvent.INTAKE_AGENDA, by=by, target=current, facts={"removed": str(row.referral_id)})
    row.delete()
    current.save(update_fields=["version"])


@action
def move_on_agenda(item: AgendaItem, *, up: bool, by: User) -> None:
    """One place earlier, or later, among the cases one sees. At the end of the list nothing happens."""
    current = lock_meeting(item.meeting, "agenda", by=by)
    rows = list(current.items.order_by("position"))
    at = next(number for number, row in enumerate(rows) if row.pk == item.pk)
    other = at - 1 if up else at + 1
    if 0 <= other < len(rows):
        a, b = rows[at], rows[other]
        a.position, b.position = b.position, a.position
        AgendaItem.objects.bulk_update([a, b], ["position"])
    current.save(update_fields=["version"])
    record(ReferralEvent.INTAKE_AGENDA, by=by, target=current, facts={"moved": str(item.referral_id)})


@action
def note_presence(meeting: IntakeMeeting, *, people: Iterable[Attendance], by: User) -> list[Presence]:
    """Who is in the room now. Those who were and are not named any more have gone. The first time opens the meeting,
    and the day it opens is the day it is held.

    Raises Refused when nobody is named, or a sector is none of the three nor the municipality's own.
    """
    current = lock_meeting(meeting, "presence", by=by)
    people = list(people)
    if not people:
        raise Refused(_("Kryss av for dem som er til stede."), rule="nobody", field="people")
    known = {"", *Sector.values, *current.municipality.intake_own_sectors}
    if any(person.sector not in known for person in people):
        raise Refused(_("Velg en sektor fra listen."), rule="unknown_sector", field="people")
    before = {_who(row.user_id, row.name): row for row in current.presences.all()}
    now = {_who(person.user.pk if person.user else None, person.name): person for person in people}
    for key, row in before.items():
        wanted = now.get(key)
        row.here = wanted is not None
        row.sector = wanted.sector if wanted else row.sector
    Presence.objects.bulk_update(before.values(), ["here", "sector"])
    Presence.objects.bulk_create(
        Presence(meeting=current, user=person.user, name=person.name.strip(), sector=person.sector)
        for key, person in now.items()
        if key not in before
    )
    record(ReferralEvent.INTAKE_PRESENCE, by=by, target=current, facts={"here": len(now)})
    if current.state == MeetingState.PLANNED:
        enter_meeting(current, MeetingState.OPEN, by=by)
        current.held_on = timezone.localdate()
    current.save()
    return list(current.presences.filter(here=True))


def _who(user_id: UUID | None, name: str) -> str:
    """Users are themselves; guests are their names."""
    return str(user_id or name.strip().casefold())


def enter_meeting(meeting: IntakeMeeting, state: str, *, by: User) -> None:
    """Move a locked meeting through its machine and log it; the caller saves. Raises Refused where there is no way."""
    check_state(
        MEETING_MACHINE, meeting.state, state,
        _("Møtet er «%(now)s», og kan ikke bli «%(to)s» nå.")
        % {"now": meeting.get_state_display(), "to": MeetingState(state).label},
    )  # fmt: skip
    meeting.state = state
    record(MEETING_MACHINE[MeetingState(state)].event, by=by, target=meeting)


def undecided(meeting: IntakeMeeting) -> QuerySet[AgendaItem]:
    """Cases that still wait for a decision: not decided here, nor outside the meeting, nor moved."""
    return meeting.items.filter(decision=None, moved_to=None, referral__state__in=DECIDABLE).order_by("position")


def next_meeting(meeting: IntakeMeeting) -> IntakeMeeting | None:
    """The nearest planned meeting on the same day or later."""
    rows = IntakeMeeting.objects.filter(municipality=meeting.municipality_id, state=MeetingState.PLANNED)
    return rows.filter(held_on__gte=meeting.held_on).exclude(pk=meeting.pk).order_by("held_on", "id").first()


@action
def sign_off(
    meeting: IntakeMeeting, *, by: User, next_on: date | None = None, version: int | None = None
) -> IntakeMeeting:
    """The leader signs and closes. What is undecided goes first on the next meeting's agenda.

    Where no meeting is planned, `next_on` is the day of a new one with the same leader. Raises Refused when somebody
    else signs, when the meeting has not begun, or when something is undecided and there is nowhere to put it.
    """
    current = lock_meeting(meeting, "sign", by=by, version=version)
    if current.leader_id != by.pk:
        raise Refused(_("%(name)s leder møtet, og er den som signerer.") % {"name": current.leader}, rule="not_leader")
    left = list(undecided(current).select_related("referral"))
    if left:
        following = next_meeting(current)
        if following is None:
            if next_on is None:
                raise Refused(
                    _("Noen saker er ikke avgjort. Velg dagen for neste møte, så flyttes de dit."),
                    rule="undecided",
                    field="next_on",
                )
            following = _planned(current.municipality, next_on, current.leader, current.place, by)
            record(ReferralEvent.INTAKE_PLANNED, by=by, target=following, facts={"cases": len(left)})
        _carry_over(left, lock(following, None), by)
    enter_meeting(current, MeetingState.CLOSED, by=by)
    current.signed_by, current.signed_at = by, timezone.now()
    current.save()
    return current


def _carry_over(left: list[AgendaItem], following: IntakeMeeting, by: User) -> None:
    """First on the next agenda, in the order they had; what stands there already moves down."""
    there = list(following.items.order_by("position"))
    known = {row.referral_id for row in there}
    new = [item.referral for item in left if item.referral_id not in known]
    added = _append(following, new)
    AgendaItem.objects.filter(pk__in=[item.pk for item in left]).update(moved_to=following)
    for number, row in enumerate([*added, *there], 1):
        row.position = number
    AgendaItem.objects.bulk_update([*added, *there], ["position"])
    following.save(update_fields=["version"])
    record(ReferralEvent.INTAKE_AGENDA, by=by, target=following, facts={"carried_over": len(new)})
