"""Who is logged in, as the page header says it (settings.NM_WHO)."""

from typing import Any

from django.http import HttpRequest

from .sessions import seconds_left


def who(request: HttpRequest) -> dict[str, Any]:
    """Name, roles, municipality, and seconds left of the login. Costs nothing: all of it was read already."""
    memberships = request.user.live_memberships
    roles = dict.fromkeys(m.get_role_display() for m in memberships)
    places = dict.fromkeys(m.municipality.name for m in memberships)
    return {
        "name": request.user.name,
        "role": ", ".join(roles),
        "municipality": ", ".join(places),
        "seconds_left": seconds_left(request),
    }
