"""Step-up: some things are done only by somebody who has just shown that it is still them at the keyboard.

This room says *that* a fresh login is needed; nyemonstre.accounts knows *how* one logs in, catches FreshLoginNeeded,
asks, and brings the person back to the same page with what they had filled in.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

# Seconds since 1970 when this session's person last showed who they are.
PROVED_AT = "nm_proved_at"


class FreshLoginNeeded(Exception):
    """The last login is older than `minutes`. Nothing has been done yet."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def proved(request: HttpRequest, at: float | None = None) -> None:
    """Note that this person showed who they are, now or at the time a login provider says (seconds since 1970)."""
    request.session[PROVED_AT] = int(time.time() if at is None else at)


def is_fresh(request: HttpRequest, minutes: int) -> bool:
    """Was it less than `minutes` minutes ago? A time in the future is no proof."""
    age = time.time() - request.session.get(PROVED_AT, 0)
    return -1 < age < minutes * 60


def fresh_login(*, minutes: int = 15, reading: bool = True) -> Callable:
    """Only within `minutes` (1 or more) of a login; else the person confirms who they are, and comes back.

    Written below `@requires`, so that a role that may not is told so and not asked to log in. `reading=False` lets GET
    through: for a page that is read often and changed seldom.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            only_reads = request.method in ("GET", "HEAD", "OPTIONS")
            if (reading or not only_reads) and not is_fresh(request, minutes):
                raise FreshLoginNeeded(minutes)
            return view(request, *args, **kwargs)

        asked.fresh_minutes = minutes  # type: ignore[attr-defined]  # read by the test that lists these views
        return asked

    return decorate
