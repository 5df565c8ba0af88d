"""One person, one part of a sitting, one question at a time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.forms import AnswerForm, SkipForm
from assessments.models import Assessment
from assessments.results import results_of
from assessments.sheets import Cell, Row, Sheet, sheet_of
from families.pages import family_context, open_family
from nyemonstre.access.check import can
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

from .ask import asks_of, queue_of
from .frame import CHANGE, VIEW, part_url, sitting_or_404, sitting_url

ADULT = 18


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def sitting_member(request: HttpRequest, family_id: UUID, sitting_id: UUID, who: str, part: str) -> HttpResponse:
    """One person, one part, one question at a time. A sitting that is over is only read."""
    family = open_family(request, family_id, VIEW, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, VIEW)
    sheet = sheet_of(sitting)
    cell = sheet.cell(who, part)
    if cell is None:
        raise Http404
    if request.method == "GET" and not (sitting.is_open and can(request.user, CHANGE, sitting)):
        context = family_context(request, family, "assessments")
        answers = [(item, item.text(sitting.language), item.answer(sitting.language)) for item in cell.items]
        context |= {"sitting": sitting, "row": sheet.row(who), "cell": cell, "answers": answers}
        context |= {
            "heading": f"{context['row'].name}: {cell.part.title.read(sitting.language)}",
            "results": results_of(cell, sitting.questions.scores, context["row"].age, get_language() or "nb"),
            "credit": cell.part.credit,
            "may_correct": sitting.completed_at and CHANGE in context["allowed"],
        }
        return render(request, "assessments/sitting_answers.html", context)
    number = _number(request, cell)
    form = AnswerForm(
        request.POST or None, item=cell.items[number], language=sitting.language, auto_id=f"id_{number}_%s"
    )
    if request.method == "POST" and save_answer(request, form, sitting, cell.items[number]):
        return redirect(_next(sitting, who, cell, number))
    context = _question_context(request, sheet, who, cell, number, form)
    return render(request, "assessments/sitting_member.html", context, status=422 if request.method == "POST" else 200)


@requires(CHANGE)
@require_POST
def sitting_skip(request: HttpRequest, family_id: UUID, sitting_id: UUID, who: str, part: str) -> HttpResponse:
    """From a question: the rest of the part is left out, and why."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, CHANGE)
    form = SkipForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Velg hvorfor delen hoppes over."))
        return redirect(part_url(sitting, who, part))
    try:
        actions.skip(sitting, who=who, part=part, missing=form.cleaned_data["missing"], by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect(sitting_url(sitting))


def _number(request: HttpRequest, cell: Cell) -> int:
    """Which question of the part. A POST names it by its key, so that an answer never lands on another question."""
    if request.method == "POST":
        keys = [item.question.key for item in cell.items]
        if request.POST.get("question") not in keys:
            raise Http404
        return keys.index(request.POST["question"])
    asked = request.GET.get("nr", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 5 and 1 <= int(asked) <= len(cell.items):
        return int(asked) - 1
    return next((n for n, item in enumerate(cell.items) if not item.done), 0)


def save_answer(request: HttpRequest, form: AnswerForm, sitting: Assessment, item: Any) -> bool:
    """Save what the form holds. Nothing chosen is no error: the question waits."""
    if not form.is_valid():
        return False
    if form.given is None:
        return True
    try:
        actions.answer(sitting, question=item.question.key, member=item.member, by=request.user, **form.given)
    except Refused as refusal:
        say(form, refusal)
        return False
    return True


def _next(sitting: Assessment, who: str, cell: Cell, number: int) -> str:
    if number + 1 < len(cell.items):
        return f"{part_url(sitting, who, cell.part.key)}?nr={number + 2}"
    return sitting_url(sitting)


def _calm(row: Row | None, part: str) -> str:
    """The line under the question that takes the weight off it."""
    if part == "self":
        return _("Ingen svar er feil. De andre i familien ser ikke hva du svarer.")
    if part == "coordinator":
        return _("Ditt svar står ved siden av familiens. Det er greit å se det ulikt.")
    if row and row.age is not None and row.age < ADULT:
        return _("En voksen svarer om %(name)s.") % {"name": row.name} if part in ("life", "status") else ""
    return _("Ingen svar er feil.")


def _question_context(
    request: HttpRequest, sheet: Sheet, who: str, cell: Cell, number: int, form: AnswerForm
) -> dict[str, Any]:  # fmt: skip
    sitting, language = sheet.assessment, sheet.assessment.language
    steps = [
        {"state": "now" if n == number else "done" if other.done else "ahead", "label": other.question.label["nb"]}
        for n, other in enumerate(cell.items)
    ]
    back = f"{part_url(sitting, who, cell.part.key)}?nr={number}" if number else sitting_url(sitting)
    return {
        "sitting": sitting, "family": sitting.family, "row": sheet.row(who), "cell": cell, "form": form,
        "asks": asks_of(cell.items, language, number, form), "part": cell.part.title.read(language),
        "number": number + 1, "count": len(cell.items), "steps": steps, "back": back, "overview": sitting_url(sitting),
        "address": part_url(sitting, who, cell.part.key), "credit": cell.part.credit,
        "calm": _calm(sheet.row(who), cell.part.key), "skip": SkipForm(auto_id="skip_%s"),
        "skip_url": reverse("assessments:sitting_skip", args=[sitting.family_id, sitting.pk, who, cell.part.key]),
        "queue": queue_of(request, sheet, f"{who}/{cell.part.key}", sitting_url(sitting), number),
    }  # fmt: skip
