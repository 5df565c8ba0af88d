"""Asking for words to be taken away, and the auditor who decides."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.audit.log import record
from nyemonstre.audit.presenters import family_codes
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.forms import sent
from plans import actions
from plans.enums import PlanEvent, RedactionState
from plans.forms_templates import DecideForm, RedactionForm
from plans.models import Redaction

from .frame import CHANGE

REVIEW = Permission.REVIEW_ACCESS
WRITES = ["GET", "HEAD", "POST"]


@require_http_methods(WRITES)
@requires(CHANGE)
def redaction_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Ask for it; below stand the tombstones: what was taken away when, by whom and why, without the words."""
    family = open_family(request, family_id, CHANGE)
    form = RedactionForm(sent(request))
    if form.is_valid():
        try:
            actions.ask_redaction(family, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            messages.success(request, _("Personvernombudet er spurt. Ordene står til det er avgjort."))
            return redirect("plans:redaction_new", family.pk)
    rows = Redaction.objects.filter(family=family).select_related("asked_by", "decided_by")
    context = {**family_context(request, family, "plan"), "form": form, "rows": rows}
    return render(request, "plans/redaction_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(REVIEW)
def redaction_list(request: HttpRequest) -> HttpResponse:
    """Every request of the municipality, those that wait first. The words are shown only on the page of one."""
    rows = list(
        Redaction.objects.permitted(request.user, REVIEW)
        .select_related("asked_by", "decided_by")
        .order_by("-decided_at", "-asked_at")[:200]
    )
    codes = family_codes({row.family_id for row in rows})
    record(PlanEvent.REDACTIONS_LISTED, by=request.user, facts={"rows": len(rows)})
    context = {"rows": [(row, codes.get(row.family_id, "")) for row in rows]}
    return render(request, "plans/redaction_list.html", context)


@require_http_methods(WRITES)
@requires(REVIEW)
def redaction_decide(request: HttpRequest, redaction_id: UUID) -> HttpResponse:
    """The words and the reason; take them away everywhere, or say why they may stand."""
    rows = Redaction.objects.permitted(request.user, REVIEW).select_related("municipality", "asked_by", "decided_by")
    row = get_object_or_404(rows, pk=redaction_id)
    form = DecideForm(sent(request))
    if form.is_valid():
        try:
            if form.cleaned_data["decision"] == RedactionState.DONE:
                actions.redact(row, by=request.user)
            else:
                actions.decline_redaction(row, answer=form.cleaned_data["answer"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Avgjort. Den som spurte, ser svaret i planen."))
            return redirect("plans:redaction_list")
    context = {"row": row, "form": form if row.state == RedactionState.ASKED else None}
    context |= {"code": family_codes([row.family_id]).get(row.family_id, "")}
    return render(request, "plans/redaction_decide.html", context, status=422 if form.is_bound else 200)
