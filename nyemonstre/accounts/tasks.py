"""Mail about one's own login. It carries a link and nothing about anybody."""

import logging

from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from . import mail
from .models import LoginProvider, User

logger = logging.getLogger(__name__)


class InvitationTokens(PasswordResetTokenGenerator):
    """Good until the invited person has logged in once, or for three days."""

    key_salt = "nyemonstre.accounts.invitation"

    def _make_hash_value(self, user, timestamp):
        return f"{user.pk}{user.last_login}{user.is_active}{timestamp}"


def invitation_link(user: User) -> str:
    """An address where the first login with a work account makes that account theirs."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{settings.BASE_URL}{reverse('accounts:invitation', args=[uid, InvitationTokens().make_token(user)])}"


def invited_user(uid: str, token: str) -> User | None:
    """Whose invitation this is; None for one that was used, is too old or was never made."""
    try:
        user = User.objects.filter(pk=urlsafe_base64_decode(uid).decode()).first()
    except (ValueError, ValidationError):  # not base64, or no UUID in it
        return None
    return user if user and InvitationTokens().check_token(user, token) else None


def may_use_password(user: User) -> bool:
    """Passwords are for the demo, for emergency accounts, and where no municipality of theirs has a provider."""
    if settings.DEMO or user.is_emergency:
        return True
    places = [membership.municipality_id for membership in user.live_memberships]
    return settings.NM_LOCAL_LOGIN and not LoginProvider.objects.active().filter(municipality__in=places).exists()


def password_link(user: User) -> str:
    """An address where `user`, and nobody else, chooses a password. It works once, for three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts:password_set", args=[uid, default_token_generator.make_token(user)])
    return f"{settings.BASE_URL}{path}"


def login_link(user: User) -> str:
    """What a new colleague gets: an invitation where their municipality has a provider, else a password."""
    return password_link(user) if may_use_password(user) else invitation_link(user)


@shared_task(ignore_result=True)
def send_password_link(user_id: str) -> None:
    """Mail the link in the language of the one who gets it."""
    user = User.objects.get(pk=user_id)
    home = user.home_municipality
    with translation.override(user.language or (home.language if home else settings.LANGUAGE_CODE)):
        if may_use_password(user):
            subject, link = _("Lag passord til Nye mønstre"), password_link(user)
            text = _(
                "Hei.\n\nDu kan nå logge inn i Nye mønstre. Lag et passord her:\n\n%(link)s\n\n"
                "Lenken virker én gang, i tre dager. Be administratoren om en ny hvis den har gått ut."
            )
        else:
            subject, link = _("Velkommen til Nye mønstre"), invitation_link(user)
            text = _(
                "Hei.\n\nDu kan nå logge inn i Nye mønstre med jobbkontoen din. Begynn her:\n\n%(link)s\n\n"
                "Lenken virker én gang, i tre dager. Be administratoren om en ny hvis den har gått ut."
            )
        mail.send(user, kind="login_link", subject=subject, text=text % {"link": link})


def post_password_link(user: User) -> None:
    """Ask the worker to send it; while there is no worker to ask, send it here."""
    try:
        send_password_link.delay(str(user.pk))
    except OperationalError:
        logger.warning("no broker; the password link is mailed by the web process")
        send_password_link(str(user.pk))
