"""Meetings of a family: agreed, moved, cancelled, come to nothing. The minutes: plans/views/minutes.py."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import Task
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from families.enums import FamilyState
from families.models import Family
from families.pages import family_context, only_read, open_family, with_version
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from plans import actions
from plans.attached import beside_meeting, may_lie_beside
from plans.forms_attached import AttachForm
from plans.forms_meetings import (
    CancelMeetingForm,
    MeetingEditForm,
    MeetingForm,
    MissedMeetingForm,
    SendMinutesForm,
    anew,
    begun,
)
from plans.meetings import been, coming, sending, telling, whole
from plans.models import Meeting, MeetingNotice
from plans.papers import live_lines

from .frame import drafted, form_page, row_of
from .journal import CHANGE, VIEW, uuid_in


def may_write(frame: dict[str, Any], family: Family) -> bool:
    """New meetings, and those that come."""
    return may_note(frame) and family.state != FamilyState.CLOSED


def may_note(frame: dict[str, Any]) -> bool:
    """What has been; also after follow-up has ended."""
    return CHANGE in frame["allowed"] and not frame["why_only_read"]


def meeting_url(meeting: Meeting) -> str:
    return reverse("plans:meeting_detail", args=[meeting.family_id, meeting.pk])


def meeting_of(request: HttpRequest, family: Family, meeting_id: UUID, permission: Permission = CHANGE) -> Meeting:
    return row_of(request, family, Meeting, meeting_id, permission)


def stopped(request: HttpRequest, row: Any, act: Callable[..., Any], done: str, here: str) -> HttpResponse:
    """Stop what is on its way by mail, and say how it went on the page of its meeting, at `here`."""
    try:
        act(row, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, done)
    return redirect(meeting_url(row.meeting) + here)


def mailed(request: HttpRequest, row: Any, task: Task, done: str, here: str) -> HttpResponse:
    """Its minute has passed and nobody has sent it: now, from here."""
    try:
        went = task.run(str(row.pk))
    except OSError:
        messages.error(request, _("E-posten kom ikke av sted. Prøv igjen om litt."))
    else:
        messages.success(request, done if went else _("Det var alt sendt, eller kan ikke sendes nå."))
    return redirect(meeting_url(row.meeting) + here)


def leaving(many: int) -> str:
    """What is said when so many services are told by itself."""
    return ngettext(
        "En tjeneste får e-post om ett minutt. Ombestemmer du deg, kan du stanse den her.",
        "%(many)s tjenester får e-post om ett minutt. Ombestemmer du deg, kan du stanse den her.",
        many,
    ) % {"many": many}


def with_telling(meeting: Meeting, words: str) -> str:
    """`words` about what was done, and who is told of it by mail. Else the coordinator is asked to tell."""
    many = MeetingNotice.objects.standing().filter(meeting=meeting, mailed_at=None).count()
    return f"{words} {leaving(many)}" if many else f"{words} " + _("Gi beskjed til dem som er bedt.")


@require_safe
@requires(VIEW)
def meeting_list(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """What is agreed, and what has been."""
    family = open_family(request, family_id, VIEW)
    frame = family_context(request, family, "journal")
    context = {**frame, "coming": coming(family), "been": been(family), "may_write": may_write(frame, family)}
    return render(request, "plans/meeting_list.html", context)


@require_safe
@requires(VIEW)
def meeting_detail(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """One meeting: the appointment, or the minutes as they read, also on paper."""
    family = open_family(request, family_id, VIEW, quiet=bool(request.htmx))
    meeting = meeting_of(request, family, meeting_id, VIEW)
    return show_meeting(request, family, meeting)


def show_meeting(
    request: HttpRequest, family: Family, meeting: Meeting, form: SendMinutesForm | None = None,
    attach_form: AttachForm | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of a meeting; `form` or `attach_form` is one that was sent and is not right."""
    frame = family_context(request, family, "journal")
    live = live_lines(family)
    shown = whole(family, meeting, live)
    if shown["meeting"].is_finished:
        shown |= sending(shown["meeting"], live)
        form = form or SendMinutesForm(family=family, may=shown["may_send"])
        form.helper.form_action = reverse("plans:minutes_send", args=[family.pk, meeting.pk])
    interpreted = family.members.filter(needs_interpreter=True).order_by("birth_date", "pk")
    attached, may = beside_meeting(meeting, request.user), may_write(frame, family)
    may_attach = may and not (meeting.is_finished or meeting.came_to_nothing)
    if may_attach and attach_form is None:
        documents = may_lie_beside(family, request.user, attached)
        attach_form = AttachForm(documents=documents, find=request.GET.get("q", ""))
    if attach_form is not None:
        attach_form.helper.form_action = reverse("plans:meeting_attach", args=[family.pk, meeting.pk])
    context = {
        **frame, **shown, **telling(shown["meeting"], live), "send_form": form,
        "may_write": may, "may_note": may_note(frame),
        "interpreters": list(interpreted), "attached": attached, "attach_form": attach_form,
        "may_attach": may_attach, "away": "plans:meeting_detach",
        "may_plan": Permission.CHANGE_PLAN in frame["allowed"], "journal_open": CHANGE in frame["allowed"],
    }  # fmt: skip
    status = 422 if any(one is not None and one.is_bound for one in (form, attach_form)) else 200
    return render(request, "plans/meeting_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def meeting_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Agree on a meeting. `?slag=` is its kind; `?etter=` the one that came to nothing, whose terms it begins with."""
    family = open_family(request, family_id, CHANGE)
    if stop := only_read(request, family):
        return stop
    before = _before(request, family)
    first: dict[str, Any] = anew(before) if before else {}
    if not first and draft_for(request) is None:
        first = begun(family, request.GET.get("slag", ""))
    form, draft = drafted(request, MeetingForm, family=family, by=request.user, initial=first)
    way_out: dict[str, str] = {}
    if form.is_valid():
        try:
            data = form.cleaned_data
            planned = actions.plan_meeting(
                family, terms=form.terms, instead_of=data["instead_of"], key=data["key"], by=request.user
            )
        except AlreadyDone as done:
            planned = done.row
        except Refused as refusal:
            way_out = to_line(family, refusal)
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            messages.success(request, with_telling(planned, _("Møtet er avtalt. Det står i kalenderen.")))
            return redirect(meeting_url(planned))
    heading = _("Ny tid for møtet") if before else _("Avtal et møte")
    back = meeting_url(before) if before else reverse("plans:meeting_list", args=[family.pk])
    return _page(request, family, form, heading, back, draft=draft, **way_out)


def _before(request: HttpRequest, family: Family) -> Meeting | None:
    key = uuid_in(request.GET.get("etter", ""))
    rows = Meeting.objects.filter(family=family).select_related("family__municipality")
    return get_visible_or_404(rows, request, CHANGE, quiet=True, pk=key) if key else None


def to_line(family: Family, refusal: Refused) -> dict[str, str]:
    """The way to the agreement that lacks, for `form_page`."""
    if refusal.rule != "no_live_line":
        return {}
    return {"way_out": reverse("consent:line_new", args=[family.pk]), "way_out_to": _("tjenesten")}


def _page(request: HttpRequest, family: Family, form: Any, heading: str, back: str, **more: Any) -> HttpResponse:
    draft = more.pop("draft", None)
    return form_page(
        request, family, form, heading=heading, slot="mote", tab="journal", back=back,
        draft=draft if not form.is_bound else None, keeps_draft=bool(form.helper.attrs.get("data-draft-url")), **more,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def meeting_edit(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Another time, place, company or agenda."""
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    if not meeting.is_planned and request.method != "POST":
        return redirect(meeting_url(meeting))
    if stop := only_read(request, family):
        return stop
    form, draft = drafted(request, MeetingEditForm, family=family, by=request.user, row=meeting)
    way_out: dict[str, str] = {}
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.change_meeting(
                meeting, terms=form.terms, reason=data["reason"], version=data["version"], by=request.user
            )
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            way_out = to_line(family, refusal)
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            messages.success(request, with_telling(meeting, _("Møtet er endret.")))
            return redirect(meeting_url(meeting))
    return _page(request, family, form, _("Endre eller flytt møtet"), meeting_url(meeting), draft=draft, **way_out)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def meeting_cancel(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """It will not be held, and why."""
    said = _("Møtet er avlyst.")
    return _ended(request, family_id, meeting_id, CancelMeetingForm, actions.cancel_meeting, _("Avlys møtet"), said)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def meeting_missed(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """It came to nothing; nobody is blamed."""
    said, heading = _("Det er ført. Avtal gjerne en ny tid med en gang."), _("Møtet ble ikke noe av")
    return _ended(request, family_id, meeting_id, MissedMeetingForm, actions.miss_meeting, heading, said)


def _ended(
    request: HttpRequest, family_id: UUID, meeting_id: UUID, kind: Any, act: Any, heading: str, said: str
) -> HttpResponse:
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    if not meeting.is_planned and request.method != "POST":
        return redirect(meeting_url(meeting))
    data = request.POST if request.method == "POST" else None
    form = kind(data, family=family, initial={"version": meeting.version})
    if form.is_valid():
        try:
            act(meeting, by=request.user, **form.cleaned_data)
        except Stale as stale:
            form = with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            messages.success(request, with_telling(meeting, said) if act is actions.cancel_meeting else said)
            return redirect(meeting_url(meeting))
    return _page(request, family, form, heading, meeting_url(meeting))
