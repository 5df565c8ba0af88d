"""The calendar somebody subscribes to: a new address, no address, and what an address opens (docs/adr/0027)."""

import secrets

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.roles import Permission
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import AccountEvent
from .models import CalendarFeed, User

SALT = "accounts.calendar_feed"


def digest(secret: str) -> bytes:
    """What is stored of a secret: useless to whoever reads the table without the server's key."""
    return salted_hmac(SALT, secret, algorithm="sha256").digest()


@action
def make_feed(user: User, *, by: User) -> str:
    """A new secret address for one's own calendar; the one before stops working now. It cannot be shown again.

    Raises Refused for somebody else's calendar, and for somebody who follows no families.
    """
    if user.pk != by.pk:
        raise Refused(_("Du kan bare endre din egen profil."), rule="own_profile")
    if not by.may_use(Permission.VIEW_FAMILY):
        raise Refused(_("Rollen din følger ingen familier, så det er ikke noe å abonnere på."), rule="no_families")
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(user=by).delete()
    feed = CalendarFeed(user=by, token_hash=digest(secret))
    feed.save(force_insert=True)
    record(AccountEvent.FEED_MADE, by=by, target=feed)
    return f"{settings.BASE_URL}{reverse('families:calendar_feed', args=[secret])}"


@action
def end_feed(user: User, *, by: User) -> None:
    """Nobody gets anything from the address any more. Raises Refused when there is none."""
    feed = CalendarFeed.objects.permitted(by).filter(user=user).first() if user.pk == by.pk else None
    if feed is None:
        raise Refused(_("Du har ingen kalenderadresse."), rule="no_feed")
    record(AccountEvent.FEED_ENDED, by=by, target=feed)
    feed.delete()


def open_feed(secret: str) -> User | None:
    """Whose calendar the secret opens; None for one that does not work. The database notes that it was fetched.

    It works while the person may log in and has a role. The wall finds it: nobody is acting yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("select sec.open_calendar_feed(%s, %s)", [digest(secret), timezone.now()])
        user_id = cursor.fetchone()[0]
    return User.objects.get(pk=user_id) if user_id else None
