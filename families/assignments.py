"""Actions on who follows a family, and who else is let in. Access moves in the same transaction as the assignment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Permission as DjangoPermission
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import can, check
from nyemonstre.access.roles import ASSIGNED_GRANT, COORDINATOR_GRANT, LEAD_GRANT, READER_GRANT, Permission, Role
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .actions_places import look_at_held
from .enums import AssignmentKind, FamilyEvent
from .grants import FamilyUserGrant, ShutOut
from .leaves import Leave
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
    """Let a coordinator follow the family, and give them access to it in the same transaction, or from `at` on.

    Raises Refused when the person is no coordinator in the municipality or has a conflict of interest, the family
    already has a responsible one, a substitute has no end, a substitute or second one has no reason, or the
    coordinator's places are taken and nobody who may override gives a reason (R-W1).
    """
    at = at or timezone.now()
    _check_may_assign(by, family)
    _check_may_follow(coordinator, family)
    if kind == AssignmentKind.SUBSTITUTE and valid_until is None:
        raise Refused(_("En vikar må ha en sluttdato."), rule="substitute_end", field="valid_until")
    if kind != AssignmentKind.RESPONSIBLE and not reason.strip():
        raise Refused(_("Skriv hvorfor familien trenger en til."), rule="reason", field="reason")
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
        facts={"coordinator": str(coordinator.pk), "kind": kind}, reason=_why(reason, override_reason),
    )  # fmt: skip
    if coordinator.pk != by.pk:
        tell(coordinator, "given")
    if kind != AssignmentKind.RESPONSIBLE:
        _tell_responsible(family, coordinator, by)
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
    _check_may_follow(to, family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor familien får ny koordinator."), rule="reason", field="reason")
    old = family.assignments.select_for_update(of=("self",)).select_related("user").live(at).responsible().first()
    if old and old.user_id == to.pk:
        raise Refused(_("%(name)s er alt ansvarlig.") % {"name": to.name}, rule="same_person", field="to")
    _check_places(to, family, override_reason, by)
    if old:
        _end(old, at, by, reason)
    new = _assign(family, to, AssignmentKind.RESPONSIBLE, at, None, reason, override_reason, by)
    record(
        FamilyEvent.HANDED_OVER, by=by, target=new, family=family,
        facts={"from": str(old.user_id) if old else None, "to": str(to.pk)}, reason=_why(reason, override_reason),
    )  # fmt: skip
    tell(to, "given")
    if old:
        tell(old.user, "taken")
    return new


@action
def end_assignment(assignment: Assignment, *, by: User, reason: str, at: datetime | None = None) -> Assignment:
    """A coordinator, second coordinator or substitute stops, and loses access at once.

    Raises Refused without a reason, or when it has ended.
    """
    _check_may_assign(by, assignment.family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor oppdraget avsluttes."), rule="reason", field="reason")
    assignment = (
        Assignment.objects.select_for_update(of=("self",)).select_related("family", "user").get(pk=assignment.pk)
    )
    at = at or timezone.now()
    if assignment.valid_until and assignment.valid_until <= at:
        raise Refused(_("Oppdraget er alt avsluttet."), rule="ended")
    _end(assignment, at, by, reason)
    facts = {"coordinator": str(assignment.user_id)}
    record(FamilyEvent.COORDINATOR_ENDED, by=by, target=assignment, facts=facts, reason=reason)
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
    """Let a named person into one family, to read unless more is given, for a reason and usually for a time.

    Only what one of their roles can use is given; to a lead always `LEAD_GRANT` too, which counts where the protection
    is strict. Raises Refused for oneself, who opens a family in need instead (break-glass); for a person without a
    role in the municipality, with roles that can use no grant, or with a conflict of interest; without a reason; and
    for an end that has passed.
    """
    check(by, Permission.GRANT_ACCESS, family)
    if user.pk == by.pk:
        raise Refused(
            _("Du kan ikke slippe inn deg selv. Be en annen teamleder, eller bruk nødåpning."),
            rule="oneself",
            field="user",
        )
    if not reason.strip():
        raise Refused(_("Skriv hvorfor tilgangen gis."), rule="reason", field="reason")
    if expires_at and expires_at <= timezone.now():
        raise Refused(_("Sluttdatoen må være fram i tid."), rule="dates", field="expires_at")
    roles = list(Membership.objects.live().filter(user=user, municipality=family.municipality_id).order_by("role"))
    if not roles:
        raise Refused(_("%(name)s har ingen rolle i kommunen.") % {"name": user.name}, rule="no_role", field="user")
    usable = (set(permissions) - ASSIGNED_GRANT | LEAD_GRANT) & set().union(
        *(membership.granted for membership in roles)
    )
    if not usable:
        raise Refused(
            _("%(name)s kan ikke slippes inn: rollen %(role)s kan ikke bruke en tilgang til en familie.")
            % {"name": user.name, "role": ", ".join(str(m.get_role_display()).lower() for m in roles)},
            rule="role_uses_no_grant",
            field="user",
        )
    _check_no_conflict(user, family, "user")
    _named(family, user).delete()
    grants = give(family.pk, user=user, permissions=usable, reason=reason, expires_at=expires_at, by=by)
    record(FamilyEvent.ACCESS_GRANTED, by=by, target=family, facts={"user": str(user.pk)}, reason=reason)
    return grants


@action
def revoke_access(family: Family, *, user: User, reason: str, by: User) -> None:
    """Take back what `grant_access` gave. What an assignment gives ends with the assignment.

    Raises Refused without a reason.
    """
    check(by, Permission.GRANT_ACCESS, family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor tilgangen tas tilbake."), rule="reason", field="reason")
    _named(family, user).delete()
    record(FamilyEvent.ACCESS_REVOKED, by=by, target=family, facts={"user": str(user.pk)}, reason=reason)


def _named(family: Family, user: User):
    """What was given by name: neither by an assignment nor by break-glass."""
    return FamilyUserGrant.objects.filter(content_object=family, user=user, assignment=None, break_glass=None)


@action
def cover_leave(
    coordinator: User,
    *,
    municipality: Municipality,
    starts_at: datetime,
    ends_at: datetime,
    substitutes: Mapping[UUID, User],
    reason: str,
    by: User,
) -> Leave:
    """A coordinator is away: a substitute follows each of the families meanwhile. All of it, or nothing.

    `substitutes` names one for every family of `caseload_of(coordinator)`. The coordinator stays responsible. Each
    substitute has access from `starts_at` until `ends_at`, and is told once, however many families.
    Raises Refused when a family is left without one, somebody is away themselves or has a conflict of interest.
    """
    check(by, Permission.ASSIGN_COORDINATOR, municipality)
    _check_leave(coordinator, municipality, starts_at, ends_at, reason)
    families = caseload_of(coordinator, municipality=municipality, by=by)
    _check_substitutes(coordinator, families, substitutes, (starts_at, ends_at))
    leave = Leave(
        municipality=municipality, user=coordinator, starts_at=starts_at, ends_at=ends_at, reason=reason[:300],
        made_by=by,
    )  # fmt: skip
    leave.save(force_insert=True)
    for family in families:
        who = substitutes[family.pk]
        assignment = _assign(family, who, AssignmentKind.SUBSTITUTE, starts_at, ends_at, reason, "", by, leave)
        facts = {"coordinator": str(who.pk), "kind": AssignmentKind.SUBSTITUTE}
        record(
            FamilyEvent.COORDINATOR_ASSIGNED, by=by, target=assignment, family=family, facts=facts, reason=reason
        )  # fmt: skip
    facts = {"coordinator": str(coordinator.pk), "families": len(families)}
    record(FamilyEvent.LEAVE_COVERED, by=by, target=leave, facts=facts, reason=reason)
    for person in sorted({user.pk: user for user in substitutes.values()}.values(), key=lambda user: str(user.pk)):
        tell(person, "leave_given")
    tell(coordinator, "leave_covered")
    return leave


@action
def end_leave(leave: Leave, *, by: User) -> Leave:
    """The coordinator is back, or the leave was a mistake: every substitute of it loses access at once."""
    check(by, Permission.ASSIGN_COORDINATOR, leave)
    leave = Leave.objects.select_for_update(of=("self",)).select_related("user").get(pk=leave.pk)
    now = timezone.now()
    if leave.ended_at or leave.ends_at <= now:
        raise Refused(_("Fraværet er alt over."), rule="ended")
    standing = list(leave.assignments.select_related("user", "family").filter(valid_until__gt=now).order_by("pk"))
    for assignment in standing:
        _end(assignment, now, by, str(_("Fraværet er over.")))
        facts = {"coordinator": str(assignment.user_id)}
        record(FamilyEvent.COORDINATOR_ENDED, by=by, target=assignment, facts=facts)
    leave.ended_at, leave.ended_by = now, by
    leave.save(update_fields=["ended_at", "ended_by"])
    record(FamilyEvent.LEAVE_ENDED, by=by, target=leave, facts={"coordinator": str(leave.user_id)})
    for person in {assignment.user_id: assignment.user for assignment in standing}.values():
        tell(person, "leave_ended")
    tell(leave.user, "leave_over")
    return leave


def _why(*reasons: str) -> str:
    """What was typed, as the log keeps it."""
    return " / ".join(reason.strip() for reason in reasons if reason.strip())


def caseload_of(coordinator: User, *, municipality: Municipality, by: User) -> list[Family]:
    """The families the coordinator is responsible for and `by` may allot, by code. Closed ones are nobody's work."""
    responsible = Assignment.objects.live().responsible().filter(user=coordinator).order_by()
    families = Family.objects.permitted(by, Permission.ASSIGN_COORDINATOR).filter(municipality=municipality)
    return list(families.active().filter(pk__in=responsible.values("family_id")).order_by("code"))


