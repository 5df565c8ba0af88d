"""Who may get something on paper is said when it is written, and may be said anew."""

from typing import Any

from django.utils.translation import gettext as _

from families.enums import Audience
from families.marks import Mark, put_mark
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from plans.enums import PlanEvent
from plans.models import JournalEntry

COLUMNS = ("seen_by", "only_home", "kept_for", "kept_on", "marked_at", "marked_by")


@action
def set_mark(row: Any, *, mark: Mark, by: User) -> Any:
    """Mark own words or a journal line anew. The words themselves stay as they were written.

    Raises Refused as families.marks.put_mark, and for a line about a crisis, which goes on no paper. The log has the
    kind of mark, never for whom.
    """
    is_journal = isinstance(row, JournalEntry)
    check(by, Permission.CHANGE_JOURNAL if is_journal else Permission.CHANGE_PLAN, row.family)
    if is_journal and row.is_restricted and mark.seen_by != Audience.NOBODY:
        raise Refused(_("En begrenset linje går aldri på papir."), rule="restricted", field="seen_by")
    current = type(row).objects.select_for_update(of=("self",)).select_related("family").get(pk=row.pk)
    put_mark(current, mark, family=current.family, by=by)
    current.save(update_fields=COLUMNS)
    record(PlanEvent.MARKED, by=by, target=current)
    return current
