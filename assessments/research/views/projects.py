"""The studies of one's municipalities, and the sets made for each."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.research.actions import add_project
from assessments.research.forms import ProjectForm
from assessments.research.models import DataSet, Opening, Project, TextRelease
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.refusals import AlreadyDone, Refused

EXPORT = Permission.EXPORT_RESEARCH


def sets_of(request: HttpRequest, permission: Permission = EXPORT) -> Prefetch:
    """The sets of each project, newest first, with how many have withdrawn and wait to be deleted in them."""
    waiting = Count(
        "participants", filter=Q(participants__withdrawn_on__isnull=False, participants__acknowledged_on=None)
    )
    rows = DataSet.objects.permitted(request.user, permission).select_related("ordered_by", "frozen_by")
    return Prefetch("sets", rows.annotate(waiting=waiting).order_by("-ordered_at"), to_attr="its_sets")


@require_safe
@requires(EXPORT)
def project_list(request: HttpRequest) -> HttpResponse:
    """Each study with its sets: who made them, what for, under which number, until when."""
    rows = Project.objects.permitted(request.user, EXPORT).select_related("municipality")
    projects = list(rows.prefetch_related(sets_of(request)))
    return render(request, "research/project_list.html", {"projects": projects})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EXPORT)
@fresh_login(reading=False)
def project_new(request: HttpRequest) -> HttpResponse:
    places = Municipality.objects.permitted(request.user, EXPORT).order_by("name")
    form = ProjectForm(request.POST if request.method == "POST" else None, municipalities=places)
    if form.is_valid():
        try:
            project = add_project(form.place(), by=request.user, **form.facts())
        except AlreadyDone as done:
            return redirect("research:project_detail", done.row.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Prosjektet er lagt inn. Nå kan du lage et uttrekk."))
            return redirect("research:project_detail", project.pk)
    return render(request, "research/project_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@requires(EXPORT)
def project_detail(request: HttpRequest, project_id: UUID) -> HttpResponse:
    rows = Project.objects.select_related("municipality", "added_by").prefetch_related(sets_of(request))
    project = get_visible_or_404(rows, request, EXPORT, pk=project_id)
    openings = Opening.objects.permitted(request.user, EXPORT).filter(project=project)
    texts = TextRelease.objects.permitted(request.user, EXPORT).filter(project=project)
    context = {
        "project": project,
        "openings": list(openings.select_related("asked_by", "approved_by")),
        "texts": list(texts.select_related("asked_by", "approved_by")),
        "facts": [
            (_("Formål"), project.purpose),
            (_("Ansvarlig institusjon"), project.responsible),
            (_("Godkjenning"), f"{project.get_approver_display()} {project.approval}"),
            (_("Kommune"), project.municipality.name),
            (_("Kan brukes til og med"), f"{project.keep_until:%d.%m.%Y}"),
            (_("Koblingsnøkkelen kan åpnes fra"), f"{project.keys_open_on:%d.%m.%Y}"),
            (_("Lagt inn av"), f"{project.added_by.name}, {project.added_at:%d.%m.%Y}"),
        ],
    }
    return render(request, "research/project_detail.html", context)
