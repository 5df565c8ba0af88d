"""Mail about henvendelser to those who are no users, never with a name or a case; and attachments to be scanned."""

import logging
from functools import partial
from uuid import UUID

from celery import current_app, shared_task
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerDown

from families.protection import Outside
from families.tasks import RETRIES, soon
from nyemonstre.access.wall import as_job
from nyemonstre.accounts import mail

from .enums import ReferrerKind, Turn
from .models import SENDER_LINK_LASTS, Attachment, InformationMeeting, Referral, SenderCheck
from .sender import secret_of

logger = logging.getLogger(__name__)


def tell_referrer(meeting: InformationMeeting, kind: str) -> bool:
    """Mail whoever sent the henvendelse that the appointment is moved or cancelled (Turn), when this is committed.

    False when they were not to come, have no address, or the family is strictly protected: then they are called.
    """
    if not referrer_address(meeting):
        return False
    transaction.on_commit(partial(soon, mail_referrer, str(meeting.pk), kind), robust=True)
    return True


def referrer_address(meeting: InformationMeeting) -> str:
    """The address of a service that was to come, or ""."""
    if not meeting.referrer_comes or Outside(meeting.family).hidden:
        return ""
    referral = Referral.objects.of_family(meeting.family).first()
    return referral.referrer_email if referral and referral.referrer_kind == ReferrerKind.SERVICE else ""


@shared_task(**RETRIES)
def mail_referrer(meeting_id: str, kind: str) -> None:
    """In the municipality's language: it is a service that reads it."""
    with as_job(), transaction.atomic():
        meeting = InformationMeeting.objects.select_related("family__municipality").get(pk=UUID(meeting_id))
        address, town = referrer_address(meeting), meeting.family.municipality
    if not address:
        return
    with translation.override(town.language):
        moved = kind == Turn.MOVED
        subject = (
            _("En samtale du er bedt om å komme til, er flyttet")
            if moved
            else _("En samtale du er bedt om å komme til, er avlyst")
        )
        text = render_to_string("referrals/mail/turned.txt", {"moved": moved, "municipality": town.name})
        mail.send_outside(address, municipality=town, kind=f"talk_{kind}", subject=subject, text=text)


def ask_sender(referral: Referral) -> None:
    """Mail the service its link, when the henvendelse is committed."""
    transaction.on_commit(partial(soon, mail_sender, str(referral.pk)), robust=True)


@shared_task(**RETRIES)
def mail_sender(referral_id: str) -> None:
    """The link, and that something was sent from this address: not a word of what, or about whom.

    With the broker away this runs where the form was sent. There nobody may read the henvendelse, so no mail goes, and
    jobs.mail_senders sends it. A mail that went is noted, and does not go again: a second asking unsays the note.
    """
    with as_job(), transaction.atomic():
        unsent = SenderCheck.objects.unsent(timezone.now()).filter(referral=UUID(referral_id))
        row = unsent.select_related("referral__municipality").first()
    if row is None:
        logger.info("The sender of henvendelse %s is not asked now.", referral_id)
        return
    referral = row.referral
    address, town = referral.referrer_email, referral.municipality
    url = settings.BASE_URL + reverse("referrals:sender_confirm", args=[secret_of(referral.pk)])
    with translation.override(town.language):
        facts = {"url": url, "days": SENDER_LINK_LASTS.days, "municipality": town.name}
        text = render_to_string("referrals/mail/sender.txt", facts)
        subject = _("Bekreft at du har sendt en henvendelse")
        mail.send_outside(address, municipality=town, kind="referral_sender", subject=subject, text=text)
    now = timezone.now()
    with as_job(), transaction.atomic():
        SenderCheck.objects.filter(pk=row.pk, confirmed_at=None).update(
            mailed_at=now, expires_at=now + SENDER_LINK_LASTS
        )


def scan_soon(attachment: Attachment) -> None:
    """When this transaction is committed, ask for a scan. With the broker away the next round of jobs.py does it."""
    if settings.NM_CLAMD:
        transaction.on_commit(partial(_ask, str(attachment.pk)), robust=True)


def _ask(attachment_id: str) -> None:
    try:
        current_app.send_task("referrals.jobs.scan_attachment", [attachment_id])
    except (BrokerDown, OSError) as error:
        logger.warning("The broker is away (%s); an attachment waits for its scan.", type(error).__name__)
