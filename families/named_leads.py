"""Actions that let a lead into a strictly protected family, by name, so that somebody can allot it and hand it over.

Leads do not know of such a family. One who is named on it has there what leads have on every other: the frame,
assigning and granting, and none of the content. The responsible coordinator names one; is the coordinator gone, the
auditor does, by the family's code, without seeing the family or learning whether the code exists (docs/adr).
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.postgres.sorting import norwegian_key
from nyemonstre.refusals import Refused

from .enums import FamilyEvent
from .grants import FamilyUserGrant, ShutOut
from .models import Family
from .tasks import tell


@action(in_log="families.assignments.grant_access")
def name_lead(family: Family, *, lead: User, reason: str, by: User) -> None:
    """The responsible coordinator of a strictly protected family lets a lead in, until it is taken back.

    Raises PermissionDenied for everybody else and for other families; Refused without a reason, for somebody who is no
    lead there, is named already or has a conflict of interest.
    """
    check(by, Permission.CHANGE_FAMILY, family)
    if not may_name_lead(family, by):
        raise PermissionDenied(
            _("Bare den ansvarlige koordinatoren for en familie med adressesperre setter opp en teamleder her.")
        )
    _check(lead, reason, leads_in([family.municipality_id]))
    if ShutOut.objects.in_force().filter(user=lead, family=family).exists():
        raise Refused(
            _("%(name)s er inhabil i denne familien, og kan ikke få tilgang.") % {"name": lead.name},
            rule="shut_out",
            field="user",
        )
    if lead in named_leads(family):
        raise Refused(_("%(name)s er alt satt opp her.") % {"name": lead.name}, rule="already", field="user")
    _name(family.code, lead, reason)
    # As when anybody is let in by name: an event of its own would tell that the family is strictly protected.
    record(FamilyEvent.ACCESS_GRANTED, by=by, target=family, facts={"user": str(lead.pk)}, reason=reason[:300])
    tell(lead, "lead_named")


@action
def name_lead_by_code(code: str, *, lead: User, reason: str, by: User) -> None:
    """The auditor lets a lead into the strictly protected family with this code; for when its coordinator is gone.

    Says nothing about whether there is such a family: the answer, the event and the mail to the lead are alike.
    Raises PermissionDenied for other roles; Refused without a code or a reason, and for somebody who is no lead.
    """
    if not by.may_use(Permission.REVIEW_ACCESS):
        raise PermissionDenied(_("Rollen din gir ikke lov til å slippe inn en teamleder."))
    code = code.strip()
    if not code:
        raise Refused(_("Skriv familiens kode."), rule="code", field="code")
    _check(lead, reason, leads_to_name(by))
    _name(code, lead, reason)
    record(FamilyEvent.LEAD_NAMED_BY_CODE, by=by, facts={"user": str(lead.pk)}, reason=reason[:300])
    tell(lead, "lead_named_by_code")


def may_name_lead(family: Family, user: User) -> bool:
    return family.is_protected and family.assignments.live().responsible().filter(user=user).exists()


def leads_in(municipalities: Any) -> list[User]:
    """Leads of these municipalities who can log in, by name."""
    rows = Membership.objects.live().filter(role=Role.LEAD, municipality__in=municipalities)
    people = User.objects.filter(is_active=True, pk__in=rows.values("user_id")).order_by("pk")
    return sorted(people, key=lambda user: norwegian_key(user.name))


def leads_to_name(by: User) -> list[User]:
    """Leads of the municipalities whose access `by` goes through."""
    return leads_in(Municipality.objects.permitted(by, Permission.REVIEW_ACCESS).values("pk"))


def named_leads(family: Family) -> QuerySet[User]:
    """People let in by name who may let others in."""
    grants = FamilyUserGrant.objects.live().filter(
        content_object=family, assignment=None, break_glass=None, permission__codename=Permission.GRANT_ACCESS
    )
    return User.objects.filter(pk__in=grants.values("user_id"))


def leads_left(family: Family) -> list[User]:
    """Leads the responsible coordinator can name: neither named already nor shut out."""
    out = set(ShutOut.objects.in_force().filter(family=family).order_by("pk").values_list("user_id", flat=True))
    out |= set(named_leads(family).order_by("pk").values_list("pk", flat=True))
    return [lead for lead in leads_in([family.municipality_id]) if lead.pk not in out]


def _check(lead: User, reason: str, leads: list[User]) -> None:
    if not reason.strip():
        raise Refused(_("Skriv hvorfor teamlederen slippes inn."), rule="reason", field="reason")
    if lead not in leads:
        raise Refused(_("%(name)s er ikke teamleder i kommunen.") % {"name": lead.name}, rule="no_lead", field="user")


def _name(code: str, lead: User, reason: str) -> None:
    """Done by the database itself, which asks once more who may: neither of the two may write grants in general."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.name_lead(%s, %s, %s, %s)", [code, lead.pk, reason[:300], timezone.now()])
