"""What people have written: asked for by one, agreed to by another, fetched by the first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.research.actions import approve_texts, ask_texts, take_out_texts
from assessments.research.forms import TextForm
from assessments.research.models import Project, TextRelease
from assessments.research.texts import questions_of
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import AlreadyDone, Refused

EXPORT, APPROVE = Permission.EXPORT_RESEARCH, Permission.APPROVE_KEYS


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EXPORT)
@fresh_login(reading=False)
def text_new(request: HttpRequest, project_id: UUID) -> HttpResponse:
    project = get_visible_or_404(Project.objects.select_related("municipality"), request, EXPORT, pk=project_id)
    asked = questions_of(project.municipality_id, get_language() or "nb")
    form = TextForm(request.POST if request.method == "POST" else None, project=project, questions=asked)
    if form.is_valid():
        try:
            ask_texts(project, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            return redirect("research:project_detail", project.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Personvernombudet har fått beskjed. Filen lages når det er godkjent."))
            return redirect("research:project_detail", project.pk)
    context = {"form": form, "project": project}
    return render(request, "research/text_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(EXPORT)
@fresh_login()
@limited("export", times=30, seconds=3600)
def text_file(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """The texts as a file for a spreadsheet, to whoever asked for them."""
    rows = TextRelease.objects.select_related("project", "municipality")
    release = get_visible_or_404(rows, request, EXPORT, quiet=True, pk=release_id)
    try:
        text = take_out_texts(release, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("research:project_detail", release.project_id)
    return HttpResponse(
        "\ufeff" + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="fritekst.csv"', "Cache-Control": "no-store"},
    )


@require_POST
@requires(APPROVE)
@fresh_login()
def text_approve(request: HttpRequest, release_id: UUID) -> HttpResponse:
    release = get_visible_or_404(TextRelease.objects.select_related("project"), request, APPROVE, pk=release_id)
    try:
        approve_texts(release, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Godkjent. Filen lages nå, og kan hentes av den som ba om den."))
    return redirect("research:oversight")
