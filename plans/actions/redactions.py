"""Words that should not stand in a plan are taken away everywhere: in rows, their history, and what is searched."""

from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from plans.enums import PlanEvent, RedactionState
from plans.models import Redaction
from plans.rules import check_reason

# Shorter than this would take away parts of other words.
SHORTEST = 4


@action
def ask_redaction(family: Family, *, passage: str, reason: str, by: User, key: UUID | None = None) -> Redaction:
    """Ask the auditor to take words away, exactly as they stand. Until it is decided they stand where they stood.

    Raises Refused for too few letters, without a reason, and for words that stand nowhere in this plan; AlreadyDone for
    the same form twice.
    """
    check(by, Permission.CHANGE_PLAN, family)
    passage = passage.strip()
    if len(passage) < SHORTEST:
        raise Refused(_("Skriv hele ordet eller setningen, minst fire tegn."), rule="too_short", field="passage")
    check_reason(reason, _("Skriv hvorfor det ikke skal stå der."))
    refuse_twice(Redaction.objects.filter(family=family), key)
    if not _places(family, passage):
        raise Refused(
            _("Dette står ikke i planen eller journalen. Skriv det nøyaktig slik det står."),
            rule="nowhere", field="passage",
        )  # fmt: skip
    row = Redaction(family=family, municipality_id=family.municipality_id, passage=passage, reason=reason, asked_by=by)
    if key:
        row.pk = key
    row.save(force_insert=True)
    record(PlanEvent.REDACTION_ASKED, by=by, target=row, family=family)
    return row


def _places(family: Family, passage: str) -> int:
    """In how many rows it stands, of those the actor may read."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.plan_places(%s, %s)", [family.pk, passage])
        return int(cursor.fetchone()[0])


@action
def redact(row: Redaction, *, by: User) -> Redaction:
    """The auditor takes the words away. What is left is «[fjernet]», and this row: who, when and why.

    The files the plan was printed to are thrown away too. Raises Refused when it is decided already.
    """
    check(by, Permission.REVIEW_ACCESS, row.municipality)
    current = _waiting(row)
    with connection.cursor() as cursor:
        cursor.execute("select sec.redact_plan(%s)", [current.pk])
        places = cursor.fetchone()[0]
    current.refresh_from_db()
    record(PlanEvent.REDACTED, by=by, target=current, facts={"places": places})
    return current


@action
def decline_redaction(row: Redaction, *, answer: str, by: User) -> Redaction:
    """The words may stand. Raises Refused without an answer, or when it is decided already."""
    check(by, Permission.REVIEW_ACCESS, row.municipality)
    current = _waiting(row)
    if not answer.strip():
        raise Refused(_("Skriv hvorfor det kan stå."), rule="answer", field="answer")
    current.state, current.answer, current.passage = RedactionState.DECLINED, answer[:300], ""
    current.decided_by, current.decided_at = by, timezone.now()
    current.save()
    record(PlanEvent.REDACTION_DECLINED, by=by, target=current)
    return current


def _waiting(row: Redaction) -> Redaction:
    current = Redaction.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if current.state != RedactionState.ASKED:
        raise Refused(_("Dette er alt avgjort."), rule="decided")
    return current
