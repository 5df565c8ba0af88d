"""The log as the data protection officer reads it: filtered in the URL, page by page, or as a file; always logged."""

import csv
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone as django_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import Refused

from .actions import sign_off
from .enums import AlertKind, AuditEvent
from .forms import LogFilterForm, SignOffForm
from .log import record
from .models import Alert, Event
from .presenters import present, present_alerts

ON_A_PAGE = 50
ALERTS_ON_A_PAGE = 25
# A file with more lines than a spreadsheet can be read in is no help; narrow the search instead.
IN_A_FILE = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _asked_for(request):
    form = LogFilterForm(request.GET or None, auditor=request.user)
    events = Event.objects.permitted(request.user, Permission.VIEW_LOG).order_by("-at", "id")
    if form.is_bound:
        events = form.narrow(events) if form.is_valid() else events.none()
    return form, events


def _place_of(event):
    """Where a page ends: the event's time to the microsecond, and its id for those of the same moment."""
    return f"{(event.at - _EPOCH) // _MICROSECOND}_{event.pk}"


def _older_than(events, place):
    """The events after that place in the list; all of them for a place we never wrote."""
    moment, _separator, key = place.partition("_")
    try:
        at, pk = _EPOCH + int(moment) * _MICROSECOND, UUID(key)
    except (ValueError, OverflowError):
        return events
    return events.filter(Q(at__lt=at) | Q(at=at, pk__gt=pk))


@requires(Permission.VIEW_LOG)
@require_safe
def event_list(request):
    form, events = _asked_for(request)
    place = request.GET.get("eldre", "")
    rows = list(_older_than(events, place)[: ON_A_PAGE + 1])
    older = _place_of(rows[ON_A_PAGE - 1]) if len(rows) > ON_A_PAGE else ""
    asked = form.facts() if form.is_bound and form.is_valid() else {}
    record(AuditEvent.LOG_OPENED, by=request.user, facts=asked)
    context = {"form": form, "lines": present(rows[:ON_A_PAGE]), "older": older, "began": not place, "asked": asked}
    return render(request, "audit/event_list.html", context, status=422 if form.errors else 200)


@requires(Permission.VIEW_LOG)
@fresh_login()
@limited("export", times=30, seconds=3600)
@require_safe
def event_export(request):
    """The same search as a CSV file for a Norwegian spreadsheet: semicolons, and UTF-8 with its mark."""
    form, events = _asked_for(request)
    lines = present(events[:IN_A_FILE])
    asked = form.facts() if form.is_bound and form.is_valid() else {}
    record(AuditEvent.LOG_EXPORTED, by=request.user, facts={**asked, "rows": len(lines)})
    day = django_timezone.localdate().isoformat()
    response = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="innsynslogg-{day}.csv"'},
    )
    sheet = csv.writer(response, delimiter=";")
    sheet.writerow(
        [_("Tidspunkt"), _("Hvem"), _("Rolle"), _("Hva"), _("Gjelder"), _("Familie"), _("Mer"), _("Hvorfor"),
         _("Adresse"), _("Forespørsel")]
    )  # fmt: skip
    for line in lines:
        cells = [f"{line.at:%d.%m.%Y %H:%M:%S}", line.who, line.role, line.what, line.about, line.family_code]
        cells += [line.details, line.why, line.event.address or "", str(line.event.request_id or "")]
        sheet.writerow([_harmless(cell) for cell in cells])
    return response


def _harmless(cell):
    """A spreadsheet runs a cell that begins with one of these signs; an apostrophe makes it text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


@requires(Permission.VIEW_LOG)
@require_safe
def alert_list(request):
    """Open ones first; `vis` chooses the signed off ones, and `slags` one kind."""
    shown, kind = request.GET.get("vis", ""), request.GET.get("slags", "")
    every = Alert.objects.permitted(request.user, Permission.VIEW_LOG)
    open_ones = every.unread().count()
    alerts = every.exclude(signed_off_at=None) if shown == "kvittert" else every.unread()
    if kind in AlertKind.values:
        alerts = alerts.filter(kind=kind)
    page = Paginator(alerts.order_by("-last_at", "id"), ALERTS_ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = present_alerts(page.object_list)
    record(AuditEvent.ALERTS_OPENED, by=request.user, facts={"rows": len(page.object_list)})
    context = {
        "page_obj": page, "shown": shown, "kind": kind,
        "states": [("", _("Åpne"), open_ones), ("kvittert", _("Kvittert"), None)],
        "kinds": [("", _("Alle slags"), None), *((value, str(label), None) for value, label in AlertKind.choices)],
    }  # fmt: skip
    return render(request, "audit/alert_list.html", context)


@requires(Permission.VIEW_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_detail(request, alert_id):
    """One alert with the events behind it, and the note that closes it."""
    alert = get_visible_or_404(Alert, request, Permission.VIEW_LOG, pk=alert_id)
    form = SignOffForm(request.POST or None)
    if form.is_valid():
        try:
            sign_off(alert, note=form.cleaned_data["note"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Varselet er kvittert."))
            return redirect("audit:alert_list")
    events = Event.objects.permitted(request.user, Permission.VIEW_LOG).filter(pk__in=alert.events)
    context = {"alert": present_alerts([alert])[0], "form": form, "lines": present(events.order_by("at", "id"))}
    return render(request, "audit/alert_detail.html", context, status=422 if form.is_bound and form.errors else 200)
