"""What a family gets back the same evening: how they have it now, and what has changed since the start.

Counts and plain words only: no causes, no praise, no blame (DOMAIN.md 1.12). Who sits at the table, or gets the paper,
decides what stands there (families/marks.py): what somebody answered for themselves is told to them alone.
"""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.change import SAME, UNKNOWN, Reading, difference
from assessments.instruments.scores import is_notable, score
from assessments.models import Assessment
from assessments.outcomes import YARN, Outcome
from assessments.pictures import NOTHING, Point, Readings, outcome_questions, pattern_of, points_of
from assessments.results import flat
from assessments.sheets import all_readings
from families.marks import Homes, Reader, may_get
from families.models import Family, Member
from families.protection import Outside

from .models import OwnWords

NOW, CHANGED = PAPERS = ("naa", "endret")
# The lines are asked about children; from this age each person speaks for the whole family, as the other adults do.
ADULT = 18


def given_back(family: Family, reader: Reader, homes: Homes, out: Outside, *, since_start: bool) -> dict[str, Any]:
    """Plain values for the page and the paper. Four queries, however many sittings and children."""
    points = points_of(family, Assessment.objects.filter(family=family).kept())
    held = [point for point in points if point.sitting]
    readings = all_readings([point.sitting for point in held])
    compared = held if since_start else held[-1:]
    children = [m for m in homes.members.values() if not m.is_adult and homes.concern([m.pk], reader)]
    mine = homes.members.get(reader.member) if reader.member else None
    return {
        "begun": bool(held), "compared": len(compared) > 1, "reader": reader.paper_name,
        "day": held[-1].sitting.held_on if held else None, "first_day": held[0].sitting.held_on if held else None,
        "lines": _lines(compared, readings, None), "pattern": pattern_of(points, readings) if held else None,
        "children": [told for child in children if (told := _child(child, points, compared, readings))],
        "own": _own(compared, readings, mine) if mine else [], "mine": mine.first_name if mine else "",
        "words": _words(family, reader, homes, out, since_start=since_start),
    }  # fmt: skip


def _child(child: Member, points: list[Point], held: list[Point], readings: Readings) -> dict[str, Any] | None:
    """One child's lines and pattern. Somebody who has grown up between the sittings is told so, once."""
    lines = _lines(held, readings, child)
    if not lines:
        return None
    if held[-1].sitting and child.age(held[-1].sitting.held_on) >= ADULT:
        return {"name": child.first_name, "grown": True, "lines": [], "pattern": None}
    return {
        "name": child.first_name, "grown": False, "lines": lines, "pattern": pattern_of(points, readings, child),
    }  # fmt: skip


def _lines(held: list[Point], readings: Readings, member: Member | None) -> list[dict[str, Any]]:
    """The lines that were asked: where each stands in the last sitting of `held`, and what it was in the first."""
    found = []
    for outcome in Outcome:
        says = [_said(point, outcome, member, readings) for point in held]
        if not says or not any(asked for _reading, _words, asked in says):
            continue
        (first, first_words, _a), (last, last_words, _b) = says[0], says[-1]
        found.append(
            {
                "label": str(outcome.label), "yarn": YARN[outcome], "value": last.value or 0,
                "text": _("%(words)s, %(value)s av 5") % {"words": last_words, "value": last.value}
                if last.known else last.say(),
                "change": _changed(first, first_words, last) if len(held) > 1 else "",
            }
        )  # fmt: skip
    return found


def _said(point: Point, outcome: str, member: Member | None, readings: Readings) -> tuple[Reading, str, bool]:
    """The family's view at one sitting, its words, and whether it was asked."""
    question = outcome_questions(point.sitting, "member" if member else "family").get((outcome, "family"))
    if question is None:
        return NOTHING, "", False
    about = member.pk if member else None
    reading = readings[point.sitting.pk].get((about, question.key))  # type: ignore[union-attr]
    if reading is None:
        return NOTHING, "", False
    words = dict(question.scale.words).get(reading.value)
    return reading, words.read(get_language() or "nb") if words else "", True


def _changed(first: Reading, words: str, last: Reading) -> str:
    change = difference(first, last)
    if change.way == UNKNOWN:
        return "" if first.known else _("Ikke vurdert ved start.")
    if change.way == SAME:
        return _("Som ved start.")
    return _("Ved start: %(words)s, %(value)s.") % {"words": words, "value": first.value}


def _own(held: list[Point], readings: Readings, member: Member) -> list[dict[str, str]]:
    """What this young person answered for themselves, and their scores. For nobody else's eyes."""
    if not held:
        return []
    last, language = held[-1].sitting, get_language() or "nb"
    found = []
    for question in last.questions.questions:
        reading = readings[last.pk].get((member.pk, question.key))
        if reading is None or question.answered_by != "self" or "." in question.key:
            continue
        said = question.scale.say(reading.value, language) if reading.known else reading.say()
        found.append({"label": question.text.read(language, name=member.first_name), "text": said})
    for definition in last.questions.scores:
        if "." not in definition.key:
            continue
        results = [
            score(definition, _numbers(point, readings, member), member.age(point.sitting.held_on)) for point in held
        ]
        if results[-1].value is None:
            continue
        text = results[-1].say()
        if len(held) > 1 and results[0].value is not None:
            text = _("%(before)s ved start, %(after)s nå") % {"before": results[0].say(), "after": text}
            if is_notable(definition, results[0], results[-1]):
                text = _("%(text)s (en merkbar forskjell)") % {"text": text}
        found.append({"label": definition.label.get(language) or definition.label["nb"], "text": text})
    return found


def _numbers(point: Point, readings: Readings, member: Member) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for (about, key), reading in readings[point.sitting.pk].items():  # type: ignore[union-attr]
        if about == member.pk:
            numbers |= flat(key, reading.value)
    return numbers


def _words(family: Family, reader: Reader, homes: Homes, out: Outside, *, since_start: bool) -> list[dict[str, Any]]:
    """Each person's own words: the last ones, and the first ones beside them when they are others."""
    rows = OwnWords.objects.filter(family=family).select_related("member").order_by("said_on", "recorded_at")
    by_member: dict[Any, list[OwnWords]] = {}
    for row in rows:
        if may_get(row, [row.member_id], reader, homes):
            by_member.setdefault(row.member_id, []).append(row)
    people = sorted(by_member.values(), key=lambda said: (said[0].member.birth_date, said[0].member.first_name))
    return [
        {
            "name": said[-1].member.first_name, "text": out.text(said[-1].text), "said_on": said[-1].said_on,
            "before": out.text(said[0].text) if since_start and len(said) > 1 else "", "before_on": said[0].said_on,
        }
        for said in people
    ]  # fmt: skip
