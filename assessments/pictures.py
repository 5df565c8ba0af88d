"""From sittings to pictures: the pattern, the change since the baseline, the FIT lines. Plain data for templates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from families.models import Family, Member
from families.stages import YEARS, Step

from .change import UNKNOWN, Reading, count_in_words, difference
from .enums import Kind, Respondent
from .instruments import Question
from .models import Assessment, FitAnswer
from .outcomes import YARN, Outcome
from .sheets import all_readings

Readings = dict[Any, dict[tuple[Any, str], Reading]]
NOTHING = Reading()


@dataclass
class Point:
    """One point of time: the baseline, six months or a year. `ahead`: neither this one nor a later one has been."""

    kind: str
    number: int
    milestone: Any = None
    sitting: Assessment | None = None
    ahead: bool = True

    @property
    def label(self) -> str:
        return Assessment(kind=self.kind, number=self.number).short_name

    def has_been(self, today: date) -> bool:
        """Held, or its window is over: then an answer that is lacking was never asked for."""
        until = self.milestone and self.milestone.due_until
        return bool(self.sitting or (until and until < today))

    @property
    def text(self) -> str:
        """The month, e.g. «mars 24»."""
        day = (
            self.sitting.held_on
            if self.sitting
            else self.milestone and (self.milestone.reached_on or self.milestone.due_on)
        )
        return date_format(day, "N y").lower() if day else ""


def points_of(family: Family, sittings: Iterable[Assessment]) -> list[Point]:
    """The baseline, six months and the five years, each with its completed sitting (the last, should there be two)."""
    held = {(a.kind, a.number): a for a in sorted(sittings, key=lambda a: a.started_at) if a.completed_at}
    step = {Step.BASELINE: Kind.BASELINE, Step.REVIEW: Kind.HALF, Step.YEARLY: Kind.YEARLY}
    milestones = {(step[m.step], m.number): m for m in family.live_milestones if m.step in step}
    keys = [(Kind.BASELINE, 1), (Kind.HALF, 1), *((Kind.YEARLY, number) for number in range(1, YEARS + 1))]
    points = [Point(kind, number, milestones.get((kind, number)), held.get((kind, number))) for kind, number in keys]
    # Nothing passes a family by while it is paused, or after follow-up has ended.
    today = min(filter(None, (timezone.localdate(), family.paused_on, family.closed_on)))
    last = max((n for n, point in enumerate(points) if point.has_been(today)), default=-1)
    for number, point in enumerate(points):
        point.ahead = number > last
    return points


def outcome_questions(sitting: Assessment, about: str) -> dict[tuple[str, str], Question]:
    """The questions that measure an outcome, by (outcome, whose view)."""
    return {(q.goal, q.respondent): q for q in sitting.questions.questions if q.goal and q.about == about}


def _views(point: Point, outcome: str, member: Member | None, readings: Readings) -> tuple[Reading, Reading]:
    """The family's view and the coordinator's, at one point of time."""
    if point.sitting is None:
        return NOTHING, NOTHING
    asked = outcome_questions(point.sitting, "member" if member else "family")
    found = []
    for respondent in (Respondent.FAMILY, Respondent.COORDINATOR):
        question = asked.get((outcome, respondent))
        key = (member.pk if member else None, question.key if question else "")
        found.append(readings[point.sitting.pk].get(key, NOTHING))
    return found[0], found[1]


def _cell(point: Point, family: Reading, coordinator: Reading) -> dict[str, Any] | None:
    """One stitch: the family's view, or the coordinator's where the family has not said; an open one where nobody was
    asked. None: the time has not come.
    """
    sitting = point.sitting
    if sitting is None or (family == coordinator == NOTHING):
        return None if point.ahead else {"value": 0, "asked": False}
    whose = _("Familien %(day)s") if family.known or not coordinator.known else _("Koordinatoren %(day)s")
    differs = family.known and coordinator.known and family.value != coordinator.value
    return {
        "value": _shown(family, coordinator).value or 0,
        "text": whose % {"day": date_format(sitting.held_on, "DATE_FORMAT")},
        "url": reverse("assessments:sitting_detail", args=[sitting.family_id, sitting.pk]),
        "differs": differs,
        "differs_text": _("Koordinatoren satte %(value)s") % {"value": coordinator.value} if differs else "",
    }


def _shown(family: Reading, coordinator: Reading) -> Reading:
    return family if family.known else coordinator


@dataclass
class Pattern:
    """What templates/assessments/_pattern.html draws. `numbers` is the same as a plain table, both views."""

    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    numbers: list[dict[str, Any]]
    sentence: str
    begun: bool


def pattern_of(points: list[Point], readings: Readings, member: Member | None = None) -> Pattern:
    """The seven lines of the family, or the five that are also asked about one child."""
    rows, numbers, changes = [], [], []
    held = [point for point in points if point.sitting]
    outcomes = Outcome if member is None else [o for o in Outcome if _of_children(held, o)]
    for outcome in outcomes:
        views = [_views(point, outcome, member, readings) for point in points]
        shown = [_shown(*view) for view in views]
        # Not with itself: what was never asked again does not stand where it stood.
        later = [reading for reading in shown[1:] if reading.known]
        change = difference(shown[0], later[-1] if later else NOTHING)
        changes.append(change)
        rows.append(
            {
                "label": str(outcome.label),
                "yarn": YARN[outcome],
                "cells": [_cell(point, *view) for point, view in zip(points, views, strict=True)],
                "sum": change.say() if change.way != UNKNOWN else "",
            }
        )
        for number, whose in enumerate((_("familien"), _("koordinatoren"))):
            values = ["" if point.ahead else view[number].say() for point, view in zip(points, views, strict=True)]
            numbers.append({"label": str(outcome.label), "whose": whose, "values": values})
    columns = [{"label": point.label, "text": point.text, "ahead": point.ahead} for point in points]
    sentence = count_in_words(changes) if len(held) > 1 else ""
    return Pattern(columns, rows, numbers, sentence, bool(held))


def _of_children(held: list[Point], outcome: str) -> bool:
    return any((outcome, Respondent.FAMILY) in outcome_questions(point.sitting, "member") for point in held)


def pattern_context(family: Family, sittings: list[Assessment], member: Member | None = None) -> dict[str, Any]:
    """Points and pattern of a family, from its kept sittings. One query."""
    points = points_of(family, sittings)
    readings = all_readings([point.sitting for point in points if point.sitting])
    return {"pattern": pattern_of(points, readings, member), "pattern_member": member}


# --- change since the baseline ----------------------------------------------------------------------------------


@dataclass
class ChangeTable:
    """One person, or the whole family. rows: {label, whose, cells: [{text, change}]}; one cell per held sitting."""

    name: str
    status: list[dict[str, Any]]
    life: list[dict[str, Any]]

    @property
    def status_caption(self) -> str:
        return _("Svar over tid, %(name)s") % {"name": self.name}

    @property
    def life_caption(self) -> str:
        return _("Hverdagen over tid, %(name)s") % {"name": self.name}


def change_tables(
    held: list[Assessment],
    members: list[Member],
    readings: Readings,
    shown: Callable[[Any, Question], bool],
    language: str = "nb",
) -> list[ChangeTable]:
    """Every question that was answered at least once, at each held sitting beside the first one.

    `shown` says of a person's id (None: the family) and a question whether the answer may stand on this page.
    """
    tables = []
    for member in [None, *members]:
        about = member.pk if member else None
        keys = list(
            dict.fromkeys(
                q.key
                for sitting in held
                for q in sitting.questions.questions
                if (about, q.key) in readings[sitting.pk] and shown(about, q)
            )
        )
        status, life = [], []
        for key in keys:
            row = _change_row(key, about, held, readings, language)
            (life if row["part"] == "life" else status).append(row)
        status.sort(key=lambda row: row["order"])
        if status or life:
            tables.append(ChangeTable(member.first_name if member else _("Hele familien"), status, life))
    return tables


def _change_row(key: str, about: Any, held: list[Assessment], readings: Readings, language: str) -> dict[str, Any]:
    question = next(sitting.questions[key] for sitting in held if key in sitting.questions)
    first = readings[held[0].pk].get((about, key), NOTHING)
    cells = []
    for number, sitting in enumerate(held):
        reading = readings[sitting.pk].get((about, key), NOTHING)
        text = question.scale.say(reading.value, language) if reading.known else reading.say()
        cells.append(
            {"text": text, "known": reading.known, "change": difference(first, reading).short() if number else ""}
        )
    order = (0, 0)
    whose = ""
    if question.goal:
        whose = _("koordinatoren") if question.respondent == Respondent.COORDINATOR else _("familien")
        order = (1 + Outcome.values.index(question.goal), int(question.respondent == Respondent.COORDINATOR))
    return {
        "label": question.label.read(language), "whose": whose, "part": question.part, "cells": cells, "order": order,
    }  # fmt: skip


# --- FIT --------------------------------------------------------------------------------------------------------

SHOWN = 12  # answers in one line of the trend


def fit_lines(answers: Iterable[FitAnswer]) -> list[dict[str, Any]]:
    """One small chart per person, the oldest answer first. `answers` come newest first, with their member."""
    by_member: dict[Any, list[FitAnswer]] = {}
    for answer in answers:
        by_member.setdefault(answer.member_id, []).append(answer)
    lines = []
    for rows in by_member.values():
        shown = rows[:SHOWN][::-1]
        name = shown[0].member.first_name
        lines.append(
            {
                "name": name,
                "label": _("FIT over tid, %(name)s") % {"name": name},
                "series": [{"name": name, "values": [row.value for row in shown], "kind": "fam"}],
                "columns": [row.asked_on.strftime("%d.%m.%y") for row in shown],
                "count": len(rows),
            }
        )
    return sorted(lines, key=lambda line: line["name"])
