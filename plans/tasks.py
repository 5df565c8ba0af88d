"""Mail about minutes to services that may read them: never a name, a family or a case, only where to open them."""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerDown

from consent.models import AgreementLine
from families.tasks import RETRIES
from nyemonstre.access.wall import as_job
from nyemonstre.accounts import mail

from .minutes_codes import secret_of
from .models import MinutesCopy

logger = logging.getLogger(__name__)


def mail_soon(copy: MinutesCopy, wait: timedelta) -> None:
    """When this transaction is committed, ask the worker to mail it after `wait`."""
    transaction.on_commit(partial(_ask, str(copy.pk), wait), robust=True)


def _ask(copy_id: str, wait: timedelta) -> None:
    """With the broker away nothing is lost: the page offers to send what has waited longer than its minute."""
    try:
        mail_minutes.apply_async([copy_id], countdown=int(wait.total_seconds()))
    except (BrokerDown, OSError) as error:
        logger.warning("The broker is away (%s); minutes wait to be sent.", type(error).__name__)


@shared_task(**RETRIES)
def mail_minutes(copy_id: str) -> bool:
    """Mail one copy whose minute has passed. True when it went now; delivered twice it goes once.

    The row is locked while the mail is sent. An agreement that ended in the meantime stops it.
    """
    with as_job(), transaction.atomic():
        copy = MinutesCopy.objects.select_for_update(of=("self",)).due().filter(pk=UUID(copy_id)).first()
        if copy is None:
            return False
        rows = AgreementLine.objects.live().select_related("contact", "family__municipality")
        line = rows.filter(pk=copy.line_id).first()
        if line is None or line.contact is None or not line.contact.email:
            MinutesCopy.objects.filter(pk=copy.pk).update(stopped_at=timezone.now())
            return False
        town = line.family.municipality
        with translation.override(town.language):
            url = settings.BASE_URL + reverse("plans:minutes_open", args=[secret_of(copy.pk)])
            text = render_to_string(
                "plans/mail/minutes.txt", {"url": url, "until": copy.closes_at, "municipality": town.name}
            )
            subject = _("Det ligger et referat til deg")
            mail.send_outside(line.contact.email, municipality=town, kind="minutes", subject=subject, text=text)
        MinutesCopy.objects.filter(pk=copy.pk).update(mailed_at=timezone.now())
    return True
