"""Step 8 without the coordinator in the room: a code is given to one person, and brings one answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.codes import code_of, digest, normalise
from assessments.enums import AssessmentEvent
from assessments.models import FitInvitation, LocalInstrument, packs_of
from consent.models import Service
from consent.rules import why_not_change, why_not_map
from families.enums import FamilyState
from families.models import Family, Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.once import refuse_twice

from .checks import clean_answer
from .fit import check_person, check_service, record_fit

CODE_LASTS = timedelta(hours=24)


@action
def invite_fit(
    family: Family, *, member: Member, by: User, after: str = "", service: Service | None = None,
    key: UUID | None = None,
) -> FitInvitation:  # fmt: skip
    """A code for one person, good for CODE_LASTS and for one answer. One that was open for the same person ends.

    Raises Refused for somebody of another family, without consent or too young, in a case that is closed or only read,
    and for a service no agreement covers today.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    refuse_twice(FitInvitation.objects.filter(family=family), key)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet, så familien kan ikke kartlegges."), rule="closed")
    if why := why_not_change(family):
        raise Refused(why, rule="restricted")
    check_person(family, member, timezone.localdate())
    check_service(family, service, timezone.localdate())
    now = timezone.now()
    FitInvitation.objects.filter(family=family, member=member).open(now).update(expires_at=now)
    packs = [row.pk for row in LocalInstrument.objects.in_use(family.municipality_id, after_meetings=True)]
    row = FitInvitation(
        family=family, member=member, after=after.strip(), service=service, packs=packs, asked_by=by,
        asked_at=now, expires_at=now + CODE_LASTS, **({"pk": key} if key else {}),
    )  # fmt: skip
    row.code_hash = digest(code_of(row.pk))
    row.save(force_insert=True)
    record(AssessmentEvent.FIT_CODE_GIVEN, by=by, target=row, family=family)
    return row


@action
def take_back_fit(invitation: FitInvitation, *, by: User) -> FitInvitation:
    """The code works no more. Taking back one that was used or has run out changes nothing."""
    check(by, Permission.CHANGE_ASSESSMENT, invitation)
    current = FitInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    now = timezone.now()
    if current.used_at is None and current.expires_at > now:
        current.expires_at = now
        current.save(update_fields=["expires_at"])
        record(AssessmentEvent.FIT_CODE_TAKEN_BACK, by=by, target=current)
    return current


def works_no_more() -> Refused:
    """The same for a code that was used, ran out, was taken back or never was: nobody learns which."""
    return Refused(_("Koden virker ikke. Den kan være brukt eller gått ut. Be koordinatoren om en ny."), rule="code")


def opened_by(code: str) -> tuple[FitInvitation, User] | None:
    """The invitation of a code that works, and who gave it; None for every other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, asked_by_id from sec.fit_invitation(%s, %s)", [digest(normalise(code)), timezone.now()]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    with acting_as(row[1]):
        user = User.objects.filter(pk=row[1], is_active=True).first()
        rows = (
            FitInvitation.objects.permitted(user, Permission.CHANGE_ASSESSMENT)
            if user
            else FitInvitation.objects.none()
        )
        found = rows.select_related("family__municipality", "member", "service").filter(pk=row[0]).first()
        if found is None or why_not_map(found.member):
            return None
        return found, user


@action
def answer_by_code(
    code: str, *, by: User | None, value: Any = None, missing: str = "", comment: str = "",
    more: Mapping[str, tuple[Any, str]] | None = None,
) -> None:  # fmt: skip
    """One person's own answer. No permission is needed: the code is the proof, given by somebody who has one.

    It is written in the name of whoever gave the code, while they may still map the family; that it came by a code
    stands in the log. `more`: the municipality's own questions, by key, each (value, missing).
    Raises Refused for a code that does not work, or a bad answer, which leaves the code as it was.
    """
    found = opened_by(code)
    if found is None:
        raise works_no_more()
    invitation, asker = found
    with acting_as(asker):
        current = FitInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if current.used_at or current.expires_at <= timezone.now():
            raise works_no_more()
        own = _own_answers(current, more or {})
        try:
            record_fit(
                invitation.family, member=invitation.member, value=value, missing=missing, comment=comment,
                after=invitation.after, service=invitation.service, more=own, key=current.pk, by=asker,
            )  # fmt: skip
        except (AlreadyDone, PermissionDenied) as error:
            raise works_no_more() from error
        current.used_at = timezone.now()
        current.save(update_fields=["used_at"])
    record(
        AssessmentEvent.FIT_ANSWERED_BY_CODE, by=by, target=current, family=invitation.family,
        municipality=invitation.family.municipality,
    )  # fmt: skip


def _own_answers(invitation: FitInvitation, more: Mapping[str, tuple[Any, str]]) -> dict[str, dict[str, Any]]:
    """The answers to the municipality's own questions as they are kept. A question nobody answered was not asked."""
    questions = {f"{pack.id}.{q.key}": q for pack in packs_of(invitation.packs) for q in pack.questions}
    kept = {}
    for key, (value, missing) in more.items():
        if key not in questions:
            raise Refused(_("Velg ett av svarene i listen."), rule="no_such_question")
        if value is None and not missing:
            continue
        kept[key] = {"value": clean_answer(questions[key].scale, value, missing), "missing": missing}
    return kept
