"""A lead is let into a strictly protected family by name: by its coordinator, or by the auditor with its code."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from families import named_leads, pages
from families.forms_access import NameLeadByCodeForm, NameLeadForm
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

CHANGE, REVIEW = Permission.CHANGE_FAMILY, Permission.REVIEW_ACCESS


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
@fresh_login(reading=False)
def lead_name(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The responsible coordinator lets in a lead, who otherwise does not know of the family."""
    family = pages.open_family(request, family_id, CHANGE, quiet=True)
    if not named_leads.may_name_lead(family, request.user):
        raise PermissionDenied(_("Bare den ansvarlige koordinatoren slipper inn en teamleder her."))
    form = NameLeadForm(request.POST or None, people=named_leads.leads_left(family))
    if request.method == "POST" and form.is_valid():
        lead = form.cleaned_data["user"]
        try:
            named_leads.name_lead(family, lead=lead, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s kan fordele familien nå.") % {"name": lead.name})
            return redirect("families:family_access", family_id=family.pk)
    context = pages.family_context(request, family, "access") | {
        "form": form, "heading": _("Slipp inn en teamleder"), "newer": None, "back": "families:family_access",
        "lead": _(
            "Teamledere vet ikke om denne familien. Den du slipper inn, ser navn, steg og datoer, ikke innholdet, "
            "og kan sette inn vikar, overføre familien og gi andre tilgang."
        ),
    }  # fmt: skip
    return render(request, "families/form_page.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(REVIEW)
@fresh_login(reading=False)
def lead_name_by_code(request: HttpRequest) -> HttpResponse:
    """The auditor lets a lead in when the coordinator is gone. The answer is the same whether the code exists."""
    form = NameLeadByCodeForm(request.POST or None, people=named_leads.leads_to_name(request.user))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            named_leads.name_lead_by_code(data["code"], lead=data["user"], reason=data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            text = _("Finnes familien og har den adressesperre, kan %(name)s fordele den nå. %(name)s får beskjed.")
            messages.success(request, text % {"name": data["user"].name})
            return redirect("families:break_glass_list")
    return render(request, "families/lead_by_code.html", {"form": form}, status=422 if form.errors else 200)
