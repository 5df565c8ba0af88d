"""One sitting: begun, seen whole, completed or abandoned."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.forms import AbandonForm, CompleteForm, StartForm
from assessments.models import Assessment
from assessments.rounds import next_round, rounds, timing
from assessments.sheets import Sheet, sheet_of
from consent.rules import why_not_map_family
from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from .frame import CHANGE, VIEW, coming_round, may_map, part_url, sitting_or_404, sitting_url, sittings_of

# Days after a sitting in which another one is asked about.
SHORT_WHILE = 60


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def sitting_start(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Which sitting, on which day, in which language."""
    family = open_family(request, family_id, CHANGE)
    found = rounds(family, sittings_of(family))
    suggested = next_round(found, timezone.localdate())
    chosen = next((r for r in found if r.key == request.GET.get("runde")), suggested)
    spoken = {m.language for m in family.members.all() if m.needs_interpreter}
    initial = {"language": family.municipality.language, "interpreter": ", ".join(sorted(spoken))[:40]}
    form = StartForm(request.POST or None, found=found, suggested=chosen, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return redirect(sitting_url(actions.start(family, by=request.user, **form.chosen())))
            except AlreadyDone as done:
                return redirect(sitting_url(done.row))
            except Refused as refusal:
                say(form, refusal)
        status = 422
    context = family_context(request, family, "assessments") | {
        "form": form,
        "found": found,
        "coming": coming_round(chosen),
        "stopped": why_not_map_family(family) or "",
        "notices": _notices(family),
    }
    return render(request, "assessments/sitting_start.html", context, status=status)


def _notices(family: Family) -> list[str]:
    """What to think of before one begins: a pause, a sitting not long ago, and who is not asked because they left."""
    today = timezone.localdate()
    found = []
    if family.paused:
        found.append(_("Familien er på pause. Spør om det passer for dem å kartlegge nå."))
    last = Assessment.objects.filter(family=family).completed().order_by("-held_on").first()
    if last and (today - last.held_on).days < SHORT_WHILE:
        said = {"name": last.name, "day": f"{last.held_on:%d.%m.%Y}"}
        found.append(_("%(name)s ble gjort %(day)s. Spør familien om det er for tett.") % said)
    if away := [m.first_name for m in family.members.all() if m.moved_out_on and m.moved_out_on <= today]:
        found.append(_("Flyttet ut og spørres ikke: %(names)s.") % {"names": ", ".join(away)})
    return found


@requires(VIEW)
@require_safe
def sitting_detail(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """The overview: members down, parts across, what is done and what waits."""
    family = open_family(request, family_id, VIEW, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, VIEW)
    sheet = sheet_of(sitting)
    context = family_context(request, family, "assessments") | {"sitting": sitting, "sheet": sheet}
    context |= {
        "title": [(part.title.read(sitting.language)) for part in sheet.parts],
        "may_map": may_map(context) and sitting.is_open,
        "done": sum(item.done for item in sheet.items),
        "total": len(sheet.items),
        "following": _first_waiting(sheet),
        "timing": timing(sitting, family.live_milestones),
        "note": sitting.questions.note.read(sitting.language),
        "blocked": [row for row in sheet.rows if row.blocked],
    }
    return render(request, "assessments/sitting_detail.html", context)


def _first_waiting(sheet: Sheet) -> str:
    """The address of the first part that is not finished, or ""."""
    for row in sheet.rows:
        for cell in row.cells:
            if cell.state in ("waiting", "going"):
                return part_url(sheet.assessment, row.who, cell.part.key)
    return ""


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def sitting_complete(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """What has no answer, person by person; and the button that closes the sitting."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, CHANGE)
    if sitting.completed_at:
        return redirect(sitting_url(sitting))
    sheet = sheet_of(sitting)
    form = CompleteForm(request.POST or None, waiting=len(sheet.waiting))
    status = 200
    # A form without fields is sent as an empty POST, which is still sent.
    if request.method == "POST":
        form = CompleteForm(request.POST, waiting=len(sheet.waiting))
        if form.is_valid():
            try:
                actions.complete(
                    sitting, rest_not_asked=form.cleaned_data.get("rest_not_asked", False), by=request.user
                )
                messages.success(request, _("%(name)s er fullført.") % {"name": sitting.name})
                return redirect("assessments:findings", family.pk, sitting.pk)
            except Refused as refusal:
                say(form, refusal)
        status = 422
    context = family_context(request, family, "assessments")
    context |= {"sitting": sitting, "form": form, "lacking": _lacking(sheet), "waiting": len(sheet.waiting)}
    return render(request, "assessments/sitting_complete.html", context, status=status)


def _lacking(sheet: Sheet) -> list[dict[str, Any]]:
    """Each part that is not finished: who, which part, which questions, and where to answer them."""
    found = []
    for row in sheet.rows:
        for cell in row.cells:
            waiting = [item for item in cell.items if not item.done]
            if waiting:
                language = sheet.assessment.language
                found.append(
                    {
                        "name": row.name,
                        "part": cell.part.title.read(language),
                        "labels": [item.question.label.read(language) for item in waiting],
                        "count": len(waiting),
                        "url": part_url(sheet.assessment, row.who, cell.part.key),
                    }
                )
    return found


@requires(CHANGE)
@require_POST
def sitting_abandon(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """From the dialog on the overview: a sitting begun by mistake."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, CHANGE)
    form = AbandonForm(request.POST)
    if form.is_valid():
        try:
            actions.abandon(sitting, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(
                request, _("%(name)s er avbrutt. Svarene er lagret, men teller ikke.") % {"name": sitting.name}
            )
            return redirect("assessments:family_tab", family.pk)
        except Refused as refusal:
            say(form, refusal)
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, error)
    return redirect(sitting_url(sitting))
