"""Who can be played in the demo."""

from collections.abc import Iterator
from itertools import groupby

from nyemonstre.access.roles import Role
from nyemonstre.accounts.models import Membership

# The order in which a newcomer meets them: those who work with families first.
ORDER = [Role.COORDINATOR, Role.LEAD, Role.INTAKE, Role.ADMINISTRATOR, Role.AUDITOR, Role.RESEARCHER]


def people_by_municipality() -> list[tuple[str, list[Membership]]]:
    """(municipality, roles in force today with their people). The largest municipality first."""
    live = Membership.objects.live().filter(user__is_active=True).select_related("user", "municipality")
    rows = sorted(live, key=lambda m: (m.municipality.name, ORDER.index(Role(m.role)), m.user.name))
    places = [(name, list(group)) for name, group in groupby(rows, key=lambda m: m.municipality.name)]
    return sorted(places, key=lambda place: -len(place[1]))


def lines() -> Iterator[str]:
    """The same list for a terminal: role, name, e-mail."""
    for name, memberships in people_by_municipality():
        yield f"\n{name}"
        for membership in memberships:
            role = str(membership.get_role_display())
            if membership.sector:
                role += f" ({membership.get_sector_display()})"
            yield f"  {role:<28} {membership.user.name:<22} {membership.user.email}"
