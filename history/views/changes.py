"""Endringer: what was written, changed and removed about a family, by whom, newest first."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from families.models import Family
from families.pages import family_context, open_family
from history.enums import PARTS
from history.models import Change, ChangeQuerySet
from history.words import entries, subject_of
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires
from nyemonstre.accounts.models import User
from nyemonstre.postgres.sorting import NorwegianOrder

VIEW = Permission.VIEW_FAMILY
PAGE = 40

# Rows that belong to another one and are shown with it: table → (their table, the column that names it).
WITH = {
    "families_member": ("families_residence", "member_id"),
    "plans_goal": ("plans_goalmember", "goal_id"),
    "consent_agreementline": ("consent_coveredmember", "line_id"),
    "plans_meeting": ("plans_meetingguest", "meeting_id"),
    "plans_journalentry": ("plans_journalmember", "entry_id"),
}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@requires(VIEW)
def change_list(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """All of the family's changes this person may see; `?hva=` a part of the case, `?hvem=` a person."""
    family = open_family(request, family_id, VIEW)
    frame = family_context(request, family, "changes")
    changes = Change.objects.of(family, frame["allowed"])
    actors = User.objects.filter(pk__in=changes.exclude(actor_id=None).values("actor_id"))
    part, person = request.GET.get("hva", ""), request.GET.get("hvem", "")
    frame |= {
        "parts": [(key, label) for key, (permission, label) in PARTS.items() if permission in frame["allowed"]],
        "people": list(actors.order_by(NorwegianOrder("name"), "pk")),
        "part": part,
        "person": person,
        "asked": bool(part or person),
    }
    if part in PARTS:
        changes = changes.filter(permission=PARTS[part][0])
    if actor := _uuid(person):
        changes = changes.filter(actor_id=actor)
    return _page(request, frame, changes)


@require_safe
@requires(VIEW)
def row_changes(request: HttpRequest, family_id: UUID, row_id: UUID) -> HttpResponse:
    """One row's changes: a person, a goal, an agreement. 404 when this person may see none of them."""
    family = open_family(request, family_id, VIEW)
    frame = family_context(request, family, "changes")
    changes = Change.objects.of(family, frame["allowed"])
    first = changes.filter(row_id=row_id).newest_first().first()
    if first is None:
        raise Http404
    wanted = Q(row_id=row_id)
    if first.table_name in WITH:
        table, column = WITH[first.table_name]
        names_it = {column: str(row_id)}
        wanted |= Q(table_name=table) & (Q(after__contains=names_it) | Q(before__contains=names_it))
    return _page(request, frame | {"row": subject_of(first)}, changes.filter(wanted))


def _page(request: HttpRequest, frame: dict[str, Any], changes: ChangeQuerySet) -> HttpResponse:
    family: Family = frame["family"]
    rows = changes.newest_first()
    last = request.GET.get("etter", "")
    if last.isascii() and last.isdigit() and len(last) < 19:
        seen = Change.objects.filter(family_id=family.pk, pk=int(last)).first()
        rows = rows.older_than(seen) if seen else rows
    found = list(rows[: PAGE + 1])
    context = frame | {
        "entries": entries(found[:PAGE]),
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
        "began": not last,
    }
    return render(request, "history/change_list.html", context)
