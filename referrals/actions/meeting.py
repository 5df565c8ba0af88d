"""The coordinator's turn: the information meeting with the family and the one who referred them."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from families.actions import close, reach
from families.enums import FamilyState
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from referrals.enums import MeetingOutcome, ReferralEvent, Told
from referrals.models import InformationMeeting, MeetingMember, Referral
from referrals.stages import ReferralState

from .intake import enter

# What the family must have heard before it can say yes: the research consent comes later, but not as news.
TOLD_FOR_YES = frozenset(Told.values)


@action
def book_meeting(
    family: Family,
    *,
    starts_at: datetime,
    place: str,
    members: Iterable[Member],
    by: User,
    referrer_comes: bool = True,
    interpreter_ordered: bool = False,
    key: UUID | None = None,
) -> InformationMeeting:
    """Agree on when and where. Also the new time after a meeting that did not happen or gave no answer.

    Raises Refused when one is already booked, nobody comes, or the family has answered yes.
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
    if earlier.filter(outcome=MeetingOutcome.YES).exists():
        raise Refused(_("Familien har alt svart ja."), rule="answered_yes")
    meeting = InformationMeeting(
        id=key or uuid4(), family=family, starts_at=starts_at, place=place, referrer_comes=referrer_comes,
        interpreter_ordered=interpreter_ordered, booked_by=by,
    )  # fmt: skip
    meeting.save(force_insert=True)
    _invite(meeting, members)
    record(ReferralEvent.MEETING_BOOKED, by=by, target=meeting, family=family)
    _move_referral(family, ReferralState.GRANTED, ReferralState.INFORMATION_MEETING, by)
    return meeting


@action
def change_meeting(
    meeting: InformationMeeting,
    *,
    starts_at: datetime,
    place: str,
    members: Iterable[Member],
    by: User,
    referrer_comes: bool = True,
    interpreter_ordered: bool = False,
    version: int | None = None,
) -> InformationMeeting:
    """Another time, place or company. Raises Refused when the meeting is recorded, Stale for an old `version`."""
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    members = _check_members(meeting.family, members)
    current = lock(meeting, version)
    if current.outcome:
        raise Refused(_("Samtalen er ført og kan ikke endres."), rule="recorded")
    current.starts_at, current.place = starts_at, place
    current.referrer_comes, current.interpreter_ordered = referrer_comes, interpreter_ordered
    current.save()
    current.invited.all().delete()
    _invite(current, members)
    record(ReferralEvent.MEETING_CHANGED, by=by, target=current)
    return current


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
    version: int | None = None,
) -> InformationMeeting:
    """What was told, what they asked, and the family's answer. A yes reaches the step, on the day of the meeting.

    A no closes the henvendelse and the family in the same transaction, so the place is free again. `reason` is what
    the family said about its no; nobody has to give one. Raises Refused when the meeting is recorded already, the day
    is in the future, a yes comes before everything was told, or there is a reason without a no.
    """
    check(by, Permission.CHANGE_FAMILY, meeting.family)
    current = lock(meeting, version)
    held_on, told = held_on or timezone.localdate(), [value for value in Told.values if value in set(told)]
    if current.outcome:
        raise Refused(_("Samtalen er alt ført."), rule="recorded")
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
