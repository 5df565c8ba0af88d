"""Documents beside a meeting, and beside the plan and its goals: the list, one more, one less."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from families.enums import FamilyState
from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import AlreadyDone, Refused
from plans import actions
from plans.attached import beside_plan, may_lie_beside
from plans.forms_attached import AttachForm, AttachToPlanForm
from plans.models import AttachedDocument

from .frame import CHANGE, VIEW
from .meetings import meeting_of, meeting_url, show_meeting


@require_safe
@requires(VIEW)
def plan_documents(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """What lies beside the plan and its goals."""
    return _show_plan(request, open_family(request, family_id, VIEW))


def _show_plan(request: HttpRequest, family: Family, form: AttachToPlanForm | None = None) -> HttpResponse:
    frame = family_context(request, family, "plan")
    may_attach = CHANGE in frame["allowed"] and family.state != FamilyState.CLOSED and not frame["why_only_read"]
    if may_attach and form is None:
        may = may_lie_beside(family, request.user)
        form = AttachToPlanForm(family=family, documents=may, find=request.GET.get("q", ""))
    if form is not None:
        form.helper.form_action = reverse("plans:plan_attach", args=[family.pk])
    attached = beside_plan(family, request.user)
    context = {
        **frame,
        "attached": attached,
        "attach_form": form,
        "may_attach": may_attach,
        "away": "plans:plan_detach",
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "plans/plan_documents.html", context, status=status)


@require_POST
@requires(CHANGE)
def plan_attach(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One of the family's documents, beside a goal or the plan."""
    family = open_family(request, family_id, CHANGE)
    form = AttachToPlanForm(request.POST, family=family, documents=may_lie_beside(family, request.user))
    if form.is_valid() and _attached(form, form.cleaned_data["goal"] or family, request):
        return redirect("plans:plan_documents", family.pk)
    return _show_plan(request, family, form)


@require_POST
@requires(Permission.CHANGE_JOURNAL)
def meeting_attach(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """One of the family's documents, beside a meeting whose minutes are not finished."""
    family = open_family(request, family_id, Permission.CHANGE_JOURNAL)
    meeting = meeting_of(request, family, meeting_id)
    form = AttachForm(request.POST, documents=may_lie_beside(family, request.user))
    if form.is_valid() and _attached(form, meeting, request):
        return redirect(f"{meeting_url(meeting)}#dokumenter")
    return show_meeting(request, family, meeting, attach_form=form)


def _attached(form: AttachForm, place: actions.Place, request: HttpRequest) -> bool:
    """Whether it lies there now; else the form says why not. A click too many is no fault."""
    try:
        actions.attach_document(form.cleaned_data["document"], to=place, by=request.user)
    except AlreadyDone:
        return True
    except Refused as refusal:
        say(form, refusal)
        return False
    messages.success(request, _("Dokumentet ligger ved."))
    return True


@require_POST
@requires(CHANGE)
def plan_detach(request: HttpRequest, family_id: UUID, attached_id: UUID) -> HttpResponse:
    """Away from the plan or the goal; the document stays among the family's."""
    family = open_family(request, family_id, CHANGE)
    _detach(request, family, CHANGE, pk=attached_id, meeting=None)
    return redirect("plans:plan_documents", family.pk)


@require_POST
@requires(Permission.CHANGE_JOURNAL)
def meeting_detach(request: HttpRequest, family_id: UUID, attached_id: UUID) -> HttpResponse:
    """Away from the meeting, while its minutes are not finished."""
    family = open_family(request, family_id, Permission.CHANGE_JOURNAL)
    meeting = _detach(request, family, Permission.CHANGE_JOURNAL, pk=attached_id, meeting__isnull=False).meeting
    return redirect(f"{meeting_url(meeting)}#dokumenter")


def _detach(request: HttpRequest, family: Family, permission: Permission, **which: Any) -> Any:
    rows = AttachedDocument.objects.filter(family=family)
    rows = rows.select_related("family__municipality", "meeting__family__municipality", "goal__family__municipality")
    attached = get_visible_or_404(rows, request, permission, quiet=True, **which)
    try:
        actions.detach_document(attached, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Dokumentet er tatt bort herfra. Det står fortsatt under Dokumenter."))
    return attached
