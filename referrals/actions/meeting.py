"""The coordinator's turn: the information meeting with the family and the one who referred them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from families.actions import close, reach
from families.enums import FamilyState
from families.models import Family, Household, Member
from families.protection import Outside
from families.stages import Step
from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from referrals.enums import MeetingOutcome, ReferralEvent, Told, Turn, TurnReason
from referrals.models import InformationMeeting, MeetingMember, MeetingTurn, Referral
from referrals.stages import ReferralState
from referrals.tasks import tell_referrer

from .intake import enter

# What the family must have heard before it can say yes: the research consent comes later, but not as news.
TOLD_FOR_YES = frozenset(Told.values)
# When a family that wants to think is asked again, unless it names another day.
REMIND_AFTER = timedelta(days=14)


class Terms(TypedDict, total=False):
    """What is agreed about a meeting. Several `proposals` and no `starts_at`: the family has not chosen yet.

    At one of the family's homes, or in a `place`. `interpreter` is a language; `coordinator` whoever follows the
    family and comes, else the one who books.
    """

    starts_at: datetime | None
    proposals: list[datetime]
    place: str
    home: Household | None
    interpreter: str
    interpreter_ordered: bool
    referrer_comes: bool
    coordinator: User | None


@action
def book_meeting(
    family: Family, *, members: Iterable[Member], by: User, key: UUID | None = None, **terms: Unpack[Terms]
) -> InformationMeeting:
    """Propose times, or agree on one. Also the new time after a meeting that did not happen or gave no answer.

    Raises Refused when one is already booked, nobody comes, the terms do not hold together, or the family has
    answered yes.
    """
    check(by, Permission.CHANGE_FAMILY, family)
    refuse_twice(InformationMeeting.objects.filter(family=family), key)
    members = _check_members(family, members)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet."), rule="closed")
    earlier = InformationMeeting.objects.filter(family=family)
    if earlier.filter(outcome="").exists():
        raise Refused(_("Det er alt avtalt en samtale. Endre den i stedet."), rule="already_booked")
    _check_not_answered(family)
    meeting = InformationMeeting(id=key or uuid4(), family=family, booked_by=by, coordinator=by)
    _put(meeting, terms)
    meeting.save(force_insert=True)
    _invite(meeting, members)
    record(ReferralEvent.MEETING_BOOKED, by=by, target=meeting, family=family)
    _move_referral(family, ReferralState.GRANTED, ReferralState.INFORMATION_MEETING, by)
    return meeting


@action
def change_meeting(
    meeting: InformationMeeting, *, members: Iterable[Member], by: User, version: int | None = None,
    why: str = "", note: str = "", **terms: Unpack[Terms],
) -> InformationMeeting:  # fmt: skip
    """Other terms or company; what `terms` leaves out stays. Another time needs a reason, `why` (TurnReason): it is
    kept with the times before, and those invited are told.

    Raises Refused when it is recorded, without the reason and as book_meeting does; Stale for an old `version`.
    """
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    members = _check_members(meeting.family, members)
    current = _lock_open(meeting, version)
    before = list(current.times)
    _put(current, terms)
    if not set(current.times) <= set(before):  # one of the times that were proposed is no other time
        _note_turn(current, Turn.MOVED, before, why, note, by)
    current.save()
    current.invited.all().delete()
    _invite(current, members)
    record(ReferralEvent.MEETING_CHANGED, by=by, target=current)
    return current


@action
def agree_time(
    meeting: InformationMeeting, *, starts_at: datetime, by: User, version: int | None = None
) -> InformationMeeting:
    """The family has chosen one of the times it was offered.

    Raises Refused for another time and when the meeting is recorded, Stale for an old `version`.
    """
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    current = _lock_open(meeting, version)
    if starts_at not in current.proposals:
        raise Refused(_("Denne tiden er ikke foreslått. Endre avtalen i stedet."), rule="not_proposed")
    current.starts_at = starts_at
    current.save()
    record(ReferralEvent.MEETING_AGREED, by=by, target=current)
    return current


@action
def cancel_meeting(
    meeting: InformationMeeting, *, why: str, by: User, note: str = "", version: int | None = None
) -> InformationMeeting:
    """It will not be held. The family keeps its place, and a new one may be booked. Those invited are told.

    Raises Refused when it is recorded or there is no reason, Stale for an old `version`.
    """
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    current = _lock_open(meeting, version)
    _note_turn(current, Turn.CANCELLED, list(current.times), why, note, by)
    current.outcome = MeetingOutcome.CANCELLED
    current.recorded_by, current.recorded_at = by, timezone.now()
    current.save()
    record(ReferralEvent.MEETING_CANCELLED, by=by, target=current, facts={"why": why})
    return current


def _note_turn(meeting: InformationMeeting, kind: Turn, before: list[datetime], why: str, note: str, by: User) -> None:
    """What it was, and why it is not so any more; and news to whoever comes. The caller has locked the meeting."""
    if why not in TurnReason.values:
        raise Refused(_("Velg hvorfor tiden ikke gjelder lenger."), rule="no_reason", field="why")
    if why == TurnReason.OTHER and not note.strip():
        raise Refused(_("Skriv hva grunnen er."), rule="no_note", field="note")
    MeetingTurn(
        family_id=meeting.family_id, meeting=meeting, kind=kind, reason=why, note=note.strip(), times_before=before,
        done_by=by,
    ).save(force_insert=True)  # fmt: skip
    comes = meeting.coordinator
    if comes and comes != by:
        tell(comes, f"talk_{kind}")
    tell_referrer(meeting, kind)


@action
def take_out_meeting(meeting: InformationMeeting, *, event: ReferralEvent, by: User) -> InformationMeeting:
    """The appointment leaves the system, as a letter (MEETING_LETTER) or as a file for a calendar (MEETING_FILE).

    One that is cancelled leaves as that: the letter says so, and the file takes it out of the calendar. Raises Refused
    when the meeting is recorded. For the file also while no time is agreed, and for a strictly protected family, which
    leaves nothing in anybody's calendar.
    """
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    if meeting.outcome and not meeting.is_cancelled:
        raise _recorded()
    if event == ReferralEvent.MEETING_FILE and Outside(meeting.family).hidden:
        raise Refused(_("For en familie med adressesperre lages det ingen kalenderfil."), rule="hidden")
    if event == ReferralEvent.MEETING_FILE and meeting.starts_at is None:
        raise Refused(_("Familien har ikke valgt tid ennå."), rule="no_time")
    record(event, by=by, target=meeting)
    return meeting


@action
def record_meeting(
    meeting: InformationMeeting,
    *,
    outcome: str,
    by: User,
    held_on: date | None = None,
    told: Iterable[str] = (),
    questions: str = "",
    reason: str = "",
    remind_on: date | None = None,
    version: int | None = None,
) -> InformationMeeting:
    """What was told, what they asked, and the family's answer. A yes reaches the step, on the day of the meeting.

    A no closes the henvendelse and the family in the same transaction, so the place is free again. `reason` is what
    the family said about its no; nobody has to give one. Who wants to think is asked again on `remind_on`, or after
    REMIND_AFTER. Raises Refused when the meeting is recorded already, the day is in the future, a yes comes before
    everything was told, there is a reason without a no, or a day to ask again without thinking or before the meeting.
    """
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    if outcome == MeetingOutcome.CANCELLED:
        raise Refused(_("Avlys samtalen i stedet."), rule="cancel_instead", field="outcome")
    current = _lock_open(meeting, version)
    held_on, told = held_on or timezone.localdate(), [value for value in Told.values if value in set(told)]
    if held_on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="held_on")
    if outcome == MeetingOutcome.YES and not set(told) >= TOLD_FOR_YES:
        raise Refused(
            _("Familien kan bare si ja til det den har fått vite. Kryss av for alt som er fortalt, eller velg at "
              "familien vil tenke på det."),
            rule="not_told",
            field="told",
        )  # fmt: skip
    if reason.strip() and outcome != MeetingOutcome.NO:
        raise Refused(
            _("Dette feltet er for et nei. Velg «nei», eller flytt teksten til spørsmålene."),
            rule="reason_without_no",
            field="reason",
        )
    current.remind_on = _day_to_ask(outcome, held_on, remind_on)
    current.outcome, current.held_on, current.told, current.questions = outcome, held_on, told, questions
    current.recorded_by, current.recorded_at = by, timezone.now()
    current.save()
    record(ReferralEvent.MEETING_RECORDED, by=by, target=current, facts={"outcome": outcome})
    if outcome == MeetingOutcome.YES:
        reach(current.family, step=Step.INFORMATION, on=held_on, by=by)
    if outcome in (MeetingOutcome.YES, MeetingOutcome.NO):
        _move_referral(current.family, ReferralState.INFORMATION_MEETING, ReferralState.CLOSED, by)
    if outcome == MeetingOutcome.NO:
        said = " ".join([_("Familien takket nei i informasjonssamtalen."), reason.strip()]).strip()
        close(current.family, reason=said, on=held_on, by=by)
    return current


@action
def refuse_offer(family: Family, *, by: User) -> None:
    """The family says no today, whether a meeting is booked or not, and is asked for no reason.

    An open meeting is recorded with that answer. The henvendelse and the family are closed, so the place is free.
    Raises Refused when the family has answered yes (then a consent is taken back instead) or is closed.
    """
    check(by, Permission.CHANGE_FAMILY, family)
    _check_not_answered(family)
    record(ReferralEvent.OFFER_REFUSED, by=by, target=family)
    meeting = InformationMeeting.objects.filter(family=family, outcome="").select_related("family").first()
    if meeting is not None:
        record_meeting(meeting, outcome=MeetingOutcome.NO, by=by)
        return
    _move_referral(family, ReferralState.GRANTED, ReferralState.INFORMATION_MEETING, by)
    _move_referral(family, ReferralState.INFORMATION_MEETING, ReferralState.CLOSED, by)
    close(family, reason=_("Familien takket nei til tilbudet."), by=by)


def _day_to_ask(outcome: str, held_on: date, remind_on: date | None) -> date | None:
    if outcome != MeetingOutcome.THINKING:
        if remind_on:
            raise Refused(
                _("En dag å spørre igjen er for den som vil tenke på det."), rule="remind_without_thinking",
                field="remind_on",
            )  # fmt: skip
        return None
    if remind_on and remind_on < held_on:
        raise Refused(_("Dagen er før samtalen."), rule="remind_too_early", field="remind_on")
    return remind_on or held_on + REMIND_AFTER


def _recorded() -> Refused:
    return Refused(_("Samtalen er ført og kan ikke endres."), rule="recorded")


def _lock_open(meeting: InformationMeeting, version: int | None) -> InformationMeeting:
    current = lock(meeting, version)
    if current.outcome:
        raise _recorded()
    return current


def _check_not_answered(family: Family) -> None:
    if InformationMeeting.objects.filter(family=family, outcome=MeetingOutcome.YES).exists():
        raise Refused(_("Familien har alt svart ja."), rule="answered_yes")


def _put(meeting: InformationMeeting, terms: Terms) -> None:
    """Set the terms on a meeting, not yet saved. Raises Refused when they do not hold together."""
    for name, value in terms.items():
        setattr(meeting, name, value)
    family = meeting.family
    if not meeting.times:
        raise Refused(_("Foreslå minst én tid."), rule="no_time", field="day")
    if meeting.home is not None and meeting.home.family_id != family.pk:
        raise Refused(_("Familien har ikke dette hjemmet."), rule="no_such_home", field="home")
    if bool(meeting.home) == bool(meeting.place):
        raise Refused(_("Velg et hjem, eller skriv et annet sted. Ikke begge."), rule="where", field="place")
    if meeting.interpreter_ordered and not meeting.interpreter:
        raise Refused(_("Skriv hvilket språk tolken er bestilt for."), rule="language", field="interpreter")
    comes = meeting.coordinator
    if comes and comes != meeting.booked_by and not family.assignments.live().filter(user=comes).exists():
        raise Refused(_("Velg en som følger familien."), rule="not_following", field="coordinator")


def _check_members(family: Family, members: Iterable[Member]) -> list[Member]:
    members = list(members)
    if not members or any(member.family_id != family.pk for member in members):
        raise Refused(_("Velg hvem i familien som kommer."), rule="members", field="members")
    return members


def _invite(meeting: InformationMeeting, members: list[Member]) -> None:
    MeetingMember.objects.bulk_create(
        MeetingMember(family_id=meeting.family_id, meeting=meeting, member=member) for member in members
    )


def _move_referral(family: Family, came_from: str, to: str, by: User) -> None:
    """The henvendelse follows its family. A family registered without one has none to move."""
    referral = Referral.objects.of_family(family).filter(state=came_from).first()
    if referral is not None:
        enter(lock(referral, None), to, by=by)
