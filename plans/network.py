"""The plan as the picture of the network needs it: what each service does, and what falls between them."""

from typing import Any

from django.db.models import F, Q

from consent.around import Around, Dropped, Work
from families.models import Family
from nyemonstre.access.roles import Permission
from plans.enums import Doer
from plans.models import Measure


def work_around(user: Any, family: Family) -> Around:
    """For `settings.NM_WORK_AROUND`. Three queries, and none of rows `user` may not see."""
    rows = Measure.objects.permitted(user, Permission.VIEW_PLAN).filter(family=family)
    rows = rows.filter(Q(service__isnull=False) | Q(falls_between=True)).select_related("goal", "member")
    found = Around()
    for measure in rows.prefetch_related("goal__whose").order_by(F("due_on").asc(nulls_last=True), "created_at", "pk"):
        is_open = measure.goal.is_active and not measure.finished
        who = ", ".join(member.first_name for member in measure.goal.whose.all())
        if measure.service_id:
            work = Work(
                measure.what, who, measure.get_state_display(), is_open, measure.asked_on, measure.answered_on
            )  # fmt: skip
            found.work.setdefault(measure.service_id, []).append(work)
        elif is_open:
            found.dropped.append(Dropped(measure.what, who, _doer(measure)))
    return found


def _doer(measure: Measure) -> str:
    """Who takes it meanwhile."""
    if measure.done_by == Doer.NOBODY:
        return ""
    return str(measure.member.first_name if measure.member else measure.who or measure.get_done_by_display())
