"""Who is logged in, as the page header says it (settings.NM_WHO)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .sessions import STEP, seconds_left


def who(request: HttpRequest) -> dict[str, Any]:
    """Name, roles, municipality, and seconds until the login ends, used or not. Costs nothing: all was read already."""
    memberships = request.user.live_memberships
    roles = dict.fromkeys(m.get_role_display() for m in memberships)
    places = dict.fromkeys(m.municipality.name for m in memberships)
    return {
        "name": request.user.name,
        "role": ", ".join(roles),
        "municipality": ", ".join(places),
        "seconds_left": seconds_left(request),
        "seconds_idle": settings.SESSION_COOKIE_AGE - STEP,
    }
