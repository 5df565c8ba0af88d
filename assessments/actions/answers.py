"""An answer is saved as it is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, Response
from assessments.sheets import Sheet, sheet_of
from consent.rules import why_not_map
from families.models import Member
from nyemonstre.access.actions import action
from nyemonstre.accounts.models import User
from nyemonstre.refusals import Refused

from .checks import clean_answer, open_sitting


@action(quiet="An answer says itself who saved it and when; that the sitting began and ended is logged.")
def answer(
    assessment: Assessment,
    *,
    question: str,
    by: User,
    member: Member | UUID | None = None,
    value: Any = None,
    missing: str = "",
) -> Response:
    """Save one answer, about `member` or (None) the whole family. Until the sitting is over, a new one replaces it.

    `missing` (unknown, unwilling, not_asked) is an answer too, and stands instead of `value`.
    Raises Refused when the sitting is over, the question is not asked of this person, or the answer does not fit.
    """
    current = open_sitting(assessment, by)
    row = _row(current, sheet_of(current), Given(question, member, value, missing), by)
    row.save(force_insert=row._state.adding)
    return row


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
