"""Actions on who follows a family, and who else is let in. Access moves in the same transaction as the assignment."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Permission as DjangoPermission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import can, check
from nyemonstre.access.roles import COORDINATOR_GRANT, READER_GRANT, Permission, Role
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import AssignmentKind, FamilyEvent
from .grants import FamilyUserGrant
from .models import Assignment, Family
from .places import places_of
from .tasks import tell


@action
def assign_coordinator(
    family: Family,
    *,
    coordinator: User,
    by: User,
    kind: str = AssignmentKind.RESPONSIBLE,
    reason: str = "",
    override_reason: str = "",
    valid_until: datetime | None = None,
    at: datetime | None = None,
) -> Assignment:
    """Let a coordinator follow the family, and give them access to it in the same transaction.

    Raises Refused when the person is no coordinator in the municipality, the family already has a responsible one,
    a substitute has no end, or the coordinator's places are taken and nobody who may override gives a reason (R-W1).
    """
    at = at or timezone.now()
    _check_may_assign(by, family)
    _check_is_coordinator(coordinator, family)
    if kind == AssignmentKind.SUBSTITUTE and valid_until is None:
        raise Refused(_("En vikar må ha en sluttdato."), rule="substitute_end", field="valid_until")
    if valid_until and valid_until <= at:
        raise Refused(_("Sluttdatoen må være fram i tid."), rule="dates", field="valid_until")
    if kind == AssignmentKind.RESPONSIBLE:
        if family.assignments.live(at).responsible().exists():
            raise Refused(
                _("Familien har alt en ansvarlig koordinator. Overfør familien i stedet."), rule="has_responsible"
            )
        _check_places(coordinator, family, override_reason, by)
    assignment = _assign(family, coordinator, kind, at, valid_until, reason, override_reason, by)
    record(
        FamilyEvent.COORDINATOR_ASSIGNED, by=by, target=assignment, family=family,
        facts={"coordinator": str(coordinator.pk), "kind": kind},
    )  # fmt: skip
    if coordinator.pk != by.pk:
        tell(coordinator, "given")
    return assignment


@action
def hand_over(
    family: Family, *, to: User, reason: str, by: User, override_reason: str = "", at: datetime | None = None
) -> Assignment:
    """Give the family a new responsible coordinator. The old one loses access at once; what they wrote stays.

    Raises Refused without a reason, to the same person, or over the places without an override.
    """
    at = at or timezone.now()
    _check_may_assign(by, family)
    _check_is_coordinator(to, family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor familien får ny koordinator."), rule="reason", field="reason")
    old = family.assignments.select_for_update(of=("self",)).select_related("user").live(at).responsible().first()
    if old and old.user_id == to.pk:
        raise Refused(_("%(name)s er alt ansvarlig.") % {"name": to.name}, rule="same_person", field="to")
    _check_places(to, family, override_reason, by)
    if old:
        _end(old, at, by)
    new = _assign(family, to, AssignmentKind.RESPONSIBLE, at, None, reason, override_reason, by)
    record(
        FamilyEvent.HANDED_OVER, by=by, target=new, family=family,
        facts={"from": str(old.user_id) if old else None, "to": str(to.pk)},
    )  # fmt: skip
    tell(to, "given")
    if old:
        tell(old.user, "taken")
    return new


@action
def end_assignment(assignment: Assignment, *, by: User, at: datetime | None = None) -> Assignment:
    """A coordinator, second coordinator or substitute stops, and loses access at once."""
    _check_may_assign(by, assignment.family)
    assignment = (
        Assignment.objects.select_for_update(of=("self",)).select_related("family", "user").get(pk=assignment.pk)
    )
    at = at or timezone.now()
    if assignment.valid_until and assignment.valid_until <= at:
        raise Refused(_("Oppdraget er alt avsluttet."), rule="ended")
    _end(assignment, at, by)
    record(FamilyEvent.COORDINATOR_ENDED, by=by, target=assignment, facts={"coordinator": str(assignment.user_id)})
    tell(assignment.user, "taken")
    return assignment


@action
def grant_access(
    family: Family,
    *,
    user: User,
    reason: str,
    by: User,
    expires_at: datetime | None = None,
    permissions: Iterable[Permission] = READER_GRANT,
) -> list[FamilyUserGrant]:
    """Let a named person into one family, to read unless more is given, for a reason and usually for a time."""
    check(by, Permission.GRANT_ACCESS, family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor tilgangen gis."), rule="reason", field="reason")
    if expires_at and expires_at <= timezone.now():
        raise Refused(_("Sluttdatoen må være fram i tid."), rule="dates", field="expires_at")
    if not Membership.objects.live().filter(user=user, municipality=family.municipality_id).exists():
        raise Refused(_("%(name)s har ingen rolle i kommunen.") % {"name": user.name}, rule="no_role", field="user")
    FamilyUserGrant.objects.filter(content_object=family, user=user, assignment=None).delete()
    grants = _grant(family, user, permissions, reason, expires_at, by)
    record(FamilyEvent.ACCESS_GRANTED, by=by, target=family, facts={"user": str(user.pk)})
    return grants


@action
def revoke_access(family: Family, *, user: User, by: User) -> None:
    """Take back what `grant_access` gave. What an assignment gives ends with the assignment."""
    check(by, Permission.GRANT_ACCESS, family)
    FamilyUserGrant.objects.filter(content_object=family, user=user, assignment=None).delete()
    record(FamilyEvent.ACCESS_REVOKED, by=by, target=family, facts={"user": str(user.pk)})


def _check_may_assign(by: User, family: Family) -> None:
    """A lead on a family they may know of; or whoever has just registered it, while nobody follows it yet."""
    if can(by, Permission.ASSIGN_COORDINATOR, family):
        return
    registering = can(by, Permission.REGISTER_FAMILY, family.municipality)
    if not registering or _has_been_followed(family):
        raise PermissionDenied(_("Rollen din gir ikke lov til å fordele denne familien."))


def _has_been_followed(family: Family) -> bool:
    """Asked of the database itself: whoever registers families does not see their assignments."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.has_been_followed(%s)", [family.pk])
        return cursor.fetchone()[0]


