"""One family: overview, five years, name and phase of life."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families import actions, caseload, pages
from families.birthdays import coming
from families.calendar import end_of_follow_up, half_years, register_study_from, window_state
from families.forms import FamilyForm
from families.models import Family, Milestone
from families.stages import ORDER, PATH, YEARS, Step
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused, Stale


@require_safe
@requires(Permission.LIST_FAMILY)
def family_detail(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The overview. Without a grant: name, steps, dates and coordinator, and nothing else."""
    family = pages.open_family(request, family_id, Permission.LIST_FAMILY)
    context = pages.family_context(request, family, "overview")
    allowed = context["allowed"]
    today = timezone.localdate()
    context |= {
        "today": today,
        "now": pages.what_now(family, _facts(request, family), today) if Permission.VIEW_FAMILY in allowed else None,
        "steps": road(family, today),
        "years": years(family, today),
        "may_see": pages.who_may_see(family),
    }
    return render(request, "families/family_detail.html", context)


def _facts(request: HttpRequest, family: Family) -> caseload.Facts:
    prefetch_related_objects([family], "members", "households__residences")
    return caseload.ask_above(request.user, [family]).get(family.pk, caseload.Facts())


def road(family: Family, today: date) -> list[dict[str, Any]]:
    """The ten steps with their dates, for the component `road`."""
    rows = []
    for stitch in family.stitches(today):
        repeats = PATH[stitch.step].repeats
        if stitch.reached_on:
            words = _("sist %(day)s") if repeats else "%(day)s"
            text = words % {"day": pages.short(stitch.reached_on, today)}
        elif stitch.due_until:
            text = _("til %(day)s") % {"day": pages.short(stitch.due_until, today)}
        else:
            text = ""
        rows.append({"state": stitch.state, "label": stitch.label, "text": text})
    return rows


def years(family: Family, today: date) -> list[dict[str, Any]]:
    """Start, half years and years, from the baseline. Empty before it."""
    if family.baseline_on is None:
        return []
    rounds = {(m.step, m.number): m for m in family.live_milestones}
    points = [{"state": "done", "label": _("Start"), "text": pages.short(family.baseline_on, today)}]
    seen_next = False
    for half in range(1, 2 * YEARS + 1):
        whole = half % 2 == 0
        milestone = rounds.get((Step.YEARLY, half // 2)) if whole else rounds.get((Step.REVIEW, half))
        state = _year_state(milestone, today, paused=family.paused)
        if state == "ahead" and not seen_next:
            state = "next"
        seen_next = seen_next or state != "done"
        words = {"done": _("gjort"), "now": _("vinduet er åpent"), "after": _("ta det når det passer")}
        points.append({
            "state": state, "label": half_years(half), "small": not whole,
            "text": pages.month_words(milestone.due_on) if milestone and milestone.due_on else "",
            "spoken": words.get(state, _("kommer")),
        })  # fmt: skip
    return points


def _year_state(milestone: Milestone | None, today: date, *, paused: bool) -> str:
    if milestone is None:
        return "ahead"
    if milestone.reached_on:
        return "done"
    state = window_state(milestone.due_from, milestone.due_until, today, paused=paused)
    return "ahead" if state in ("soon", "ahead") else state


@require_safe
@requires(Permission.LIST_FAMILY)
def family_calendar(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Every window of the five years, counted from the day of the oppstartskartlegging."""
    family = pages.open_family(request, family_id, Permission.LIST_FAMILY)
    today = timezone.localdate()
    counted = [m for m in family.live_milestones if m.due_on]
    groups: dict[int, list[Any]] = {}
    for milestone in sorted(counted, key=lambda m: (m.due_on, ORDER.index(m.step))):
        state = milestone.window(today)
        if family.paused and state != "done":
            state = "pause"
        groups.setdefault(milestone.due_on.year, []).append((milestone, state))
    context = pages.family_context(request, family, "calendar") | {
        "today": today,
        "birthdays": [],
        "groups": groups.items(),
        "ends_on": end_of_follow_up(family.baseline_on) if family.baseline_on else None,
        "register_from": register_study_from(family.closed_on) if family.closed_on else None,
        "soon": today + timedelta(days=45),
    }
    if context["inside"]:
        context["birthdays"] = coming(family.members.order_by("birth_date", "pk"), today)
    return render(request, "families/family_calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FAMILY)
def family_edit(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Name and phase of life. Adressesperre has a page of its own."""
    family = pages.open_family(request, family_id, Permission.CHANGE_FAMILY)
    if stop := pages.only_read(request, family):
        return stop
    form = FamilyForm(request.POST or None, family=family)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_family(family, by=request.user, **form.cleaned_data)
        except Stale as stale:
            newer = _newer_family(stale.current)
            form = pages.with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret."))
            return redirect("families:family_members", family_id=family.pk)
    context = pages.family_context(request, family, "members") | {
        "form": form, "heading": _("Navn og livsfase"), "newer": newer, "back": "families:family_members",
    }  # fmt: skip
    return render(request, "families/form_page.html", context, status=422 if form.errors else 200)


def _newer_family(current: Family) -> list[tuple[str, Any]]:
    return [
        (_("Familienavn"), current.name),
        (_("Livsfase ved oppstart"), current.life_phase),
    ]
