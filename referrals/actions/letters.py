"""The letter to the family about what was decided: made once, word for word, and taken out by those who may."""

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import can, check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from referrals.decision_letter import Chosen, adults_of, outside, wording
from referrals.enums import Outcome, ReferralEvent
from referrals.models import DecisionLetter, IntakeDecision, Referral

P = Permission


def may_write(user: User, referral: Referral) -> bool:
    """The intake team; and, once there is a family, whoever works with it, who alone sees a strictly protected one."""
    return can(user, P.DECIDE_REFERRAL, referral) or can(user, P.CHANGE_FAMILY, referral)


@action
def make_letter(decision: IntakeDecision, *, chosen: Chosen, by: User, key: UUID | None = None) -> DecisionLetter:
    """Keep the letter as it is worded now (decision_letter.wording).

    Raises PermissionDenied, AlreadyDone for the same form twice, and Refused for a letter to nobody, or to somebody
    who is not an adult of the family, for a no without other help, and for an enkeltvedtak without its law.
    """
    referral = decision.referral
    if not may_write(by, referral):
        raise PermissionDenied(_("Rollen din gir ikke lov til å skrive brev om denne beslutningen."))
    refuse_twice(DecisionLetter.objects.filter(decision=decision), key)
    if not chosen.to or not set(chosen.to) <= {person.full_name for person in adults_of(referral)}:
        raise Refused(_("Velg hvem brevet er til."), rule="to", field="to")
    if decision.outcome == Outcome.DECLINED and not chosen.turn_to.strip():
        raise Refused(_("Skriv hvem familien kan snakke med i stedet."), rule="turn_to", field="turn_to")
    letter = DecisionLetter(
        id=key or uuid4(), decision=decision, language=chosen.language, words=wording(decision, chosen).as_values(),
        protected=outside(decision).hidden, made_by=by,
    )  # fmt: skip
    letter.save(force_insert=True)
    facts = {"outcome": decision.outcome, "language": chosen.language}
    record(
        ReferralEvent.LETTER_MADE, by=by, target=letter, family=decision.family_id, municipality=referral.municipality,
        facts=facts,
    )  # fmt: skip
    return letter


@action
def take_out_letter(letter: DecisionLetter, *, by: User) -> DecisionLetter:
    """Somebody takes the letter out on paper; the log says so.

    Raises Refused for one made before the family was strictly protected: it may tell where somebody is.
    """
    decision = letter.decision
    check(by, P.VIEW_REFERRAL, letter)
    if outside(decision).hidden and not letter.protected:
        raise Refused(
            _("Brevet ble laget før familien fikk adressesperre, og deles ikke ut. Lag et nytt."),
            rule="protected_since",
        )
    record(
        ReferralEvent.LETTER_TAKEN_OUT, by=by, target=letter, family=decision.family_id,
        municipality=decision.referral.municipality,
    )  # fmt: skip
    return letter
