"""Passkeys, one-time codes and recovery codes of local accounts: allauth's table and arithmetic, our pages and wall.

Everything here runs in the name of the person whose second factor it is; the wall shows it to nobody else.
"""

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from nyemonstre import vault
from nyemonstre.access.limits import count, forget, tries
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.vault.rotation import Place, first_byte

from .enums import LoginMethod
from .models import User

# What is sealed is bound to its column (nyemonstre.vault).
WHERE = "mfa_authenticator.data"
# In the session: who has given the right password and not yet the second factor; who must make one before anything.
HALFWAY, NEEDED = "nm_halfway", "nm_second_needed"
# Seconds one may take for the second step; wrong codes before it waits, and for how long.
STEP_SECONDS, TRIES, WAIT = 10 * 60, 5, 15 * 60
# Seconds a one-time code is right: its own half minute, and one on each side (settings.MFA_TOTP_TOLERANCE).
CODE_SECONDS = 90


class Adapter(DefaultMFAAdapter):
    """settings.MFA_ADAPTER: secrets are sealed at rest."""

    def encrypt(self, text: str) -> str:
        return vault.encrypt_text(text, where=WHERE)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.decrypt_text(encrypted_text, where=WHERE)

    def _get_site_name(self) -> str:
        return "Nye Mønstre"


def factors(user: User) -> list[Authenticator]:
    """What this person has set up, the oldest first."""
    with acting_as(user):
        return list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))


def has_second_factor(user: User) -> bool:
    return any(factor.type != Authenticator.Type.RECOVERY_CODES for factor in factors(user))


def must_have_one(user: User) -> bool:
    """Those who give rights to others, and the emergency accounts. The people of the demo are let off."""
    return not settings.DEMO and (user.is_emergency or user.has_role(Role.ADMINISTRATOR))


def code_is_right(user: User, code: str) -> str:
    """How `user` showed who they are with this code (a LoginMethod), or an empty string. Wrong ones are counted."""
    if waits(user):
        return ""
    with acting_as(user):
        for factor in factors(user):
            if factor.type != Authenticator.Type.WEBAUTHN and factor.wrap().validate_code(code):
                # allauth remembers a used code for half a minute, and with the tolerance it is right for longer.
                if count("code", str(user.pk), code.replace(" ", ""), seconds=CODE_SECONDS) > 1:
                    break
                factor.record_usage()
                forget("second", str(user.pk))
                one_time = factor.type == Authenticator.Type.TOTP
                return LoginMethod.TOTP if one_time else LoginMethod.RECOVERY_CODE
    count("second", str(user.pk), seconds=WAIT)
    return ""


def waits(user: User) -> bool:
    return tries("second", str(user.pk)) >= TRIES


def passkey_user(credential: dict[str, Any], user: User | None = None) -> User | None:
    """Whose passkey signed this session's challenge: that of `user`, or of whoever it says. None: wrong."""
    try:
        webauthn.parse_authentication_response(credential)
        owner = user or webauthn.extract_user_from_response(credential)
        with acting_as(owner):
            webauthn.complete_authentication(owner, credential).record_usage()
    except (forms.ValidationError, KeyError, ValueError, TypeError, AttributeError):
        return None
    return owner


def passkey_question(user: User | None = None) -> dict[str, Any]:
    """What the browser is to sign; its challenge is remembered in the session."""
    with acting_as(user):
        return plain(webauthn.begin_authentication(user))


def plain(options: Any) -> Any:
    """Options as JSON: bytes in base64url, as static/passkey.js reads them."""
    if isinstance(options, bytes):
        return base64.urlsafe_b64encode(options).rstrip(b"=").decode()
    if isinstance(options, dict) or hasattr(options, "items"):
        return {key: plain(value) for key, value in options.items() if value is not None}
    if isinstance(options, list | tuple):
        return [plain(value) for value in options]
    return options if isinstance(options, str | int | float | bool) else str(options)


def halfway(request: HttpRequest) -> User | None:
    """Who is between the password and the second factor in this session."""
    entry = request.session.get(HALFWAY, {})
    return User.objects.filter(pk=entry.get("user"), is_active=True).first() if entry else None


# ── When keys are changed (nyemonstre.vault.rotation) ─────────────────────────────────────────────────────────────────

# Where in `data` allauth keeps the secret of an app, and the seed that recovery codes are reckoned from. A passkey has
# none: what we keep of it is public.
_KEYS = ("secret", "seed")


def _with_secrets() -> models.QuerySet:
    sealed = Coalesce(*(KT(f"data__{key}") for key in _KEYS))
    decoded = models.Func(sealed, models.Value("base64"), function="decode", output_field=models.BinaryField())
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).annotate(_seal=first_byte(decoded))


def _seal_again(factor: Authenticator) -> dict[str, Any]:
    adapter = Adapter()
    sealed = {key: adapter.encrypt(adapter.decrypt(factor.data[key])) for key in _KEYS if key in factor.data}
    return {"data": factor.data | sealed}


SECRETS = Place(WHERE, _with_secrets, _seal_again)
