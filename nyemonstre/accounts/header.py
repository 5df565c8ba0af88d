"""Who is logged in, as the page header says it (settings.NM_WHO)."""

from django.http import HttpRequest


def who(request: HttpRequest) -> dict[str, str]:
    """Name, roles and municipality. Costs nothing: the roles were read when the request began."""
    memberships = request.user.live_memberships
    roles = dict.fromkeys(m.get_role_display() for m in memberships)
    places = dict.fromkeys(m.municipality.name for m in memberships)
    return {"name": request.user.name, "role": ", ".join(roles), "municipality": ", ".join(places)}
