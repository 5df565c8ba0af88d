"""A wrong click is taken back for a minute: a measure that was finished, a goal that was closed.

The one who clicked carries a signed note of how it stood before. Nobody else can use it, it is worth nothing after the
minute, and nothing once somebody has saved the row again.
"""

from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock
from plans.enums import GoalState, MeasureState, PlanEvent
from plans.models import Goal, Measure
from plans.rules import check_open

from .goals import keep_version

TIME_TO_UNDO = timedelta(minutes=1)


def undo_note(row: Goal | Measure, *, before: str, by: User) -> str:
    """What `undo` takes back within the minute. `before` is the state it had; `row` is as it was saved now."""
    return signing.dumps([type(row).__name__, str(row.pk), row.version, before], salt=_salt(by))


def is_fresh(note: str, by: User) -> bool:
    """Whether there is still time to use the note."""
    return _read(note, by) is not None


@action
def undo(family: Family, *, note: str, by: User) -> Goal | Measure:
    """The goal or the measure is open again as it was. What was written about how it went, stays.

    Raises Refused after the minute, and for a note of somebody else or of another family; Stale when the row has been
    saved since.
    """
    check(by, Permission.CHANGE_PLAN, family)
    check_open(family)
    model, facts = Goal, _read(note, by)
    if facts is not None:
        model = {"Goal": Goal, "Measure": Measure}[facts[0]]
    row = model.objects.filter(family=family, pk=facts[1]).first() if facts else None
    if facts is None or row is None:
        raise Refused(_("Det er for sent å angre. Åpne det på nytt i stedet."), rule="too_late")
    current = lock(row, facts[2])
    current.state = facts[3]
    if isinstance(current, Goal):
        current.state, current.state_reason, current.closed_on = GoalState.ACTIVE, "", None
        current.changed_at = timezone.now()
    else:
        if current.state == MeasureState.ASKED and current.answered_on == current.finished_on:
            current.answered_on = None  # the answer was what was clicked
        current.finished_on = None
    current.save()
    if isinstance(current, Goal):
        keep_version(current, list(current.whose.all()), _("Angret"), by)
    record(PlanEvent.UNDONE, by=by, target=current, facts={"state": current.state})
    return current


def _salt(by: User) -> str:
    return f"plans.undo.{by.pk}"


def _read(note: str, by: User) -> list | None:
    try:
        return signing.loads(note, salt=_salt(by), max_age=TIME_TO_UNDO)
    except signing.BadSignature:
        return None
