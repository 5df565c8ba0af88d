"""Pages of kartlegging and FIT. Reading is open to whoever may see answers; writing is refused by the actions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.enums import Purpose
from consent.rules import members_with, why_not_map_family
from families.enums import FamilyState
from families.marks import ALONE
from families.models import Family, Member
from families.pages import at_table, family_context, open_family
from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from . import actions
from .enums import Missing
from .forms import AbandonForm, AnswerForm, CompleteForm, FitForm, StartForm
from .instruments import FIT, Question, instrument
from .models import Assessment, FitAnswer
from .outcomes import YARN
from .pictures import change_tables, fit_lines, pattern_context, points_of
from .rounds import next_round, rounds
from .sheets import Cell, Sheet, all_readings, sheet_of

VIEW, CHANGE = Permission.VIEW_ASSESSMENT, Permission.CHANGE_ASSESSMENT


def _sittings(family: Family) -> list[Assessment]:
    """Kept sittings, newest first, with who began them."""
    return list(Assessment.objects.filter(family=family).kept().select_related("started_by"))


def _children(family: Family) -> list[Member]:
    return [m for m in family.members.all() if m.moved_out_on is None and m.age() < 18]


def _sitting(request: HttpRequest, family: Family, sitting_id: UUID, permission: Permission) -> Assessment:
    rows = Assessment.objects.filter(family=family).kept().select_related("started_by", "completed_by")
    sitting = get_visible_or_404(rows, request, permission, pk=sitting_id)
    sitting.family = family
    return sitting


@requires(VIEW)
@require_safe
def family_tab(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The tab: what is open, what comes next, the sittings held, FIT over time, and the pattern."""
    family = open_family(request, family_id, VIEW)
    sittings = _sittings(family)
    found = rounds(family, sittings)
    answers = FitAnswer.objects.filter(family=family).select_related("member")[:200]
    context = family_context(request, family, "assessments") | pattern_context(family, sittings)
    context |= {
        "sittings": sittings,
        "open_sittings": [sitting for sitting in sittings if sitting.is_open],
        "coming": _coming(next_round(found, timezone.localdate())),
        "held": sum(1 for sitting in sittings if sitting.completed_at),
        "lines": fit_lines(answers),
        "children": _children(family),
        "stopped": why_not_map_family(family) or "",
        "may_map": CHANGE in context["allowed"] and family.state != FamilyState.CLOSED,
    }
    return render(request, "assessments/family_tab.html", context)


def _coming(coming: Any) -> dict[str, str] | None:
    if coming is None:
        return None
    window = coming.milestone
    return {
        "name": coming.name,
        "key": coming.key,
        "state": window.window() if window and window.due_from else "",
        "due": window.due_text() if window and window.due_from else "",
    }


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def sitting_start(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Which sitting, on which day, in which language."""
    family = open_family(request, family_id, CHANGE)
    found = rounds(family, _sittings(family))
    suggested = next_round(found, timezone.localdate())
    chosen = next((r for r in found if r.key == request.GET.get("runde")), suggested)
    spoken = {m.language for m in family.members.all() if m.needs_interpreter}
    initial = {"language": family.municipality.language, "interpreter": ", ".join(sorted(spoken))[:40]}
    form = StartForm(request.POST or None, found=found, suggested=chosen, initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return redirect(_to(actions.start(family, by=request.user, **form.chosen())))
            except AlreadyDone as done:
                return redirect(_to(done.row))
            except Refused as refusal:
                say(form, refusal)
        status = 422
    context = family_context(request, family, "assessments") | {
        "form": form,
        "found": found,
        "coming": _coming(chosen),
        "stopped": why_not_map_family(family) or "",
    }
    return render(request, "assessments/sitting_start.html", context, status=status)


def _to(sitting: Assessment) -> str:
    return reverse("assessments:sitting_detail", args=[sitting.family_id, sitting.pk])


@requires(VIEW)
@require_safe
def sitting_detail(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """The overview: members down, parts across, what is done and what waits."""
    family = open_family(request, family_id, VIEW, quiet=True)
    sitting = _sitting(request, family, sitting_id, VIEW)
    sheet = sheet_of(sitting)
    context = family_context(request, family, "assessments") | {"sitting": sitting, "sheet": sheet}
    context |= {
        "title": [(part.title.read(sitting.language)) for part in sheet.parts],
        "may_map": CHANGE in context["allowed"] and sitting.is_open,
        "done": sum(item.done for item in sheet.items),
        "total": len(sheet.items),
        "following": _first_waiting(sheet),
        "note": sitting.questions.note.read(sitting.language),
        "blocked": [row for row in sheet.rows if row.blocked],
    }
    return render(request, "assessments/sitting_detail.html", context)


def _first_waiting(sheet: Sheet) -> str:
    """The address of the first part that is not finished, or ""."""
    for row in sheet.rows:
        for cell in row.cells:
            if cell.state in ("waiting", "going"):
                return _part_url(sheet.assessment, row.who, cell.part.key)
    return ""


def _part_url(sitting: Assessment, who: str, part: str) -> str:
    return reverse("assessments:sitting_member", args=[sitting.family_id, sitting.pk, who, part])


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def sitting_member(request: HttpRequest, family_id: UUID, sitting_id: UUID, who: str, part: str) -> HttpResponse:
    """One person, one part, one question at a time. A sitting that is over is only read."""
    family = open_family(request, family_id, VIEW, quiet=True)
    sitting = _sitting(request, family, sitting_id, VIEW)
    sheet = sheet_of(sitting)
    cell = sheet.cell(who, part)
    if cell is None:
        raise Http404
    if request.method == "GET" and not (sitting.is_open and can(request.user, CHANGE, sitting)):
        context = family_context(request, family, "assessments")
        answers = [(item.text(sitting.language), item.answer(sitting.language)) for item in cell.items]
        context |= {"sitting": sitting, "row": sheet.row(who), "cell": cell, "answers": answers}
        context |= {"heading": f"{context['row'].name}: {cell.part.title.read(sitting.language)}"}
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
        return f"{_part_url(sitting, who, cell.part.key)}?nr={number + 2}"
    return _to(sitting)


def _question_context(sheet: Sheet, who: str, cell: Cell, number: int, form: AnswerForm) -> dict[str, Any]:
    sitting, item = sheet.assessment, cell.items[number]
    question, language = item.question, sitting.language
    words = {value: text.read(language) for value, text in question.scale.words}
    steps = [
        {"state": "now" if n == number else "done" if other.done else "ahead", "label": other.question.label["nb"]}
        for n, other in enumerate(cell.items)
    ]
    back = f"{_part_url(sitting, who, cell.part.key)}?nr={number}" if number else _to(sitting)
    return {
        "sitting": sitting, "family": sitting.family, "row": sheet.row(who), "cell": cell, "item": item, "form": form,
        "text": item.text(language), "help": question.help.read(language) if question.help else "",
        "part": cell.part.title.read(language), "number": number + 1, "count": len(cell.items), "steps": steps,
        "low": words.get(0, ""), "high": words.get(10, ""), "back": back, "overview": _to(sitting),
        "address": _part_url(sitting, who, cell.part.key), "yarn": YARN.get(question.goal, "indigo"),
        "saved_at": item.response.recorded_at if item.response else None,
        "several": question.scale.kind == "choices",
    }  # fmt: skip


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def sitting_complete(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """What has no answer, person by person; and the button that closes the sitting."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = _sitting(request, family, sitting_id, CHANGE)
    if sitting.completed_at:
        return redirect(_to(sitting))
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
                return redirect(_to(sitting))
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
                        "url": _part_url(sheet.assessment, row.who, cell.part.key),
                    }
                )
    return found


