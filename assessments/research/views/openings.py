"""The key: asked for by one, agreed to by another, fetched by the first. And the data protection officer's overview."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.research.actions import approve_opening, ask_opening, take_out_key
from assessments.research.forms import OpeningForm
from assessments.research.models import Opening, Project, TextRelease
from assessments.research.texts import questions_of
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from .projects import sets_of

EXPORT, APPROVE = Permission.EXPORT_RESEARCH, Permission.APPROVE_KEYS


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EXPORT)
@fresh_login(reading=False)
def opening_new(request: HttpRequest, project_id: UUID) -> HttpResponse:
    project = get_visible_or_404(Project.objects.select_related("municipality"), request, EXPORT, pk=project_id)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_opening(project, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            return redirect("research:project_detail", project.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Personvernombudet har fått beskjed. Nøkkelen åpnes når det er godkjent."))
            return redirect("research:project_detail", project.pk)
    context = {"form": form, "project": project}
    return render(request, "research/opening_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(EXPORT)
@fresh_login()
@limited("export", times=30, seconds=3600)
def opening_file(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """The key as a file for a spreadsheet, to whoever asked for it."""
    rows = Opening.objects.select_related("project", "municipality")
    opening = get_visible_or_404(rows, request, EXPORT, quiet=True, pk=opening_id)
    try:
        text = take_out_key(opening, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("research:project_detail", opening.project_id)
    return HttpResponse(
        "\ufeff" + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="koblingsnokkel.csv"', "Cache-Control": "no-store"},
    )


@require_safe
@requires(APPROVE)
def oversight(request: HttpRequest) -> HttpResponse:
    """Everything that has been made, for whom, until when; and the keys somebody asks for."""
    rows = Project.objects.permitted(request.user, APPROVE).select_related("municipality")
    openings = Opening.objects.permitted(request.user, APPROVE).select_related("project", "asked_by", "approved_by")
    texts = TextRelease.objects.permitted(request.user, APPROVE).select_related("project", "asked_by", "approved_by")
    waiting = list(texts.filter(approved_at=None))
    asked = {pk: dict(questions_of(pk, get_language() or "nb")) for pk in {one.municipality_id for one in waiting}}
    for one in waiting:
        one.words = [asked[one.municipality_id].get(key, key) for key in one.questions]
    context = {
        "texts": waiting,
        "released": list(texts.exclude(approved_at=None)),
        "projects": list(rows.prefetch_related(sets_of(request, APPROVE))),
        "waiting": list(openings.filter(approved_at=None)),
        "opened": list(openings.exclude(approved_at=None)),
    }
    return render(request, "research/oversight.html", context)


@require_POST
@requires(APPROVE)
@fresh_login()
def opening_approve(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    opening = get_visible_or_404(Opening.objects.select_related("project"), request, APPROVE, pk=opening_id)
    try:
        approve_opening(opening, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Godkjent. Nøkkelen lages nå, og kan hentes i en uke av den som ba om den."))
    return redirect("research:oversight")
