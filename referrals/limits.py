"""How often one address may send a henvendelse. A help against floods: without Valkey everybody is let through."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

# A whole town hall may share one address, so the limit is wide.
MOST, SECONDS = 20, 60 * 60


def too_many(request: HttpRequest) -> bool:
    """Count this henvendelse; true when the address has sent its share for the hour."""
    # The address itself is personal data and is not kept, only its keyed hash.
    key = f"referral-rate:{salted_hmac('referrals.limits', address_of(request)).hexdigest()}"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) > MOST
    except ValueError:  # the hour ended between the two lines
        return False


def address_of(request: HttpRequest) -> str:
    """The sender's address. The proxy's header counts only where settings say a proxy of ours sets it."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")
