"""Measures: who does what by when. A service can be named only while the family has agreed that we talk with it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Service
from families.marks import Mark, put_mark
from families.models import Family, Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from plans.enums import FINISHED, Doer, MeasureState, PlanEvent
from plans.models import Goal, Measure
from plans.rules import check_members, check_not_future, check_open, check_service

CHANGEABLE = {
    "what", "done_by", "service", "member", "who", "kind", "falls_between", "due_from", "due_on", "state", "follow_up",
    "asked_on", "answered_on",
}  # fmt: skip


@action
def add_measure(
    goal: Goal,
    *,
    what: str,
    done_by: str,
    by: User,
    service: Service | None = None,
    member: Member | None = None,
    who: str = "",
    kind: str = "",
    falls_between: bool = False,
    due_from: date | None = None,
    due_on: date | None = None,
    state: str = MeasureState.PLANNED,
    follow_up: str = "",
    asked_on: date | None = None,
    answered_on: date | None = None,
    mark: Mark | None = None,
    key: UUID | None = None,
) -> Measure:
    """Something to do about a goal.

    One that is asked is asked today, when no other day is said.
    Raises Refused when a service has no live agreement line, is missing, or stands where no service does it;
    when the goal is closed; for days of question and answer that cannot be; AlreadyDone for the same form twice.
    """
    check(by, Permission.CHANGE_PLAN, goal.family)
    check_open(goal.family)
    if not goal.is_active:
        raise Refused(_("Målet gjelder ikke nå. Ta det opp igjen før du legger til tiltak."), rule="goal_closed")
    check_doer(done_by, service, falls_between)
    check_doer_in_family(goal.family, done_by, member)
    _check_window(due_from, due_on)
    check_service(goal.family, service)
    refuse_twice(Measure.objects.filter(family=goal.family), key)
    measure = Measure(
        family=goal.family, goal=goal, what=what, done_by=done_by, service=service, member=member, who=who, kind=kind,
        due_from=due_from, due_on=due_on, falls_between=falls_between, state=state, follow_up=follow_up, created_by=by,
        finished_on=timezone.localdate() if state in FINISHED else None, asked_on=asked_on, answered_on=answered_on,
    )  # fmt: skip
    _keep_answer(measure, before="")
    put_mark(measure, mark or Mark(), family=goal.family, by=by)
    if key:
        measure.pk = key
    measure.save(force_insert=True)
    record(PlanEvent.MEASURE_ADDED, by=by, target=measure, facts={"done_by": done_by, "falls_between": falls_between})
    return measure


@action
def change_measure(measure: Measure, *, by: User, version: int | None = None, **changes: Any) -> Measure:
    """Change the fields in CHANGEABLE, or `mark`, who gets it on paper.

    A service that is new to the measure needs a live line; one that stands there from before may stay, so that what
    was agreed can still be read. Raises Stale when somebody saved a newer version than `version`.
    """
    if unknown := set(changes) - CHANGEABLE - {"mark"}:
        raise TypeError(f"change_measure does not change {sorted(unknown)}")
    check(by, Permission.CHANGE_PLAN, measure.family)
    check_open(measure.family)
    current = lock(measure, version)
    service_before, state_before = current.service_id, current.state
    if (mark := changes.pop("mark", None)) is not None:
        put_mark(current, mark, family=current.family, by=by)
    for name, value in changes.items():
        setattr(current, name, value)
    check_doer(current.done_by, current.service, current.falls_between)
    check_doer_in_family(current.family, current.done_by, current.member)
    _check_window(current.due_from, current.due_on)
    if current.service_id != service_before:
        check_service(current.family, current.service)
    if current.finished != (current.finished_on is not None):
        current.finished_on = timezone.localdate() if current.finished else None
    _keep_answer(current, before=state_before)
    current.save()
    record(PlanEvent.MEASURE_CHANGED, by=by, target=current, facts={"fields": sorted(changes)})
    return current


@action
def finish_measure(
    measure: Measure,
    *,
    by: User,
    state: str = MeasureState.DONE,
    on: date | None = None,
    follow_up: str = "",
    version: int | None = None,
) -> Measure:
    """It is done, or will not be done. Raises Refused for a day in the future or another state."""
    check(by, Permission.CHANGE_PLAN, measure.family)
    check_open(measure.family)
    if state not in FINISHED:
        raise Refused(_("Velg om tiltaket er gjort, fikk nei eller ikke blir noe av."), rule="state", field="state")
    on = on or timezone.localdate()
    check_not_future(on, "finished_on")
    current = lock(measure, version)
    if current.finished:
        raise Refused(_("Tiltaket er alt avsluttet."), rule="finished")
    before, current.state, current.finished_on = current.state, state, on
    _keep_answer(current, before=before, on=on)
    if follow_up:
        current.follow_up = follow_up
    current.save()
    record(PlanEvent.MEASURE_FINISHED, by=by, target=current, facts={"state": state})
    return current


# The answer came when the state goes on to one of these.
ANSWERED = {
    MeasureState.WAITS_PLACE, MeasureState.WAITS_PAPERS, MeasureState.UNDER_WAY, MeasureState.DONE,
    MeasureState.REFUSED,
}  # fmt: skip


def _keep_answer(measure: Measure, *, before: str, on: date | None = None) -> None:
    """Fill in the day of the question or the answer when the state says that it is today, or `on`, and none is said.

    Raises Refused for an answer without a question or before it, and for a day that has not come.
    """
    day = on or timezone.localdate()
    if measure.state == MeasureState.ASKED and before != MeasureState.ASKED and measure.asked_on is None:
        measure.asked_on = day
    if before == MeasureState.ASKED and measure.state in ANSWERED and measure.asked_on and measure.answered_on is None:
        measure.answered_on = max(day, measure.asked_on)
    for field in ("asked_on", "answered_on"):
        if getattr(measure, field):
            check_not_future(getattr(measure, field), field)
    if measure.answered_on is None:
        return
    if measure.asked_on is None:
        raise Refused(_("Skriv også når de ble spurt."), rule="answer_without_question", field="asked_on")
    if measure.answered_on < measure.asked_on:
        raise Refused(_("De kan ikke ha svart før de ble spurt."), rule="answer_too_soon", field="answered_on")


def check_doer_in_family(family: Family, done_by: str, member: Member | None) -> None:
    if done_by == Doer.MEMBER and member is None:
        raise Refused(_("Velg hvem i familien som gjør det."), rule="member_missing", field="member")
    if member is None:
        return
    if done_by != Doer.MEMBER:
        raise Refused(
            _("Du har valgt %(name)s. Velg også at en i familien gjør det.") % {"name": member.first_name},
            rule="member_not_doer", field="member",
        )  # fmt: skip
    check_members(family, [member], "member")


def _check_window(due_from: date | None, due_on: date | None) -> None:
    if due_from is None:
        return
    if due_on is None:
        raise Refused(_("Skriv også når det skal være gjort."), rule="window_open", field="due_on")
    if due_from > due_on:
        raise Refused(_("Det kan ikke være ferdig før det begynner."), rule="window_backwards", field="due_on")


def check_doer(done_by: str, service: Service | None, falls_between: bool) -> None:
    if done_by == Doer.SERVICE and service is None:
        raise Refused(_("Velg hvilken tjeneste som gjør det."), rule="service_missing", field="service")
    if service is not None and done_by not in (Doer.SERVICE, Doer.VOLUNTEER):
        raise Refused(
            _("Du har valgt en tjeneste. Velg også at en tjeneste eller en frivillig gjør det."),
            rule="service_not_doer",
            field="service",
        )
    if falls_between and service is not None:
        raise Refused(
            _("Det som faller mellom tjenestene, har ingen tjeneste ennå. Velg det ene eller det andre."),
            rule="dropped_with_service",
            field="falls_between",
        )
