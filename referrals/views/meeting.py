"""The information meeting on the family's page, and the henvendelse the family came from."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.enums import FamilyState
from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from referrals import actions
from referrals.enums import MeetingOutcome
from referrals.forms.meeting import BookForm, RecordForm
from referrals.models import InformationMeeting, MeetingMember, Referral
from referrals.queue import people_words
from referrals.views.intake import history

P = Permission


def _meetings(family: Family) -> list[InformationMeeting]:
    invited = MeetingMember.objects.select_related("member").order_by("member__birth_date")
    rows = InformationMeeting.objects.filter(family=family).select_related("recorded_by")
    return list(rows.prefetch_related(Prefetch("invited", invited, to_attr="coming")))


def _page(request: HttpRequest, family: Family, template: str, status: int = 200, **context: Any) -> HttpResponse:
    context |= family_context(request, family, "")
    return render(request, f"referrals/{template}.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(P.VIEW_FAMILY)
def information_meeting(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """What is agreed and what has been; and the form for a new appointment while none is open."""
    permission = P.CHANGE_FAMILY if request.method == "POST" else P.VIEW_FAMILY
    family = open_family(request, family_id, permission)
    meetings = _meetings(family)
    answered = any(meeting.outcome == MeetingOutcome.YES for meeting in meetings)
    form, status = BookForm(request.POST or None, family=family), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.book_meeting(family, key=form.cleaned_data["key"], by=request.user, **form.facts())
            except AlreadyDone:
                return redirect("referrals:information_meeting", family_id=family.pk)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Samtalen er avtalt."))
                return redirect("referrals:information_meeting", family_id=family.pk)
    return _page(
        request, family, "information_meeting", status,
        open=next((m for m in meetings if not m.outcome), None),
        held=[m for m in meetings if m.outcome],
        answered=answered,
        form=form,
        interpreters=[m for m in family.members.all() if m.needs_interpreter],
        referral=Referral.objects.of_family(family).first(),
        may_book=not answered and family.state != FamilyState.CLOSED,
    )  # fmt: skip


def _open_meeting(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> tuple[Family, InformationMeeting]:
    family = open_family(request, family_id, P.CHANGE_FAMILY)
    rows = InformationMeeting.objects.permitted(request.user, P.CHANGE_FAMILY).filter(family=family)
    return family, get_object_or_404(rows.select_related("family__municipality"), pk=meeting_id)


@require_http_methods(["GET", "POST"])
@requires(P.CHANGE_FAMILY)
def meeting_change(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Another time, place or company."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    form, status = BookForm(request.POST or None, family=family, meeting=meeting), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = form.cleaned_data["version"]
                actions.change_meeting(meeting, version=version, by=request.user, **form.facts())
            except Stale as stale:
                _now_against(form, stale)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Avtalen er endret."))
                return redirect("referrals:information_meeting", family_id=family.pk)
    return _page(request, family, "meeting_change", status, form=form, meeting=meeting)


def _now_against(form: Any, stale: Stale) -> None:
    """The same form against the newer row: saved once more it means «mine»."""
    form.data = form.data.copy()
    form.data["version"] = str(stale.current.version)
    say(form, stale)


@require_http_methods(["GET", "POST"])
@requires(P.CHANGE_FAMILY)
def meeting_record(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """What was told, what they asked, and what the family answered."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    if meeting.outcome and request.method == "GET":
        return redirect("referrals:information_meeting", family_id=family.pk)
    draft = draft_for(request)
    initial = {"held_on": timezone.localdate(), **initial_from(draft), "version": meeting.version}
    form, status = RecordForm(request.POST or None, initial=initial), 200
    form.save_drafts(reverse("accounts:draft_save"), str(request.user.pk))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                recorded = actions.record_meeting(meeting, by=request.user, **form.cleaned_data)
            except Stale as stale:
                _now_against(form, stale)
            except Refused as refusal:
                say(form, refusal)
            else:
                forget_draft(request)
                messages.success(request, _said(recorded))
                return redirect("referrals:information_meeting", family_id=family.pk)
    context = {"form": form, "meeting": meeting, "draft": draft if request.method == "GET" else None}
    return _page(request, family, "meeting_record", status, **context)


def _said(meeting: InformationMeeting) -> str:
    return {
        MeetingOutcome.YES: _("Familien vil være med. Neste steg er samtykke, person for person."),
        MeetingOutcome.NO: _("Familien vil ikke være med. Oppfølgingen er avsluttet, og plassen er ledig igjen."),
        MeetingOutcome.THINKING: _("Familien tenker på det. Avtal gjerne en ny tid."),
        MeetingOutcome.ABSENT: _("Familien kom ikke. Avtal en ny tid."),
    }[meeting.outcome]


@require_safe
@requires(P.VIEW_FAMILY)
def family_referral(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The henvendelse the family came from, for those who follow the family."""
    family = open_family(request, family_id, P.VIEW_FAMILY)
    rows = Referral.objects.permitted(request.user, P.VIEW_FAMILY).of_family(family).prefetch_related("people")
    referral = rows.first()
    if referral is None:
        raise Http404
    context = {"referral": referral, "people_words": people_words(referral), "history": history(referral)}
    return _page(request, family, "family_referral", **context)
