"""Finished minutes on paper, on their way to services, and opened by them without an account (docs/adr/0032)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.models import AgreementLine
from families.pages import open_family
from nyemonstre.access.limits import count, limited, sends
from nyemonstre.access.views import get_visible_or_404, public, requires, say
from nyemonstre.access.wall import acting_as
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import Refused
from plans import actions
from plans.actions.copies import find_minutes
from plans.forms_meetings import OpenMinutesForm, SendMinutesForm
from plans.minutes import PAGE, minutes_for_service, printed_minutes, reader_of, receivers
from plans.models import Meeting, MinutesAddendum, MinutesCopy
from plans.tasks import mail_minutes

from .journal import CHANGE, VIEW
from .meetings import mailed, meeting_of, meeting_url, show_meeting, stopped

# Codes for one link in an hour; one that is right is sent twice. The link has 256 bits of its own: this keeps whoever
# has it from guessing.
TRIES, HOUR = 20, 3600
# Sent by the button that fetches the file.
FETCH = "hent"


@require_safe
@requires(VIEW)
def minutes_pdf(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """On paper, for whom `?til=` says. Each time is logged; nothing keeps a copy on the way."""
    family = open_family(request, family_id, VIEW, quiet=True)
    meeting = _whole(meeting_of(request, family, meeting_id, VIEW))
    reader = reader_of(meeting, request.GET.get("til", ""), family)
    if reader is None:
        raise Http404
    line = reader if isinstance(reader, AgreementLine) else None
    try:
        actions.take_out_minutes(meeting, line=line, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect(meeting_url(meeting))
    values = minutes_for_service(meeting, line) if line else printed_minutes(meeting, reader)
    return _file(render_pdf(PAGE, values), meeting)


def _whole(meeting: Meeting) -> Meeting:
    return Meeting.objects.with_company().select_related("finished_by").get(pk=meeting.pk)


def _file(content: bytes, meeting: Meeting) -> HttpResponse:
    # The code and not the name: file names end up in lists on shared machines.
    name = f"referat-{slugify(meeting.family.code)}-{timezone.localdate(meeting.starts_at)}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_POST
@requires(CHANGE)
def minutes_send(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """To the services that are chosen, in a minute."""
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    if not meeting.is_finished:
        messages.error(request, _("Referatet er ikke ferdig."))
        return redirect(meeting_url(meeting))
    form = SendMinutesForm(request.POST, family=family, may=receivers(_whole(meeting)))
    if form.is_valid():
        try:
            actions.send_minutes(meeting, lines=form.cleaned_data["lines"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Referatet går ut om ett minutt. Ombestemmer du deg, kan du stanse det."))
            return redirect(meeting_url(meeting) + "#sending")
    return show_meeting(request, family, meeting, form)


@require_POST
@requires(CHANGE)
def addendum_send(request: HttpRequest, family_id: UUID, addendum_id: UUID) -> HttpResponse:
    """To those who have had the minutes, and do not know what was added."""
    family = open_family(request, family_id, CHANGE)
    rows = MinutesAddendum.objects.filter(family=family).select_related("family__municipality", "meeting")
    addendum = get_visible_or_404(rows, request, CHANGE, quiet=True, pk=addendum_id)
    try:
        actions.send_addendum(addendum, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Tillegget går ut om ett minutt. Ombestemmer du deg, kan du stanse det."))
    return redirect(meeting_url(addendum.meeting) + "#sending")


def _copy_of(request: HttpRequest, family_id: UUID, copy_id: UUID) -> MinutesCopy:
    family = open_family(request, family_id, CHANGE)
    rows = MinutesCopy.objects.filter(family=family).select_related("family__municipality", "meeting")
    return get_visible_or_404(rows, request, CHANGE, quiet=True, pk=copy_id)


@require_POST
@requires(CHANGE)
def minutes_stop(request: HttpRequest, family_id: UUID, copy_id: UUID) -> HttpResponse:
    """Not after all."""
    copy = _copy_of(request, family_id, copy_id)
    return stopped(request, copy, actions.stop_minutes, _("Referatet er stanset. Ingenting ble sendt."), "#sending")


@require_POST
@requires(CHANGE)
def minutes_mail(request: HttpRequest, family_id: UUID, copy_id: UUID) -> HttpResponse:
    """Its minute has passed and nobody has sent it: now, from here."""
    return mailed(request, _copy_of(request, family_id, copy_id), mail_minutes, _("Referatet er sendt."), "#sending")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("minutes_open", times=30, seconds=3600, when=sends)
def minutes_open(request: HttpRequest, secret: str) -> HttpResponse:
    """A service opens its minutes: with the link it was mailed, and the code it was told. Says nothing before that.

    The right code leads to a page with the button that fetches the file: a file alone would leave what was wrong with
    an earlier code standing behind it.
    """
    form = OpenMinutesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            if count("minutes_code", secret, seconds=HOUR) > TRIES:
                raise Refused(_("Det er prøvd for mange koder. Vent en time, eller ring koordinatoren."), rule="tries")
            if FETCH in request.POST:
                return _fetched(secret, code)
            find_minutes(secret, code)
        except Refused as refusal:
            say(form, refusal)
        else:
            return render(request, "plans/minutes_ready.html", {"code": code, "fetch": FETCH})
    return render(request, "plans/minutes_open.html", {"form": form}, status=422 if form.is_bound else 200)


def _fetched(secret: str, code: str) -> HttpResponse:
    meeting, line, sender = actions.open_minutes(secret, code=code, by=None)
    with acting_as(sender), translation.override(meeting.family.municipality.language):
        answer = _file(render_pdf(PAGE, minutes_for_service(meeting, line)), meeting)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
