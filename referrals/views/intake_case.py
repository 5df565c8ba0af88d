"""One case on the meeting's screen: read, say who leaves the room, decide, and on to the next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import Refused, Stale
from nyemonstre.ui.forms import as_typed
from referrals import actions
from referrals.basis import calculations
from referrals.duplicates import alike
from referrals.forms.intake import AssessForm
from referrals.forms.intake_meeting import CaseForm, RecusalForm
from referrals.minutes import agenda_of
from referrals.models import AgendaItem, IntakeMeeting, Presence, Recusal, sector_label
from referrals.queue import people_words
from referrals.views.intake import OWNER, attachments, carries_all, history
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


def _decision_form(request: HttpRequest, item: AgendaItem, data: Any = None, initial: Any = None) -> CaseForm:
    may_override = can(request.user, P.OVERRIDE_PLACES, item.referral.municipality)
    places = actions.places_for(item.referral)
    return CaseForm(data, item=item, places=places, may_override=may_override, initial=initial)


def _recusal_form(item: AgendaItem, data: Any = None, **how: Any) -> RecusalForm:
    out = list(Recusal.objects.filter(item=item))
    people = [
        p for p in Presence.objects.filter(meeting=item.meeting_id) if p.here or p.pk in {r.presence_id for r in out}
    ]
    return RecusalForm(data, item=item, people=people, out=out, **how)


def _typed(request: HttpRequest, item: AgendaItem, saved: str = "") -> dict[str, Any]:
    """What is typed and not saved in the parts of the page other than `saved`, to stand there when it is drawn again.

    With a decision on the page its form carries them all; without one only the part that was saved was sent.
    """
    if not carries_all(request):
        return {}
    decision = as_typed(_decision_form(request, item, request.POST))
    seen = request.POST.get("item_version", "")
    if saved in ("recusal", "note") and seen.isdecimal() and int(seen) == item.version - 1:
        decision["item_version"] = item.version  # what was saved just now; another's number stays, and signing says so
    parts = {
        "decide": _decision_form(request, item, initial=decision),
        "assess": AssessForm(
            referral=item.referral, owner=OWNER,
            initial=as_typed(AssessForm(request.POST, referral=item.referral)),
        ),
        "recusal": _recusal_form(item, owner=OWNER, initial=as_typed(_recusal_form(item, request.POST))),
    }  # fmt: skip
    return {part: form for part, form in parts.items() if part != saved}


def _unsaved(request: HttpRequest, item: AgendaItem) -> str:
    """A sentence when an answer or somebody's going out is typed and not saved, else ""."""
    if not carries_all(request):
        return ""
    answers, out = AssessForm(request.POST, referral=item.referral), _recusal_form(item, request.POST)
    if request.POST.keys() & answers.fields.keys() and answers.has_changed():
        return _("Svarene om målgruppen er endret. Lagre vurderingen først.")
    if request.POST.keys() & out.fields.keys() and out.has_changed():
        return _("Du har endret hvem som er ute av rommet. Lagre det først.")
    return ""


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
    owner = OWNER if may and meeting.is_open else ""
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
        "assess": AssessForm(referral=referral, owner=owner) if may else None,
        "recusal": _recusal_form(item, owner=owner), "decide": None, "newer": False, "in_meeting": True,
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
    unsaved = "" if only_note else _unsaved(request, item)
    if form.is_valid() and unsaved:
        form.add_error(None, unsaved)
    elif form.is_valid() or only_note:
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
                meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
                return _again(request, meeting, item, "note")
            messages.success(request, _("%(name)s er avgjort.") % {"name": item.referral.family_name})
            if following:
                return redirect(CASE, intake_meeting_id=meeting.pk, item_id=following.pk)
            return redirect("referrals:intake_sign", intake_meeting_id=meeting.pk)
    return case_page(request, meeting, item, status=422, **_typed(request, item) | {"decide": form}, newer=newer)


def _again(request: HttpRequest, meeting: IntakeMeeting, item: AgendaItem, part: str, **said: Any) -> HttpResponse:
    """After a part was saved: the page with what is typed elsewhere on it, or, where nothing is, its own address."""
    if typed := _typed(request, item, part):
        return case_page(request, meeting, item, **typed, **said)
    return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_case_recuse(request: HttpRequest, intake_meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Who leaves the room for this case. What is typed in the rest of the page stands."""
    meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)
    owner = OWNER if carries_all(request) else ""
    form = _recusal_form(item, request.POST, owner=owner)
    if form.is_valid():
        try:
            actions.note_recusals(item, out=form.chosen(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            if not owner:
                messages.success(request, _("Det er ført hvem som er ute av rommet."))
            meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
            return _again(request, meeting, item, "recusal", out_saved=True)
    return case_page(request, meeting, item, status=422, **_typed(request, item, "recusal"), recusal=form)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_case_assess(request: HttpRequest, intake_meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Save the team's own answers about the target group, and stay in the meeting. What is typed elsewhere stands."""
    meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect(CASE, intake_meeting_id=meeting.pk, item_id=item.pk)
    owner = OWNER if carries_all(request) else ""
    form = AssessForm(request.POST, referral=item.referral, owner=owner)
    if form.is_valid():
        try:
            actions.assess(item.referral, answers=form.chosen(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            if not owner:
                messages.success(request, _("Vurderingen er lagret."))
            meeting, item = _open(request, intake_meeting_id, item_id, P.DECIDE_REFERRAL)  # with the new answers
            return _again(request, meeting, item, "assess", saved=True)
    return case_page(request, meeting, item, status=422, **_typed(request, item, "assess"), assess=form)
