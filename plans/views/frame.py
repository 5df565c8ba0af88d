"""What the pages share: a form that opens in its place by htmx, or on a page of its own without script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import strip_tags

from families.models import Family
from families.pages import family_context, with_version
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404
from plans.models import Goal, Measure
from plans.overview import PlanPage, goal_cards

VIEW, CHANGE = Permission.VIEW_PLAN, Permission.CHANGE_PLAN


def row_of(
    request: HttpRequest, family: Family, model: type[models.Model], pk: UUID, permission: Permission = CHANGE
) -> Any:
    """A row of this very family, or 404. The family itself has been logged already."""
    rows = model._default_manager.filter(family=family).select_related("family__municipality")
    return get_visible_or_404(rows, request, permission, quiet=True, pk=pk)


def tab_url(family: Family, anchor: str = "") -> str:
    return reverse("plans:family_tab", args=[family.pk]) + (f"#{anchor}" if anchor else "")


def form_page(
    request: HttpRequest, family: Family, form: Form, *, heading: str, slot: str, **context: Any
) -> HttpResponse:
    """The form in its slot for htmx, else on a page of its own. 422 when it was filled in and is not right."""
    context = {
        "form": form,
        "heading": heading,
        "slot": slot,
        "lead": "",
        "newer": [],
        "tab": "plan",
        "back_part": "",
        "draft": None,
        "keeps_draft": False,
        **context,
    }
    context.setdefault("back", tab_url(family))
    form.helper.form_action = request.path
    status = 422 if form.is_bound else 200
    if request.htmx:
        form.helper.attrs = {"hx-post": request.path, "hx-target": f"#{slot}", "hx-swap": "outerHTML"}
        return render(
            request, "plans/_alone.html", {**context, "family": family, "part": "plans/_form.html"}, status=status
        )
    return render(
        request, "plans/form_page.html", {**context, **family_context(request, family, context["tab"])}, status=status
    )


def meet_newer(form: Form, current: Any, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Somebody saved first. Their values where they differ from what is in the form; the form now answers theirs."""
    with_version(form, current.version)
    newer = []
    for name, value in facts.items():
        field = form.fields[name]
        if (
            name != "version"
            and name in form.cleaned_data
            and _shown(field, form.cleaned_data[name]) != _shown(field, value)
        ):
            newer.append((str(field.label), _shown(field, value) or "–"))
    return newer


def _shown(field: Any, value: Any) -> str:
    """A value as words, whether it comes from the form or from the row."""
    if hasattr(value, "all") or isinstance(value, list):
        rows = {getattr(row, "pk", row) for row in value}
        return ", ".join(sorted(field.label_from_instance(row) for row in field.queryset.filter(pk__in=rows)))
    value = getattr(value, "pk", value)
    choices = dict(getattr(field.widget, "choices", ()))
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return "✓" if value else ""
    return field.widget.format_value(value) or "" if value not in (None, "") else ""


def saved(request: HttpRequest, family: Family, goal: Goal, message: str) -> HttpResponse:
    """After a change to one goal: that goal and the side column in place, or the plan page without script."""
    if not request.htmx:
        messages.success(request, message)
        return redirect(tab_url(family, f"mal-{goal.pk}"))
    page = PlanPage(family)
    current = next(g for g in page.goals if g.pk == goal.pk)
    context = {
        "family": family, "card": goal_cards(family, [current])[0], "may_change": True, "said": strip_tags(message),
        "oob": True, **page.side(),
    }  # fmt: skip
    response = render(request, "plans/_goal_saved.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = f"#mal-{goal.pk}", "outerHTML"
    return response


def reload_page(request: HttpRequest, family: Family, message: str, anchor: str = "") -> HttpResponse:
    """After a change that moves things on the page: the whole page again."""
    messages.success(request, message)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(tab_url(family, anchor))


def goal_and_family(request: HttpRequest, family: Family, goal_id: UUID, permission: Permission = CHANGE) -> Goal:
    return row_of(request, family, Goal, goal_id, permission)


def measure_of(request: HttpRequest, family: Family, measure_id: UUID) -> Measure:
    rows = Measure.objects.filter(family=family).select_related("family__municipality", "goal", "service")
    return get_visible_or_404(rows, request, CHANGE, quiet=True, pk=measure_id)
