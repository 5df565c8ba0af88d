"""Step 8: how the help has been, in one person's view."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.instruments import FIT, instrument
from assessments.models import FitAnswer
from consent.models import Service
from consent.rules import why_not_contact, why_not_map
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
    service: Service | None = None,
    comment: str = "",
    more: Mapping[str, Any] | None = None,
    key: UUID | None = None,
) -> FitAnswer:
    """One person's answer, 0–10, to the question in instruments/fit-1.yaml; or `missing`. Reaches the step FIT.

    `more` are answers to the municipality's own questions, already clean.

    `service` is the one the meeting was with. Raises Refused for somebody of another family, without consent or too
    young, a day in the future, a service no agreement covered that day, or a bad answer.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    refuse_twice(FitAnswer.objects.filter(family=family), key)
    on = on or timezone.localdate()
    check_person(family, member, on)
    check_service(family, service, on)
    cleaned = clean_answer(instrument(FIT)["fit"].scale, value, missing)
    row = FitAnswer(
        family=family, member=member, instrument=FIT, asked_on=on, after=after.strip(), service=service,
        value=cleaned, missing=missing, comment=comment.strip(), more=dict(more or {}), recorded_by=by,
        **({"pk": key} if key else {}),
    )  # fmt: skip
    row.save(force_insert=True)
    reach(family, step=Step.FEEDBACK, on=on, by=by)
    record(AssessmentEvent.FIT_RECORDED, by=by, target=row, family=family)
    return row


def check_person(family: Family, member: Member, on: date) -> None:
    """Raises Refused for somebody who may not be asked: of another family, without consent that day or today, or too
    young; and for a day in the future or a family that is closed.
    """
    if member.family_id != family.pk:
        raise Refused(_("Personen hører ikke til denne familien."), rule="other_family", field="member")
    check_day(family, on, "asked_on")
    for day in (timezone.localdate(), on):
        if sentence := why_not_map(member, day):
            raise Refused(sentence, rule="consent", field="member")
    youngest = instrument(FIT)["fit"].ages[0]
    if member.age(on) < youngest:
        raise Refused(_("Spørsmålet stilles fra %(age)s år.") % {"age": youngest}, rule="too_young", field="member")


def check_service(family: Family, service: Service | None, on: date) -> None:
    """Raises Refused for a service nobody in the family had agreed to work with on the day `on`."""
    if service is not None and (sentence := why_not_contact(family, service, on)):
        raise Refused(sentence, rule="service", field="service")
