"""A service that sent without an account is asked whether the address is theirs, and says yes."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from referrals.drafts import digest
from referrals.enums import ReferralEvent, ReferrerKind
from referrals.models import SENDER_LINK_LASTS, Referral, SenderCheck
from referrals.sender import is_listed, secret_of
from referrals.tasks import ask_sender


def begin_check(referral: Referral) -> None:
    """Ask the sender of a henvendelse that is sent in this transaction; only on the municipality's own domains, so that
    nobody makes the service write to strangers.
    """
    listed = is_listed(referral.referrer_email, referral.municipality.service_domains)
    if referral.submitted_by_id or referral.referrer_kind != ReferrerKind.SERVICE or not listed:
        return
    now = timezone.now()
    SenderCheck(
        referral=referral, token_hash=digest(secret_of(referral.pk)), asked_at=now, expires_at=now + SENDER_LINK_LASTS
    ).save(force_insert=True)
    ask_sender(referral)


# So often can the link be sent again: a mail may be slow, and nobody is to be pestered.
AGAIN_AFTER = timedelta(hours=1)


@action
def ask_sender_again(referral: Referral, *, by: User) -> SenderCheck:
    """Mail the sender the same link once more; it works for SENDER_LINK_LASTS from now.

    Raises Refused when the sender is not one who is asked, has confirmed, or was sent the link within AGAIN_AFTER.
    """
    check(by, Permission.DECIDE_REFERRAL, referral)
    now = timezone.now()
    rows = SenderCheck.objects.filter(referral=referral)
    if not rows.exists():
        raise Refused(_("Det er ikke sendt noen lenke til denne avsenderen."), rule="not_asked")
    # The wall lets nobody lock, or change, one that is confirmed.
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise Refused(_("Avsenderen har alt bekreftet."), rule="confirmed")
    if row.asked_at > now - AGAIN_AFTER:
        raise Refused(_("Lenken ble sendt for under en time siden. Vent litt, eller ring avsenderen."), rule="too_soon")
    row.asked_at, row.expires_at, row.mailed_at = now, now + SENDER_LINK_LASTS, None
    row.save(update_fields=["asked_at", "expires_at", "mailed_at"])
    ask_sender(referral)
    record(ReferralEvent.SENDER_ASKED, by=by, target=row, municipality=referral.municipality)
    return row


@action
def confirm_sender(secret: str, *, by: User | None) -> None:
    """Whoever reads the address says that they sent it. No permission is needed: the link is the proof.

    Raises Refused for a link that was used, ran out after SENDER_LINK_LASTS, or was never sent.
    """
    with connection.cursor() as cursor:
        cursor.execute("select id, municipality_id from sec.confirm_sender(%s, %s)", [digest(secret), timezone.now()])
        row = cursor.fetchone()
    if row is None:
        raise Refused(_("Lenken er brukt, eller den virker ikke lenger."), rule="sender_link")
    town = Municipality.objects.get(pk=row[1])
    record(ReferralEvent.SENDER_CONFIRMED, by=by, target=SenderCheck(pk=row[0]), municipality=town)
