"""What the clock starts: it notes which yeses ran out, and tells coordinators which yeses and agreements soon will.

Nothing here decides anything. A yes, and a line of the agreement, stops counting at midnight in Oslo after its last day
because rules.py asks the day, whether a job ran or not.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from families.days import is_working_day
from families.enums import FamilyState
from families.models import Assignment
from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Event

from .enums import YES, Answer, ConsentEvent, How, LineState
from .models import AgreementLine, Consent, EndingTold

# Days before the last day on which the coordinator is told, the nearest first.
TOLD = (14, 60)
# A yes that ran out longer ago than this is old news; a worker that was away for a month still catches up.
CATCH_UP = timedelta(days=60)


@shared_task
def note_expired() -> int:
    """Soon after midnight: a line in the log of each yes, and of each line of an agreement, that had its last day.

    Returns how many.
    """
    with as_job(), transaction.atomic():
        day = timezone.localdate()
        noted: list[Any] = [note_end(row, by=None) for row in _ran_out(day)]
        return len(noted + [note_line_end(line, by=None) for line in _lines_that_ran_out(day)])


@shared_task
def tell_of_endings(on: str = "") -> int:
    """Each working morning: who follows a family in which a yes or an agreement ends within 60 or 14 days.

    Returns how many were told, none on weekends and public holidays: what comes near its end then is told of on the
    next working day. The mail says that something ends, and not whose: one mail of each kind for each person, however
    many there are. `on` is another day than today (ISO 8601).
    """
    day = date.fromisoformat(on) if on else timezone.localdate()
    if not is_working_day(day):
        return 0
    with as_job(), transaction.atomic():
        told = [row for consent in _near_their_end(day) for row in _told_of(consent, consent.valid_until, day)]
        told += [row for line in _lines_near_their_end(day) for row in _told_of(line, line.valid_to, day)]
        news = {(row.told_id, "consent_ends" if row.consent_id else "agreement_ends"): row.told for row in told}
        for (_user, what), user in news.items():
            tell(user, what)
    return len(told)


def _told_of(ending: Consent | AgreementLine, last: date | None, day: date) -> list[EndingTold]:
    """Those who follow the family and have not been told of this, 60 or 14 days before its last day."""
    days = next(days for days in TOLD if last <= day + timedelta(days=days))  # type: ignore[operator]
    known = set(ending.told.filter(days=days).values_list("told_id", flat=True))
    people = [a.user for a in _followers(ending.family_id) if a.user_id not in known]
    return [note_told(ending, days=days, user=user, by=None) for user in people]


@action
def note_end(consent: Consent, *, by: None) -> Consent:
    """The row «gikk ut» after a yes that had its last day."""
    expired = Consent(
        family=consent.family, member=consent.member, purpose=consent.purpose, extra_id=consent.extra_id,
        answer=Answer.EXPIRED, answered_on=consent.valid_until + timedelta(days=1), how=How.CLOCK,
        given_by=consent.member.full_name, text_id=consent.text_id, text_version=consent.text_version,
        text_sha256=consent.text_sha256,
    )  # fmt: skip
    expired.save(force_insert=True)
    facts = {"purpose": consent.purpose}
    record(ConsentEvent.CONSENT_EXPIRED, by=by, target=expired, family=consent.family, facts=facts)
    return expired


@action
def note_line_end(line: AgreementLine, *, by: None) -> AgreementLine:
    """In the log: a line of the agreement had its last day. The row stays as it was signed."""
    record(ConsentEvent.LINE_RAN_OUT, by=by, target=line, facts={"last_day": f"{line.valid_to}"})
    return line


@action
def note_told(ending: Consent | AgreementLine, *, days: int, user: User, by: None) -> EndingTold:
    """That this person is told, once for 60 days and once for 14."""
    what = {"consent": ending} if isinstance(ending, Consent) else {"line": ending}
    row = EndingTold(family_id=ending.family_id, days=days, told=user, **what)
    row.save(force_insert=True)
    record(ConsentEvent.ENDING_TOLD, by=by, target=row, family=ending.family, facts={"days": days})
    return row


def _ran_out(day: date) -> list[Consent]:
    """Each yes that counts, whose last day is before `day`, and that is not noted yet."""
    noted = Consent.objects.filter(
        member=OuterRef("member"), purpose=OuterRef("purpose"), answer=Answer.EXPIRED,
        recorded_at__gt=OuterRef("recorded_at"),
    )  # fmt: skip
    rows = Consent.objects.counting(day).filter(
        ~Exists(noted), answer__in=YES, valid_until__lt=day, valid_until__gte=day - CATCH_UP
    )
    return list(rows.select_related("family", "member").order_by("valid_until", "pk"))


def _lines_that_ran_out(day: date) -> list[AgreementLine]:
    """Each signed line whose last day is before `day` and that the log does not say so of yet.

    Locked, so that a second worker waits, and then finds the first one's line in the log.
    """
    rows = AgreementLine.objects.filter(state=LineState.SIGNED, valid_to__lt=day, valid_to__gte=day - CATCH_UP)
    rows = rows.select_related("family").select_for_update(of=("self",)).order_by("valid_to", "pk")
    lines = list(rows)
    keys = [str(line.pk) for line in lines]
    noted = Event.objects.filter(what=ConsentEvent.LINE_RAN_OUT, target_id__in=keys).values_list("target_id", flat=True)
    known = set(noted)
    return [line for line in lines if str(line.pk) not in known]


def _near_their_end(day: date) -> Iterable[Consent]:
    rows = Consent.objects.live(day).filter(valid_until__lte=day + timedelta(days=max(TOLD)))
    rows = rows.filter(family__state=FamilyState.ACTIVE, member__moved_out_on=None)
    return rows.select_related("family").order_by("valid_until", "pk")


def _lines_near_their_end(day: date) -> Iterable[AgreementLine]:
    """Live lines with a last day within 60 days, unless a newer signed one with the same service goes on after it."""
    goes_on = AgreementLine.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to")), family=OuterRef("family"), service=OuterRef("service"),
        state=LineState.SIGNED,
    )  # fmt: skip
    rows = AgreementLine.objects.live(day).filter(~Exists(goes_on), valid_to__lte=day + timedelta(days=max(TOLD)))
    rows = rows.filter(family__state=FamilyState.ACTIVE)
    return rows.select_related("family").order_by("valid_to", "pk")


def _followers(family_id: Any) -> Iterable[Assignment]:
    """Those who follow the family now, and still have a role where it lives."""
    here = Membership.objects.live().filter(user=OuterRef("user"), municipality=OuterRef("family__municipality"))
    rows = Assignment.objects.live().filter(Exists(here), family=family_id, user__is_active=True)
    return rows.select_related("user").order_by("pk")
