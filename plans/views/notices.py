"""What services are told of a meeting: asked for, stopped within its minute, and sent from here when nobody did."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from families.pages import open_family
from nyemonstre.access.views import get_visible_or_404, requires
from nyemonstre.refusals import Refused
from plans import actions
from plans.models import MeetingNotice
from plans.tasks import mail_notice

from .journal import CHANGE
from .meetings import leaving, mailed, meeting_of, meeting_url, stopped

HERE = "#beskjed"


@require_POST
@requires(CHANGE)
def meeting_tell(request: HttpRequest, family_id: UUID, meeting_id: UUID) -> HttpResponse:
    """What holds now, to those who have not been told it."""
    family = open_family(request, family_id, CHANGE)
    meeting = meeting_of(request, family, meeting_id)
    try:
        sent = actions.tell_services(meeting, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, leaving(len(sent)))
    return redirect(meeting_url(meeting) + HERE)


def _notice_of(request: HttpRequest, family_id: UUID, notice_id: UUID) -> MeetingNotice:
    family = open_family(request, family_id, CHANGE)
    rows = MeetingNotice.objects.filter(family=family).select_related("family__municipality", "meeting")
    return get_visible_or_404(rows, request, CHANGE, quiet=True, pk=notice_id)


@require_POST
@requires(CHANGE)
def notice_stop(request: HttpRequest, family_id: UUID, notice_id: UUID) -> HttpResponse:
    """Not after all."""
    notice = _notice_of(request, family_id, notice_id)
    return stopped(request, notice, actions.stop_notice, _("Beskjeden er stanset. Ingenting ble sendt."), HERE)


@require_POST
@requires(CHANGE)
def notice_mail(request: HttpRequest, family_id: UUID, notice_id: UUID) -> HttpResponse:
    """Its minute has passed and nobody has sent it: now, from here."""
    return mailed(request, _notice_of(request, family_id, notice_id), mail_notice, _("Beskjeden er sendt."), HERE)
