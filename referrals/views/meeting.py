"""The information meeting on the family's page, and the henvendelse the family came from."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families.enums import FamilyState
from families.models import Family
from families.pages import family_context, open_family
from families.protection import Outside
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from referrals import actions
from referrals.basis import calculations
from referrals.enums import MeetingOutcome, ReferralEvent, ReferrerKind
from referrals.forms.meeting import BookForm, CancelForm, ChooseForm, RecordForm
from referrals.letters import PAGE, calendar_file, languages_of, printed_invitation
from referrals.models import InformationMeeting, MeetingMember, MeetingTurn, Referral
from referrals.queue import people_words
from referrals.tasks import referrer_address
from referrals.views.intake import history

P = Permission


def _meetings(family: Family) -> list[InformationMeeting]:
    invited = MeetingMember.objects.select_related("member").order_by("member__birth_date")
    rows = InformationMeeting.objects.filter(family=family).order_by(F("recorded_at").desc(nulls_first=True), "pk")
    rows = rows.select_related("recorded_by", "coordinator", "booked_by", "home")
    turned = MeetingTurn.objects.select_related("done_by")
    return list(
        rows.prefetch_related(
            Prefetch("invited", invited, to_attr="coming"), Prefetch("turns", turned, to_attr="turned")
        )
    )


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
    referral = Referral.objects.of_family(family).first()
    form = BookForm(request.POST or None, family=family, by=request.user, by_family=_by_family(referral))
    status = 200
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
                messages.success(request, _("Avtalen er lagret."))
                return redirect("referrals:information_meeting", family_id=family.pk)
    agreed = next((m for m in meetings if not m.outcome), None)
    newest = max(meetings, key=lambda m: (not m.outcome, m.recorded_at), default=None)
    called_off = newest if newest and newest.is_cancelled else None
    return _page(
        request, family, "information_meeting", status,
        open=agreed,
        called_off=called_off,
        letters=languages_of(agreed or called_off) if agreed or called_off else [],
        by_mail=bool(newest and newest.turned and referrer_address(newest)),
        hidden=Outside(family).hidden,
        held=[m for m in meetings if m.outcome],
        answered=answered,
        form=form,
        interpreters=[m for m in family.members.all() if m.needs_interpreter],
        referral=referral,
        by_family=_by_family(referral),
        may_book=not answered and family.state != FamilyState.CLOSED,
    )  # fmt: skip


def _by_family(referral: Referral | None) -> bool:
    """Nobody but the family is behind it: then there is no sender who comes to the talk."""
    return referral is None or referral.referrer_kind == ReferrerKind.FAMILY


def _open_meeting(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> tuple[Family, InformationMeeting]:
    family = open_family(request, family_id, P.CHANGE_FAMILY)
    rows = InformationMeeting.objects.permitted(request.user, P.CHANGE_FAMILY).filter(family=family)
    rows = rows.select_related("family__municipality", "home", "coordinator", "booked_by")
    return family, get_object_or_404(rows, pk=meeting_id)


@require_http_methods(["GET", "POST"])
@requires(P.CHANGE_FAMILY)
def meeting_change(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Another time, place or company."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    own = _by_family(Referral.objects.of_family(family).first())
    form, status = BookForm(request.POST or None, family=family, by=request.user, meeting=meeting, by_family=own), 200
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
def meeting_cancel(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """It will not be held, and why."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    if meeting.outcome and request.method == "GET":
        return redirect("referrals:information_meeting", family_id=family.pk)
    form, status = CancelForm(request.POST or None, initial={"version": meeting.version}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.cancel_meeting(meeting, by=request.user, **form.cleaned_data)
            except Stale as stale:
                _now_against(form, stale)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Samtalen er avlyst. Gi familien beskjed."))
                return redirect("referrals:information_meeting", family_id=family.pk)
    return _page(request, family, "meeting_cancel", status, form=form, meeting=meeting)


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


def _back(request: HttpRequest, family: Family, done: Callable[[], str]) -> HttpResponse:
    """Do it, and say on the family's page of the meeting what came of it."""
    try:
        messages.success(request, done())
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("referrals:information_meeting", family_id=family.pk)


@require_POST
@requires(P.CHANGE_FAMILY)
def meeting_agree(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """The family has chosen among the times."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    form = ChooseForm(request.POST)

    def agree() -> str:
        if not form.is_valid():
            raise Refused(_("Velg en av tidene."), rule="no_time")
        actions.agree_time(meeting, by=request.user, **form.cleaned_data)
        return _("Tiden er avtalt.")

    return _back(request, family, agree)


@require_POST
@requires(P.CHANGE_FAMILY)
def offer_refuse(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The family says no, in one press; the page has said what follows."""
    family = open_family(request, family_id, P.CHANGE_FAMILY)

    def refuse() -> str:
        actions.refuse_offer(family, by=request.user)
        return str(_NO)

    return _back(request, family, refuse)


@require_safe
@requires(P.CHANGE_FAMILY)
def meeting_letter(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """The invitation on paper, in the language the family reads: `?sprak=nn`."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    codes = [code for code, _name in languages_of(meeting)]
    language = request.GET.get("sprak", "")
    language = language if language in codes else codes[0]
    try:
        actions.take_out_meeting(meeting, event=ReferralEvent.MEETING_LETTER, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("referrals:information_meeting", family_id=family.pk)
    with translation.override(language):
        content = render_pdf(PAGE, printed_invitation(meeting, language))
    # The code and not the name: file names end up in lists on shared machines.
    return _file(content, "application/pdf", f"invitasjon-{slugify(family.code)}.pdf")


@require_safe
@requires(P.CHANGE_FAMILY)
def meeting_file(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """The agreed time for the coordinator's own calendar."""
    family, meeting = _open_meeting(request, family_id, meeting_id)
    try:
        actions.take_out_meeting(meeting, event=ReferralEvent.MEETING_FILE, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("referrals:information_meeting", family_id=family.pk)
    return _file(calendar_file(meeting), "text/calendar; charset=utf-8", f"nm-{slugify(family.code)}.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


_NO = gettext_lazy("Familien vil ikke være med. Oppfølgingen er avsluttet, og plassen er ledig igjen.")


def _said(meeting: InformationMeeting) -> str:
    return {
        MeetingOutcome.YES: _("Familien vil være med. Neste steg er samtykke, person for person."),
        MeetingOutcome.NO: str(_NO),
        MeetingOutcome.THINKING: _("Familien tenker på det. Dagen du spør igjen, står i Å gjøre."),
        MeetingOutcome.ABSENT: _("Familien kom ikke. Avtal en ny tid."),
    }[meeting.outcome]


@require_safe
@requires(P.VIEW_FAMILY)
def family_referral(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The henvendelse the family came from, and those joined to it, for those who follow the family."""
    family = open_family(request, family_id, P.VIEW_FAMILY)
    rows = Referral.objects.permitted(request.user, P.VIEW_FAMILY)
    about = list(rows.about_family(family).as_they_came().prefetch_related("people"))
    if not about:
        raise Http404
    came_by = set(rows.of_family(family).values_list("pk", flat=True))
    about.sort(key=lambda row: row.pk not in came_by)
    referral, *joined = about
    context = {
        "referral": referral,
        "joined": joined,
        "people_words": people_words(referral),
        "history": history(referral, request.user, family),
        "calculations": calculations(referral),
        "may_calculate": False,
        "may_add": False,
        "may_decide": False,
    }
    return _page(request, family, "family_referral", **context)
