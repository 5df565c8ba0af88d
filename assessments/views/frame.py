"""What the pages share: the sittings of a family, one of them, and their addresses."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from assessments.models import Assessment
from families.models import Family, Member
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404

VIEW, CHANGE = Permission.VIEW_ASSESSMENT, Permission.CHANGE_ASSESSMENT


def sittings_of(family: Family) -> list[Assessment]:
    """Kept sittings, newest first, with who began them."""
    return list(Assessment.objects.filter(family=family).kept().select_related("started_by"))


def may_map(context: dict[str, Any]) -> bool:
    """Whether this person may write answers of the family of `family_context`, which is followed and not only read."""
    return CHANGE in context["allowed"] and context["family"].state != "closed" and not context["why_only_read"]


def children_of(family: Family) -> list[Member]:
    return [m for m in family.members.all() if m.moved_out_on is None and m.age() < 18]


def sitting_or_404(request: HttpRequest, family: Family, sitting_id: UUID, permission: Permission) -> Assessment:
    rows = Assessment.objects.filter(family=family).kept().select_related("started_by", "completed_by")
    sitting = get_visible_or_404(rows, request, permission, pk=sitting_id)
    sitting.family = family
    return sitting


def coming_round(coming: Any) -> dict[str, str] | None:
    if coming is None:
        return None
    window = coming.milestone
    return {
        "name": coming.name,
        "key": coming.key,
        "state": window.window() if window and window.due_from else "",
        "due": window.due_text() if window and window.due_from else "",
    }


def sitting_url(sitting: Assessment) -> str:
    return reverse("assessments:sitting_detail", args=[sitting.family_id, sitting.pk])


def part_url(sitting: Assessment, who: str, part: str) -> str:
    return reverse("assessments:sitting_member", args=[sitting.family_id, sitting.pk, who, part])
