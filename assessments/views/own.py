"""The member's own screen, while the tablet is theirs; how it is given, and how it comes back."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import actions, tablet
from assessments.forms import AnswerForm, CodeForm, ReturnForm
from assessments.models import Assessment
from assessments.sheets import Row, Sheet, sheet_of
from families.pages import family_context, open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

from .answering import save_answer
from .ask import asks_of, queue_of
from .frame import CHANGE, sitting_or_404, sitting_url


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sitting_hand_over(request: HttpRequest, family_id: UUID, sitting_id: UUID, who: str) -> HttpResponse:
    """The coordinator chooses a code and gives the tablet from them."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, CHANGE)
    row = sheet_of(sitting).row(who) if sitting.is_open else None
    if row is None or row.member is None or not row.own_items:
        raise Http404
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            actions.hand_over(sitting, member=row.member, by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            tablet.give(request, sitting, row.member, form.cleaned_data["code"])
            return redirect("assessments:own_question")
    context = family_context(request, family, "assessments") | {"sitting": sitting, "row": row, "form": form}
    context |= {"overview": sitting_url(sitting), "count": len(row.own_items)}
    return render(request, "assessments/sitting_hand_over.html", context, status=422 if form.is_bound else 200)


def opened(request: HttpRequest) -> tuple[Sheet, Row] | None:
    """The sheet and the member's row, while the tablet is theirs and there is something to answer; else None."""
    sitting = _handed(request)
    if sitting is None:
        return None
    sheet = sheet_of(sitting)
    row = sheet.row(tablet.held(request)["member"])  # type: ignore[index]
    return (sheet, row) if row and row.own_items and sheet.assessment.is_open else None


def _handed(request: HttpRequest) -> Assessment | None:
    """The sitting the tablet was handed over in, as long as it is not abandoned and the coordinator may fill it in."""
    given = tablet.held(request)
    if given is None:
        return None
    rows = Assessment.objects.kept().select_related("family__municipality", "completed_by", "started_by")
    return rows.permitted(request.user, CHANGE).filter(pk=given["sitting"]).first()


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_question(request: HttpRequest) -> HttpResponse:
    """One of the member's own questions. Nothing of anybody else, and no way out but the code."""
    if tablet.held(request) is None:
        return redirect("/")
    found = opened(request)
    if found is None:
        return redirect("assessments:own_return")
    sheet, row = found
    items, language = row.own_items, sheet.assessment.language
    number = _number(request, [item.question.key for item in items])
    form = AnswerForm(request.POST or None, item=items[number], language=language, own=True, auto_id=f"id_{number}_%s")
    address = reverse("assessments:own_question")
    if request.method == "POST" and save_answer(request, form, sheet.assessment, items[number]):
        last = number + 1 == len(items)
        return redirect(reverse("assessments:own_return") if last else f"{address}?nr={number + 2}")
    context = _context(request, sheet, row, number, form, address)
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/own_question.html", context, status=status)


def _number(request: HttpRequest, keys: list[str]) -> int:
    """Which question: a POST names it by its key, an address by its number."""
    if request.method == "POST":
        if request.POST.get("question") not in keys:
            raise Http404
        return keys.index(request.POST["question"])
    asked = request.GET.get("nr", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= len(keys)
    return int(asked) - 1 if known else 0


def _context(
    request: HttpRequest, sheet: Sheet, row: Row, number: int, form: AnswerForm, address: str
) -> dict[str, Any]:
    items, language = row.own_items, sheet.assessment.language
    return {
        "row": row, "form": form, "asks": asks_of(items, language, number, form, own=True), "number": number + 1,
        "count": len(items), "address": address, "back": f"{address}?nr={number}" if number else "", "whole": True,
        "calm": _("Ingen svar er feil. De andre ser ikke hva du svarer."),
        "steps": [
            {"state": "now" if n == number else "done" if other.done else "ahead", "label": str(n + 1)}
            for n, other in enumerate(items)
        ],
        "credit": next((p.credit for p in sheet.parts if p.key == items[number].question.part), ""),
        "queue": queue_of(request, sheet, "min", reverse("assessments:own_return"), number),
    }  # fmt: skip


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_return(request: HttpRequest) -> HttpResponse:
    """The member is done. The coordinator types the code."""
    if tablet.held(request) is None:
        return redirect("/")
    form = ReturnForm(request.POST or None)
    if form.is_valid():
        sitting = _handed(request)
        if tablet.is_right(request, form.cleaned_data["code"]):
            if sitting is None:
                return redirect("/")
            actions.take_back(sitting, by=request.user)
            return redirect(sitting_url(sitting))
        if not request.user.is_authenticated:
            return redirect("accounts:login")
        left = tablet.TRIES - request.session[tablet.KEY]["tries"]
        wrong = _("Koden er ikke riktig. %(left)s forsøk igjen før du må logge inn på nytt.")
        form.add_error("code", wrong % {"left": left})
    found = opened(request)
    context = {"form": form, "found": found is not None, "row": found[1] if found else None}
    return render(request, "assessments/own_return.html", context, status=422 if form.is_bound else 200)
