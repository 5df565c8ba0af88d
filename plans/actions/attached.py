"""A document is put beside a meeting, a goal or the plan, and taken away again. The document itself stays as it is."""

from django.utils.translation import gettext as _

from documents.enums import Kind
from documents.models import Document
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.versioned import lock
from plans.enums import PlanEvent
from plans.models import AttachedDocument, Goal, Meeting
from plans.rules import check_open

Place = Meeting | Goal | Family


@action
def attach_document(document: Document, *, to: Place, by: User) -> AttachedDocument:
    """Put it beside a meeting or a goal; `to` the family: beside the plan.

    Raises Refused for a document that is another family's, hidden from this person or withdrawn, for a signed
    agreement, for a meeting that came to nothing or whose minutes are finished, and for a goal that is closed;
    AlreadyDone when it lies there.
    """
    family = _may_change(to, by)
    current = Document.objects.permitted(by, Permission.VIEW_FAMILY).filter(family=family, pk=document.pk).first()
    if current is None:
        raise Refused(_("Velg et av familiens egne dokumenter."), rule="no_such_document", field="document")
    if current.withdrawn_at:
        raise Refused(_("Dokumentet er trukket tilbake."), rule="withdrawn", field="document")
    if current.kind == Kind.AGREEMENT:
        raise Refused(_("En underskrevet avtale ligger ved avtalene, og bare der."), rule="agreement", field="document")
    place = {"meeting": to if isinstance(to, Meeting) else None, "goal": to if isinstance(to, Goal) else None}
    row, is_new = AttachedDocument.objects.get_or_create(
        family=family, document=current, **place, defaults={"attached_by": by}
    )
    if not is_new:
        raise AlreadyDone(_("Dokumentet ligger alt ved her."), row=row)
    record(PlanEvent.DOCUMENT_ATTACHED, by=by, target=row, family=family, facts=_where(row))
    return row


@action
def detach_document(attached: AttachedDocument, *, by: User) -> None:
    """It does not belong here. Raises Refused as `attach_document` does, and when somebody took it away before."""
    family = _may_change(attached.meeting or attached.goal or attached.family, by)
    current = AttachedDocument.objects.filter(pk=attached.pk).first()
    if current is None:
        raise Refused(_("Dokumentet er alt tatt bort herfra."), rule="gone")
    record(PlanEvent.DOCUMENT_DETACHED, by=by, target=current, family=family, facts=_where(current))
    current.delete()


def _may_change(place: Place, by: User) -> Family:
    """The family of the place, which is locked. Raises PermissionDenied, and Refused when nothing there may change."""
    family = place if isinstance(place, Family) else place.family
    check(by, Permission.CHANGE_JOURNAL if isinstance(place, Meeting) else Permission.CHANGE_PLAN, family)
    check_open(family)
    if isinstance(place, Meeting):
        meeting = lock(place, None)
        if meeting.is_finished:
            raise Refused(
                _("Referatet er ferdig, og dokumentene ved det står som de er. Skriv et tillegg."), rule="finished"
            )
        if meeting.came_to_nothing:
            raise Refused(_("Møtet er alt ført."), rule="not_planned")
    elif isinstance(place, Goal) and lock(place, None).closed_on:
        raise Refused(_("Målet er alt avsluttet."), rule="not_active")
    return family


def _where(row: AttachedDocument) -> dict[str, str]:
    return {"document": str(row.document_id), "to": "meeting" if row.meeting_id else "goal" if row.goal_id else "plan"}
