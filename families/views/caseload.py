"""Mine familier, Å gjøre and the calendar: the coordinator's own families."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from families import agenda, caseload
from families.calendar import add_months
from families.enums import FamilyEvent, FamilyState
from families.models import Assignment
from families.places import Places
from nyemonstre.access.limits import limited, searches
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.views import requires
from nyemonstre.accounts.models import Draft
from nyemonstre.audit.log import record, searched
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.ui.forms import plain

PER_PAGE = 50
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def search_words(request: HttpRequest) -> str:
    """What was searched for: no control characters, at most 100 characters."""
    return plain(request.GET.get("q", "")).replace("\0", "").strip()[:100]


def drafted(user: Any) -> set[UUID]:
    """Ids of the families this person has an unsaved form about, read from the addresses of the drafts."""
    keys = Draft.objects.filter(user=user).order_by("key").values_list("key", flat=True)
    return {UUID(found) for key in keys for found in _UUID.findall(key)}


@require_safe
@requires(Permission.VIEW_FAMILY)
@limited("search", times=120, seconds=60, when=searches)
def family_list(request: HttpRequest) -> HttpResponse:
    """The families one works with: what happens today, what is open, what needs a look, and the list."""
    user, today = request.user, timezone.localdate()
    show, sort, search = request.GET.get("vis", ""), request.GET.get("sort", "neste"), search_words(request)
    closed = show == "avsluttet"
    rows = caseload.rows_for(user, search, closed=closed, drafts=drafted(user))
    shown = caseload.arrange(rows, "" if closed else show, sort)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    record(FamilyEvent.LIST_OPENED, by=user, facts={"list": "family_list", "rows": len(page), **searched(search)})
    context = {
        "today": today,
        "page_obj": page,
        "total": len(rows),
        "search": search,
        "closed": closed,
        "filters": filters(rows, closed=closed),
        "sort": sort,
        "sorts": [(key, label) for key, (label, _key) in caseload.SORTS.items()],
        "boxes": boxes(rows),
        "places": own_places(user),
        "finds_by_number": any(m.municipality.keeps_identity_numbers for m in user.live_memberships),
    }
    return render(request, "families/family_list.html", context)


def own_places(user: Any) -> Places | None:
    """One's own places, counted from one's own assignments; None for those who are no coordinator.

    Held places may be filled by families only named people know of, so both are counted against the whole number.
    """
    role = next((m for m in user.live_memberships if m.role == Role.COORDINATOR), None)
    if role is None:
        return None
    mine = Assignment.objects.live().responsible().filter(user=user, family__municipality=role.municipality)
    taken = mine.exclude(family__state=FamilyState.CLOSED).count()
    return Places(user, taken, role.places or role.municipality.places_per_coordinator)


def filters(rows: list[caseload.Row], *, closed: bool) -> list[tuple[str, Any, int | None]]:
    chips = [
        (key, label, None if closed else sum(wanted(row) for row in rows))
        for key, (label, wanted) in caseload.FILTERS.items()
    ]
    return [*chips, ("avsluttet", caseload.CLOSED_LABEL, len(rows) if closed else None)]


def boxes(rows: list[caseload.Row]) -> dict[str, Any]:
    """Three boxes above the list, three lines each, and how many more there are."""
    today = [(what, row) for row in rows for what in row.facts.today]
    open_rows = sorted((row for row in rows if row.due[0] == "now"), key=lambda row: row.sort_next)
    look = [(notice, row) for row in rows for notice in row.notices if notice.when]
    look.sort(key=lambda pair: pair[0].on or date.max)
    drafts = [row for row in rows if row.draft]
    return {
        "today": sorted(today, key=lambda pair: pair[0].time),
        "open": open_rows[:3],
        "open_more": max(0, len(open_rows) - 3),
        "open_all": len(open_rows),
        "look": look[:3],
        "look_more": max(0, len(look) - 3),
        "drafts": drafts[: max(0, 3 - len(look))],
    }


@require_safe
@requires(Permission.VIEW_FAMILY)
def to_do(request: HttpRequest) -> HttpResponse:
    """Open windows, passed ones, pauses that end, and birthdays that change who answers."""
    entries, put_off = agenda.waiting_and_put_off(request.user)
    kind = request.GET.get("vis", "")
    kind = kind if kind in agenda.KINDS else ""
    shown = [entry for entry in entries if not kind or entry.kind == kind]
    groups = [
        {"label": label, "kind": key, "entries": [entry for entry in shown if entry.kind == key]}
        for key, label in agenda.KINDS.items()
        if key
    ]
    record(FamilyEvent.LIST_OPENED, by=request.user, facts={"list": "to_do", "rows": len(shown)})
    context = {
        "groups": [group for group in groups if group["entries"]],
        "filters": [
            (key, label, sum(not key or entry.kind == key for entry in entries)) for key, label in agenda.KINDS.items()
        ],
        "chosen": kind,
        "put_off": [] if kind else put_off,
        "today": timezone.localdate(),
    }
    return render(request, "families/to_do.html", context)


def month_of(request: HttpRequest, today: date) -> date:
    """The month in ?maned=2026-11, or this one when it is missing or nonsense."""
    match = re.fullmatch(r"(19\d\d|20\d\d)-(0[1-9]|1[0-2])", request.GET.get("maned", ""))
    return date(int(match[1]), int(match[2]), 1) if match else today.replace(day=1)


@require_safe
@requires(Permission.VIEW_FAMILY)
def calendar(request: HttpRequest) -> HttpResponse:
    """One month of windows, as a sheet and as a list."""
    today = timezone.localdate()
    first = month_of(request, today)
    kind, family = request.GET.get("vis", ""), request.GET.get("familie", "")[:12].replace("\0", "")
    kind = kind if kind in agenda.STEPS else ""
    entries = agenda.month_entries(request.user, first, kind=kind, family=family)
    record(FamilyEvent.LIST_OPENED, by=request.user, facts={"list": "calendar", "rows": len(entries)})
    families = agenda.own_families(request.user).order_by(NorwegianOrder("name"), "pk")
    context = {
        "first": first,
        "today": today,
        "previous": add_months(first, -1),
        "next": add_months(first, 1),
        "weeks": agenda.weeks(first, entries, today),
        "entries": entries,
        "filters": [(key, label, None) for key, label in agenda.STEPS.items()],
        "families": families.values_list("code", "name"),
        "family": family,
    }
    return render(request, "families/calendar.html", context)
