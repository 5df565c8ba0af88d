"""Break-glass: open in need, close early; and for the auditor, what was opened and whether it was right."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families import conflicts, emergencies
from families.enums import FamilyEvent
from families.forms_access import BreakGlassForm, ReasonForm, ReviewForm
from families.grants import BreakGlass, ShutOut
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Event
from nyemonstre.audit.presenters import family_codes, present
from nyemonstre.refusals import Refused

REVIEW = Permission.REVIEW_ACCESS


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.BREAK_GLASS)
@fresh_login(reading=False)
def break_glass(request: HttpRequest) -> HttpResponse:
    """Open a family for an hour, for reading."""
    form = BreakGlassForm(request.POST or None, initial={"code": request.GET.get("kode", "").replace("\0", "")[:12]})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = emergencies.break_glass(data["code"], reason=data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(
                request, _("Familien er åpen for deg i 60 minutter. Koordinatoren og ombudet har fått beskjed.")
            )
            return redirect("families:family_detail", family_id=row.family_id)
    return render(request, "families/break_glass.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@requires(Permission.BREAK_GLASS)
def break_glass_end(request: HttpRequest, glass_id: UUID) -> HttpResponse:
    """Close it before the hour is over. Only one's own here."""
    row = get_object_or_404(BreakGlass.objects.filter(user=request.user), pk=glass_id)
    try:
        emergencies.end_break_glass(row, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Nødåpningen er avsluttet."))
    return redirect("families:home")


@require_safe
@requires(REVIEW)
def break_glass_list(request: HttpRequest) -> HttpResponse:
    """Every break-glass of the municipality, those that wait first; and the conflicts of interest in force."""
    rows = BreakGlass.objects.permitted(request.user, REVIEW).select_related("user", "reviewed_by")
    page = Paginator(rows.order_by("-reviewed_at", "-opened_at", "pk"), 25).get_page(request.GET.get("page"))
    out = ShutOut.objects.permitted(request.user, REVIEW).in_force().select_related("user", "declared_by")
    out = list(out.order_by("-since", "pk"))
    codes = family_codes({row.family_id for row in [*page, *out]})
    record(FamilyEvent.LIST_OPENED, by=request.user, facts={"list": "break_glass_list", "rows": len(page)})
    context = {
        "page_obj": page,
        "rows": [(row, codes.get(row.family_id, "")) for row in page],
        "shut_outs": [(row, codes.get(row.family_id, "")) for row in out],
    }
    return render(request, "families/break_glass_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(REVIEW)
def break_glass_review(request: HttpRequest, glass_id: UUID) -> HttpResponse:
    """Who, which family, when and why; what was opened meanwhile, from the log; and what the auditor found."""
    rows = BreakGlass.objects.permitted(request.user, REVIEW).select_related("user", "reviewed_by")
    row = get_object_or_404(rows, pk=glass_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            emergencies.review_break_glass(row, note=form.cleaned_data["note"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Nødåpningen er gjennomgått."))
            return redirect("families:break_glass_list")
    opened = Event.objects.permitted(request.user, Permission.VIEW_LOG).filter(
        actor_id=row.user_id, family_id=row.family_id, at__gte=row.opened_at, at__lte=row.closes_at
    )
    context = {
        "row": row,
        "code": family_codes([row.family_id]).get(row.family_id, ""),
        "lines": present(opened.order_by("at", "id")[:500]),
        "form": form if emergencies.may_review(row, request.user) and not row.is_open and not row.reviewed_at else None,
    }
    return render(request, "families/break_glass_review.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(REVIEW)
@fresh_login(reading=False)
def conflict_lift(request: HttpRequest, conflict_id: UUID) -> HttpResponse:
    """The auditor lifts a conflict of interest, with a reason: of a lead, or of a family no lead may know of."""
    rows = ShutOut.objects.permitted(request.user, REVIEW).in_force().select_related("user", "declared_by")
    row = get_object_or_404(rows, pk=conflict_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conflicts.lift_shut_out(row, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er ikke lenger stengt ute.") % {"name": row.user.name})
            return redirect("families:break_glass_list")
    context = {"row": row, "code": family_codes([row.family_id]).get(row.family_id, ""), "form": form}
    return render(request, "families/conflict_lift.html", context, status=422 if form.errors else 200)
