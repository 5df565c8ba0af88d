"""Step 8: how the help has been, in one person's view."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.instruments import FIT, instrument
from assessments.models import FitAnswer
from consent.rules import why_not_map
from families.actions import reach
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

from .checks import check_day, clean_answer


@action
def record_fit(
    family: Family,
    *,
    member: Member,
    by: User,
    value: int | None = None,
    missing: str = "",
    on: date | None = None,
    after: str = "",
    comment: str = "",
    key: UUID | None = None,
) -> FitAnswer:
    """One person's answer, 0–10, to the question in instruments/fit-1.yaml; or `missing`. Reaches the step FIT.

    Raises Refused for somebody of another family, without consent or too young, a day in the future, or a bad answer.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    refuse_twice(FitAnswer.objects.filter(family=family), key)
    on = on or timezone.localdate()
    if member.family_id != family.pk:
        raise Refused(_("Personen hører ikke til denne familien."), rule="other_family", field="member")
    check_day(family, on, "asked_on")
    for day in (timezone.localdate(), on):
        if sentence := why_not_map(member, day):
            raise Refused(sentence, rule="consent", field="member")
    question = instrument(FIT)["fit"]
    if member.age(on) < question.ages[0]:
        raise Refused(
            _("Spørsmålet stilles fra %(age)s år.") % {"age": question.ages[0]}, rule="too_young", field="member"
        )
    cleaned = clean_answer(question.scale, value, missing)
    row = FitAnswer(
        family=family, member=member, instrument=FIT, asked_on=on, after=after.strip(), value=cleaned,
        missing=missing, comment=comment.strip(), recorded_by=by, **({"pk": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    reach(family, step=Step.FEEDBACK, on=on, by=by)
    record(AssessmentEvent.FIT_RECORDED, by=by, target=row, family=family)
    return row
