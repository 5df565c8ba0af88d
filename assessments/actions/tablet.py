"""The tablet goes from the coordinator to one member, and back."""

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.models import Assessment
from assessments.sheets import sheet_of
from families.models import Member
from nyemonstre.access.actions import action
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .checks import open_sitting


@action
def hand_over(assessment: Assessment, *, member: Member, by: User) -> None:
    """From now on this browser shows nothing but what `member` is asked, until it is given back.

    What the session then opens is assessments/tablet.py's.
    Raises Refused when the sitting is over, or this person is asked nothing they answer themselves.
    """
    current = open_sitting(assessment, by)
    row = sheet_of(current).row(str(member.pk))
    if row is None or not row.own_items:
        raise Refused(_("Det er ingen spørsmål %(name)s svarer på selv.") % {"name": member.first_name}, rule="no_own")
    record(AssessmentEvent.TABLET_HANDED_OVER, by=by, target=current, facts={"member": str(member.pk)})


@action
def take_back(assessment: Assessment, *, by: User) -> None:
    """The code was right: the coordinator's own pages are open again."""
    record(AssessmentEvent.TABLET_TAKEN_BACK, by=by, target=assessment, facts={"at": timezone.now().isoformat()[:16]})