def _check_is_coordinator(user: User, family: Family) -> None:
    roles = Membership.objects.live().filter(user=user, municipality=family.municipality_id, role=Role.COORDINATOR)
    if not user.is_active or not roles.exists():
        raise Refused(_("%(name)s er ikke koordinator i kommunen.") % {"name": user.name}, rule="no_coordinator")


def _check_places(coordinator: User, family: Family, override_reason: str, by: User) -> None:
    # Two people allotting the last place at once: the second waits here and then counts the first one's family.
    User.objects.select_for_update(of=("self",)).get(pk=coordinator.pk)
    places = places_of(coordinator, family.municipality)
    if places is None or not places.full:
        return
    facts = {"name": coordinator.name, "taken": places.taken, "limit": places.limit}
    if not can(by, Permission.OVERRIDE_PLACES, family.municipality):
        raise Refused(
            _("%(name)s har %(taken)d av %(limit)d plasser i bruk. Velg en annen, eller be teamlederen.") % facts,
            rule="no_place",
            field="coordinator",
        )
    if not override_reason.strip():
        raise Refused(
            _("%(name)s har %(taken)d av %(limit)d plasser i bruk. Skriv hvorfor familien likevel skal dit.") % facts,
            rule="override_reason",
            field="override_reason",
        )


def _assign(family, coordinator, kind, at, valid_until, reason, override_reason, by) -> Assignment:
    assignment = Assignment(
        family=family, user=coordinator, kind=kind, valid_from=at, valid_until=valid_until,
        reason=reason[:300], override_reason=override_reason[:300], assigned_by=by,
    )  # fmt: skip
    assignment.save(force_insert=True)
    why = reason or str(AssignmentKind(kind).label)
    _grant(family, coordinator, COORDINATOR_GRANT, why, valid_until, by, assignment)
    return assignment


def _end(assignment: Assignment, at: datetime, by: User) -> None:
    assignment.valid_until, assignment.ended_by = max(at, assignment.valid_from), by
    assignment.save(update_fields=["valid_until", "ended_by"])
    assignment.grants.all().delete()


def _grant(family, user, permissions, reason, expires_at, by, assignment=None) -> list[FamilyUserGrant]:
    codenames = [str(permission) for permission in permissions]
    rows = DjangoPermission.objects.filter(
        codename__in=codenames, content_type__app_label="families", content_type__model="family"
    )
    return FamilyUserGrant.objects.bulk_create(
        FamilyUserGrant(
            content_object=family, user=user, permission=row, granted_by=by, granted_at=timezone.now(),
            reason=reason[:300], expires_at=expires_at, assignment=assignment,
        )
        for row in rows
    )  # fmt: skip
