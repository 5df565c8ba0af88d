"""After a sitting is over nothing in it changes; what was wrong is corrected beside it, with the reason."""

from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.models import Correction, Response
from assessments.sheets import corrections_of
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .checks import clean_answer


@action
def correct(response: Response, *, reason: str, by: User, value: Any = None, missing: str = "") -> Correction:
    """What one answer of a completed sitting should have been. The pattern and every comparison use it from now on.

    Raises Refused while the sitting is open (then the answer itself is changed), when it was abandoned, without a
    reason, for a bad answer, and when nothing would change.
    """
    check(by, Permission.CHANGE_ASSESSMENT, response)
    current = Response.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=response.pk)
    sitting = current.assessment
    if sitting.completed_at is None:
        raise Refused(_("Bare svar i en fullført kartlegging rettes slik."), rule="not_completed")
    if not reason.strip():
        raise Refused(_("Skriv hvorfor svaret rettes."), rule="reason", field="reason")
    cleaned = clean_answer(sitting.questions[current.question].scale, value, missing)
    stands = corrections_of([sitting.pk]).get(current.pk, current)
    if (stands.value, stands.missing) == (cleaned, missing):
        raise Refused(_("Svaret er det samme som før."), rule="no_change", field="value")
    row = Correction(
        family_id=current.family_id, response=current, value=cleaned, missing=missing, reason=reason.strip()[:300],
        corrected_by=by,
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        AssessmentEvent.ANSWER_CORRECTED, by=by, target=row, family=sitting.family, facts={"sitting": str(sitting.pk)}
    )
    return row
