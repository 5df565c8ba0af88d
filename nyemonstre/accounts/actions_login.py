"""Writes to sessions: they end when their person, an administrator or the clock says so."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import AccountEvent
from .models import Draft, Session, User

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
def clear_away(*, by: Any) -> int:
    """Delete sessions that have ended, and forms that were held for somebody who did not come back."""
    ended, _rows = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    Draft.objects.held().filter(saved_at__lt=timezone.now() - timedelta(days=HELD_DAYS)).delete()
    record(AccountEvent.SESSIONS_CLEARED, by=by, facts={"count": ended})
    return ended
