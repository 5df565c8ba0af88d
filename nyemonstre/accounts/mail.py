"""The one way out for mail: nothing leaves without a line in the log. What a mail may say is its sender's to know."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from nyemonstre.access.wall import acting_as
from nyemonstre.audit.log import mail_sent, mail_sent_outside

from .models import Municipality, User


def send_mail(
    subject: str, text: str, to: list[str], headers: dict[str, str] | None = None, calendar: bytes = b""
) -> None:
    """Hand it to the mail server, with a file for the reader's calendar if there is one (nyemonstre/ics.py).

    Raises OSError or SMTPException when it does not take it.
    """
    message = EmailMessage(subject, text, None, to, headers=headers)
    if calendar:
        message.attach("avtale.ics", calendar, "text/calendar")
    message.send()


def send(to: User, *, kind: str, subject: str, text: str, key: str = "") -> None:
    """Mail one person, and log that it went: the kind, never a word of it.

    `key` names the one mail it is: sent again by a worker that was killed between the mail server's yes and its own
    note of it, it is the same message, and mail systems that look throw the second one away.

    Raises OSError or SMTPException when the mail server does not take it; then nothing is logged.
    """
    headers = {"Message-ID": f"<{key}@{settings.BASE_URL.partition('//')[2].partition(':')[0]}>"} if key else None
    send_mail(subject, text, [to.email], headers)
    # The service sends, whoever's request it happens in.
    with acting_as(None), transaction.atomic():
        mail_sent(to, kind)


def send_outside(
    address: str, *, municipality: Municipality | None, kind: str, subject: str, text: str, calendar: bytes = b""
) -> None:
    """Mail somebody who is no user: a service. Never a name, a family or a case in `text`, nor in `calendar`.

    Raises OSError or SMTPException as `send` does.
    """
    send_mail(subject, text, [address], calendar=calendar)
    with acting_as(None), transaction.atomic():
        mail_sent_outside(municipality, kind)
