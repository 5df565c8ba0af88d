"""The log as the data protection officer reads it: filtered in the URL, page by page, or as a file; always logged."""

import csv
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone as django_timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires

from .enums import AuditEvent
from .forms import LogFilterForm
from .log import record
from .models import Event
from .presenters import present

ON_A_PAGE = 50
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
    sheet.writerow([_("Tidspunkt"), _("Hvem"), _("Rolle"), _("Hva"), _("Gjelder"), _("Familie"), _("Mer")])
    for line in lines:
        cells = [f"{line.at:%d.%m.%Y %H:%M:%S}", line.who, line.role, line.what, line.about, line.family_code]
        sheet.writerow([_harmless(cell) for cell in (*cells, line.details)])
    return response


def _harmless(cell):
    """A spreadsheet runs a cell that begins with one of these signs; an apostrophe makes it text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
