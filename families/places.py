"""Places: ten families per coordinator (R-W1). Counted in the database, for people who may not see the families."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from nyemonstre.access.roles import Role
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.postgres.sorting import NorwegianOrder


@dataclass(frozen=True)
class Places:
    """One coordinator's places. `taken` counts the families they are responsible for, paused ones too; never those the
    one who asks may not know of. `limit` is the coordinator's own number, less what is held back.
    """

    user: User
    taken: int
    limit: int

    @property
    def free(self) -> int:
        return max(0, self.limit - self.taken)

    @property
    def full(self) -> bool:
        return self.taken >= self.limit


def coordinators(municipality: Municipality):
    """People with a live coordinator role there, by name."""
    live = Membership.objects.live().filter(municipality=municipality, role=Role.COORDINATOR)
    return User.objects.filter(pk__in=live.values("user_id"), is_active=True).order_by(NorwegianOrder("name"), "pk")


def places(municipality: Municipality) -> list[Places]:
    """Each coordinator's places, three queries. The counts come only to those who allot or lead (sec.places_taken)."""
    taken = _taken(municipality)
    limits = {row.user_id: limit_of(row, municipality) for row in roles(municipality)}
    return [Places(user, taken.get(user.pk, 0), limits[user.pk]) for user in coordinators(municipality)]


def _taken(municipality: Municipality) -> dict[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute("select user_id, taken from sec.places_taken(%s)", [municipality.pk])
        return dict(cursor.fetchall())


def roles(municipality: Municipality):
    """The live coordinator roles there."""
    return Membership.objects.live().filter(municipality=municipality, role=Role.COORDINATOR).order_by("user_id")


def limit_of(role: Membership, municipality: Municipality) -> int:
    """The places others may count on: the coordinator's own number, or the municipality's, less those held back."""
    return max(0, (role.places or municipality.places_per_coordinator) - role.places_held)


def places_of(user: User, municipality: Municipality) -> Places | None:
    """One coordinator's places, or None when the person is no coordinator there."""
    role = roles(municipality).filter(user=user, user__is_active=True).first()
    return role and Places(user, _taken(municipality).get(user.pk, 0), limit_of(role, municipality))
