"""Actions on conflicts of interest: somebody is shut out of a named family, by their own word or by a lead's.

Stronger than role, assignment, grant and break-glass: `FamilyQuerySet.permitted` and the wall ask it last. It holds
from the transaction it is written in. Nobody lifts their own.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import can, check
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import FamilyEvent
from .grants import ShutOut
from .models import Family
from .tasks import tell


@dataclass(frozen=True)
class _Found:
    """What is needed of a family that the person declaring may not see."""

    pk: UUID
    municipality_id: UUID
    strict: bool
    responsible_id: UUID | None


@action
def declare_conflict(code: str, *, reason: str, by: User) -> None:
    """`by` has a conflict of interest in the family with this code, and sees nothing of it from now on.

    Says nothing about whether there is such a family: the answer, the event and the time taken are alike. Leads are
    told; for the two strict protections, which a lead may not know of, the auditor and the coordinator are.
    Raises Refused without a reason or a code, PermissionDenied for somebody without a role.
    """
    if not by.live_memberships:
        raise PermissionDenied(_("Du har ingen rolle i en kommune."))
    code = code.strip()
    if not code:
        raise Refused(_("Skriv familiens kode."), rule="code", field="code")
    _check_reason(reason)
    # The same person twice at once: the second waits here and then finds the first one's row.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    found = _find(code)
    if found and not ShutOut.objects.in_force().filter(user=by, family_id=found.pk).exists():
        _shut_out(found, by, reason, by)
        _tell_who_may_know(found, by)
    record(FamilyEvent.CONFLICT_DECLARED, by=by, reason=reason)


@action
def shut_out(family: Family, *, user: User, reason: str, by: User) -> ShutOut:
    """A lead shuts a colleague out of a family. Raises Refused without a reason, without a role there, or twice."""
    check(by, Permission.GRANT_ACCESS, family)
    _check_reason(reason)
    if not Membership.objects.live().filter(user=user, municipality=family.municipality_id).exists():
        raise Refused(_("%(name)s har ingen rolle i kommunen.") % {"name": user.name}, rule="no_role", field="user")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if ShutOut.objects.in_force().filter(user=user, family=family).exists():
        raise Refused(_("%(name)s er alt meldt inhabil.") % {"name": user.name}, rule="already", field="user")
    responsible = family.assignments.live().responsible().values_list("user_id", flat=True).first()
    found = _Found(family.pk, family.municipality_id, family.is_protected, responsible)
    row = _shut_out(found, user, reason, by)
    record(FamilyEvent.SHUT_OUT, by=by, target=row, facts={"user": str(user.pk)}, reason=row.reason)
    _tell_who_may_know(found, user, by)
    if user.pk != by.pk:
        tell(user, "shut_out")
    return row


@action
def lift_shut_out(row: ShutOut, *, reason: str, by: User) -> ShutOut:
    """Somebody else, a lead or the auditor, finds that there is no conflict any more.

    Raises Refused for oneself, without a reason and when it is lifted already; PermissionDenied for everybody else.
    """
    leads = Family.objects.permitted(by, Permission.GRANT_ACCESS).filter(pk=row.family_id).exists()
    if not leads and not can(by, Permission.REVIEW_ACCESS, row):
        raise PermissionDenied(_("Rollen din gir ikke lov til å oppheve en inhabilitet."))
    if row.user_id == by.pk:
        raise Refused(
            _("Ingen opphever sin egen inhabilitet. Be en annen teamleder eller personvernombudet."), rule="own"
        )
    if not reason.strip():
        raise Refused(_("Skriv hvorfor inhabiliteten oppheves."), rule="reason", field="reason")
    row = ShutOut.objects.select_for_update(of=("self",)).select_related("user").get(pk=row.pk)
    if row.ended_at:
        raise Refused(_("Inhabiliteten er alt opphevet."), rule="ended")
    row.ended_at, row.ended_by, row.ended_reason = timezone.now(), by, reason[:300]
    row.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    record(FamilyEvent.SHUT_OUT_LIFTED, by=by, target=row, facts={"user": str(row.user_id)}, reason=row.ended_reason)
    tell(row.user, "shut_out_lifted")
    return row


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Skriv kort hvorfor, for eksempel «nær slekt»."), rule="reason", field="reason")


def _find(code: str) -> _Found | None:
    """Asked of the database itself: whoever declares a conflict may not see the family."""
    with connection.cursor() as cursor:
        cursor.execute("select id, municipality_id, strict, responsible_id from sec.family_in_conflict(%s)", [code])
        row = cursor.fetchone()
    return _Found(*row) if row else None


def _shut_out(found: _Found, user: User, reason: str, by: User) -> ShutOut:
    row = ShutOut(
        municipality_id=found.municipality_id, family_id=found.pk, user=user, reason=reason[:300], declared_by=by
    )
    row.save(force_insert=True)
    return row


def _tell_who_may_know(found: _Found, shut_out: User, by: User | None = None) -> None:
    """Leads; for a family a lead may not know of, the auditor and the coordinator. Mail says no name and no family."""
    role = Role.AUDITOR if found.strict else Role.LEAD
    people = User.objects.filter(is_active=True, pk__in=_holding(role, found.municipality_id))
    if found.strict and found.responsible_id:
        people |= User.objects.filter(pk=found.responsible_id)
    news = "needs_coordinator" if found.responsible_id == shut_out.pk else "conflict"
    for person in people.exclude(pk__in=[shut_out.pk, getattr(by, "pk", None)]).order_by("pk"):
        tell(person, news)


def _holding(role: Role, municipality_id: UUID):
    return Membership.objects.live().filter(role=role, municipality=municipality_id).values("user_id")
