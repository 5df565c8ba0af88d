"""Intake meetings: the list, planning, the agenda and who is there, signing off, and the minutes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families.enums import FamilyEvent
from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.audit.log import record
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from referrals import actions
from referrals.forms.intake_meeting import AddendumForm, PlanForm, PresenceForm, SignForm
from referrals.minutes import agenda_of, minutes
from referrals.models import AgendaItem, IntakeMeeting, Referral
from referrals.queue import age_words
from referrals.stages import DECIDABLE, OVER

P = Permission
PER_PAGE = 20
# Sent straight to a case: the meeting's page is where one returns to.
HERE = "referrals:intake_meeting"


def open_intake_meeting(request: HttpRequest, meeting_id: UUID, permission: Permission) -> IntakeMeeting:
    """The meeting, if this person has `permission` on it, else 404; and a line in the log that it was read."""
    rows = IntakeMeeting.objects.select_related("municipality", "leader", "signed_by")
    return get_visible_or_404(rows, request, permission, pk=meeting_id)


@require_safe
@requires(P.VIEW_REFERRAL)
def intake_meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings that come, and those that have been, the newest first."""
    rows = IntakeMeeting.objects.permitted(request.user, P.VIEW_REFERRAL).select_related("municipality", "leader")
    ahead = list(rows.ahead()[:PER_PAGE])
    page = Paginator(rows.filter(state__in=OVER), PER_PAGE).get_page(request.GET.get("page"))
    shown = [*ahead, *page.object_list]
    # Only what this person may read is counted, so that nothing is told by a number.
    items = AgendaItem.objects.permitted(request.user, P.VIEW_REFERRAL).filter(meeting__in=shown).order_by()
    counted = items.values("meeting").annotate(cases=Count("pk"), done=Count("pk", filter=Q(decision__isnull=False)))
    numbers = {row["meeting"]: row for row in counted}
    nothing = {"cases": 0, "done": 0}
    context = {
        "ahead": [{"row": row, **numbers.get(row.pk, nothing)} for row in ahead],
        "held": [{"row": row, **numbers.get(row.pk, nothing)} for row in page.object_list],
        "page_obj": page,
        "several": len({row.municipality_id for row in shown}) > 1,
        "may_plan": _towns(request).exists(),
    }
    record(FamilyEvent.LIST_OPENED, by=request.user, facts={"list": "intake_meeting_list", "rows": len(shown)})
    return render(request, "referrals/intake_meeting_list.html", context)


def _towns(request: HttpRequest) -> Any:
    return Municipality.objects.permitted(request.user, P.DECIDE_REFERRAL)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_meeting_new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting; the agenda is drawn from the queue. ?kommune=4204 for whoever works in several."""
    towns = _towns(request)
    number = request.GET.get("kommune", "").replace("\0", "")
    town = get_object_or_404(towns, number=number) if number else towns.first()
    if town is None:
        raise Http404
    initial = {"held_on": timezone.localdate(), "leader": request.user.pk}
    form, status = PlanForm(request.POST or None, municipality=town, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                meeting = actions.plan_intake_meeting(town, by=request.user, **form.cleaned_data)
            except AlreadyDone as done:
                return redirect(HERE, intake_meeting_id=done.row.pk)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Sakslisten er laget. Se over rekkefølgen."))
                return redirect(HERE, intake_meeting_id=meeting.pk)
    context = {"form": form, "town": town, "others": [t for t in towns if t.pk != town.pk]}
    return render(request, "referrals/intake_meeting_new.html", context, status=status)


def meeting_page(request: HttpRequest, meeting: IntakeMeeting, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The meeting before and between the cases: the agenda, and who is there."""
    may_decide = not meeting.is_cancelled and can(request.user, P.DECIDE_REFERRAL, meeting)
    cases = agenda_of(request.user, meeting)
    there = {case["item"].referral_id for case in cases}
    more = Referral.objects.permitted(request.user, P.DECIDE_REFERRAL)
    more = more.filter(municipality=meeting.municipality_id, state__in=DECIDABLE).exclude(pk__in=there)
    context = {
        "meeting": meeting,
        "cases": cases,
        "first": next((case["item"] for case in cases if not case["done"]), None),
        "may_decide": may_decide,
        "presence": PresenceForm(meeting=meeting),
        "more": [{"row": row, "age": age_words(row.age())} for row in more.as_they_came()[:50]],
        **forms,
    }
    return render(request, "referrals/intake_meeting.html", context, status=status)


