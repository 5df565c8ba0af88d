"""The calendar a coordinator subscribes to. No login: the address is the secret, and the wall knows whose it is."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from families import feed
from nyemonstre.access.limits import count, limited
from nyemonstre.access.views import public
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions_feed import digest, open_feed
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.ics import subscription

# Calendar programs ask a few times an hour. One service may ask for many people from one address.
TIMES, FROM_ONE_ADDRESS, SECONDS = 60, 3000, 3600


@public
@never_cache
@require_safe
@limited("calendar_feed", times=FROM_ONE_ADDRESS, seconds=SECONDS)
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Read as the person the address belongs to, with what they may see now; one line in the log each time."""
    if count("calendar_feed_of", digest(secret).hex(), seconds=SECONDS) > TIMES:
        answer = _plain(_("Kalenderen er hentet for mange ganger. Prøv igjen om en time."), 429)
        answer.headers["Retry-After"] = str(SECONDS)
        return answer
    user = open_feed(secret)
    if user is None:
        return _plain(_("Kalenderadressen virker ikke. Lag en ny på profilsiden."), 404)
    home = user.home_municipality
    language = user.language or (home.language if home else translation.get_language())
    with translation.override(language), acting_as(user), transaction.atomic():
        answer = HttpResponse(_calendar(user), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="nye-monstre.ics"'
    answer.headers["Content-Language"] = language
    return _hidden(answer)


def _calendar(user: User) -> bytes:
    families = feed.followed(user)
    events = feed.events(user, families, timezone.localdate())
    facts = {"families": len(families), "rows": len(events)}
    record(AccountEvent.FEED_READ, by=user, target=user, facts=facts)
    return subscription(events, name="Nye mønstre", made_at=timezone.now())


def _plain(words: str, status: int) -> HttpResponse:
    """A calendar program shows the words, if anything; no page would be read."""
    return _hidden(HttpResponse(words, status=status, content_type="text/plain; charset=utf-8"))


def _hidden(answer: HttpResponse) -> HttpResponse:
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
