"""An answer is saved as it is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.models import Assessment, Response
from assessments.sheets import Sheet, sheet_of
from consent.rules import why_not_map
from families.models import Member
from nyemonstre.access.actions import action
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .checks import clean_answer, open_sitting


@dataclass(frozen=True)
class Given:
    """One answer on its way in, about `member` (or their id) or, with None, the whole family."""

    question: str
    member: Member | UUID | None = None
    value: Any = None
    missing: str = ""


@action(quiet="An answer says itself who saved it and when; that the sitting began and ended is logged.")
def answer_all(assessment: Assessment, *, answers: Iterable[Given], by: User) -> list[Response]:
    """Save a whole page of answers, or none of them: what `answer` does, with the sheet fetched once.

    Raises Refused as `answer` does, for the first one that does not fit.
    """
    current = open_sitting(assessment, by)
    sheet = sheet_of(current)
    rows = list({id(row): row for row in (_row(current, sheet, given, by) for given in answers)}.values())
    new = [row for row in rows if row._state.adding]
    for row in rows:
        if not row._state.adding:
            row.save()
    Response.objects.bulk_create(new)
    return rows


def answer(
    assessment: Assessment,
    *,
    question: str,
    by: User,
    member: Member | UUID | None = None,
    value: Any = None,
    missing: str = "",
) -> Response:
    """`answer_all` with one answer, about `member` or (None) the whole family.

    Until the sitting is over, a new one replaces it. `missing` (unknown, unwilling, not_asked) is an answer too, and
    stands instead of `value`. Raises Refused when the sitting is over, the question is not asked of this person, or
    the answer does not fit.
    """
    return answer_all(assessment, answers=[Given(question, member, value, missing)], by=by)[0]


def _row(current: Assessment, sheet: Sheet, given: Given, by: User) -> Response:
    """The answer as a row, new or the one that is replaced, checked and not yet saved."""
    about = given.member.pk if isinstance(given.member, Member) else given.member
    item = sheet.item(about, given.question)
    if item is None:
        _refuse_question(current, about)
    row = item.response or Response(
        family_id=current.family_id, assessment=current, member_id=about, question=given.question,
        respondent=item.question.respondent,
    )  # fmt: skip
    row.value, row.missing = clean_answer(item.question.scale, given.value, given.missing), given.missing
    row.recorded_by, row.recorded_at = by, timezone.now()
    row.version += 0 if row._state.adding else 1
    item.response = row  # the same question twice on one page is one row
    return row


def _refuse_question(assessment: Assessment, about: Any) -> None:
    """Say why a question is not asked of this person."""
    member = Member.objects.filter(pk=about, family=assessment.family_id).select_related("family").first()
    if about is not None and member is None:
        raise Refused(_("Personen hører ikke til denne familien."), rule="other_family")
    for day in (timezone.localdate(), assessment.held_on):
        if member is not None and (sentence := why_not_map(member, day)):
            raise Refused(sentence, rule="consent")
    raise Refused(_("Dette spørsmålet stilles ikke her."), rule="unknown_question")


@action
def skip(assessment: Assessment, *, who: str, part: str, missing: str, by: User) -> list[Response]:
    """Leave out the rest of a part, for one person or the whole family: each question left there is answered by why.

    `who` is as in Row.who. Raises Refused when the sitting is over, or nothing there waits for an answer.
    """
    current = open_sitting(assessment, by)
    sheet = sheet_of(current)
    cell = sheet.cell(who, part)
    waiting = [item for item in cell.items if not item.done] if cell else []
    if not waiting:
        raise Refused(_("Alle spørsmålene i delen har alt svar."), rule="nothing_waits")
    given = (Given(item.question.key, item.member, missing=missing) for item in waiting)
    rows = [_row(current, sheet, one, by) for one in given]
    Response.objects.bulk_create(rows)
    facts = {"part": part, "answers": len(rows), "missing": missing}
    record(AssessmentEvent.PART_SKIPPED, by=by, target=current, family=current.family, facts=facts)
    return rows


@dataclass(frozen=True)
class Sent:
    """An answer as a browser sent it, perhaps long after it was given.

    `base` is the version the browser knew (0: none), `after` the id of its own answer before this one to the question.
    """

    id: UUID
    given: Given
    base: int = 0
    after: UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of it. state: kept | refused (why) | conflict (`row` is what somebody else saved meanwhile)."""

    id: UUID
    state: str
    row: Response | None = None
    why: str = ""


KEPT, REFUSED, CONFLICT = "kept", "refused", "conflict"


@action(quiet="An answer says itself who saved it and when; that the sitting began and ended is logged.")
def receive(assessment: Assessment, *, sent: Iterable[Sent], by: User) -> list[Receipt]:
    """Save what a browser kept in its queue, in order, each once by its id. Stops at the first conflict.

    An answer that was changed by somebody else since the browser saw it is not overwritten: both are shown, and a
    person chooses. Raises Refused when the sitting is over: then the queue is kept where it is.
    """
    current = open_sitting(assessment, by)
    sheet = sheet_of(current)
    receipts: list[Receipt] = []
    for one in sent:
        receipts.append(_receive(current, sheet, one, by))
        if receipts[-1].state == CONFLICT:
            break
    return receipts


def _receive(current: Assessment, sheet: Sheet, sent: Sent, by: User) -> Receipt:
    about = sent.given.member.pk if isinstance(sent.given.member, Member) else sent.given.member
    item = sheet.item(about, sent.given.question)
    stood = item.response if item else None
    if stood and sent.id in stood.received:
        return Receipt(sent.id, KEPT, stood)
    try:
        own = bool(stood and stood.received and sent.after == stood.received[-1])
        if stood and stood.version != sent.base and not own:
            value = clean_answer(item.question.scale, sent.given.value, sent.given.missing)  # type: ignore[union-attr]
            if (stood.value, stood.missing) != (value, sent.given.missing):
                return Receipt(sent.id, CONFLICT, stood)
        row = _row(current, sheet, sent.given, by)
    except Refused as refusal:
        return Receipt(sent.id, REFUSED, why=str(refusal))
    row.received = [*row.received, sent.id]
    row.save(force_insert=row._state.adding)
    return Receipt(sent.id, KEPT, row)
