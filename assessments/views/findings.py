"""After the sittings: what stands out, for the coordinator; and the trends, for whoever sits at the table."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.economy.checklist import checklist_of
from assessments.findings import LowStitch, findings_of
from assessments.pictures import points_of
from assessments.trends import trends_of
from consent.enums import Purpose
from consent.rules import members_with, why_not_change
from families.enums import FamilyState
from families.models import Family
from families.pages import address, at_table, family_context, open_family
from nyemonstre.access.views import requires

from .family import shown_to
from .frame import VIEW, children_of, sitting_or_404, sittings_of


@requires(VIEW)
@require_safe
def findings(request: HttpRequest, family_id: UUID, sitting_id: UUID) -> HttpResponse:
    """Low stitches, scores that stand out, who has not answered, and what of the economy nobody has asked about."""
    family = open_family(request, family_id, VIEW, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, VIEW)
    if not sitting.completed_at:
        raise Http404
    first = next((point.sitting for point in points_of(family, sittings_of(family)) if point.sitting), None)
    found = findings_of(family, sitting, first)
    context = family_context(request, family, "assessments")
    may_plan = "change_plan" in context["allowed"] and family.state != FamilyState.CLOSED and not why_not_change(family)
    listed = checklist_of(family, asked=members_with(family, Purpose.PARTICIPATION))
    context |= {
        "sitting": sitting, "found": found, "not_examined": listed.not_examined,
        "low": [(one, _goal_url(family, one) if may_plan else "") for one in found.low],
    }  # fmt: skip
    return render(request, "assessments/findings.html", context)


def _goal_url(family: Family, one: LowStitch) -> str:
    """The plan's own form, with the line and whom it is for; the words are the family's to find."""
    where = address("plans:goal_new", family.pk)
    people = [one.member] if one.member else [m for m in family.members.all() if m.moved_out_on is None]
    asked: list[tuple[str, Any]] = [("linje", one.outcome.value), *(("hvem", str(m.pk)) for m in people)]
    return f"{where}?{urlencode(asked)}" if where else ""


@requires(VIEW)
@require_safe
def trends(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Each instrument over the sittings: what those at the table may see."""
    family = open_family(request, family_id, VIEW)
    homes, reader, table = at_table(request, family)
    held = [point.sitting for point in points_of(family, sittings_of(family)) if point.sitting]
    children = [m for m in children_of(family) if homes.concern([m.pk], reader)]
    about = next((m for m in children if str(m.pk) == request.GET.get("hvem")), None)
    cards = trends_of(held, list(family.members.all()), shown_to(homes, reader), about=about) if held else []
    context = family_context(request, family, "assessments") | table
    context |= {
        "held": held, "cards": cards,
        "people": [("", _("Hele familien"), None), *((str(m.pk), m.first_name, None) for m in children)],
    }  # fmt: skip
    return render(request, "assessments/trends.html", context)
