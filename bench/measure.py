"""Pages and the plan's PDF, measured in this process: CPU seconds of Python, seconds in all, queries, bytes.

What PostgreSQL itself spends is in the wall time alone, so both stand in the answer.
"""

import argparse
import json
import sys
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402  settings first
from django.template.loader import render_to_string  # noqa: E402
from django.urls import reverse  # noqa: E402
from weasyprint import HTML  # noqa: E402, TID251  measured by itself, beside our engine

from assessments.models import Assessment  # noqa: E402
from bench.events import events_per_second  # noqa: E402
from bench.page import Page, costs, pattern_queries  # noqa: E402
from families.models import Family  # noqa: E402
from nyemonstre.access.roles import Permission, Role  # noqa: E402
from nyemonstre.access.wall import acting_as  # noqa: E402
from nyemonstre.accounts.models import Membership, User  # noqa: E402
from nyemonstre.pdf import render_pdf  # noqa: E402
from nyemonstre.pdf.engine import OurFiles  # noqa: E402
from plans.printed import printed_plan  # noqa: E402
from plans.printing import PAGE  # noqa: E402

# Answers of the sitting that is opened: as near this as the demo has.
ANSWERS = 60


def sitting(coordinator: User, repeats: int) -> dict[str, Any]:
    """The overview of a sitting of about ANSWERS answers, beside a bare form of as many fields on the site's own page;
    and the family's pattern, whose queries are counted besides those of any page.
    """
    with acting_as(coordinator), django.db.transaction.atomic():
        held = Assessment.objects.permitted(coordinator, Permission.VIEW_ASSESSMENT).completed()
        counted = held.annotate(answers=Count("responses")).order_by("pk")
        found = min(counted, key=lambda one: abs(one.answers - ANSWERS))
    page = Page(coordinator, reverse("assessments:sitting_detail", args=[found.family_id, found.pk]))
    form = f"/form/{found.answers}/"
    ours, bare = costs(repeats, page.get, lambda: page.get(form))
    return {
        "answers": found.answers,
        **ours,
        "queries": page.queries(page.path),
        "bare_form": bare,
        "times_bare_form_cpu": round(ours["cpu_ms"] / bare["cpu_ms"], 2),
        "pattern_queries": pattern_queries(coordinator, found.family_id),
    }


def pages(coordinator: User, family: Family, lead: User) -> dict[str, Page]:
    """Those people open all day."""
    return {
        "caseload": Page(coordinator, reverse("families:family_list")),
        "family": Page(coordinator, reverse("families:family_detail", args=[family.pk])),
        "dashboard": Page(lead, reverse("families:dashboard")),
    }


def pdf(coordinator: User, family: Family, repeats: int) -> dict[str, Any]:
    """The plan as we print it, read from the database, beside WeasyPrint alone on the same finished HTML."""

    def printed() -> dict[str, Any]:
        with acting_as(coordinator), django.db.transaction.atomic():
            mine = Family.objects.select_related("municipality").with_coordinators()
            return printed_plan(mine.get(pk=family.pk))

    html = render_to_string(PAGE, printed())
    files = {"base_url": "nm:", "url_fetcher": OurFiles({})}
    repeats = min(repeats, 5)
    ours, alone = costs(
        repeats,
        lambda: render_pdf(PAGE, printed()),
        lambda: HTML(string=html, **files).write_pdf(pdf_variant="pdf/a-2a"),
    )
    return {
        "pdf_bytes": len(render_pdf(PAGE, printed())),
        "html_bytes": len(html.encode()),
        **ours,
        "weasyprint_alone": alone,
        "times_weasyprint_cpu": round(ours["cpu_ms"] / alone["cpu_ms"], 2),
    }


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--coordinator", required=True)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--pdf", action="store_true")
    options = parser.parse_args()
    coordinator = User.objects.get(pk=options.coordinator)
    with acting_as(coordinator), django.db.transaction.atomic():
        mine = Family.objects.permitted(coordinator, Permission.VIEW_PLAN).active()
        # The family with the longest history: the heaviest page.
        family = mine.filter(baseline_on__isnull=False).order_by("baseline_on", "code").first() or mine.first()
        assert family is not None, "the demo gave this coordinator no family"
    home = coordinator.home_municipality
    lead = Membership.objects.live().filter(role=Role.LEAD, municipality=home).select_related("user").first()
    assert lead is not None, "the demo has no lead"
    found: dict[str, Any] = {
        name: page.measure(options.repeats) for name, page in pages(coordinator, family, lead.user).items()
    }
    if options.pdf:
        found["sitting"] = sitting(coordinator, options.repeats)
        found["log"] = events_per_second(coordinator, seconds=min(4, options.repeats))
        found["plan_pdf"] = pdf(coordinator, family, options.repeats)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
