"""One case on the meeting's screen: read, say who leaves the room, decide, and on to the next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import Refused, Stale
from referrals import actions
from referrals.basis import calculations
from referrals.duplicates import alike
from referrals.forms.intake import AssessForm
from referrals.forms.intake_meeting import CaseForm, RecusalForm
from referrals.minutes import agenda_of
from referrals.models import AgendaItem, IntakeMeeting, Presence, Recusal, sector_label
from referrals.queue import people_words
from referrals.views.intake import attachments, history
from referrals.views.intake_meetings import open_intake_meeting

P = Permission
CASE = "referrals:intake_case"


def _open(request: HttpRequest, meeting_id: UUID, item_id: UUID, permission: Permission) -> tuple[Any, Any]:
    meeting = open_intake_meeting(request, meeting_id, permission)
    rows = AgendaItem.objects.filter(meeting=meeting).on_agenda()
    rows = rows.select_related(
        "referral__municipality", "meeting__municipality", "decision__coordinator", "decision__decided_by", "moved_to"
    ).prefetch_related("referral__people")
    return meeting, get_visible_or_404(rows, request, permission, pk=item_id)


def _decision_form(request: HttpRequest, item: AgendaItem, data: Any = None) -> CaseForm:
    town = item.referral.municipality
    may_override = can(request.user, P.OVERRIDE_PLACES, town)
    return CaseForm(data, item=item, places=actions.places_for(item.referral), may_override=may_override)


def _recusal_form(item: AgendaItem, data: Any = None) -> RecusalForm:
    out = list(Recusal.objects.filter(item=item))
    people = [
        p for p in Presence.objects.filter(meeting=item.meeting_id) if p.here or p.pk in {r.presence_id for r in out}
    ]
    return RecusalForm(data, item=item, people=people, out=out)


def case_page(
    request: HttpRequest, meeting: IntakeMeeting, item: AgendaItem, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The whole page, with the forms that came back with errors in the place of the empty ones."""
    referral = item.referral
    cases = agenda_of(request.user, meeting, item)
    at = next(number for number, case in enumerate(cases) if case["current"])
    undecided = not cases[at]["done"]
    may = can(request.user, P.DECIDE_REFERRAL, item) and undecided and not meeting.is_closed
    room = actions.deciding(item)
    context = {
        "meeting": meeting, "item": item, "referral": referral, "cases": cases, "number": at + 1,
        "before": cases[at - 1]["item"] if at else None,
        "after": cases[at + 1]["item"] if at + 1 < len(cases) else None,
        "following": _following(cases, at), "people_words": people_words(referral),
        "history": history(referral, request.user),
        "alike": alike(request.user, [referral])[referral.pk], "may_add": False,
        "calculations": calculations(referral), "attachments": attachments(referral, request.user),
        "may_calculate": may,
        "may_decide": may and meeting.is_open, "may_assess": may,
        "in_room": request.user.pk in {person.user_id for person in room},
        "room": [(person, sector_label(person.sector)) for person in room],
        "sectors": len({person.sector for person in room if person.sector}),
        "needed": referral.municipality.intake_sectors_needed,
        "assess": AssessForm(referral=referral) if may else None,
        "recusal": _recusal_form(item), "decide": None, "newer": False, "in_meeting": True,
        "saved": False, "out_saved": False,
        **forms,
    }  # fmt: skip
    if context["may_decide"] and context["decide"] is None:
        context["decide"] = _decision_form(request, item)
    return render(request, "referrals/intake_case.html", context, status=status)


def _following(cases: list[dict[str, Any]], at: int) -> AgendaItem | None:
    """The next case without a decision, after this one or from the beginning."""
    later = [*cases[at + 1 :], *cases[:at]]
    return next((case["item"] for case in later if not case["done"]), None)


@require_safe
@requires(P.VIEW_REFERRAL)
def intake_case(request: HttpRequest, intake_meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """One case, with the agenda on one side and the decision on the other."""
    meeting, item = _open(request, intake_meeting_id, item_id, P.VIEW_REFERRAL)
    return case_page(request, meeting, item)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_case_decide(request: HttpRequest, intake_meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Sign the decision and go to the next case; or, by its own button, save the note alone."""
    meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)
    cases = agenda_of(request.user, meeting, item)
    following = _following(cases, next(number for number, case in enumerate(cases) if case["current"]))
    form = _decision_form(request, item, request.POST)
    only_note = "save_note" in request.POST
    newer = False
    if form.is_valid() or only_note:
        data = form.cleaned_data
        try:
            if only_note:
                actions.save_note(item, note=data.get("note", ""), version=data.get("item_version"), by=request.user)
            else:
                actions.decide_case(item, by=request.user, **form.facts())
        except Stale as stale:
            newer = True
            meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
            form.data = form.data.copy()
            form.data |= {"version": str(item.referral.version), "item_version": str(item.version)}
            say(form, stale)
        except Refused as refusal:
            form.places = actions.places_for(item.referral)  # the last one may have gone just now
            say(form, refusal)
        else:
            if only_note:
                messages.success(request, _("Notatet er lagret."))
                return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)
            messages.success(request, _("%(name)s er avgjort.") % {"name": item.referral.family_name})
            if following:
                return redirect(CASE, intake_meeting_id=meeting.pk, item_id=following.pk)
            return redirect("referrals:intake_sign", intake_meeting_id=meeting.pk)
    return case_page(request, meeting, item, status=422, decide=form, newer=newer)


@require_POST
@requires(P.DECIDE_REFERRAL)
def intake_case_recuse(request: HttpRequest, intake_meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Who leaves the room for this case. By htmx only that is drawn again: what is typed in the decision stands."""
    meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
    form = _recusal_form(item, request.POST)
    if form.is_valid():
        try:
            actions.note_recusals(item, out=form.chosen(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            if request.htmx:  # type: ignore[attr-defined]  # from HtmxMiddleware
                meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
                return case_page(request, meeting, item, out_saved=True, decide=_as_seen(request, item))
            messages.success(request, _("Det er ført hvem som er ute av rommet."))
            return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)
    return case_page(request, meeting, item, status=422, recusal=form)


def _as_seen(request: HttpRequest, item: AgendaItem) -> CaseForm:
    """The decision, for the version it was read in: this one, unless somebody else has changed the case in between.

    Then it keeps the old number, and signing says so.
    """
    form = _decision_form(request, item)
    seen = request.POST.get("item_version", "")
    if seen.isdecimal() and int(seen) != item.version - 1:
        form.initial["item_version"] = int(seen)
    return form


@require_POST
@requires(P.DECIDE_REFERRAL)
def intake_case_assess(request: HttpRequest, intake_meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Save the team's own answers about the target group, and stay in the meeting.

    By htmx only the answers are drawn again: what is typed in the decision stands.
    """
    meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
    form = AssessForm(request.POST, referral=item.referral)
    if form.is_valid():
        try:
            actions.assess(item.referral, answers=form.chosen(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            if request.htmx:  # type: ignore[attr-defined]  # from HtmxMiddleware
                meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)  # with the new answers
                return case_page(request, meeting, item, saved=True)
            messages.success(request, _("Vurderingen er lagret."))
            return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)
    return case_page(request, meeting, item, status=422, assess=form)
