"""What is written when a family is mapped (steps 5 and 10) and when it says how the help has been (step 8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.rules import members_with, why_not_map, why_not_map_family
from families.actions import reach
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

from .enums import STEP_OF, AssessmentEvent, Kind, Missing
from .instruments import CURRENT, FIT, BadAnswer, instrument
from .models import Assessment, FitAnswer, Response
from .rounds import next_round, rounds, why_not_round
from .sheets import Sheet, sheet_of


@action
def start(
    family: Family,
    *,
    kind: str,
    by: User,
    number: int | None = None,
    on: date | None = None,
    language: str = "nb",
    interpreter: str = "",
    early_ok: bool = False,
    key: UUID | None = None,
) -> Assessment:
    """Begin a sitting; which questions it uses is fixed here. `number` of a yearly one defaults to the milestones'.

    Raises Refused without a live consent to participation (R-P1, hard lock), before the window unless `early_ok`,
    for a round that is open or done, a day in the future or before the baseline, or a family that is closed.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    refuse_twice(Assessment.objects.filter(family=family), key)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    on = on or timezone.localdate()
    _check_day(family, on)
    if family.baseline_on and kind == Kind.YEARLY and on < family.baseline_on:
        raise Refused(_("Datoen er før oppstartskartleggingen."), rule="before_baseline", field="held_on")
    sittings = list(family.assessments.kept())
    number = number or _number(family, kind, sittings, on)
    if stop := why_not_round(family, kind, number, sittings):
        raise Refused(stop[1], rule=stop[0], field="round")
    chosen = next(r for r in rounds(family, sittings) if (r.kind, r.number) == (kind, number))
    if chosen.early(on) and not early_ok:
        raise Refused(
            _("Vinduet åpner først %(day)s. Kryss av for at dere vil gjøre den nå likevel, eller vent.")
            % {"day": chosen.milestone.due_from.strftime("%d.%m.%Y")},
            rule="early",
            field="early_ok",
        )
    row = Assessment(
        family=family, kind=kind, number=number, held_on=on, instrument=CURRENT, language=language,
        interpreter=interpreter.strip(), started_by=by, **({"pk": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        AssessmentEvent.SITTING_STARTED, by=by, target=row, family=family,
        facts={"kind": kind, "number": number, "instrument": row.instrument},
    )  # fmt: skip
    return row


def _number(family: Family, kind: str, sittings: list[Assessment], on: date) -> int:
    if kind == Kind.BASELINE:
        return 1
    suggested = next_round([r for r in rounds(family, sittings) if r.kind == kind], on)
    return suggested.number if suggested else 1


def _check_day(family: Family, on: date, field: str = "held_on") -> None:
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet, så familien kan ikke kartlegges."), rule="closed")
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field=field)
    if sentence := why_not_map_family(family):
        raise Refused(sentence, rule="consent")
    if not members_with(family, "participation", on):
        raise Refused(
            _("Ingen i familien hadde samtykket til å delta denne dagen."), rule="consent_that_day", field=field
        )


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
    current = _open(assessment, by)
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
    current = _open(assessment, by)
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
    row.value, row.missing = _clean(item.question.scale, given.value, given.missing), given.missing
    row.recorded_by, row.recorded_at = by, timezone.now()
    item.response = row  # the same question twice on one page is one row
    return row


def _open(assessment: Assessment, by: User) -> Assessment:
    """The sitting, locked until the transaction ends. Raises Refused when it is over."""
    check(by, Permission.CHANGE_ASSESSMENT, assessment)
    current = Assessment.objects.select_for_update(of=("self",)).select_related("family").get(pk=assessment.pk)
    if current.completed_at:
        raise Refused(_("Kartleggingen er fullført, så svarene kan ikke endres."), rule="completed")
    if current.abandoned_at:
        raise Refused(_("Kartleggingen er avbrutt, så den kan ikke fylles ut."), rule="abandoned")
    return current


def _refuse_question(assessment: Assessment, about: Any) -> None:
    """Say why a question is not asked of this person."""
    member = Member.objects.filter(pk=about, family=assessment.family_id).select_related("family").first()
    if about is not None and member is None:
        raise Refused(_("Personen hører ikke til denne familien."), rule="other_family")
    for day in (timezone.localdate(), assessment.held_on):
        if member is not None and (sentence := why_not_map(member, day)):
            raise Refused(sentence, rule="consent")
    raise Refused(_("Dette spørsmålet stilles ikke her."), rule="unknown_question")


def _clean(scale: Any, value: Any, missing: str) -> Any:
    if missing and missing not in Missing:
        raise Refused(_("Velg ett av svarene i listen."), rule="missing_code", field="missing")
    if missing and value is not None:
        raise Refused(_("Gi ett svar, ikke to."), rule="two_answers", field="value")
    if missing:
        return None
    if value is None:
        raise Refused(_("Velg et svar. «Vet ikke» og «Vil ikke svare» er også svar."), rule="no_answer", field="value")
    try:
        return scale.clean(value)
    except BadAnswer as error:
        raise Refused(_sentence(error), rule=f"answer_{error.rule}", field="value") from error


def _sentence(error: BadAnswer) -> str:
    return {
        "number": _("Skriv et helt tall mellom %(low)s og %(high)s."),
        "range": _("Tallet må være mellom %(low)s og %(high)s."),
        "choice": _("Velg ett av svarene i listen."),
        "exclusive": _("«Ingen» kan ikke velges sammen med noe annet. Ta bort det ene."),
        "text": _("Skriv et svar på høyst %(longest)s tegn."),
    }[error.rule] % error.facts


@action
def complete(assessment: Assessment, *, by: User, rest_not_asked: bool = False) -> Assessment:
    """The sitting is over: its answers become history and its step of the path is reached, on the day it was held.

    What has no answer is first written down as not asked, when `rest_not_asked` says so.
    Raises Refused when something has no answer and it does not, or when nobody was asked anything.
    """
    current = _open(assessment, by)
    _check_day(current.family, current.held_on)
    sheet = sheet_of(current)
    if not any(i.response and i.response.missing != Missing.NOT_ASKED for i in sheet.items):
        raise Refused(_("Ingen har svart på noe ennå."), rule="nothing_asked")
    waiting = sheet.waiting
    if waiting and not rest_not_asked:
        raise Refused(
            _("%(count)s spørsmål har ikke svar. Svar på dem, eller kryss av for at de ikke ble spurt.")
            % {"count": len(waiting)},
            rule="unanswered",
            field="rest_not_asked",
        )
    Response.objects.bulk_create(
        Response(
            family_id=current.family_id, assessment=current, member=item.member, question=item.question.key,
            respondent=item.question.respondent, missing=Missing.NOT_ASKED, recorded_by=by,
        )
        for item in waiting
    )  # fmt: skip
    current.completed_at, current.completed_by = timezone.now(), by
    current.save(update_fields=["completed_at", "completed_by"])
    reach(current.family, step=STEP_OF[current.kind], number=current.number, on=current.held_on, by=by)
    record(
        AssessmentEvent.SITTING_COMPLETED, by=by, target=current, family=current.family,
        facts={"kind": current.kind, "number": current.number, "answers": len(sheet.items), "not_asked": len(waiting)},
    )  # fmt: skip
    return current


@action
def abandon(assessment: Assessment, *, reason: str, by: User) -> Assessment:
    """A sitting begun by mistake, or never finished. Its answers stay, and count in no picture of the family."""
    current = _open(assessment, by)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor kartleggingen avbrytes."), rule="reason", field="reason")
    current.abandoned_at, current.abandoned_by, current.abandoned_reason = timezone.now(), by, reason.strip()[:300]
    current.save(update_fields=["abandoned_at", "abandoned_by", "abandoned_reason"])
    record(AssessmentEvent.SITTING_ABANDONED, by=by, target=current, family=current.family)
    return current


@action
def record_fit(
    family: Family,
    *,
    member: Member,
    by: User,
    value: int | None = None,
    missing: str = "",
    on: date | None = None,
    after: str = "",
    comment: str = "",
    key: UUID | None = None,
) -> FitAnswer:
    """One person's answer, 0–10, to the question in instruments/fit-1.yaml; or `missing`. Reaches the step FIT.

    Raises Refused for somebody of another family, without consent or too young, a day in the future, or a bad answer.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    refuse_twice(FitAnswer.objects.filter(family=family), key)
    on = on or timezone.localdate()
    if member.family_id != family.pk:
        raise Refused(_("Personen hører ikke til denne familien."), rule="other_family", field="member")
    _check_day(family, on, "asked_on")
    for day in (timezone.localdate(), on):
        if sentence := why_not_map(member, day):
            raise Refused(sentence, rule="consent", field="member")
    question = instrument(FIT)["fit"]
    if member.age(on) < question.ages[0]:
        raise Refused(
            _("Spørsmålet stilles fra %(age)s år.") % {"age": question.ages[0]}, rule="too_young", field="member"
        )
    cleaned = _clean(question.scale, value, missing)
    row = FitAnswer(
        family=family, member=member, instrument=FIT, asked_on=on, after=after.strip(), value=cleaned,
        missing=missing, comment=comment.strip(), recorded_by=by, **({"pk": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    reach(family, step=Step.FEEDBACK, on=on, by=by)
    record(AssessmentEvent.FIT_RECORDED, by=by, target=row, family=family)
    return row
