"""One person, one part of a sitting, one question at a time."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from assessments import actions
from assessments.forms import AnswerForm
from assessments.models import Assessment
from assessments.outcomes import YARN
from assessments.results import results_of
from assessments.sheets import Cell, Sheet, sheet_of
from families.pages import family_context, open_family
from nyemonstre.access.check import can
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

from .frame import CHANGE, VIEW, part_url, sitting_or_404, sitting_url


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
        answers = [(item.text(sitting.language), item.answer(sitting.language)) for item in cell.items]
        context |= {"sitting": sitting, "row": sheet.row(who), "cell": cell, "answers": answers}
        context |= {
            "heading": f"{context['row'].name}: {cell.part.title.read(sitting.language)}",
            "results": results_of(cell, sitting.questions.scores, context["row"].age, get_language() or "nb"),
            "credit": cell.part.credit,
        }
        return render(request, "assessments/sitting_answers.html", context)
    number = _number(request, cell)
    form = AnswerForm(request.POST or None, item=cell.items[number], language=sitting.language)
    if request.method == "POST":
        if _saved(request, form, sitting, cell.items[number]):
            if request.htmx:  # type: ignore[attr-defined]  # from HtmxMiddleware
                return render(request, "assessments/_saved.html", {"now": timezone.localtime(), "errors": []})
            return redirect(_next(sitting, who, cell, number))
        if request.htmx:  # type: ignore[attr-defined]
            errors = [error for field in form.errors.values() for error in field]
            return render(request, "assessments/_saved.html", {"errors": errors}, status=422)
    context = _question_context(sheet, who, cell, number, form)
    return render(request, "assessments/sitting_member.html", context, status=422 if request.method == "POST" else 200)


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


def _saved(request: HttpRequest, form: AnswerForm, sitting: Assessment, item: Any) -> bool:
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


def _question_context(sheet: Sheet, who: str, cell: Cell, number: int, form: AnswerForm) -> dict[str, Any]:
    sitting, item = sheet.assessment, cell.items[number]
    question, language = item.question, sitting.language
    words = {value: text.read(language) for value, text in question.scale.words}
    steps = [
        {"state": "now" if n == number else "done" if other.done else "ahead", "label": other.question.label["nb"]}
        for n, other in enumerate(cell.items)
    ]
    back = f"{part_url(sitting, who, cell.part.key)}?nr={number}" if number else sitting_url(sitting)
    return {
        "sitting": sitting, "family": sitting.family, "row": sheet.row(who), "cell": cell, "item": item, "form": form,
        "text": item.text(language), "help": question.help.read(language) if question.help else "",
        "part": cell.part.title.read(language), "number": number + 1, "count": len(cell.items), "steps": steps,
        "low": words.get(0, ""), "high": words.get(10, ""), "back": back, "overview": sitting_url(sitting),
        "address": part_url(sitting, who, cell.part.key), "yarn": YARN.get(question.goal, "indigo"),
        "saved_at": item.response.recorded_at if item.response else None,
        "several": question.scale.kind == "choices", "credit": cell.part.credit,
    }  # fmt: skip
