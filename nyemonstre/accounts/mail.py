"""The one way out for mail: nothing leaves without a line in the log. What a mail may say is its sender's to know."""

from django.core.mail import send_mail
from django.db import transaction

from nyemonstre.access.wall import acting_as
from nyemonstre.audit.log import mail_sent, mail_sent_outside

from .models import Municipality, User


def send(to: User, *, kind: str, subject: str, text: str) -> None:
    """Mail one person, and log that it went: the kind, never a word of it.

    Raises OSError or SMTPException when the mail server does not take it; then nothing is logged.
    """
    send_mail(subject, text, None, [to.email])
    # The service sends, whoever's request it happens in.
    with acting_as(None), transaction.atomic():
        mail_sent(to, kind)


def send_outside(address: str, *, municipality: Municipality | None, kind: str, subject: str, text: str) -> None:
    """Mail somebody who is no user: whoever sent a henvendelse. Never a name, a family or a case in `text`.

    Raises OSError or SMTPException as `send` does.
    """
    send_mail(subject, text, None, [address])
    with acting_as(None), transaction.atomic():
        mail_sent_outside(municipality, kind)
