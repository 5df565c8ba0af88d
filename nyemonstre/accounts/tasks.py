"""Mail about one's own login. It carries a link and nothing about anybody."""

import logging

from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from .models import User

logger = logging.getLogger(__name__)


def password_link(user: User) -> str:
    """An address where `user`, and nobody else, chooses a password. It works once, for three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts:password_set", args=[uid, default_token_generator.make_token(user)])
    return f"{settings.BASE_URL}{path}"


@shared_task(ignore_result=True)
def send_password_link(user_id: str) -> None:
    """Mail the link in the language of the one who gets it."""
    user = User.objects.get(pk=user_id)
    home = user.home_municipality
    with translation.override(user.language or (home.language if home else settings.LANGUAGE_CODE)):
        send_mail(
            _("Lag passord til Nye mønstre"),
            _(
                "Hei.\n\nDu kan nå logge inn i Nye mønstre. Lag et passord her:\n\n%(link)s\n\n"
                "Lenken virker én gang, i tre dager. Be administratoren om en ny hvis den har gått ut."
            )
            % {"link": password_link(user)},
            None,
            [user.email],
        )


def post_password_link(user: User) -> None:
    """Ask the worker to send it; while there is no worker to ask, send it here."""
    try:
        send_password_link.delay(str(user.pk))
    except OperationalError:
        logger.warning("no broker; the password link is mailed by the web process")
        send_password_link(str(user.pk))
