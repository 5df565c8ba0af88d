"""How often somebody may try. Counted in the cache; without Valkey nothing is counted and nobody is shut out."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nyemonstre.ui.headers import address_of


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


def limited(
    what: str, *, times: int, seconds: int, when: Callable[[HttpRequest], bool] = lambda request: True
) -> Callable:
    """At most `times` in `seconds` by one person (by one address for a visitor); then 429 in words, with Retry-After.

    `when` picks the requests that count: only those that send a form, or only those that search.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = str(request.user.pk) if request.user.is_authenticated else address_of(request)
            if when(request) and count(what, who, seconds=seconds) > times:
                minutes = -(-seconds // 60)
                response = render(request, "429.html", {"minutes": minutes}, status=429)
                response.headers["Retry-After"] = str(seconds)
                return response
            return view(request, *args, **kwargs)

        counted.limited = what  # type: ignore[attr-defined]  # read by the test that lists these views
        return counted

    return decorate


def sends(request: HttpRequest) -> bool:
    """A form is sent."""
    return request.method == "POST"


def searches(request: HttpRequest) -> bool:
    """Somebody looks for words in a list."""
    return bool(request.GET.get("q"))
