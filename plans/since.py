"""What the kartlegging and the FIT answers say since the plan was last looked at, for the one who leads the review."""

from datetime import date
from typing import Any

from assessments.models import Assessment, FitAnswer
from assessments.pictures import fit_lines, pattern_of, points_of
from assessments.sheets import all_readings
from families.models import Family

from .models import Review


def since_last(family: Family, number: int) -> dict[str, Any]:
    """FIT answers since the review before round `number`, or since the start, and the pattern as it stands.

    A sitting that is not completed is simply not in it yet. Six queries, however many answers.
    """
    first = last_day(family, number)
    answers = FitAnswer.objects.filter(family=family).select_related("member").order_by("-asked_on", "-recorded_at")
    if first:
        answers = answers.filter(asked_on__gt=first)
    rows = list(answers)
    points = points_of(family, Assessment.objects.filter(family=family).kept())
    held = [point for point in points if point.sitting]
    return {
        "fit": fit_lines(rows),
        "comments": [row for row in rows if row.comment][:6],
        "pattern": pattern_of(points, all_readings([point.sitting for point in held])) if held else None,
    }


def last_day(family: Family, number: int) -> date | None:
    """When the plan was last looked at before round `number`: the review before, or the start."""
    before = Review.objects.filter(family=family, number__lt=number, signed_off_at__isnull=False)
    return before.order_by("-number").values_list("held_on", flat=True).first() or family.baseline_on
