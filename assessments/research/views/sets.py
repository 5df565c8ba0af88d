"""One set: counted, read, frozen, taken out; and the withdrawals its holder is told of."""

import io
import zipfile
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.research.actions import acknowledge, order_count, order_freeze, order_set, take_out
from assessments.research.forms import SetForm
from assessments.research.models import DataSet, Participant, Project
from assessments.research.sending import send_soon
from assessments.research.telling import round_name
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.files import store
from nyemonstre.refusals import AlreadyDone, Refused

EXPORT = Permission.EXPORT_RESEARCH
WITH_PEOPLE = DataSet.objects.select_related("project", "municipality", "ordered_by", "frozen_by")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(EXPORT)
@fresh_login(reading=False)
def set_new(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """What a set is for, and for how long; then it is counted."""
    project = get_visible_or_404(Project.objects.select_related("municipality"), request, EXPORT, pk=project_id)
    form = SetForm(request.POST if request.method == "POST" else None, project=project)
    if form.is_valid():
        language = translation.get_language() or "nb"
        try:
            dataset = order_set(project, by=request.user, language=language, **form.cleaned_data)
        except AlreadyDone as done:
            return redirect("research:set_detail", done.row.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            send_soon(dataset)
            return redirect("research:set_detail", dataset.pk)
    context = {"form": form, "project": project}
    return render(request, "research/set_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(EXPORT)
def set_detail(request: HttpRequest, set_id: UUID) -> HttpResponse:
    dataset = get_visible_or_404(WITH_PEOPLE.all(), request, EXPORT, pk=set_id)
    rows = Participant.objects.permitted(request.user, EXPORT).filter(dataset=dataset).exclude(withdrawn_on=None)
    withdrawn = list(rows.select_related("acknowledged_by").order_by("acknowledged_on", "pseudonym"))
    context = {"withdrawn": withdrawn, "waiting": [row for row in withdrawn if not row.acknowledged_on]}
    return render(request, "research/set_detail.html", context | _told(dataset))


def _told(dataset: DataSet) -> dict[str, Any]:
    """The set in words: what the count found, and the files."""
    found = dataset.found
    rounds = [(round_name(number), count) for number, count in found.get("rounds", [])]
    return {
        "dataset": dataset,
        "found": found if "persons" in found else None,
        "why_failed": found.get("why", ""),
        "rounds": rounds,
        "rounds_held": [round_name(number) for number in found.get("rounds_held", [])],
        "files": [(name, facts["bytes"], facts["sha256"]) for name, facts in dataset.manifest.get("files", {}).items()],
        "facts": [
            (_("Prosjekt"), dataset.project.title),
            (_("Godkjenning"), f"{dataset.project.get_approver_display()} {dataset.project.approval}"),
            (_("Bestilt av"), f"{dataset.ordered_by.name}, {dataset.ordered_at:%d.%m.%Y}"),
            (_("Frosset av"), f"{dataset.frozen_by.name}, {dataset.frozen_at:%d.%m.%Y}" if dataset.frozen_at else ""),
            (_("Filene slettes etter"), f"{dataset.keep_until:%d.%m.%Y}"),
        ],
    }


@require_safe
@requires(EXPORT)
def set_status(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Fragment: how far it has come. It asks again by itself, and draws the page anew when there is news."""
    dataset = get_visible_or_404(WITH_PEOPLE.all(), request, EXPORT, quiet=True, pk=set_id)
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return redirect("research:set_detail", dataset.pk)
    if not dataset.under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "research/_status.html", {"dataset": dataset})


@require_POST
@requires(EXPORT)
@fresh_login()
def set_count(request: HttpRequest, set_id: UUID) -> HttpResponse:
    return _ask(request, set_id, order_count)


@require_POST
@requires(EXPORT)
@fresh_login()
def set_freeze(request: HttpRequest, set_id: UUID) -> HttpResponse:
    return _ask(request, set_id, order_freeze)


def _ask(request: HttpRequest, set_id: UUID, order: Any) -> HttpResponse:
    dataset = get_visible_or_404(WITH_PEOPLE.all(), request, EXPORT, pk=set_id)
    try:
        send_soon(order(dataset, by=request.user))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("research:set_detail", dataset.pk)


@require_safe
@requires(EXPORT)
@fresh_login()
@limited("export", times=30, seconds=3600)
def set_file(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """The zip, or with ?navn= one file of it. Each time is logged; nothing keeps a copy on the way."""
    dataset = get_visible_or_404(WITH_PEOPLE.all(), request, EXPORT, quiet=True, pk=set_id)
    name = request.GET.get("navn", "")
    if name and name not in dataset.manifest.get("files", {}):
        raise Http404
    try:
        take_out(dataset, name=name, by=request.user)
        with store.fetch(dataset.key, dataset.sha256) as file:
            content = file.read()
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("research:set_detail", dataset.pk)
    except store.Damaged:
        messages.error(request, _("Filen kan ikke leses akkurat nå. Prøv igjen, eller si fra til drift."))
        return redirect("research:set_detail", dataset.pk)
    called = f"uttrekk-{slugify(dataset.project.approval)}-{dataset.frozen_at:%Y-%m-%d}"
    called = f"{called}-{name.rpartition('/')[2]}" if name else f"{called}.zip"
    return HttpResponse(
        _file_in(content, name) if name else content,
        content_type="application/pdf" if name.endswith(".pdf") else "application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{called}"', "Cache-Control": "no-store"},
    )


def _file_in(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


@require_POST
@requires(EXPORT)
def set_acknowledge(request: HttpRequest, set_id: UUID) -> HttpResponse:
    """Those who have withdrawn are deleted in one's copies."""
    dataset = get_visible_or_404(WITH_PEOPLE.all(), request, EXPORT, pk=set_id)
    with suppress(Refused):
        count = acknowledge(dataset, by=request.user)
        text = ngettext("Bekreftet: %(count)d person er slettet.", "Bekreftet: %(count)d personer er slettet.", count)
        messages.success(request, text % {"count": count})
    return redirect("research:set_detail", dataset.pk)
