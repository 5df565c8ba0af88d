"""Writes to second factors."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import connection
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import AccountEvent
from .models import Municipality, Session, User


def _own(user: User, by: User) -> None:
    if user.pk != by.pk:
        raise Refused(_("Du kan bare endre din egen innlogging."), rule="own_second_factor")


@action
def add_totp(user: User, *, secret: str, by: User) -> None:
    """An app that shows one-time codes, in place of the one `user` had; recovery codes with the first factor."""
    _own(user, by)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    record(AccountEvent.SECOND_FACTOR_ADDED, by=by, target=user, facts={"type": "totp"})


@action
def add_passkey(user: User, *, name: str, credential: dict[str, Any], by: User) -> None:
    """One more passkey; recovery codes with the first factor."""
    _own(user, by)
    WebAuthn.add(user, name, credential)
    RecoveryCodes.activate(user)
    record(AccountEvent.SECOND_FACTOR_ADDED, by=by, target=user, facts={"type": "webauthn"})


@action
def remove_factor(factor: Authenticator, *, by: User) -> None:
    """Take one's own passkey or app away. The recovery codes go with the last of them."""
    _own(factor.user, by)
    factor.delete()
    mine = Authenticator.objects.filter(user=by)
    if not mine.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        mine.delete()
    record(AccountEvent.SECOND_FACTOR_REMOVED, by=by, target=by, facts={"type": factor.type})


@action
def renew_recovery_codes(user: User, *, by: User) -> None:
    """Ten new codes; the old ones are worth nothing any more."""
    _own(user, by)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    record(AccountEvent.SECOND_FACTOR_ADDED, by=by, target=user, facts={"type": "recovery_codes"})


@action
def forget_second_factors(user: User, *, municipality: Municipality, by: User) -> None:
    """For somebody who has lost them all: the administrator, who may not read them, takes them away unread."""
    check(by, Permission.MANAGE_USERS, municipality)
    with connection.cursor() as cursor:
        cursor.execute("select sec.forget_second_factors(%s)", [user.pk])
    Session.objects.filter(user=user).delete()
    record(AccountEvent.SECOND_FACTOR_REMOVED, by=by, target=user, municipality=municipality, facts={"type": "all"})
