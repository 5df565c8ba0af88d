"""An intake meeting that has not begun is moved or cancelled, with the reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused, Stale
from referrals import actions
from referrals.forms.intake_meeting import CancelMeetingForm, MoveMeetingForm
from referrals.models import IntakeMeeting
from referrals.stages import MAY

from .intake_meetings import HERE, open_intake_meeting

P = Permission


def _page(request: HttpRequest, meeting: IntakeMeeting, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "referrals/intake_turn.html", {"meeting": meeting, "form": form, **context}, status=status)


def _newer(form: Any, stale: Stale) -> None:
    form.data = form.data.copy()
    form.data["version"] = str(stale.current.version)
    say(form, stale)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_change(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """Another day, place or leader."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.DECIDE_REFERRAL)
    if meeting.state not in MAY["change"] and request.method == "GET":
        return redirect(HERE, intake_meeting_id=meeting.pk)
    form = MoveMeetingForm(request.POST if request.method == "POST" else None, meeting=meeting)
    if form.is_bound and form.is_valid():
        try:
            actions.change_intake_meeting(meeting, by=request.user, **form.cleaned_data)
        except Stale as stale:
            _newer(form, stale)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Møtet er endret."))
            return redirect(HERE, intake_meeting_id=meeting.pk)
    return _page(request, meeting, form, cancels=False)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def intake_cancel(request: HttpRequest, intake_meeting_id: UUID) -> HttpResponse:
    """It will not be held; the cases go to the next one."""
    meeting = open_intake_meeting(request, intake_meeting_id, P.DECIDE_REFERRAL)
    if meeting.state not in MAY["cancel"] and request.method == "GET":
        return redirect(HERE, intake_meeting_id=meeting.pk)
    form = CancelMeetingForm(request.POST if request.method == "POST" else None, initial={"version": meeting.version})
    if form.is_bound and form.is_valid():
        try:
            following = actions.cancel_intake_meeting(meeting, by=request.user, **form.cleaned_data)
        except Stale as stale:
            _newer(form, stale)
        except Refused as refusal:
            say(form, refusal)
        else:
            day = f"{following.held_on:%d.%m.%Y}" if following else ""
            said = _("Møtet er avlyst. Sakene står først på sakslisten %(day)s.") % {"day": day}
            messages.success(request, said if following else _("Møtet er avlyst. Sakene står fortsatt i køen."))
            return redirect("referrals:intake_meeting_list")
    return _page(request, meeting, form, cancels=True, following=actions.next_meeting(meeting))
