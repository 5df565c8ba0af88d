"""Adressesperre is changed by an action of its own, for the whole family, one member or one home, for a reason."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock

from .actions_places import hold_one_back
from .enums import FamilyEvent, Protection
from .history import ProtectionChange
from .models import Family, Household, Member
from .protection import is_strict, strictest


def may_change_protection(family: Family, user: User) -> bool:
    """The responsible coordinator, or a lead who has been let into the family. A substitute asks one of them."""
    responsible = family.assignments.live().responsible().filter(user_id=user.pk).exists()
    return responsible or any(
        m.role == Role.LEAD and m.municipality_id == family.municipality_id for m in user.live_memberships
    )


@action(in_log="families.actions.change_family")
def change_protection(
    family: Family,
    *,
    protection: str,
    reason: str,
    by: User,
    of: Member | Household | None = None,
    hold_place: bool = False,
    version: int | None = None,
) -> Family:
    """Set the level of the whole family (`of` None), one member or one home. Whom it hides the family from, it hides
    it from at once: the row rule reads the same row.

    `hold_place` keeps one place of the responsible coordinator's free of others, so that nobody sees one come free.
    Nobody is told, and the log says only that the family was changed, without the reason: it may name the level, and
    only ProtectionChange holds it, for those who may change the family (docs/adr/0010). Raises Refused without a reason
    or a change, Stale when somebody saved a newer version than `version`.
    """
    check(by, Permission.CHANGE_FAMILY, family)
    if not may_change_protection(family, by):
        raise PermissionDenied(_("Adressesperren endres av den ansvarlige koordinatoren, eller av en leder."))
    if protection not in Protection.values:
        raise Refused(_("Velg ett av svarene."), rule="protection", field="protection")
    if not reason.strip():
        raise Refused(_("Skriv hvorfor, eller hvem dere har det fra."), rule="reason", field="reason")
    if of is not None and of.family_id != family.pk:
        raise Refused(_("Velg noen fra denne familien."), rule="members", field="of")
    current = lock(family, version)
    row = current if of is None else type(of).objects.select_for_update(of=("self",)).get(pk=of.pk)
    field = "whole_protection" if of is None else "protection"
    before = getattr(row, field)
    if before == protection:
        raise Refused(_("Slik er det alt."), rule="no_change", field="protection")
    setattr(row, field, protection)
    if of is not None:
        row.save(update_fields=[field])
    change = ProtectionChange(
        family=current, before=before, after=protection, reason=reason.strip()[:300], changed_by=by,
        member=of if isinstance(of, Member) else None, household=of if isinstance(of, Household) else None,
    )  # fmt: skip
    change.save(force_insert=True)
    _settle(current, hold_place=hold_place, by=by)
    record(FamilyEvent.FAMILY_CHANGED, by=by, target=current)
    return current


def _settle(family: Family, *, hold_place: bool, by: User) -> None:
    """The family follows the strictest of its parts, and papers made before are no longer given out."""
    was_strict = family.is_protected
    members = Member.objects.filter(family=family).order_by().values_list("protection", flat=True)
    homes = Household.objects.filter(family=family).order_by().values_list("protection", flat=True)
    family.protection = strictest([family.whole_protection, *members, *homes])
    family.protected_at = timezone.now()
    family.save()
    responsible = family.assignments.live().responsible().select_related("user").first()
    if hold_place and is_strict(family.protection) and not was_strict and responsible:
        hold_one_back(responsible.user, family.municipality_id)
