"""What a family's sittings show together: the tab, the change since the baseline, the pattern."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from assessments.instruments import Question
from assessments.models import FitAnswer
from assessments.pictures import change_tables, pattern_context, points_of
from assessments.rounds import next_round, rounds
from assessments.sheets import all_readings
from consent.rules import why_not_map_family
from families.marks import ALONE, Homes, Reader
from families.models import Family
from families.pages import at_table, family_context, open_family
from nyemonstre.access.views import get_visible_or_404, requires

from .frame import VIEW, children_of, coming_round, may_map, sittings_of


@requires(VIEW)
@require_safe
def family_tab(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The tab: what is open, what comes next, the sittings held, FIT over time, and the pattern."""
    family = open_family(request, family_id, VIEW)
    sittings = sittings_of(family)
    found = rounds(family, sittings)
    context = family_context(request, family, "assessments") | pattern_context(family, sittings)
    context |= {
        "sittings": sittings,
        "open_sittings": [sitting for sitting in sittings if sitting.is_open],
        "coming": coming_round(next_round(found, timezone.localdate())),
        "held": sum(1 for sitting in sittings if sitting.completed_at),
        "fit_count": FitAnswer.objects.filter(family=family).count(),
        "children": children_of(family),
        "stopped": why_not_map_family(family) or "",
        "may_map": may_map(context),
    }
    return render(request, "assessments/family_tab.html", context)


def shown_to(homes: Homes, reader: Reader) -> Callable[[UUID | None, Question], bool]:
    """Whether an answer may stand on a page that `reader` looks at, by whom it is about and its question."""

    def shown(about: UUID | None, question: Question) -> bool:
        """Whoever answered for themselves was told that the others do not see it."""
        if question.answered_by == "self" and reader.key != ALONE:
            return about == reader.member
        return about is None or homes.concern([about], reader)

    return shown


@requires(VIEW)
@require_safe
def change(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The baseline and each later sitting side by side, the difference in words: what those at the table may see."""
    family = open_family(request, family_id, VIEW)
    homes, reader, table = at_table(request, family)
    held = [point.sitting for point in points_of(family, sittings_of(family)) if point.sitting]
    shown = shown_to(homes, reader)
    tables = change_tables(held, list(family.members.all()), all_readings(held), shown, get_language() or "nb")
    context = family_context(request, family, "assessments") | table | {"held": held, "tables": tables}
    return render(request, "assessments/change.html", context)


@requires(VIEW)
@require_safe
def pattern(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The pattern alone, for the family's overview and for switching between the family and a child."""
    rows = Family.objects.select_related("municipality").with_path().with_people()
    family = get_visible_or_404(rows, request, VIEW, quiet=True, pk=family_id)
    children = children_of(family)
    asked = request.GET.get("hvem", "")
    member = next((child for child in children if str(child.pk) == asked), None)
    if asked and member is None:
        raise Http404
    context = {"family": family, "children": children, **pattern_context(family, sittings_of(family), member)}
    return render(request, "assessments/_pattern.html", context)
