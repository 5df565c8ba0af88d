"""A goal is added, negotiated, closed and taken up again; each time the version before it stays (R-F4)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

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
from plans.enums import GoalState, PlanEvent
from plans.models import Goal, GoalMember, GoalVersion
from plans.rules import check_members, check_not_future, check_open, check_reason


@action
def add_goal(
    family: Family,
    *,
    outcome: str,
    words: str,
    whose: Iterable[Member],
    by: User,
    why: str = "",
    first_sign: str = "",
    mark: Mark | None = None,
    key: UUID | None = None,
) -> Goal:
    """A goal in the family's own words, for one or more of them, under one of the seven lines.

    Raises Refused without anybody to be for, AlreadyDone for the same form twice.
    """
    check(by, Permission.CHANGE_PLAN, family)
    check_open(family)
    members = check_members(family, whose, "whose")
    refuse_twice(Goal.objects.filter(family=family), key)
    goal = Goal(family=family, outcome=outcome, words=words, why=why, first_sign=first_sign, created_by=by)
    put_mark(goal, mark or Mark(), family=family, by=by)
    if key:
        goal.pk = key
    goal.save(force_insert=True)
    _set_whose(goal, members)
    keep_version(goal, members, "", by)
    record(PlanEvent.GOAL_ADDED, by=by, target=goal, family=family, facts={"outcome": outcome})
    return goal


@action
def change_goal(
    goal: Goal,
    *,
    outcome: str,
    words: str,
    whose: Iterable[Member],
    by: User,
    why: str = "",
    first_sign: str = "",
    reason: str = "",
    mark: Mark | None = None,
    version: int | None = None,
) -> Goal:
    """The family sees it differently now, for a `reason`; who may get it on paper changes without one.

    Raises Refused without a reason, Stale when somebody saved a newer version than `version`.
    """
    check(by, Permission.CHANGE_PLAN, goal.family)
    check_open(goal.family)
    members = check_members(goal.family, whose, "whose")
    current = lock(goal, version)
    if not current.is_active:
        raise Refused(_("Målet gjelder ikke nå. Ta det opp igjen før du endrer det."), rule="not_active")
    negotiated = (outcome, words, why, first_sign) != (current.outcome, current.words, current.why, current.first_sign)
    negotiated |= {member.pk for member in members} != set(current.goal_members.values_list("member_id", flat=True))
    if negotiated:
        check_reason(reason, _("Skriv kort hvorfor dere endrer målet."))
    if current.outcome != outcome:
        current.position = None
    current.outcome, current.words, current.why, current.first_sign = outcome, words, why, first_sign
    if mark is not None:
        put_mark(current, mark, family=goal.family, by=by)
    if negotiated:
        current.changed_at = timezone.now()
    current.save()
    if negotiated:
        _set_whose(current, members)
        keep_version(current, members, reason, by)
    record(PlanEvent.GOAL_CHANGED, by=by, target=current, facts={"version": current.version})
    return current


@action
def close_goal(
    goal: Goal, *, state: str, reason: str, by: User, on: date | None = None, version: int | None = None
) -> Goal:
    """The goal waits, is reached, has become another one, or is let go. Its measures stay with it.

    Raises Refused without a reason, for a day in the future, or when it is there already.
    """
    check(by, Permission.CHANGE_PLAN, goal.family)
    check_open(goal.family)
    check_reason(reason, _("Skriv kort hva som gjorde at målet ikke gjelder nå."))
    on = on or timezone.localdate()
    check_not_future(on, "closed_on")
    if state == GoalState.ACTIVE or state not in GoalState:
        raise Refused(_("Velg hva som skjer med målet."), rule="state", field="state")
    current = lock(goal, version)
    if not (current.is_active or (current.is_paused and state != GoalState.PAUSED)):
        raise Refused(
            _("Målet er alt på vent.") if current.is_paused else _("Målet er alt avsluttet."), rule="not_active"
        )
    paused = state == GoalState.PAUSED
    current.state, current.state_reason, current.closed_on = state, reason[:500], None if paused else on
    return _save_state(current, PlanEvent.GOAL_PAUSED if paused else PlanEvent.GOAL_CLOSED, reason, by)


@action
def reopen_goal(goal: Goal, *, reason: str, by: User, version: int | None = None) -> Goal:
    """It matters again. Raises Refused without a reason, or for a goal that is not closed."""
    check(by, Permission.CHANGE_PLAN, goal.family)
    check_open(goal.family)
    check_reason(reason, _("Skriv kort hvorfor målet tas opp igjen."))
    current = lock(goal, version)
    if current.is_active:
        raise Refused(_("Målet gjelder alt."), rule="active")
    current.state, current.state_reason, current.closed_on = GoalState.ACTIVE, "", None
    current.position = None
    return _save_state(current, PlanEvent.GOAL_REOPENED, reason, by)


def _save_state(goal: Goal, what: str, reason: str, by: User) -> Goal:
    goal.changed_at = timezone.now()
    goal.save()
    keep_version(goal, list(goal.whose.all()), reason, by)
    record(what, by=by, target=goal, facts={"state": goal.state})
    return goal


def _set_whose(goal: Goal, members: list[Member]) -> None:
    wanted = {member.pk for member in members}
    have = set(goal.goal_members.values_list("member_id", flat=True))
    goal.goal_members.exclude(member_id__in=wanted).delete()
    GoalMember.objects.bulk_create(
        GoalMember(family_id=goal.family_id, goal=goal, member_id=pk) for pk in sorted(wanted - have)
    )


def keep_version(goal: Goal, members: list[Member], reason: str, by: User) -> None:
    """The goal as it stands now, for its history."""
    GoalVersion(
        family_id=goal.family_id, goal=goal, number=goal.version, outcome=goal.outcome, words=goal.words, why=goal.why,
        first_sign=goal.first_sign, state=goal.state, whose=[member.pk for member in members], reason=reason[:500],
        changed_by=by,
    ).save(force_insert=True)  # fmt: skip
