"""How near the goal feels today: the family's number and the coordinator's, never mixed."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from plans.enums import PlanEvent
from plans.models import Goal, GoalRating
from plans.rules import check_not_future, check_open


@action
def rate_goal(
    goal: Goal,
    *,
    by: User,
    rating: int | None = None,
    rating_by_coordinator: int | None = None,
    on: date | None = None,
    key: UUID | None = None,
) -> GoalRating:
    """From 0 (far away) to 10 (there), by the family, the coordinator or both. Earlier answers stay.

    Raises Refused without a number, for a closed goal or a day in the future; AlreadyDone for the same form twice.
    """
    check(by, Permission.CHANGE_PLAN, goal.family)
    check_open(goal.family)
    if not goal.is_active:
        raise Refused(_("Målet er avsluttet. Ta det opp igjen før du setter tall på det."), rule="not_active")
    if rating is None and rating_by_coordinator is None:
        raise Refused(_("Sett minst ett tall."), rule="no_number", field="rating")
    on = on or timezone.localdate()
    check_not_future(on, "rated_on")
    refuse_twice(GoalRating.objects.filter(family=goal.family), key)
    row = GoalRating(
        family=goal.family, goal=goal, rated_on=on, rating=rating, rating_by_coordinator=rating_by_coordinator,
        recorded_by=by,
    )  # fmt: skip
    if key:
        row.pk = key
    row.save(force_insert=True)
    record(PlanEvent.GOAL_RATED, by=by, target=goal)
    return row
