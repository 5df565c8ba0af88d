"""Actions on break-glass: a family opened in need by somebody who leads the team or is on call, and gone through after.

It opens reading, never changing, for 60 minutes; the clock ends it, and no job is needed. The coordinator and the
auditor are told at once. Families with the two strict protections cannot be opened so, since the person may not even
know of them: their way in is a lead named beforehand, or named by the auditor by code (families/named_leads.py).
"""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import can, check
from nyemonstre.access.roles import READER_GRANT, Permission, Role
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .assignments import give
from .enums import FamilyEvent
from .grants import BreakGlass
from .models import Family
from .tasks import tell

OPEN_FOR = timedelta(minutes=60)
# The reason is a sentence that the auditor can judge: «x» and «måtte» are none.
LEAST_CHARACTERS, LEAST_WORDS = 20, 2


@action
def break_glass(code: str, *, reason: str, by: User) -> BreakGlass:
    """Open the family with this code for reading, for an hour from now.

    Raises PermissionDenied for roles that may not; Refused without a sentence for a reason, when the family is open to
    the person already, and, in the same words, for an unknown code, a strict protection and a conflict of interest.
    """
    if not by.may_use(Permission.BREAK_GLASS):
        raise PermissionDenied(_("Rollen din gir ikke lov til å åpne en familie i nød."))
    reason = " ".join(reason.split())
    if len(reason) < LEAST_CHARACTERS or len(reason.split(" ")) < LEAST_WORDS:
        raise Refused(
            _("Skriv hvorfor i en hel setning, minst %(least)d tegn. Personvernombudet leser den.")
            % {"least": LEAST_CHARACTERS},
            rule="reason",
            field="reason",
        )
    # The same person twice at once: the second waits here and then finds the family open.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    found = _find(code.strip())
    if found is None:
        raise Refused(
            _("Ingen familie med denne koden kan åpnes slik. Ring koordinatoren eller personvernombudet."),
            rule="no_such_family",
            field="code",
        )
    family_id, municipality_id = found
    if Family.objects.permitted(by, Permission.VIEW_FAMILY).filter(pk=family_id).exists():
        raise Refused(_("Du kan alt åpne denne familien."), rule="open_already", field="code")
    now = timezone.now()
    row = BreakGlass(
        municipality_id=municipality_id, family_id=family_id, user=by, reason=reason[:500], opened_at=now,
        until=now + OPEN_FOR,
    )  # fmt: skip
    row.save(force_insert=True)
    give(family_id, user=by, permissions=READER_GRANT, reason=reason, expires_at=row.until, by=by, break_glass=row)
    check(by, Permission.BREAK_GLASS, Family.objects.get(pk=family_id))
    record(
        FamilyEvent.GLASS_BROKEN,
        by=by,
        target=row,
        facts={"until": row.until.isoformat(timespec="minutes")},
        reason=row.reason,
    )
    _tell(row, by)
    return row


@action
def end_break_glass(row: BreakGlass, *, by: User) -> BreakGlass:
    """Close it before the hour is over: the person themselves, or a lead. Raises Refused when it is closed already."""
    if row.user_id != by.pk:
        check(by, Permission.GRANT_ACCESS, row.family)
    row = BreakGlass.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not row.is_open:
        raise Refused(_("Nødåpningen er alt over."), rule="ended")
    row.grants.all().delete()
    row.ended_at = min(timezone.now(), row.until)
    row.save(update_fields=["ended_at"])
    record(FamilyEvent.GLASS_MENDED, by=by, target=row, facts={"user": str(row.user_id)})
    return row


@action
def review_break_glass(row: BreakGlass, *, note: str, by: User) -> BreakGlass:
    """The auditor has gone through it, and writes what was found. Raises Refused while it is open, twice, or empty."""
    check(by, Permission.REVIEW_ACCESS, row)
    if row.user_id == by.pk:
        raise Refused(_("Ingen går gjennom sin egen nødåpning."), rule="own")
    if not note.strip():
        raise Refused(_("Skriv hva du fant."), rule="note", field="note")
    row = BreakGlass.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.is_open:
        raise Refused(_("Nødåpningen er ikke over ennå."), rule="open", field="note")
    if row.reviewed_at:
        raise Refused(_("Nødåpningen er alt gjennomgått."), rule="reviewed")
    row.reviewed_at, row.reviewed_by, row.review_note = timezone.now(), by, note[:500]
    row.save(update_fields=["reviewed_at", "reviewed_by", "review_note"])
    record(FamilyEvent.GLASS_REVIEWED, by=by, target=row, facts={"user": str(row.user_id)}, reason=row.review_note)
    return row


def may_review(row: BreakGlass, user: User) -> bool:
    return can(user, Permission.REVIEW_ACCESS, row) and row.user_id != user.pk


def _find(code: str) -> tuple[UUID, UUID] | None:
    """(family, municipality), asked of the database itself: a coordinator on call does not see the family yet."""
    with connection.cursor() as cursor:
        cursor.execute("select id, municipality_id from sec.family_to_open(%s)", [code])
        return cursor.fetchone()


def _tell(row: BreakGlass, by: User) -> None:
    """The auditors and the responsible coordinator, at once. Mail says no name and no family."""
    auditors = Membership.objects.live().filter(role=Role.AUDITOR, municipality=row.municipality_id)
    people = User.objects.filter(is_active=True, pk__in=auditors.values("user_id"))
    family = Family.objects.get(pk=row.family_id)
    responsible = family.assignments.live().responsible().values("user_id")
    people |= User.objects.filter(pk__in=responsible)
    for person in people.exclude(pk=by.pk).order_by("pk"):
        tell(person, "glass_broken")
