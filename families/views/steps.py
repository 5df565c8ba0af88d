"""Veien: the ten steps of one family, taken or undone by hand; pause, resume, and a closed case taken up again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families import actions, pages
from families.calendar import due_text, may_reopen, step_label, window_state
from families.enums import FamilyState
from families.forms import PauseForm, ReachForm, ReopenForm, UndoForm
from families.models import Family, Milestone
from families.restricted import why_only_read
from families.stages import ORDER, PATH, Step
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

# The other steps are taken where they happen: henvendelse, inntak, samtykke and kartlegging have rules of their own.
BY_HAND = (Step.INFORMATION, Step.COLLABORATION, Step.PLAN, Step.FEEDBACK, Step.REVIEW)
CHANGE = Permission.CHANGE_FAMILY


@require_safe
@requires(Permission.LIST_FAMILY)
def family_steps(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Each step with its rounds: when it may be done, when it was, by whom; and what was undone, and why."""
    family = pages.open_family(request, family_id, Permission.LIST_FAMILY)
    context = pages.family_context(request, family, "steps")
    shut = family.state == FamilyState.CLOSED or why_only_read(family) is not None
    rows = Milestone.objects.filter(family=family).select_related("reached_by", "undone_by").order_by("number")
    milestones = list(rows)
    live = [m for m in milestones if m.undone_at is None]
    context |= {
        "groups": [
            {
                "number": n,
                "label": Step(name).label,
                "rounds": _rounds(family, name, live, set() if shut else context["allowed"]),
            }
            for n, name in enumerate(ORDER, 1)
        ],
        "undone": sorted(
            (m for m in milestones if m.undone_at and m.reached_on), key=lambda m: m.undone_at, reverse=True
        ),
        "may_change": CHANGE in context["allowed"],
        "closed": family.state == FamilyState.CLOSED,
        "close_url": pages.address("plans:closing", family.pk),
        "may_reopen": Permission.ASSIGN_COORDINATOR in context["allowed"]
        and may_reopen(family.closed_on, timezone.localdate()),
    }
    return render(request, "families/family_steps.html", context)


def _rounds(family: Family, step: str, live: list[Milestone], allowed: set[str]) -> list[dict[str, Any]]:
    """The rounds of one step. `allowed` is empty where the steps are only read."""
    may = PATH[step].permission in allowed
    rounds = [m for m in live if m.step == step] or [Milestone(family=family, step=step)]
    today = timezone.localdate()
    rows = []
    for milestone in rounds:
        window = (milestone.due_from, milestone.due_until, today)
        rows.append({
            "milestone": milestone,
            "label": step_label(step, milestone.number) if len(rounds) > 1 else "",
            "state": "done" if milestone.reached_on else window_state(*window, paused=family.paused),
            "text": due_text(*window, paused=family.paused),
            "can_take": may and not milestone.reached_on and step in BY_HAND,
            "can_undo": may and milestone.reached_on is not None,
            "url": pages.done_at(family, step, milestone.number) if may and not milestone.reached_on else "",
        })  # fmt: skip
    return rows


def _open(request: HttpRequest, family_id: UUID, step: str, number: int) -> Family:
    if step not in PATH or not 1 <= number <= 20:
        raise Http404
    family = pages.open_family(request, family_id, Permission.LIST_FAMILY, quiet=True)
    if PATH[step].permission not in pages.permissions_on(family, request.user):
        raise PermissionDenied(_("Du kan ikke endre stegene til denne familien."))
    return family


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LIST_FAMILY)
def step_reach(request: HttpRequest, family_id: UUID, step: str, number: int) -> HttpResponse:
    """Take a step that happened outside the system, on the day it happened."""
    family = _open(request, family_id, step, number)
    if step not in BY_HAND:
        raise Http404
    if stop := pages.only_read(request, family):
        return stop
    form = ReachForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.reach_by_hand(family, step=step, number=number, on=form.cleaned_data["on"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("«%(step)s» er ført.") % {"step": Step(step).label})
            return redirect("families:family_steps", family_id=family.pk)
    return _page(request, family, form, _("Før «%(step)s»") % {"step": step_label(step, number)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LIST_FAMILY)
def step_undo(request: HttpRequest, family_id: UUID, step: str, number: int) -> HttpResponse:
    """Take back a step that was reached by mistake. It stays in the history, with the reason."""
    family = _open(request, family_id, step, number)
    if stop := pages.only_read(request, family):
        return stop
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo(family, step=step, number=number, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("«%(step)s» er angret.") % {"step": Step(step).label})
            return redirect("families:family_steps", family_id=family.pk)
    lead = _("Steget venter da igjen, med samme vindu som før.")
    if step == Step.BASELINE:
        lead = _("Steget venter da igjen, og vinduene for de fem årene tas bort til det er gjort på nytt.")
    return _page(request, family, form, _("Angre «%(step)s»") % {"step": step_label(step, number)}, lead)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def family_pause(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The family wants a break. The windows stay where they are."""
    family = pages.open_family(request, family_id, CHANGE, quiet=True)
    if stop := pages.only_read(request, family):
        return stop
    form = PauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.pause(family, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Oppfølgingen er på pause. Familien beholder plassen."))
            return redirect("families:family_detail", family_id=family.pk)
    lead = _("Ingen vinduer flyttes, og ingen blir purret. Familien beholder plassen og koordinatoren.")
    return _page(request, family, form, _("Sett oppfølgingen på pause"), lead)


@require_POST
@requires(CHANGE)
def family_resume(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The break is over."""
    family = pages.open_family(request, family_id, CHANGE, quiet=True)
    try:
        actions.resume(family, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Oppfølgingen er tatt opp igjen."))
    return redirect("families:family_detail", family_id=family.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ASSIGN_COORDINATOR)
def family_reopen(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The lead takes up again what was closed less than a year ago."""
    family = pages.open_family(request, family_id, Permission.ASSIGN_COORDINATOR)
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reopen(family, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Oppfølgingen er tatt opp igjen. Vinduene står der de sto."))
            return redirect("families:family_detail", family_id=family.pk)
    lead = _("Familien får plassen igjen hos koordinatoren sin. Dagen det ble avsluttet, og grunnen, blir stående.")
    return _page(request, family, form, _("Ta opp oppfølgingen igjen"), lead)


def _page(request: HttpRequest, family: Family, form: Any, heading: str, lead: str = "") -> HttpResponse:
    context = pages.family_context(request, family, "steps") | {
        "form": form, "heading": heading, "lead": lead, "newer": None, "back": "families:family_steps",
    }  # fmt: skip
    return render(request, "families/form_page.html", context, status=422 if form.errors else 200)
