"""What the pages share: a form that opens in its place by htmx, or on a page of its own without script."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import strip_tags

from families.models import Family
from families.pages import family_context
from families.restricted import why_only_read
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404
from nyemonstre.accounts.drafts import draft_for, initial_from
from nyemonstre.accounts.models import Draft
from nyemonstre.refusals import Refused
from nyemonstre.ui.forms import sent
from plans.actions.undoing import is_fresh, undo_note
from plans.guard import Known, reminders
from plans.models import Goal, Measure
from plans.overview import PlanPage, goal_cards

VIEW, CHANGE = Permission.VIEW_PLAN, Permission.CHANGE_PLAN
# Sent with a form and not written by anybody.
NOT_TEXT = ("csrfmiddlewaretoken", "key", "version", "differ", "opened", "next")


# In the session: what was finished or closed a moment ago.
UNDO = "plans.undo"
# What the plan page can be asked to show, in its address.
FILTERS = ("hvem", "tjeneste", "vis", "ordne", "etter")


def filters_of(request: HttpRequest) -> str:
    """The filters of the plan page as the end of an address, so that a change comes back to what was looked at."""
    kept = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def row_of(
    request: HttpRequest, family: Family, model: type[models.Model], pk: UUID, permission: Permission = CHANGE
) -> Any:
    """A row of this very family, or 404. The family itself has been logged already."""
    rows = model._default_manager.filter(family=family).select_related("family__municipality")
    return get_visible_or_404(rows, request, permission, quiet=True, pk=pk)


def uuid_in(text: str) -> UUID | None:
    """The id a part of an address, or of a form, is; None when it is something else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def looked_over(request: HttpRequest, family: Family) -> list[str]:
    """What to think over once more in the form that was sent. A chosen row is no text."""
    sent = [text for name, texts in request.POST.lists() if name not in NOT_TEXT for text in texts]
    return reminders((text[:20_000] for text in sent if not uuid_in(text)), Known.of(family))


def tab_url(family: Family, anchor: str = "") -> str:
    return reverse("plans:family_tab", args=[family.pk]) + (f"#{anchor}" if anchor else "")


def drafted(request: HttpRequest, kind: type[Any], *, family: Family, **kwargs: Any) -> tuple[Any, Draft | None]:
    """The form, kept as a draft while one types, with what was typed and not saved; and that draft, or None."""
    draft = draft_for(request) if request.method != "POST" else None
    asked = kwargs.pop("initial", {})
    # What the address asks for now (a template, a finding) is stronger than what was typed before.
    initial = {**initial_from(draft), **{name: value for name, value in asked.items() if value}}
    form = kind(sent(request), family=family, initial=initial, **kwargs)
    form.save_drafts(reverse("accounts:draft_save"), str(request.user.pk))
    # It may stand open on the plan's page; what is typed belongs to its own.
    form.helper.attrs["data-draft-page"] = request.path
    return form, draft


def typed(draft: Draft | None) -> dict[str, Any]:
    """What `form_page` needs for a form that is kept while one types, and looked over."""
    return {"draft": draft, "keeps_draft": True, "looks_over": True}


def form_page(
    request: HttpRequest, family: Family, form: Form, *, heading: str, slot: str, **context: Any
) -> HttpResponse:
    """The form in its slot for htmx, else on a page of its own. 422 when it was filled in and is not right."""
    context = {
        "form": form,
        "heading": heading,
        "slot": slot,
        "lead": "",
        "tab": "plan",
        "back_part": "",
        "draft": None,
        "looks_over": False,
        "templates": [],
        "from_address": "",
        "keeps_draft": False,
        "way_out": "",
        "way_out_to": "",
        **context,
    }
    context.setdefault("back", tab_url(family))
    if not form.is_bound and context["tab"] == "plan" and why_only_read(family):
        # Never a form that is refused when it is sent: the plan says why.
        return HttpResponse(headers={"HX-Redirect": tab_url(family)}) if request.htmx else redirect(tab_url(family))  # type: ignore[attr-defined]
    form.helper.form_action = request.path
    status = 422 if form.is_bound else 200
    if request.htmx:
        form.helper.attrs = {
            **(form.helper.attrs or {}), "hx-post": request.path, "hx-target": f"#{slot}", "hx-swap": "outerHTML",
        }  # fmt: skip
        return render(
            request, "plans/_alone.html", {**context, "family": family, "part": "plans/_form.html"}, status=status
        )
    return render(
        request, "plans/form_page.html", {**context, **family_context(request, family, context["tab"])}, status=status
    )


def remember_note(request: HttpRequest, family: Family, row: Any, before: str) -> str:
    """A minute to take it back in, on the plan page and beside what was said. `before` is the state it had."""
    note = undo_note(row, before=before, by=request.user)
    request.session[UNDO] = [str(family.pk), note]
    return note


def note_of(request: HttpRequest, family: Family) -> str:
    """The note that can still be used on this family's plan, or ""."""
    of_family, note = request.session.get(UNDO, ("", ""))
    return note if of_family == str(family.pk) and is_fresh(note, request.user) else ""


def forget_note(request: HttpRequest) -> None:
    request.session.pop(UNDO, None)


def saved(request: HttpRequest, family: Family, goal: Goal, message: str, undo: str = "") -> HttpResponse:
    """After a change to one goal: that goal and the side column in place, or the plan page without script."""
    if not request.htmx:
        messages.success(request, message)
        return redirect(tab_url(family, f"mal-{goal.pk}"))
    page = PlanPage(family)
    current = next(g for g in page.goals if g.pk == goal.pk)
    context = {
        "family": family, "card": goal_cards(family, [current])[0], "may_change": True, "said": strip_tags(message),
        "oob": True, "may_move": False, "undo": undo, **page.side(),
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


def to_agreement(family: Family, refusal: Refused, service: Any) -> dict[str, str]:
    """The way to the agreement that lacks, for `form_page`, when that is why an action said no."""
    if refusal.rule != "no_live_line" or service is None:
        return {}
    address = reverse("consent:line_new", args=[family.pk])
    return {"way_out": f"{address}?{urlencode({'tjeneste': service.pk})}", "way_out_to": service.name}


def goal_and_family(request: HttpRequest, family: Family, goal_id: UUID, permission: Permission = CHANGE) -> Goal:
    return row_of(request, family, Goal, goal_id, permission)


def measure_of(request: HttpRequest, family: Family, measure_id: UUID) -> Measure:
    rows = Measure.objects.filter(family=family).select_related("family__municipality", "goal", "service", "member")
    return get_visible_or_404(rows, request, CHANGE, quiet=True, pk=measure_id)
