"""Documents beside a meeting, a goal or the plan, as the pages show them: of each only what the reader may see."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.enums import Kind
from documents.models import Document, DocumentQuerySet
from families.models import Family, permissions_on
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.formats import short_day

from .models import AttachedDocument, Goal, Meeting


def beside_meeting(meeting: Meeting, reader: User) -> list[AttachedDocument]:
    rows = AttachedDocument.objects.permitted(reader, Permission.VIEW_JOURNAL).filter(meeting=meeting)
    return list(rows.with_words())


def beside_goal(goal: Goal, reader: User) -> list[AttachedDocument]:
    rows = AttachedDocument.objects.permitted(reader, Permission.VIEW_PLAN).filter(goal=goal)
    return list(rows.with_words())


def beside_plan(family: Family, reader: User) -> list[AttachedDocument]:
    """Those of the plan as a whole first, then goal by goal."""
    rows = AttachedDocument.objects.permitted(reader, Permission.VIEW_PLAN).filter(family=family, meeting=None)
    return sorted(rows.with_words(), key=lambda one: (one.goal is not None, one.goal and one.goal.created_at))


def may_lie_beside(family: Family, reader: User, there: Iterable[AttachedDocument] = ()) -> DocumentQuerySet:
    """What can be chosen, the newest first, without what lies `there` already. A signed agreement lies by its lines."""
    rows = Document.objects.permitted(reader, Permission.VIEW_FAMILY).filter(family=family).standing()
    rows = rows.exclude(kind=Kind.AGREEMENT).exclude(pk__in=[one.document_id for one in there])
    return rows.order_by("-dated_on", "-uploaded_at", "pk")


def places_of(family: Family, documents: Iterable[Document], reader: User) -> dict[UUID, list[tuple[str, str]]]:
    """Where each of the documents lies, in words and with its address, of what the reader may open. Three queries."""
    may, found = permissions_on(family, reader), []
    rows = AttachedDocument.objects.filter(document__in=documents).select_related("goal", "meeting")
    if Permission.VIEW_PLAN in may:
        found += rows.permitted(reader, Permission.VIEW_PLAN).filter(meeting=None)
    if Permission.VIEW_JOURNAL in may:
        found += rows.permitted(reader, Permission.VIEW_JOURNAL).exclude(meeting=None)
    places: dict[UUID, list[tuple[str, str]]] = {}
    for row in found:
        places.setdefault(row.document_id, []).append(_place(row))
    return places


def _place(row: AttachedDocument) -> tuple[str, str]:
    if row.meeting:
        said = f"{row.meeting.get_kind_display()} {short_day(timezone.localtime(row.meeting.starts_at))}"
        return said, reverse("plans:meeting_detail", args=[row.family_id, row.meeting_id])
    if row.goal:
        said = _("Målet «%(goal)s»") % {"goal": row.goal.words}
        return said, reverse("plans:goal_detail", args=[row.family_id, row.goal_id])
    return _("Familiens plan"), reverse("plans:plan_documents", args=[row.family_id])
