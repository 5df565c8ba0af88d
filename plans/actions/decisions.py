"""What was decided in a meeting: rows in its minutes, which become measures when somebody says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from consent.models import Service
from families.models import Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from plans.enums import PlanEvent
from plans.models import Goal, Measure, Meeting, MeetingDecision, MeetingItem
from plans.rules import check_service

from .measures import add_measure, check_doer, check_doer_in_family

# Decisions in one meeting: more is a slip of the finger.
MOST = 40
FACTS = ("what", "done_by", "service", "member", "who", "due_on", "item")


@dataclass(frozen=True)
class Decided:
    """One row: what, who, by when, about which case. `row` is the decision as it stands, None for a new one.

    Without words it is taken away. With a `goal` it becomes a measure under it. `mark` is how the form names the row.
    """

    what: str
    done_by: str = ""
    service: Service | None = None
    member: Member | None = None
    who: str = ""
    due_on: date | None = None
    item: MeetingItem | None = None
    goal: Goal | None = None
    row: MeetingDecision | None = None
    mark: str = ""


def put_decisions(meeting: Meeting, decided: Iterable[Decided], *, by: User) -> None:
    """Make the rows what was written. `meeting` is locked, and its minutes are not finished.

    Raises Refused as a measure is refused: for a service without a live line, a doer that is missing, a goal that is
    closed; and for a row or a case of another meeting, one that is a measure already, and too many.
    """
    for one in decided:
        try:
            _put(meeting, one, by)
        except Refused as refusal:
            refusal.field = f"{_FIELDS.get(refusal.field, 'what')}_{one.mark}"
            raise


# Where the form shows what a rule says about a row.
_FIELDS = {"service": "doer", "member": "doer", "done_by": "doer", "due_on": "due", "item": "item", "goal": "goal"}


def _put(meeting: Meeting, one: Decided, by: User) -> None:
    decision = MeetingDecision(family_id=meeting.family_id, meeting=meeting, made_by=by)
    if one.row is not None:
        rows = MeetingDecision.objects.select_for_update(of=("self",)).filter(meeting=meeting, pk=one.row.pk)
        found = rows.first()
        if found is None:
            raise Refused(_("En av beslutningene hører til et annet møte."), rule="other_decision")
        decision = found
    if decision.measure_id is not None:
        raise Refused(_("Tiltaket står i planen. Avslutt det der i stedet."), rule="planned")
    if not one.what.strip():
        _take_away(decision, one.row is not None, by)
        return
    new, before = one.row is None, _facts(decision)
    if new and meeting.decisions.count() >= MOST:
        raise Refused(_("Det er plass til 40 beslutninger."), rule="too_many_decisions")
    if one.item is not None and one.item.meeting_id != meeting.pk:
        raise Refused(_("En av sakene hører til et annet møte."), rule="other_item", field="item")
    check_doer(one.done_by, one.service, falls_between=False)
    check_doer_in_family(meeting.family, one.done_by, one.member)
    for name in FACTS:
        setattr(decision, name, getattr(one, name))
    decision.what = one.what.strip()
    facts = _facts(decision)
    if new or facts != before:
        check_service(meeting.family, one.service)
    if one.goal is not None:
        decision.measure = _measure(decision, one.goal, by)
    if not new and facts == before and one.goal is None:
        return
    decision.save()
    what = PlanEvent.DECISION_MADE if new else PlanEvent.DECISION_CHANGED
    record(what, by=by, target=decision, family=meeting.family, facts={"measure": one.goal is not None})


def _facts(decision: MeetingDecision) -> tuple[object, ...]:
    return tuple(getattr(decision, MeetingDecision._meta.get_field(name).attname) for name in FACTS)


def _take_away(decision: MeetingDecision, exists: bool, by: User) -> None:
    if exists:
        record(PlanEvent.DECISION_DROPPED, by=by, target=decision, family=decision.family)
        decision.delete()


@action
def plan_decision(decision: MeetingDecision, *, goal: Goal, by: User) -> MeetingDecision:
    """It becomes a measure under `goal`; also after the minutes are finished. Raises Refused when it is one already,
    and as a measure is refused."""
    check(by, Permission.CHANGE_PLAN, decision.family)
    current = MeetingDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if current.measure_id is not None:
        raise Refused(_("Beslutningen står alt i planen."), rule="planned")
    current.measure = _measure(current, goal, by)
    current.save(update_fields=["measure"])
    record(PlanEvent.DECISION_PLANNED, by=by, target=current)
    return current


def _measure(decision: MeetingDecision, goal: Goal, by: User) -> Measure:
    if goal.family_id != decision.family_id:
        raise Refused(_("Velg et mål i denne planen."), rule="other_goal", field="goal")
    return add_measure(
        goal, what=decision.what, done_by=decision.done_by, service=decision.service, member=decision.member,
        who=decision.who, due_on=decision.due_on, by=by,
    )  # fmt: skip
