"""Not for us: a henvendelse is helped on to another service, with the family's yes."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from referrals.decision_letter import adults_of
from referrals.enums import ReferralEvent
from referrals.forward_letter import Onward, outside, wording
from referrals.models import Forward, Referral
from referrals.stages import DECIDABLE, ReferralState

P = Permission
# While the team has it, and after a no: then it is the help that is left.
FORWARDABLE = (*DECIDABLE, ReferralState.DECLINED)


@action
def forward(referral: Referral, *, onward: Onward, by: User, key: UUID | None = None) -> Forward:
    """Write down the yes and the letter. What becomes of the henvendelse here is decided apart.

    Raises Refused when it has become a family, without a yes, for a yes that lies ahead or came before the
    henvendelse, and for somebody who is not an adult of the family; AlreadyDone for the same form twice.
    """
    check(by, P.DECIDE_REFERRAL, referral)
    refuse_twice(Forward.objects.filter(referral=referral), key)
    current = lock(referral, None)
    if current.state not in FORWARDABLE:
        raise Refused(_("Familien har fått plass. Koordinatoren hjelper dem videre."), rule="has_a_place")
    onward = replace(onward, service=onward.service.strip(), told=onward.told.strip())
    if not onward.service or not onward.told:
        raise Refused(_("Skriv hvilken tjeneste det er, og hva de får vite."), rule="to_whom", field="service")
    adults = {person.full_name for person in adults_of(referral)}
    if onward.yes_by not in adults:
        raise Refused(_("Velg hvem i familien som har sagt ja."), rule="no_yes", field="yes_by")
    if not onward.to or not set(onward.to) <= adults:
        raise Refused(_("Velg hvem brevet er til."), rule="to", field="to")
    if not current.received_on <= onward.yes_on <= timezone.localdate():
        raise Refused(
            _("Ja-et må være gitt etter at henvendelsen kom, og senest i dag."), rule="yes_when", field="yes_on"
        )
    words = wording(referral, onward, signed=_("%(name)s, for inntaksteamet") % {"name": by.name})
    facts = {name: value for name, value in vars(onward).items() if name != "to"}
    row = Forward(
        id=key or uuid4(), referral=referral, words=words.as_values(), protected=outside(referral).hidden, sent_by=by,
        **facts,
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        ReferralEvent.REFERRAL_FORWARDED, by=by, target=row, municipality=referral.municipality,
        facts={"sector": onward.sector, "yes": onward.yes_how, "language": onward.language},
    )  # fmt: skip
    return row


@action
def take_out_forward(row: Forward, *, by: User) -> Forward:
    """The letter leaves on paper. Raises Refused when the family has been protected since it was written."""
    check(by, P.VIEW_REFERRAL, row.referral)
    if outside(row.referral).hidden and not row.protected:
        raise Refused(
            _("Brevet ble laget før familien fikk adressesperre, og deles ikke ut. Lag et nytt."),
            rule="protected_since",
        )
    record(ReferralEvent.FORWARD_LETTER, by=by, target=row, municipality=row.referral.municipality)
    return row
