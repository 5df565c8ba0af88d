"""The minutes of a meeting: written, decided in, finished, added to."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from families.enums import FamilyState
from families.models import Family
from families.pages import only_read, open_family
from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.drafts import forget_draft
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from nyemonstre.ui.forms import asks_for_row
from plans import actions
from plans.forms_meetings import AddendumForm, FinishForm, PlanDecisionForm
from plans.forms_minutes import MinutesForm, goals_of
from plans.models import MeetingDecision

from .frame import drafted, form_page, to_agreement
from .journal import CHANGE
from .meetings import meeting_of, meeting_url


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def meeting_minutes(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Case by case, who was there, what was decided. A line for one more case brings the form back with its field.

    `?sak=` is the case the first new decision is about.
    """
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    if (meeting.is_finished or meeting.came_to_nothing) and request.method != "POST":
        return redirect(meeting_url(meeting))
    goals = goals_of(meeting) if can(request.user, Permission.CHANGE_PLAN, family) and not is_closed(family) else ()
    case = {"item_new0": request.GET.get("sak", "")}
    form, draft = drafted(request, MinutesForm, family=family, row=meeting, goals=goals, initial=case)
    way_out: dict[str, str] = {}
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.save_minutes(
                meeting, said=form.said, came=data["came"], others=data["others"], more=data["more"],
                decided=form.decided, mark=data.get("mark"), version=data["version"], by=request.user,
            )  # fmt: skip
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            way_out = to_agreement(family, refusal, form.service_at(refusal.field))
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            if data["more"].strip():
                messages.success(request, _("Referatet er lagret, og saken har fått sitt eget felt."))
                return redirect("plans:meeting_minutes", family.pk, meeting.pk)
            messages.success(request, _("Referatet er lagret. Gjør det ferdig når alle er enige."))
            return redirect(meeting_url(meeting))
    page = form_page(
        request, family, form, heading=_("Referat"), slot="referat", tab="journal", keeps_draft=True,
        draft=draft if not form.is_bound else None, looks_over=True, back=meeting_url(meeting),
        lead=f"{meeting.get_kind_display()} {meeting.day}", **way_out,
    )  # fmt: skip
    if asks_for_row(request.POST):
        page.status_code = 200  # a row was asked for, and nothing is wrong
    return page


def is_closed(family: Family) -> bool:
    return bool(family.state == FamilyState.CLOSED)


@require_POST
@requires(CHANGE)
def minutes_finish(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """From now they stand."""
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    form = FinishForm(request.POST)
    try:
        actions.finish_minutes(meeting, version=form.cleaned_data["version"] if form.is_valid() else 0, by=request.user)
    except Stale:
        messages.error(request, _("Noen har skrevet på referatet siden du åpnet siden. Les det en gang til."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Referatet er ferdig og står i journalen."))
    return redirect(meeting_url(meeting))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def minutes_add(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """What was wrong, or forgotten."""
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    form, draft = drafted(request, AddendumForm, family=family)
    if form.is_valid():
        try:
            actions.add_to_minutes(meeting, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            messages.success(request, _("Tillegget står under referatet. Der ser du også hvem som får beskjed om det."))
            return redirect(meeting_url(meeting))
    return form_page(
        request, family, form, heading=_("Tillegg til referatet"), slot="tillegg", tab="journal", keeps_draft=True,
        draft=draft if not form.is_bound else None, looks_over=True, back=meeting_url(meeting),
    )  # fmt: skip


def _decision_of(request: HttpRequest, family: object, decision_id: UUID, permission: Permission) -> MeetingDecision:
    rows = MeetingDecision.objects.filter(family=family).select_related(
        "family__municipality", "meeting__family", "service", "member"
    )
    return get_visible_or_404(rows, request, permission, quiet=True, pk=decision_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_PLAN)
def decision_plan(request: HttpRequest, family_id: UUID, decision_id: UUID) -> HttpResponse:
    """A decision becomes a measure, under the goal one chooses."""
    family = open_family(request, family_id, Permission.CHANGE_PLAN)
    decision = _decision_of(request, family, decision_id, Permission.CHANGE_PLAN)
    meeting = decision.meeting
    if stop := only_read(request, family):
        return stop
    if decision.measure_id is not None and request.method != "POST":
        return redirect(meeting_url(meeting))
    data = request.POST if request.method == "POST" else None
    goals = goals_of(meeting)
    form, way_out = PlanDecisionForm(data, family=family, goals=goals), {}
    if form.is_valid():
        try:
            actions.plan_decision(decision, goal=form.cleaned_data["goal"], by=request.user)
        except Refused as refusal:
            way_out = to_agreement(family, refusal, decision.service)
            say(form, refusal)
        if not form.errors:
            messages.success(request, _("Tiltaket står i planen."))
            return redirect(meeting_url(meeting))
    lead = decision.what if goals else _("Planen har ingen mål ennå. Lag et mål først, så kan tiltaket stå under det.")
    return form_page(
        request, family, form, heading=_("Gjør beslutningen til et tiltak"), slot="til-planen", tab="journal",
        lead=lead, back=meeting_url(meeting), **way_out,
    )  # fmt: skip
