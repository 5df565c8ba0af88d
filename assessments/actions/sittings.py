"""A sitting is begun, completed or abandoned."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import STEP_OF, AssessmentEvent, Kind, Missing
from assessments.instruments import CURRENT
from assessments.models import Assessment, LocalInstrument, Response
from assessments.rounds import next_round, rounds, why_not_round
from assessments.sheets import sheet_of
from families.actions import reach
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

from .checks import check_day, open_sitting


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
    """Begin a sitting; which questions it uses is fixed here, the municipality's packs too.

    `number` of a yearly one defaults to the milestones'.
    Raises Refused without a live consent to participation (R-P1, hard lock), before the window unless `early_ok`,
    for a round that is open or done, a day in the future or before the baseline, or a family that is closed.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    refuse_twice(Assessment.objects.filter(family=family), key)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    on = on or timezone.localdate()
    check_day(family, on)
    if family.baseline_on and kind != Kind.BASELINE and on < family.baseline_on:
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
    rows = LocalInstrument.objects.in_use(family.municipality_id) if kind != Kind.HALF else ()
    packs = [row.pk for row in rows]
    row = Assessment(
        family=family, kind=kind, number=number, held_on=on, instrument=CURRENT, language=language,
        interpreter=interpreter.strip(), started_by=by, packs=packs, **({"pk": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        AssessmentEvent.SITTING_STARTED, by=by, target=row, family=family,
        facts={"kind": kind, "number": number, "instrument": row.instrument},
    )  # fmt: skip
    return row


def _number(family: Family, kind: str, sittings: list[Assessment], on: date) -> int:
    if kind != Kind.YEARLY:
        return 1
    suggested = next_round([r for r in rounds(family, sittings) if r.kind == kind], on)
    return suggested.number if suggested else 1


@action
def complete(assessment: Assessment, *, by: User, rest_not_asked: bool = False) -> Assessment:
    """The sitting is over: its answers become history and its step of the path, if it has one, is reached, on the day
    it was held.

    What has no answer is first written down as not asked, when `rest_not_asked` says so.
    Raises Refused when something has no answer and it does not, or when nobody was asked anything.
    """
    current = open_sitting(assessment, by)
    check_day(current.family, current.held_on)
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
    if step := STEP_OF.get(current.kind):
        reach(current.family, step=step, number=current.number, on=current.held_on, by=by)
    record(
        AssessmentEvent.SITTING_COMPLETED, by=by, target=current, family=current.family,
        facts={"kind": current.kind, "number": current.number, "answers": len(sheet.items), "not_asked": len(waiting)},
    )  # fmt: skip
    return current


@action
def abandon(assessment: Assessment, *, reason: str, by: User) -> Assessment:
    """A sitting begun by mistake, or never finished. Its answers stay, and count in no picture of the family."""
    current = open_sitting(assessment, by)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor kartleggingen avbrytes."), rule="reason", field="reason")
    current.abandoned_at, current.abandoned_by, current.abandoned_reason = timezone.now(), by, reason.strip()[:300]
    current.save(update_fields=["abandoned_at", "abandoned_by", "abandoned_reason"])
    record(AssessmentEvent.SITTING_ABANDONED, by=by, target=current, family=current.family)
    return current
