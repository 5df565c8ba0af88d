"""Henvendelser made by the real actions."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from referrals import actions
from referrals.actions import NewPerson, NewReferral
from referrals.decision_letter import Chosen
from referrals.enums import Criterion, Outcome, PersonRole, Situation
from referrals.models import DecisionLetter, IntakeDecision, Referral


def born(age: int) -> date:
    return date(timezone.localdate().year - age, 1, 1)


def people(surname: str = "Prøve") -> list[NewPerson]:
    """Mother at home, father in his own, a girl who lives half the time with each, a boy mostly elsewhere."""
    return [
        NewPerson("Mor", surname, born(38), PersonRole.ADULT, "mor", "arabisk", True, "Hos mor"),
        NewPerson("Far", surname, born(42), PersonRole.ADULT, "far", home="Hos far"),
        NewPerson("Jente", surname, born(13), home="Hos mor", share=50, other_home="hos  Far", other_share=50),
        NewPerson("Gutt", surname, born(7), home="Hos mor", share=40, other_home="Hos bestemor", other_share=60),
    ]


def new(family_name: str = "Prøve", **facts: Any) -> NewReferral:
    facts = {
        "referrer_name": "Lærer Lie",
        "referrer_role": "kontaktlærer",
        "referrer_service": "Øvre skole",
        "referrer_sector": "school",
        "referrer_phone": "38 00 00 00",
        "family_agrees": True,
        "own_words": "Vi trenger én å ringe til, ikke seks.",
        "situation": {Situation.WORK: "Far har 40 % stilling."},
        "criteria": {Criterion.LOW_INCOME: ("yes", "Under grensen")},
        **facts,
    }
    return NewReferral(family_name=family_name, **facts)


def sent(team: Any, family_name: str = "Prøve", *, key: Any = None, persons: Any = None, **facts: Any) -> Referral:
    """A henvendelse sent by nobody in particular, as the team reads it."""
    made = actions.submit(
        team.municipality, by=None, new=new(family_name, **facts), people=persons or people(family_name), key=key
    )
    return reread(made, team)


def reread(referral: Referral, team: Any, user: Any = None) -> Referral:
    with acting_as(user or team.intake), transaction.atomic():
        return Referral.objects.select_related("municipality").get(pk=referral.pk)


def decided(referral: Referral, team: Any, outcome: str = Outcome.GRANTED, **facts: Any) -> IntakeDecision:
    facts = {"by": team.intake, "sectors": ["nav", "health"], "present": "Mona, Pål", "reason": "I målgruppen", **facts}
    return actions.decide(referral, outcome=outcome, **facts)


def whole(decision: IntakeDecision, by: Any) -> IntakeDecision:
    """The decision with all a letter about it reads, as `by` sees it."""
    with acting_as(by), transaction.atomic():
        rows = IntakeDecision.objects.select_related("referral__municipality", "coordinator", "decided_by")
        return rows.prefetch_related("referral__people").get(pk=decision.pk)


def letter_about(decision: IntakeDecision, *, by: Any, key: Any = None, **chosen: Any) -> DecisionLetter:
    """A letter to the mother, in bokmål unless it says so."""
    decision = whole(decision, by)
    facts = {"language": "nb", "to": [f"Mor {decision.referral.family_name}"], **chosen}
    return actions.make_letter(decision, chosen=Chosen(**facts), key=key, by=by)
