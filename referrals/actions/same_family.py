"""The team says whether what is alike is the same family, and may take it back."""

from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from referrals.duplicates import Alike, alike
from referrals.enums import ReferralEvent, SameAnswer
from referrals.models import Referral, SameFamily

EVENTS = {SameAnswer.SAME: ReferralEvent.FAMILY_JOINED, SameAnswer.DIFFERENT: ReferralEvent.FAMILY_TOLD_APART}


@action
def answer_same_family(referral: Referral, *, key: str, answer: str, by: User) -> SameFamily:
    """Answer for what `alike` found beside the henvendelse and calls `key`.

    «Samme familie» joins the two: what is joined to a family is read by those who follow it, and hidden with it.
    Raises Refused when there is no such thing to be seen (any more), or it is answered already.
    """
    hit = _hit(referral, key, by)
    if hit.answer is not None:
        raise Refused(_("Det er alt svart på om dette er samme familie."), rule="answered")
    row = SameFamily(answer=SameAnswer(answer), answered_by=by)
    if hit.referral is not None:
        row.referral_id, row.other_id = sorted((referral.pk, hit.referral.pk))
    elif hit.family is not None:
        row.referral_id, row.family_id = referral.pk, hit.family.pk
    row.save(force_insert=True)
    record(EVENTS[SameAnswer(answer)], by=by, target=row, municipality=referral.municipality)
    return row


@action
def take_back_same_family(referral: Referral, *, key: str, by: User) -> SameFamily:
    """Ask the question again. The answer stays, with who took it back. Raises Refused when there is none."""
    row = _hit(referral, key, by).answer
    if row is None:
        raise Refused(_("Svaret er alt tatt tilbake."), rule="not_answered")
    row.taken_back_by, row.taken_back_at = by, timezone.now()
    row.save(update_fields=["taken_back_by", "taken_back_at"])
    record(ReferralEvent.SAME_TAKEN_BACK, by=by, target=row, municipality=referral.municipality)
    return row


def _hit(referral: Referral, key: str, by: User) -> Alike:
    check(by, Permission.DECIDE_REFERRAL, referral)
    # A pair has two pages to be answered on: one answer at a time in a municipality.
    Municipality.objects.select_for_update(of=("self",)).get(pk=referral.municipality_id)
    hit = next((hit for hit in alike(by, [referral])[referral.pk] if hit.key == key), None)
    if hit is None:
        raise Refused(_("Det som lignet, er ikke lenger å se her."), rule="no_hit")
    return hit
