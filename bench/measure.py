"""Pages and the plan's PDF, measured in this process: CPU seconds of Python, seconds in all, queries, bytes.

What PostgreSQL itself spends is in the wall time alone, so both stand in the answer.
"""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db.models import Count  # noqa: E402  settings first
from django.template.loader import render_to_string  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from weasyprint import HTML  # noqa: E402, TID251  measured by itself, beside our engine

from assessments.models import Assessment  # noqa: E402
from bench.events import events_per_second  # noqa: E402
from bench.page import Page, costs, pattern_queries  # noqa: E402
from families.exits import Exit  # noqa: E402
from families.models import Family  # noqa: E402
from nyemonstre.access.roles import Permission, Role  # noqa: E402
from nyemonstre.access.wall import acting_as  # noqa: E402
from nyemonstre.accounts.models import Membership, User  # noqa: E402
from nyemonstre.pdf import render_pdf  # noqa: E402
from nyemonstre.pdf.engine import OurFiles  # noqa: E402
from plans.models import Closing  # noqa: E402
from plans.papers import SERVICE  # noqa: E402
from plans.printed import printed_plan  # noqa: E402
from plans.printing import PAGE, RECORD_PAGE  # noqa: E402
from plans.record import printed_record  # noqa: E402
from plans.summary import hand_over_letter, lines_to_write_to  # noqa: E402
from referrals.letters import PAGE as INVITATION  # noqa: E402
from referrals.letters import printed_invitation  # noqa: E402
from referrals.models import InformationMeeting  # noqa: E402

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
        "plan": Page(coordinator, reverse("plans:family_tab", args=[family.pk])),
        "journal": Page(coordinator, reverse("plans:family_journal", args=[family.pk])),
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


def papers(coordinator: User, family: Family, repeats: int) -> dict[str, Any]:
    """The other papers, each read from the database and made into a file: the record, and the letters."""

    def fresh() -> Family:
        return Family.objects.select_related("municipality").with_coordinators().get(pk=family.pk)

    def record() -> bytes:
        return render_pdf(RECORD_PAGE, printed_record(fresh()))

    def to_service() -> bytes:
        return render_pdf(PAGE, printed_plan(fresh(), f"{SERVICE}{lines_to_write_to(family)[0].pk}"))

    def hand_over() -> bytes:
        line = lines_to_write_to(family)[0]
        closing = Closing(exit=Exit(ended_on=timezone.localdate()))
        return render_pdf("plans/pdf/handover.html", hand_over_letter(fresh(), line, closing))

    def invitation() -> bytes:
        meeting = (
            InformationMeeting.objects.filter(family=family)
            .select_related("family__municipality", "home", "coordinator")
            .latest("pk")
        )
        return render_pdf(INVITATION, printed_invitation(meeting, "nb"))

    def as_read(made: Callable[[], bytes]) -> Callable[[], int]:
        def one() -> int:
            with acting_as(coordinator), django.db.transaction.atomic():
                return len(made())

        return one

    found = {}
    for made in (record, to_service, hand_over, invitation):
        one = as_read(made)
        found[made.__name__] = {"pdf_bytes": one(), **costs(min(repeats, 5), one)[0]}
    return found


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
        found["papers"] = papers(coordinator, family, options.repeats)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