def _check_leave(coordinator: User, municipality: Municipality, starts_at, ends_at, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Skriv en grunn, men ikke noe om helse."), rule="reason", field="reason")
    if ends_at <= max(starts_at, timezone.now()):
        raise Refused(_("Siste dag må være fram i tid, og etter første dag."), rule="dates", field="ends_on")
    # Two leads at once: the second waits here and then finds the first one's leave.
    User.objects.select_for_update(of=("self",)).get(pk=coordinator.pk)
    if _away([coordinator], (starts_at, ends_at)).filter(municipality=municipality).exists():
        raise Refused(
            _("%(name)s har alt et fravær i dette tidsrommet. Avslutt det først.") % {"name": coordinator.name},
            rule="leave_overlaps",
        )


def _away(people: Iterable[User], between: tuple[datetime, datetime]):
    """Leaves of these people that overlap the time between."""
    starts_at, ends_at = between
    return Leave.objects.standing().filter(user__in=list(people), starts_at__lt=ends_at, ends_at__gt=starts_at)


def _check_substitutes(coordinator, families: list[Family], substitutes: Mapping[UUID, User], between) -> None:
    if not families:
        raise Refused(_("%(name)s har ingen familier som trenger vikar.") % {"name": coordinator.name}, rule="none")
    away = {leave.user_id for leave in _away(substitutes.values(), between).order_by("pk")}
    for family in families:
        who = substitutes.get(family.pk)
        facts = {"family": family.name, "name": who.name if who else ""}
        field = f"family_{family.pk}"
        if who is None or who.pk == coordinator.pk:
            raise Refused(_("Velg en vikar for familien %(family)s.") % facts, rule="no_substitute", field=field)
        _check_may_follow(who, family, field)
        if who.pk in away:
            raise Refused(_("%(name)s er selv borte i dette tidsrommet.") % facts, rule="away", field=field)


def _check_may_assign(by: User, family: Family) -> None:
    """A lead on a family they may know of; or whoever has just registered it, while nobody follows it yet."""
    if can(by, Permission.ASSIGN_COORDINATOR, family):
        return
    registering = can(by, Permission.REGISTER_FAMILY, family.municipality) and not _shut_out(by, family)
    if not registering or _has_been_followed(family):
        raise PermissionDenied(_("Rollen din gir ikke lov til å fordele denne familien."))


def _has_been_followed(family: Family) -> bool:
    """Asked of the database itself: whoever registers families does not see their assignments."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.has_been_followed(%s)", [family.pk])
        return cursor.fetchone()[0]


def _check_may_follow(user: User, family: Family, field: str = "coordinator") -> None:
    roles = Membership.objects.live().filter(user=user, municipality=family.municipality_id, role=Role.COORDINATOR)
    if not user.is_active or not roles.exists():
        raise Refused(_("%(name)s er ikke koordinator i kommunen.") % {"name": user.name}, rule="no_coordinator")
    _check_no_conflict(user, family, field)


def _shut_out(user: User, family: Family) -> bool:
    return ShutOut.objects.in_force().filter(user=user, family=family).exists()


def _check_no_conflict(user: User, family: Family, field: str) -> None:
    """Known to those who may allot the family or let people in; a family just registered has nobody shut out."""
    if _shut_out(user, family):
        raise Refused(
            _("%(name)s er inhabil i denne familien, og kan ikke få tilgang.") % {"name": user.name},
            rule="shut_out",
            field=field,
        )


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


def _tell_responsible(family: Family, helper: User, by: User) -> None:
    """The coordinator learns that somebody helps or stands in."""
    responsible = family.assignments.live().responsible().select_related("user").first()
    if responsible and responsible.user_id not in (helper.pk, by.pk):
        tell(responsible.user, "helped")


def _assign(family, coordinator, kind, at, valid_until, reason, override_reason, by, leave=None) -> Assignment:
    assignment = Assignment(
        family=family, user=coordinator, kind=kind, valid_from=at, valid_until=valid_until,
        reason=reason[:300], override_reason=override_reason[:300], assigned_by=by, leave=leave,
    )  # fmt: skip
    _save(assignment)
    why = reason or str(AssignmentKind(kind).label)
    give(
        family.pk, user=coordinator, permissions=COORDINATOR_GRANT | ASSIGNED_GRANT, reason=why,
        expires_at=valid_until, by=by, assignment=assignment, starts_at=at,
    )  # fmt: skip
    return assignment


def _save(assignment: Assignment) -> None:
    """Two at once both found no responsible coordinator: the database lets one in, and tells the other."""
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "assignment_one_responsible":  # type: ignore[union-attr]
            raise
        raise Refused(
            _("Noen andre ga nettopp familien en ansvarlig koordinator. Se hvem det er, og overfør om det trengs."),
            rule="has_responsible",
        ) from error


def _end(assignment: Assignment, at: datetime, by: User, reason: str) -> None:
    assignment.valid_until, assignment.ended_by = max(at, assignment.valid_from), by
    assignment.ended_reason = reason[:300]
    assignment.save(update_fields=["valid_until", "ended_by", "ended_reason"])
    assignment.grants.all().delete()
    if assignment.kind == AssignmentKind.RESPONSIBLE:
        look_at_held(assignment.user_id, assignment.family.municipality_id)


def give(
    family_id: UUID, *, user, permissions, reason, expires_at, by, assignment=None, break_glass=None, starts_at=None
) -> list[FamilyUserGrant]:
    """Write grants, one row per permission; called by actions that have checked everything.

    A start that has been is left out: the grant holds from the moment it is given.
    """
    now = timezone.now()
    codenames = [str(permission) for permission in permissions]
    rows = DjangoPermission.objects.filter(
        codename__in=codenames, content_type__app_label="families", content_type__model="family"
    )
    return FamilyUserGrant.objects.bulk_create(
        FamilyUserGrant(
            content_object_id=family_id, user=user, permission=row, granted_by=by, granted_at=now,
            reason=reason[:300], starts_at=starts_at if starts_at and starts_at > now else None,
            expires_at=expires_at, assignment=assignment, break_glass=break_glass,
        )
        for row in rows
    )  # fmt: skip
