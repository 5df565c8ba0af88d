"""What comes first is the family's to say: goals among those of their line, measures among those of their goal."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from plans.enums import FINISHED, PlanEvent
from plans.models import Goal, Measure
from plans.rules import check_open


@action
def move(row: Goal | Measure, *, up: bool, by: User) -> None:
    """One place up or down among those it stands beside. Nobody who edits the row meanwhile is disturbed by it.

    Raises Refused at either end, and for a goal or a measure that is finished.
    """
    check(by, Permission.CHANGE_PLAN, row.family)
    check_open(row.family)
    # Two who move at once take turns: each moves what the other left.
    Family.objects.select_for_update(of=("self",)).get(pk=row.family_id)
    rows = list(_beside(row))
    here = next((place for place, one in enumerate(rows) if one.pk == row.pk), None)
    if here is None:
        raise Refused(_("Bare det som gjelder nå, kan flyttes."), rule="not_active")
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        raise Refused(_("Det står alt øverst.") if up else _("Det står alt nederst."), rule="at_the_end")
    rows[here], rows[there] = rows[there], rows[here]
    for place, one in enumerate(rows, start=1):
        if one.position != place:
            one.position = place
            one.save(update_fields=["position"])
    record(PlanEvent.ORDER_CHANGED, by=by, target=row, facts={"from": here + 1, "to": there + 1})


def _beside(row: Goal | Measure) -> QuerySet:
    """Those it is ordered among, as the page shows them."""
    if isinstance(row, Measure):
        return Measure.objects.filter(goal=row.goal_id).exclude(state__in=FINISHED)
    return Goal.objects.filter(family=row.family_id, outcome=row.outcome).active()
