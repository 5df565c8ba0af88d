"""Templates of the municipality, for the lead; other plans around a family, for its coordinator."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.pages import open_family, with_version
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from nyemonstre.ui.forms import sent
from plans import actions
from plans.enums import TemplateOf
from plans.forms_templates import OtherPlanEditForm, OtherPlanForm, TemplateForm
from plans.models import OtherPlan, PlanTemplate

from .frame import CHANGE, form_page, reload_page, row_of, to_agreement

LEADS = Permission.CHANGE_CONTENT
WRITES = ["GET", "HEAD", "POST"]


@require_safe
@requires(LEADS)
def template_list(request: HttpRequest) -> HttpResponse:
    """What goals and measures can begin with, under the line each is about. Holds no personal data."""
    rows = PlanTemplate.objects.permitted(request.user, LEADS).select_related("municipality")
    show = request.GET.get("vis", "")
    rows = rows.filter(retired=True) if show == "for" else rows.in_use(show if show in TemplateOf.values else None)
    filters = [("", _("I bruk"), None), *((value, label, None) for value, label in TemplateOf.choices)]
    context = {
        "templates": rows.order_by("of", "outcome", "created_at"), "filters": [*filters, ("for", _("Før"), None)],
        "shown": show, "many": Municipality.objects.permitted(request.user, LEADS).count() > 1,
    }  # fmt: skip
    return render(request, "plans/template_list.html", context)


@require_http_methods(WRITES)
@requires(LEADS)
def template_new(request: HttpRequest) -> HttpResponse:
    """New words to begin with."""
    places = Municipality.objects.permitted(request.user, LEADS).order_by("name")
    form = TemplateForm(sent(request), places=places)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            actions.add_template(form.place(), key=data["key"], facts=data, by=request.user)
        except AlreadyDone:
            pass
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            messages.success(request, _("Malen er lagret."))
            return redirect("plans:template_list")
    return _page(request, form, _("Ny mal"))


@require_http_methods(WRITES)
@requires(LEADS)
def template_edit(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Other words, or taken out of use."""
    rows = PlanTemplate.objects.select_related("municipality")
    template = get_visible_or_404(rows, request, LEADS, pk=template_id)
    initial = {name: getattr(template, name) for name in (*actions.TEMPLATE, "version")}
    form = TemplateForm(sent(request), places=None, initial=initial)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            actions.change_template(template, facts=data, version=data["version"], by=request.user)
        except Stale as stale:
            with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Malen er endret. Planer som begynte med den, står som de var."))
            return redirect("plans:template_list")
    return _page(request, form, _("Endre malen"))


def _page(request: HttpRequest, form: Any, heading: str) -> HttpResponse:
    context = {"form": form, "heading": heading}
    return render(request, "plans/template_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(WRITES)
@requires(CHANGE)
def other_plan_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Somebody else coordinates something for the family too."""
    family = open_family(request, family_id, CHANGE)
    form, way_out = OtherPlanForm(sent(request), family=family), {}
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            actions.add_other_plan(family, key=data["key"], facts=data, by=request.user)
        except AlreadyDone:
            pass
        except Refused as refusal:
            way_out = to_agreement(family, refusal, data["led_by"])
            say(form, refusal)
        if not form.errors:
            return reload_page(request, family, _("Lagret."), "andre-planer")
    return form_page(request, family, form, heading=_("En annen plan eller koordinator"), slot="ny-annen", **way_out)


@require_http_methods(WRITES)
@requires(CHANGE)
def other_plan_edit(request: HttpRequest, family_id: UUID, row_id: UUID) -> HttpResponse:
    """It is led by others now, or has ended. Of two who save at once, the second chooses field by field."""
    family = open_family(request, family_id, CHANGE)
    row = row_of(request, family, OtherPlan, row_id)
    form, way_out = OtherPlanEditForm(sent(request), family=family, row=row), {}
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            actions.change_other_plan(row, facts=data, version=data["version"], by=request.user)
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            way_out = to_agreement(family, refusal, data["led_by"])
            say(form, refusal)
        if not form.errors:
            return reload_page(request, family, _("Lagret."), "andre-planer")
    return form_page(request, family, form, heading=_("Endre"), slot="ny-annen", lead=str(row), **way_out)
