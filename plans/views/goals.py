"""Goals and measures: added, changed and finished where they stand."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from families.models import Family
from families.pages import open_family, with_version
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from plans import actions
from plans.enums import TemplateOf
from plans.forms import (
    GoalCloseForm,
    GoalEditForm,
    GoalForm,
    GoalRatingForm,
    GoalReopenForm,
    MeasureEditForm,
    MeasureFinishForm,
    MeasureForm,
)

from .frame import (
    CHANGE,
    drafted,
    form_page,
    goal_and_family,
    measure_of,
    reload_page,
    remember_note,
    saved,
    to_agreement,
    typed,
)
from .prefilled import goal_from, measure_begun, templates_of

WRITES = ["GET", "HEAD", "POST"]


def _in(family: Family, goal_id: Any, part: str = "mal") -> dict[str, str]:
    """The place of a goal's form, and where to fetch what stood there when one thinks better of it."""
    return {"slot": f"{part}-{goal_id}", "back_part": reverse("plans:goal_detail", args=[family.pk, goal_id])}


@require_http_methods(WRITES)
@requires(CHANGE)
def goal_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """A new goal in the family's own words. An address may fill in what it is about: see plans/views/prefilled.py."""
    family = open_family(request, family_id, CHANGE)
    form, draft = drafted(request, GoalForm, family=family, initial=goal_from(request, family))
    if form.is_valid():
        try:
            goal = actions.add_goal(family, by=request.user, **form.cleaned_data)
        except AlreadyDone as done:
            goal = done.row
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            return reload_page(request, family, _("Målet er lagret."), f"mal-{goal.pk}")
    return form_page(
        request, family, form, heading=_("Nytt mål"), slot="nytt-mal", **typed(draft),
        templates=templates_of(family, TemplateOf.GOAL), from_address=request.path,
    )  # fmt: skip


@require_http_methods(WRITES)
@requires(CHANGE)
def goal_edit(request: HttpRequest, family_id: UUID, goal_id: UUID) -> HttpResponse:
    """Change a goal. When somebody saved first, each field that differs asks which of the two shall stand."""
    family = open_family(request, family_id, CHANGE)
    goal = goal_and_family(request, family, goal_id)
    form, draft = drafted(request, GoalEditForm, family=family, row=goal)
    if form.is_valid():
        try:
            changed = actions.change_goal(goal, by=request.user, **form.cleaned_data)
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            message = _("Målet er endret. Slik det sto før, er tatt vare på.")
            moved = changed.outcome != goal.outcome
            return reload_page(request, family, message) if moved else saved(request, family, goal, message)
    return form_page(request, family, form, heading=_("Endre målet"), **typed(draft), **_in(family, goal.pk))


@require_http_methods(WRITES)
@requires(CHANGE)
def goal_close(request: HttpRequest, family_id: UUID, goal_id: UUID) -> HttpResponse:
    """Let a goal wait or close it, for a reason; or take one that waits or is closed up again."""
    family = open_family(request, family_id, CHANGE)
    goal = goal_and_family(request, family, goal_id)
    kind = GoalCloseForm if goal.is_active else GoalReopenForm
    (form, draft), closed = drafted(request, kind, family=family, initial={"version": goal.version}), None
    if form.is_valid():
        data = form.cleaned_data
        try:
            if goal.is_active:
                closed = actions.close_goal(goal, on=data.pop("closed_on"), by=request.user, **data)
                remember_note(request, family, closed, goal.state)
            else:
                actions.reopen_goal(goal, by=request.user, **data)
        except Stale as stale:
            with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            message = _("Målet gjelder igjen.")
            if closed:
                message = _("Målet er satt på vent.") if closed.is_paused else _("Målet er avsluttet.")
            return reload_page(request, family, message)
    heading = _("Sett på vent eller avslutt målet «%(goal)s»") if goal.is_active else _("Ta opp igjen målet «%(goal)s»")
    return form_page(
        request, family, form, heading=heading % {"goal": goal.words}, **typed(draft), **_in(family, goal.pk)
    )


@require_http_methods(WRITES)
@requires(CHANGE)
def goal_rate(request: HttpRequest, family_id: UUID, goal_id: UUID) -> HttpResponse:
    """How near the goal feels today, between two reviews."""
    family = open_family(request, family_id, CHANGE)
    goal = goal_and_family(request, family, goal_id)
    form, draft = drafted(request, GoalRatingForm, family=family)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.rate_goal(goal, on=data.pop("rated_on"), by=request.user, **data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            return saved(request, family, goal, _("Tallet er lagret."))
    return form_page(
        request, family, form, heading=_("Hvor nær er dere målet?"), lead=f"«{goal.words}»", **typed(draft),
        **_in(family, goal.pk),
    )  # fmt: skip


@require_http_methods(WRITES)
@requires(CHANGE)
def measure_new(request: HttpRequest, family_id: UUID, goal_id: UUID) -> HttpResponse:
    """Something to do about a goal."""
    family = open_family(request, family_id, CHANGE)
    goal = goal_and_family(request, family, goal_id)
    (form, draft), way_out = drafted(request, MeasureForm, family=family, initial=measure_begun(request, family)), {}
    if form.is_valid():
        try:
            actions.add_measure(goal, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            way_out = to_agreement(family, refusal, form.cleaned_data["service"])
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            return saved(request, family, goal, _("Tiltaket er lagret."))
    return form_page(
        request, family, form, heading=_("Nytt tiltak"), lead=f"«{goal.words}»", **way_out, **typed(draft),
        templates=templates_of(family, TemplateOf.MEASURE), from_address=request.path,
        **_in(family, goal.pk, "tiltak"),
    )  # fmt: skip


@require_http_methods(WRITES)
@requires(CHANGE)
def measure_edit(request: HttpRequest, family_id: UUID, measure_id: UUID) -> HttpResponse:
    """Change a measure. When somebody saved first, each field that differs asks which of the two shall stand."""
    family = open_family(request, family_id, CHANGE)
    measure = measure_of(request, family, measure_id)
    (form, draft), way_out = drafted(request, MeasureEditForm, family=family, row=measure), {}
    if form.is_valid():
        try:
            actions.change_measure(measure, by=request.user, **form.cleaned_data)
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            way_out = to_agreement(family, refusal, form.cleaned_data["service"])
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            return saved(request, family, measure.goal, _("Tiltaket er endret."))
    return form_page(
        request, family, form, heading=_("Endre tiltaket"), **way_out, **typed(draft),
        **_in(family, measure.goal_id, "tiltak"),
    )  # fmt: skip


@require_http_methods(WRITES)
@requires(CHANGE)
def measure_finish(request: HttpRequest, family_id: UUID, measure_id: UUID) -> HttpResponse:
    """It is done, or will not be."""
    family = open_family(request, family_id, CHANGE)
    measure = measure_of(request, family, measure_id)
    first: dict[str, Any] = {"version": measure.version}
    if measure.follow_up and draft_for(request) is None:
        first["follow_up"] = measure.follow_up
    form, draft = drafted(request, MeasureFinishForm, family=family, initial=first)
    if form.is_valid():
        data = form.cleaned_data
        try:
            finished = actions.finish_measure(measure, on=data.pop("finished_on"), by=request.user, **data)
        except Stale as stale:
            with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            undo = remember_note(request, family, finished, measure.state)
            return saved(request, family, measure.goal, _("Tiltaket er avsluttet."), undo)
    return form_page(
        request, family, form, heading=_("Ferdig med tiltaket"), lead=measure.what, **typed(draft),
        **_in(family, measure.goal_id, "tiltak"),
    )  # fmt: skip
