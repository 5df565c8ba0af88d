"""Places: a coordinator's own number, set by the lead; and places held back, by the coordinator or the lead."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from families.actions_places import hold_places, set_places
from families.forms_protection import HoldForm, PlacesForm
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.OVERRIDE_PLACES)
def places_edit(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """How many places one coordinator has, and how many are held back."""
    mine = Municipality.objects.permitted(request.user, Permission.OVERRIDE_PLACES)
    rows = Membership.objects.live().filter(role=Role.COORDINATOR, municipality__in=mine)
    role = get_object_or_404(rows.select_related("user", "municipality").order_by("valid_from"), user=user_id)
    places = PlacesForm(request.POST if "places" in request.POST else None, role=role)
    held = HoldForm(request.POST if "held" in request.POST else None, role=role)
    facts = {"coordinator": role.user, "by": request.user}
    if _saved(request, places, lambda data: set_places(role.municipality, **facts, **data)) or _saved(
        request, held, lambda data: hold_places(role.municipality, **facts, **data)
    ):
        return redirect("families:dashboard")
    heading = _("Plassene til %(name)s") % {"name": role.user.name}
    return _page(request, [places, held], heading, "families:dashboard")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_FAMILY)
def places_hold(request: HttpRequest) -> HttpResponse:
    """One's own places held back. Nobody asks why."""
    role = next((m for m in request.user.live_memberships if m.role == Role.COORDINATOR), None)
    if role is None:
        raise Http404
    form = HoldForm(request.POST or None, role=role)
    if _saved(request, form, lambda data: hold_places(
        role.municipality, coordinator=request.user, by=request.user, **data
    )):  # fmt: skip
        return redirect("families:family_list")
    return _page(request, [form], _("Plassene dine"), "families:family_list")


def _saved(request: HttpRequest, form: Any, save: Any) -> bool:
    if not form.is_bound or not form.is_valid():
        return False
    try:
        save(form.cleaned_data)
    except Refused as refusal:
        say(form, refusal)
        return False
    messages.success(request, _("Lagret."))
    return True


def _page(request: HttpRequest, forms: list[Any], heading: str, back: str) -> HttpResponse:
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, "families/places.html", {"forms": forms, "heading": heading, "back": back}, status=status)
