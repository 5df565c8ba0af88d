"""Actions on the homes of a family, and on who lives where, how much of the time (R-A1, R-E5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
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
from .enums import FamilyEvent, MemberRole
from .history import FormerResidence
from .models import Family, Household, Member, Residence
from .restricted import check_may_change

HOME_FIELDS = frozenset({"name", "address", "postcode", "town"})


@action
def add_home(family: Family, *, name: str, by: User, key: UUID | None = None, **address: str) -> Household:
    """One more home the children live in. Raises Refused when the family has a home with this name."""
    check(by, Permission.CHANGE_FAMILY, family)
    check_may_change(family)
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
    check_may_change(home.family)
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
    shares: Mapping[UUID, int] | None = None,
    member: Member | None = None,
    version: int | None = None,
    key: UUID | None = None,
) -> Member:
    """Add a person (`member` None) or change one, and say where they live: home's id → percent of the time, 0 for not.

    `shares` None leaves the homes alone: then a new role must suit them. Raises Refused as `move_member`, Stale as
    `change_member`.
    """
    check(by, Permission.CHANGE_FAMILY, family)
    check_may_change(family)
    role = facts.get("role", member.role if member else MemberRole.CHILD)
    homes = _homes_for(family, shares, role, facts.get("first_name", "")) if shares is not None else {}
    if shares is None and member and role != member.role:
        lives = dict(Residence.objects.filter(member=member).order_by().values_list("household_id", "share"))
        _homes_for(family, lives, role, member.first_name)
    if member is None:
        refuse_twice(Member.objects.filter(family=family), key)
        member = add_member(family, new=NewMember(**facts), key=key, by=by)
    else:
        member = change_member(member, version=version, by=by, **facts)
    if shares is not None:
        _settle(member, homes, shares, on=None, by=by)
    return member


@action
def move_member(member: Member, *, shares: Mapping[UUID, int], on: date, by: User) -> Member:
    """From the day `on` the person lives like this: home's id → percent of the time, 0 for not. What was is kept.

    Raises Refused when the shares of a child in two homes are not 100 in all, anybody's are more, a home is another
    family's, the day is in the future or before the last time they moved, or nothing is new.
    """
    check(by, Permission.CHANGE_FAMILY, member.family)
    check_may_change(member.family)
    member = Member.objects.select_for_update(of=("self",)).select_related("family").get(pk=member.pk)
    homes = _homes_for(member.family, shares, member.role, member.first_name)
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="on")
    rows = list(Residence.objects.filter(member=member).order_by("pk"))
    last = max((row.since for row in rows if row.since), default=None)
    if on < member.birth_date or (last and on < last):
        day = last or member.birth_date
        raise Refused(
            _("Datoen er før %(day)s, da det siste ble ført.") % {"day": f"{day:%d.%m.%Y}"}, rule="dates", field="on"
        )
    if {row.household_id: row.share for row in rows} == {home: share for home, share in shares.items() if share}:
        raise Refused(_("Slik bor %(name)s alt.") % {"name": member.first_name}, rule="no_change")
    _settle(member, homes, shares, on=on, by=by)
    record(FamilyEvent.MEMBER_MOVED, by=by, target=member)
    return member


def _homes_for(family: Family, shares: Mapping[UUID, int], role: str, name: str) -> dict[UUID, Household]:
    """The homes by id. Raises Refused when the shares do not add up."""
    lived = [share for share in shares.values() if share]
    if sum(lived) > 100:
        raise Refused(_("Delene av tiden blir mer enn 100 prosent til sammen."), rule="shares")
    if role != MemberRole.ADULT and len(lived) > 1 and sum(lived) != 100:
        raise Refused(
            _("%(name)s bor i to hjem. Da må delene bli 100 prosent til sammen; nå er de %(sum)d.")
            % {"name": name or _("Barnet"), "sum": sum(lived)},
            rule="shares_of_a_child",
        )
    homes = {home.pk: home for home in family.households.filter(pk__in=shares)}
    if set(shares) - set(homes):
        raise Refused(_("Familien har ikke dette hjemmet."), rule="no_such_home")
    return homes


def _settle(member: Member, homes: Mapping[UUID, Household], shares: Mapping[UUID, int], *, on: Any, by: User) -> None:
    """What is new begins on `on`; what has ended goes to the history. Without a day it is a correction, from today."""
    today = timezone.localdate()
    for row in Residence.objects.select_for_update(of=("self",)).filter(member=member):
        if shares.get(row.household_id) == row.share:
            continue
        if row.since != (on or today):  # the same day again is a slip, not a move
            FormerResidence(
                family_id=member.family_id, member=member, household_id=row.household_id, share=row.share,
                since=row.since, until=on or today, recorded_by=by,
            ).save(force_insert=True)  # fmt: skip
        row.delete()
    here = set(Residence.objects.filter(member=member).order_by("pk").values_list("household_id", flat=True))
    for home, share in shares.items():
        if share and home not in here:
            Residence.objects.create(
                family_id=member.family_id, member=member, household=homes[home], share=share, since=on
            )


def _check_name(homes: Any, name: str) -> None:
    if homes.filter(name__iexact=name).exists():
        raise Refused(_("Familien har alt et hjem som heter dette."), rule="home_name", field="name")


def _known(fields: Mapping[str, str]) -> dict[str, str]:
    if unknown := set(fields) - HOME_FIELDS:
        raise TypeError(f"a home has no {sorted(unknown)}")
    return dict(fields)
