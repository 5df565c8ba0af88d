"""Follow-up is rounded off: the meeting, what became of the goals, who continues; and letters to those who do."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Assessment
from assessments.pictures import pattern_context
from consent.models import AgreementLine
from families import actions as families
from families.exits import Exit
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from plans.changes import as_it_stands
from plans.enums import PlanEvent
from plans.models import Closing, Goal, Meeting
from plans.rules import check_begun, check_not_future

from .meetings import cancel_meeting

NOBODY_PRESENT = gettext_lazy("Skriv hvem som var med på møtet.")


@action
def close_follow_up(
    family: Family,
    *,
    because: str,
    reason: str,
    by: User,
    on: date | None = None,
    met_on: date | None = None,
    present: str = "",
    said: str = "",
    continues: str = "",
    key: UUID | None = None,
) -> Closing:
    """After five years or earlier. The plan and the pattern are kept as they stand; nobody's goals are closed for them.
    Meetings that are still to come are cancelled.

    `on` is the last day, `met_on` the day of the closing meeting, None when there was none. Also for a case nobody
    takes part in any more. Raises Refused without a reason, for a meeting without people, for a day in the future or
    before it all began, for five years that have not gone, and when it is closed already; AlreadyDone for the same form
    twice.
    """
    check(by, Permission.CHANGE_PLAN, family)
    refuse_twice(Closing.objects.filter(family=family), key)
    on = on or timezone.localdate()
    if met_on is not None:
        check_not_future(met_on, "met_on")
        check_begun(family, met_on, "met_on")
        if not present.strip():
            raise Refused(NOBODY_PRESENT, rule="nobody_present", field="present")
    check_begun(family, on, "on")
    _cancel_what_is_to_come(family, by)
    families.close(family, reason=reason, on=on, because=because, by=by)
    goals = Goal.objects.filter(family=family).with_measures()
    sittings = list(Assessment.objects.filter(family=family).kept())
    closing = Closing(
        family=family, exit=Exit.objects.get(family=family, reopened_on=None), met_on=met_on, present=present.strip(),
        said=said, continues=continues, goals=[as_it_stands(goal) for goal in goals],
        pattern=pattern_context(family, sittings)["pattern"].sentence[:300], recorded_by=by,
    )  # fmt: skip
    if key:
        closing.pk = key
    closing.save(force_insert=True)
    record(PlanEvent.FOLLOW_UP_CLOSED, by=by, target=closing, family=family, facts={"because": because})
    return closing


def _cancel_what_is_to_come(family: Family, by: User) -> None:
    """No meeting stays agreed in a case nobody follows; those who were asked are told. What has been is noted still."""
    rows = Meeting.objects.filter(family=family).planned().filter(starts_at__gt=timezone.now())
    for meeting in rows.select_related("family__municipality").order_by("starts_at", "pk"):
        cancel_meeting(meeting, reason=_("Oppfølgingen er avsluttet."), by=by)


@action
def take_out_letter(line: AgreementLine, *, by: User) -> AgreementLine:
    """The hand-over letter to one service leaves the house; the log says for which agreement line."""
    check(by, Permission.VIEW_PLAN, line.family)
    record(PlanEvent.LETTER_PRINTED, by=by, target=line, family=line.family)
    return line
