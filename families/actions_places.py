"""How many families a coordinator has room for: the number is their own, and places can be held back."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import FamilyEvent

# More than this is a slip of the finger.
MOST = 40


@action
def set_places(municipality: Municipality, *, coordinator: User, places: int | None, reason: str, by: User) -> None:
    """Give a coordinator a number of places of their own, 1–40; None is what the municipality usually gives.

    Raises Refused without a reason or for another number, PermissionDenied for anybody but a lead there.
    """
    if not can(by, Permission.OVERRIDE_PLACES, municipality):
        raise PermissionDenied(_("Antallet plasser settes av teamlederen."))
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."), rule="reason", field="reason")
    if places is not None and not 1 <= places <= MOST:
        raise Refused(_("Skriv et tall fra 1 til %(most)d.") % {"most": MOST}, rule="places", field="places")
    row = _role(coordinator, municipality.pk)
    row.places, row.places_reason = places, reason.strip()[:300]
    row.places_held = min(row.places_held, places or municipality.places_per_coordinator)
    row.places_look_on = None
    row.save(update_fields=["places", "places_reason", "places_held", "places_look_on"])
    record(FamilyEvent.PLACES_CHANGED, by=by, target=row, facts={"coordinator": str(coordinator.pk)})


@action
def hold_places(municipality: Municipality, *, coordinator: User, held: int, by: User) -> None:
    """Keep some places free of new families, without saying why. By the coordinator, or by a lead there.

    Raises Refused for fewer than 0 or more than there are, PermissionDenied for anybody else.
    """
    if by.pk != coordinator.pk and not can(by, Permission.OVERRIDE_PLACES, municipality):
        raise PermissionDenied(_("Plassene holdes av koordinatoren selv, eller av teamlederen."))
    row = _role(coordinator, municipality.pk)
    most = row.places or municipality.places_per_coordinator
    if not 0 <= held <= most:
        raise Refused(_("Skriv et tall fra 0 til %(most)d.") % {"most": most}, rule="held", field="held")
    row.places_held, row.places_look_on = held, None
    row.save(update_fields=["places_held", "places_look_on"])
    record(FamilyEvent.PLACES_CHANGED, by=by, target=row, facts={"coordinator": str(coordinator.pk)})


def hold_one_back(coordinator: User, municipality_id: object) -> None:
    """One more place held, inside another action; nothing when all are held already."""
    row = _role(coordinator, municipality_id)
    row.places_held = min(row.places_held + 1, row.places or row.municipality.places_per_coordinator)
    row.save(update_fields=["places_held"])


def look_at_held(user_id: UUID, municipality_id: object) -> None:
    """A family has left this coordinator: if places are held, Å gjøre asks whether the number is still right.

    Whichever family it was, or the question itself would tell that the one that left was protected.
    """
    rows = Membership.objects.live().filter(user=user_id, municipality=municipality_id, role=Role.COORDINATOR)
    rows.filter(places_held__gt=0).update(places_look_on=timezone.localdate())


def _role(coordinator: User, municipality_id: object) -> Membership:
    rows = Membership.objects.live().filter(user=coordinator, municipality=municipality_id, role=Role.COORDINATOR)
    row = rows.select_related("municipality").select_for_update(of=("self",)).order_by("-valid_from").first()
    if row is None:
        raise Refused(_("%(name)s er ikke koordinator i kommunen.") % {"name": coordinator.name}, rule="no_coordinator")
    return row