@require_safe
@requires(P.VIEW_REFERRAL)
def intake_meeting(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """The meeting; a closed one is its minutes."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.VIEW_REFERRAL)
    if meeting.is_closed:
        return redirect("referrals:intake_minutes", intake_meeting_id=meeting.pk)
    return meeting_page(request, meeting)


@require_POST
@requires(P.DECIDE_REFERRAL)
def intake_presence(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """Who is in the room. The first time it begins the meeting, and goes to the first case."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.DECIDE_REFERRAL)
    form = PresenceForm(request.POST, meeting=meeting)
    if form.is_valid():
        try:
            actions.note_presence(meeting, people=form.attendance(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Det er ført hvem som er til stede."))
            first = next((case["item"] for case in agenda_of(request.user, meeting) if not case["done"]), None)
            if first is not None and not meeting.is_open:
                return redirect("referrals:intake_case", intake_meeting_id=meeting.pk, item_id=first.pk)
            return redirect(HERE, intake_meeting_id=meeting.pk)
    return meeting_page(request, meeting, status=422, presence=form)


@require_POST
@requires(P.DECIDE_REFERRAL)
def intake_agenda(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """Add a case, take one off, or move one up or down: one button each, so that all of it works by keyboard."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.DECIDE_REFERRAL)
    what, _colon, key = request.POST.get("do", "").replace("\0", "").partition(":")
    try:
        if what == "add":
            rows = Referral.objects.select_related("municipality")
            referral = get_visible_or_404(rows, request, P.DECIDE_REFERRAL, pk=request.POST.get("referral") or None)
            actions.put_on_agenda(meeting, referral=referral, by=request.user)
        elif what in ("up", "down", "remove"):
            rows = AgendaItem.objects.filter(meeting=meeting).select_related("meeting__municipality")
            item = get_visible_or_404(rows, request, P.DECIDE_REFERRAL, pk=key)
            if what == "remove":
                actions.take_off_agenda(item, by=request.user)
            else:
                actions.move_on_agenda(item, up=what == "up", by=request.user)
        else:
            raise Http404
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Sakslisten er endret."))
    return redirect(HERE, intake_meeting_id=meeting.pk)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_sign(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """What is decided, what is not and where it goes; then the leader signs."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.DECIDE_REFERRAL)
    if meeting.is_closed:
        return redirect("referrals:intake_minutes", intake_meeting_id=meeting.pk)
    form, status = SignForm(request.POST or None, initial={"version": meeting.version}), 200
    following = actions.next_meeting(meeting)
    left = list(actions.undecided(meeting).select_related("referral"))
    if following or not left:
        del form.fields["next_on"]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.sign_off(meeting, by=request.user, **form.cleaned_data)
            except Stale as stale:
                form.data = form.data.copy()
                form.data["version"] = str(stale.current.version)
                say(form, stale)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Møtet er signert og avsluttet."))
                return redirect("referrals:intake_minutes", intake_meeting_id=meeting.pk)
    context = {
        "form": form, "meeting": meeting, "cases": agenda_of(request.user, meeting), "left": left,
        "following": following, "leads": meeting.leader_id == request.user.pk,
    }  # fmt: skip
    return render(request, "referrals/intake_sign.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(P.VIEW_REFERRAL)
def intake_minutes(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """The minutes as they stand, with what was added; a closed meeting takes additions."""
    permission = P.DECIDE_REFERRAL if request.method == "POST" else P.VIEW_REFERRAL
    meeting = open_intake_meeting(request, intake_meeting_id, permission)
    items = AgendaItem.objects.permitted(request.user, permission).filter(meeting=meeting).on_agenda()
    form, status = AddendumForm(request.POST or None, items=items.select_related("referral")), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            facts = dict(form.cleaned_data)
            try:
                actions.add_to_minutes(facts.pop("item"), by=request.user, **facts)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Tillegget står i protokollen."))
                return redirect("referrals:intake_minutes", intake_meeting_id=meeting.pk)
    may_add = meeting.is_closed and can(request.user, P.DECIDE_REFERRAL, meeting)
    context = {"meeting": meeting, "minutes": minutes(request.user, meeting), "form": form if may_add else None}
    return render(request, "referrals/intake_minutes.html", context, status=status)


@require_safe
@requires(P.VIEW_REFERRAL)
def intake_minutes_pdf(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """The minutes on paper."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.VIEW_REFERRAL)
    values = {
        "minutes": minutes(request.user, meeting), "municipality": meeting.municipality.name,
        "today": timezone.localdate(),
    }  # fmt: skip
    content = render_pdf("referrals/pdf/minutes.html", values)
    name = f"inntaksmote-{meeting.held_on:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
