"""How often somebody may try. Counted in the cache; without Valkey nothing is counted and nobody is shut out."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, as the web server says it."""
    return request.META.get("REMOTE_ADDR", "")


def _key(what: str, who: tuple[str, ...]) -> str:
    # A key names a person or an address, so only its digest reaches the cache.
    digest = hashlib.sha256("\0".join(who).encode()).hexdigest()[:32]
    return f"throttle:{what}:{digest}"


def count(what: str, *who: str, seconds: int) -> int:
    """One more try of `what` by `who`; how many there have been in the `seconds` since the first of them."""
    key = _key(what, who)
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two calls
        return 1


def tries(what: str, *who: str) -> int:
    """How many there have been, without counting one."""
    return cache.get(_key(what, who), 0)


def forget(what: str, *who: str) -> None:
    """The right answer came: begin again."""
    cache.set(_key(what, who), 0, 1)
