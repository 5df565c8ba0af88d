"""Actions on the homes of a family, and on who lives where, how much of the time (R-A1, R-E5)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock

from .actions import NewMember, add_member, change_member
from .enums import FamilyEvent
from .models import Family, Household, Member, Residence

HOME_FIELDS = frozenset({"name", "address", "postcode", "town"})


@action
def add_home(family: Family, *, name: str, by: User, key: UUID | None = None, **address: str) -> Household:
    """One more home the children live in. Raises Refused when the family has a home with this name."""
    check(by, Permission.CHANGE_FAMILY, family)
    homes = Household.objects.filter(family=family)
    refuse_twice(homes, key)
    _check_name(homes, name)
    home = Household(family=family, name=name, **_known(address), **({"pk": key} if key else {}))
    home.save(force_insert=True)
    record(FamilyEvent.HOME_ADDED, by=by, target=home, family=family)
    return home


@action
def change_home(home: Household, *, by: User, version: int | None = None, **changes: str) -> Household:
    """A new name or address. Raises Stale when somebody saved a newer version than `version`."""
    check(by, Permission.CHANGE_FAMILY, home.family)
    current = lock(home, version)
    if "name" in changes:
        _check_name(Household.objects.filter(family=current.family_id).exclude(pk=current.pk), changes["name"])
    for name, value in _known(changes).items():
        setattr(current, name, value)
    current.save()
    record(FamilyEvent.HOME_CHANGED, by=by, target=current, facts={"fields": sorted(changes)})
    return current


@action
def save_member(
    family: Family,
    *,
    by: User,
    facts: Mapping[str, Any],
    shares: Mapping[UUID, int],
    member: Member | None = None,
    version: int | None = None,
    key: UUID | None = None,
) -> Member:
    """Add a person (`member` None) or change one, and say where they live: home's id → percent of the time, 0 for not.

    Raises Refused when the shares are more than the whole time or a home is another family's, Stale as change_member.
    """
    check(by, Permission.CHANGE_FAMILY, family)
    if sum(shares.values()) > 100:
        raise Refused(_("Delene av tiden blir mer enn 100 prosent til sammen."), rule="shares")
    homes = {home.pk: home for home in family.households.filter(pk__in=shares)}
    if set(shares) - set(homes):
        raise Refused(_("Familien har ikke dette hjemmet."), rule="no_such_home")
    if member is None:
        refuse_twice(Member.objects.filter(family=family), key)
        member = add_member(family, new=NewMember(**facts), key=key, by=by)
    else:
        member = change_member(member, version=version, by=by, **facts)
    Residence.objects.filter(member=member, family=family).delete()
    for home, share in shares.items():
        if share:
            Residence.objects.create(family=family, member=member, household=homes[home], share=share)
    return member


def _check_name(homes: Any, name: str) -> None:
    if homes.filter(name__iexact=name).exists():
        raise Refused(_("Familien har alt et hjem som heter dette."), rule="home_name", field="name")


def _known(fields: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(fields) - HOME_FIELDS:
        raise TypeError(f"a home has no {sorted(unknown)}")
    return dict(fields)
