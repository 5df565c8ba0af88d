"""A draft of a henvendelse: kept, sent as a link, dropped. By anybody; nobody but its writer finds it again."""

from smtplib import SMTPException

from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.accounts import mail
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from referrals import drafts
from referrals.enums import ReferralEvent
from referrals.models import DRAFT_LASTS, ReferralDraft

# Bytes of a sealed draft. A form filled to its brim has about 100,000.
LARGEST = 300_000


@action
def keep_draft(data: QueryDict, *, by: User | None, secret: str = "") -> str:
    """Keep what is typed for DRAFT_LASTS, and give the secret it is found by. Nothing is judged.

    With `secret` an earlier draft is replaced. Raises Refused for more than a form can hold.
    """
    contents = drafts.sealed(data)
    if len(contents) > LARGEST:
        raise Refused(_("Utkastet er for stort til å lagres."), rule="too_large")
    secret = secret or drafts.new_secret()
    until = timezone.now() + DRAFT_LASTS
    with connection.cursor() as cursor:
        cursor.execute("select sec.keep_referral_draft(%s, %s, %s)", [drafts.digest(secret), contents, until])
    record(ReferralEvent.DRAFT_KEPT, by=by)
    return secret


@action
def forget_draft(secret: str, *, by: User | None) -> None:
    """It was sent, and is deleted."""
    record(ReferralEvent.DRAFTS_DROPPED, by=by, facts={"sent": True})
    with connection.cursor() as cursor:
        cursor.execute("select sec.drop_referral_draft(%s)", [drafts.digest(secret)])


@action
def send_draft_link(address: str, *, url: str, by: User | None) -> None:
    """Mail the link to the one who writes, and not a word of what is written.

    Raises Refused when the mail server does not take it.
    """
    facts = {"url": settings.BASE_URL + url, "days": DRAFT_LASTS.days}
    text = render_to_string("referrals/mail/draft.txt", facts)
    try:
        subject = _("Lenken til henvendelsen du har begynt på")
        mail.send_outside(address, municipality=None, kind="referral_draft", subject=subject, text=text)
    except (OSError, SMTPException):
        raise Refused(
            _("E-posten kunne ikke sendes nå. Ta vare på adressen til siden i stedet."), rule="mail_away", field="email"
        ) from None
    record(ReferralEvent.DRAFT_LINK_SENT, by=by)


@action
def drop_old_drafts(*, by: None) -> int:
    """Drafts that ran out are deleted: they are nobody's case, and were never sent. Returns how many."""
    gone, _rows = ReferralDraft.objects.filter(expires_at__lte=timezone.now()).delete()
    record(ReferralEvent.DRAFTS_DROPPED, by=by, facts={"rows": gone})
    return gone
