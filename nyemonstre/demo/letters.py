"""The family is told by letter what was decided."""

from typing import Any

from nyemonstre.access.wall import acting_as
from referrals import actions, decision_letter
from referrals.enums import Outcome
from referrals.models import IntakeDecision


def write(decision: IntakeDecision, by: Any) -> None:
    """A letter to the first adult, in the language it begins in."""
    with acting_as(by):
        rows = IntakeDecision.objects.select_related("referral__municipality", "coordinator", "decided_by")
        decision = rows.prefetch_related("referral__people").get(pk=decision.pk)
    adults = [person.full_name for person in decision_letter.adults_of(decision.referral)]
    turn_to = "NAV 55 55 33 33, og helsestasjonen." if decision.outcome == Outcome.DECLINED else ""
    chosen = decision_letter.Chosen(
        language=decision_letter.first_language(decision.referral), to=adults[:1], turn_to=turn_to
    )
    actions.make_letter(decision, chosen=chosen, by=by)
