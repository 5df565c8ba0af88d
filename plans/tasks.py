"""Mail to services about meetings and their minutes: never a name, a family or a case, nor what was said."""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import Task, shared_task
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

from .enums import NoticeKind
from .minutes_codes import secret_of
from .models import Meeting, MeetingNotice, MinutesCopy
from .models.leaving import Leaving
from .notices import calendar_file, is_ahead, may_mail, notice_text

logger = logging.getLogger(__name__)


def mail_soon(task: Task, row: Leaving) -> None:
    """When this transaction is committed, ask the worker to mail it when it leaves."""
    transaction.on_commit(partial(_ask, task, str(row.pk), row.leaves_at - row.sent_at), robust=True)


def _ask(task: Task, key: str, wait: timedelta) -> None:
    """With the broker away nothing is lost: the page offers to send what has waited longer than its minute."""
    try:
        task.apply_async([key], countdown=int(wait.total_seconds()))
    except (BrokerDown, OSError) as error:
        logger.warning("The broker is away (%s); %s waits.", type(error).__name__, task.name)


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
                "plans/mail/minutes.txt",
                {"url": url, "until": copy.closes_at, "municipality": town.name, "added": bool(copy.addendum_id)},
            )
            added, first = _("Det er kommet et tillegg til et referat"), _("Det ligger et referat til deg")
            subject = added if copy.addendum_id else first
            mail.send_outside(line.contact.email, municipality=town, kind="minutes", subject=subject, text=text)
        MinutesCopy.objects.filter(pk=copy.pk).update(mailed_at=timezone.now())
    return True


# The heading of each word about a meeting.
SUBJECTS = {
    NoticeKind.INVITED: lambda: _("Du er bedt til et møte"),
    NoticeKind.MOVED: lambda: _("Et møte du er bedt til, er endret"),
    NoticeKind.CANCELLED: lambda: _("Et møte du var bedt til, er avlyst"),
    NoticeKind.UNASKED: lambda: _("Du trenger ikke komme til et møte likevel"),
}


@shared_task(**RETRIES)
def mail_notice(notice_id: str) -> bool:
    """Tell one service of a meeting when its minute has passed. True when it went now; delivered twice it goes once.

    The row is locked while the mail is sent. An agreement that ended in the meantime stops it, and so does the hour of
    the meeting.
    """
    with as_job(), transaction.atomic():
        notice = MeetingNotice.objects.select_for_update(of=("self",)).due().filter(pk=UUID(notice_id)).first()
        if notice is None:
            return False
        meeting = Meeting.objects.with_company().get(pk=notice.meeting_id)
        rows = AgreementLine.objects.live().select_related("contact")
        address = may_mail(rows.filter(pk=notice.line_id).first(), meeting, asks=notice.asks)
        if not address or not is_ahead(meeting):
            MeetingNotice.objects.filter(pk=notice.pk).update(stopped_at=timezone.now())
            return False
        town = meeting.family.municipality
        with translation.override(town.language):
            text = render_to_string("plans/mail/notice.txt", notice_text(notice, meeting))
            mail.send_outside(
                address, municipality=town, kind=f"meeting_{notice.kind}", subject=SUBJECTS[notice.kind](), text=text,
                calendar=calendar_file(notice, meeting),
            )  # fmt: skip
        MeetingNotice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())
    return True
