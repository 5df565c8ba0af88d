"""Leave and illness: a lead hands a whole caseload to substitutes in one go, after seeing what will happen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families import assignments
from families.forms_leave import LeaveForm
from families.leaves import Leave
from families.places import coordinators
from families.views.team import my_municipality
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

ASSIGN = Permission.ASSIGN_COORDINATOR


@require_safe
@requires(ASSIGN)
def leave_list(request: HttpRequest) -> HttpResponse:
    """Who is away and who stands in; and the coordinators to choose from."""
    municipality, mine = my_municipality(request)
    standing = Leave.objects.permitted(request.user, ASSIGN).filter(municipality=municipality).standing()
    leaves = standing.select_related("user").prefetch_related("assignments__user", "assignments__family")
    context = {
        "leaves": leaves.order_by("starts_at", "pk"),
        "coordinators": coordinators(municipality),
        "municipality": municipality,
        "mine": mine,
    }
    return render(request, "families/leave_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ASSIGN)
def leave_new(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """From when to when, one substitute for all or one per family; shown once before it happens."""
    municipality, _mine = my_municipality(request)
    coordinator = get_object_or_404(coordinators(municipality), pk=user_id)
    families = assignments.caseload_of(coordinator, municipality=municipality, by=request.user)
    others = [person for person in coordinators(municipality) if person.pk != coordinator.pk]
    form = LeaveForm(request.POST or None, families=families, people=others)
    sure = request.POST.get("sure") == "1"
    if request.method == "POST" and form.is_valid() and sure:
        try:
            assignments.cover_leave(coordinator, municipality=municipality, by=request.user, **form.facts)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Vikarene er satt inn, og alle har fått beskjed på e-post."))
            return redirect("families:leave_list")
    preview: list[tuple[Any, Any]] = []
    if form.is_bound and form.is_valid() and not sure:
        preview = [(family, form.facts["substitutes"].get(family.pk)) for family in families]
    context = {"form": form, "coordinator": coordinator, "families": families, "preview": preview}
    return render(request, "families/leave_new.html", context, status=422 if form.errors else 200)


@require_POST
@requires(ASSIGN)
def leave_end(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    """The coordinator is back: every substitute of the leave stops now."""
    leave = get_object_or_404(Leave.objects.permitted(request.user, ASSIGN).select_related("user"), pk=leave_id)
    try:
        assignments.end_leave(leave, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Fraværet til %(name)s er avsluttet.") % {"name": leave.user.name})
    return redirect("families:leave_list")