@requires(CHANGE)
@require_POST
def sitting_abandon(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """From the dialog on the overview: a sitting begun by mistake."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = _sitting(request, family, sitting_id, CHANGE)
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
    return redirect(_to(sitting))


@requires(VIEW)
@require_safe
def change(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The baseline and each later sitting side by side, the difference in words: what those at the table may see."""
    family = open_family(request, family_id, VIEW)
    homes, reader, table = at_table(request, family)
    held = [point.sitting for point in points_of(family, _sittings(family)) if point.sitting]

    def shown(about: UUID | None, question: Question) -> bool:
        """Whoever answered for themselves was told that the others do not see it."""
        if question.answered_by == "self" and reader.key != ALONE:
            return about == reader.member
        return about is None or homes.concern([about], reader)

    tables = change_tables(held, list(family.members.all()), all_readings(held), shown, get_language() or "nb")
    context = family_context(request, family, "assessments") | table | {"held": held, "tables": tables}
    return render(request, "assessments/change.html", context)


@requires(VIEW)
@require_safe
def pattern(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The pattern alone, for the family's overview and for switching between the family and a child."""
    family = open_family(request, family_id, VIEW, quiet=True)
    children = _children(family)
    asked = request.GET.get("hvem", "")
    member = next((child for child in children if str(child.pk) == asked), None)
    if asked and member is None:
        raise Http404
    context = {"family": family, "children": children, **pattern_context(family, _sittings(family), member)}
    return render(request, "assessments/_pattern.html", context)


@requires(VIEW)
@require_safe
def fit_list(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Every FIT answer, newest first, of everybody or of one person."""
    family = open_family(request, family_id, VIEW)
    people = list(family.members.all())
    member = next((m for m in people if str(m.pk) == request.GET.get("hvem")), None)
    answers = FitAnswer.objects.filter(family=family).select_related("member", "recorded_by")
    trend = answers[:200]
    page = Paginator(answers.filter(member=member) if member else answers, 25).get_page(request.GET.get("page"))
    context = family_context(request, family, "assessments") | {
        "page": page,
        "lines": [line for line in fit_lines(trend) if member is None or line["name"] == member.first_name],
        "people": [("", _("Alle"), None), *((str(m.pk), m.first_name, None) for m in people)],
        "question": instrument(FIT)["fit"].text.read(get_language() or "nb"),
    }
    return render(request, "assessments/fit_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def fit_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The question after a meeting, to everybody who was there."""
    family = open_family(request, family_id, CHANGE)
    allowed = members_with(family, Purpose.PARTICIPATION)
    question = instrument(FIT)["fit"]
    here = [m for m in family.members.all() if not m.moved_out_on]
    asked = [m for m in here if m.pk in allowed and m.age() >= question.ages[0]]
    form = FitForm(request.POST or None, members=asked)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _record_all(request, family, form):
            messages.success(request, _("Svarene er lagret."))
            return redirect("assessments:fit_list", family.pk)
        status = 422
    words = dict(question.scale.words)
    context = family_context(request, family, "assessments") | {
        "form": form,
        "question": question.text.read(family.municipality.language),
        "low": words[question.scale.low].read(family.municipality.language),
        "high": words[question.scale.high].read(family.municipality.language),
        "without": [m.first_name for m in here if m.pk not in allowed and m.age() >= question.ages[0]],
        "missing": Missing.values,
    }
    return render(request, "assessments/fit_new.html", context, status=status)


def _record_all(request: HttpRequest, family: Family, form: FitForm) -> bool:
    """All answers or none. The same form twice is success."""
    try:
        with transaction.atomic():
            for given in form.answers():
                actions.record_fit(family, by=request.user, **given)
    except AlreadyDone:
        return True
    except Refused as refusal:
        say(form, refusal)
        return False
    return True
