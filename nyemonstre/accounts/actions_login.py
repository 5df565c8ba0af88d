"""Writes to sessions: they end when their person, an administrator or the clock says so."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.limits import count
from nyemonstre.access.roles import Permission
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import AccountEvent
from .models import Draft, Identity, LoginProvider, Municipality, Session, User
from .tasks import may_use_password, post_password_link

# A held form nobody came back to, days.
HELD_DAYS = 1


@action
def end_own_session(session: Session, *, by: User) -> None:
    """Log out one other place where `by` is logged in. Raises Refused for somebody else's session."""
    if session.user_id != by.pk:
        raise Refused(_("Du kan bare avslutte dine egne innlogginger."), rule="own_session")
    session.delete()
    record(AccountEvent.SESSION_ENDED, by=by, target=by, facts={"why": "own"})


@action
def end_other_sessions(user: User, *, keep: str, by: User) -> int:
    """Log out everywhere but in the session with the key `keep`. Returns how many ended."""
    if user.pk != by.pk:
        raise Refused(_("Du kan bare avslutte dine egne innlogginger."), rule="own_session")
    ended, _rows = Session.objects.filter(user=user).exclude(pk=keep).delete()
    record(AccountEvent.SESSION_ENDED, by=by, target=by, facts={"why": "own", "count": ended})
    return ended


@action
def session_ran_out(user: User, *, why: str, by: User) -> None:
    """The session of `user` has lasted as long as it may (`longest`), or no role is left (`no_role`)."""
    record(AccountEvent.SESSION_ENDED, by=by, target=user, facts={"why": why})


@action
def link_identity(user: User, *, issuer: str, subject: str, by: User) -> Identity:
    """From now on `subject` at `issuer` is `user`. Done at the login that answered an invitation, by the invited one.

    Raises Refused when the subject is somebody else's, or the user has another at the same issuer.
    """
    if user.pk != by.pk:
        raise Refused(_("Du kan bare koble din egen jobbkonto."), rule="own_identity")
    try:
        with transaction.atomic():
            identity = Identity.objects.create(user=user, issuer=issuer, subject=subject)
    except IntegrityError as error:
        raise Refused(_("Jobbkontoen er alt koblet til en bruker."), rule="linked") from error
    record(AccountEvent.IDENTITY_LINKED, by=by, target=user, facts={"issuer": issuer})
    return identity


@action
def unlink_identities(user: User, *, municipality: Municipality, by: User) -> None:
    """Take away every work account of `user`, and end what is open. A new invitation links the next one."""
    check(by, Permission.MANAGE_USERS, municipality)
    Identity.objects.filter(user=user).delete()
    Session.objects.filter(user=user).delete()
    record(AccountEvent.IDENTITY_UNLINKED, by=by, target=user, municipality=municipality)


@action
def set_login_provider(municipality: Municipality, *, facts: dict[str, Any], by: Any) -> LoginProvider:
    """The municipality's one provider from now on; the former is switched off. By an operator, so `by` is nobody.

    Raises ValidationError for facts of the wrong form.
    """
    LoginProvider.objects.active().filter(municipality=municipality).update(is_active=False)
    same = {"issuer": facts["issuer"], "client_id": facts["client_id"]}
    known = LoginProvider.objects.filter(municipality=municipality, **same).order_by("pk").first()
    provider = known or LoginProvider(municipality=municipality)
    for name, value in facts.items():
        setattr(provider, name, value)
    provider.is_active = True
    provider.full_clean()
    provider.save()
    record(AccountEvent.PROVIDER_SET, by=by, target=municipality, facts={"issuer": provider.issuer})
    return provider


@action
def drop_login_provider(municipality: Municipality, *, by: Any) -> int:
    """People of the municipality log in with passwords again. Returns how many providers were switched off."""
    off = LoginProvider.objects.active().filter(municipality=municipality).update(is_active=False)
    record(AccountEvent.PROVIDER_SET, by=by, target=municipality, facts={"issuer": ""})
    return off


@action
def send_forgotten_link(email: str, *, by: None) -> None:
    """Mail a link to a new password where somebody has this address and may use one. Says nothing either way.

    At most three in an hour to one address.
    """
    user = User.objects.filter(email=email, is_active=True).first()
    home = user.home_municipality if user else None
    record(AccountEvent.PASSWORD_FORGOTTEN, by=by, target=user, municipality=home)
    if user and home and may_use_password(user) and count("forgotten", email, seconds=3600) <= 3:
        transaction.on_commit(lambda: post_password_link(user), robust=True)


@action
def set_emergency(user: User, *, emergency: bool, by: Any) -> User:
    """Let `user` in with a password although the municipality has a provider, or no longer. By an operator."""
    user.is_emergency = emergency
    user.save(update_fields=["is_emergency"])
    what = AccountEvent.EMERGENCY_OPENED if emergency else AccountEvent.EMERGENCY_CLOSED
    record(what, by=by, target=user, municipality=user.home_municipality)
    return user


@action
def clear_away(*, by: Any) -> int:
    """Delete sessions that have ended, and forms that were held for somebody who did not come back."""
    ended, _rows = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    Draft.objects.held().filter(saved_at__lt=timezone.now() - timedelta(days=HELD_DAYS)).delete()
    record(AccountEvent.SESSIONS_CLEARED, by=by, facts={"count": ended})
    return ended
