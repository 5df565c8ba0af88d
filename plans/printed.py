"""What stands in the printed plan: plain values, gathered in one place, so that what may not be printed never is.

Never an address. Contact details only while a signed agreement line is live. What a protected address takes out is
asked of families/protection.py, and what one home or one young person may get, of families/marks.py.
"""

from collections.abc import Collection
from itertools import groupby
from typing import Any

from django.utils import timezone

from assessments.outcomes import Outcome
from consent.enums import Purpose
from consent.models import AgreementLine
from consent.rules import in_few_words, members_with
from families.calendar import due_text
from families.marks import Homes, Reader, may_get
from families.models import Family
from families.protection import Outside, home_words
from families.stages import Step

from .agreed import changes_for
from .beside import NOTHING, beside
from .enums import Doer
from .models import Goal, Measure, OwnWords, PlanAgreement
from .papers import Told, goals_told, line_of, live_lines, paper
from .told import goals_for, is_about, measures_for


def outside(family: Family) -> Outside:
    """The family as paper may show it; for a strictly protected one every service and contact it ever had is known."""
    if not family.is_protected:
        return Outside(family)
    lines = AgreementLine.objects.filter(family=family).order_by("pk")
    known = [word for row in lines.values_list("service__name", "contact__name") for word in row if word]
    return Outside(family, [*home_words(family), *known])


def printed_plan(family: Family, reader_key: str = "", second_language: str = "") -> dict[str, Any]:
    """The plan for templates/plans/pdf/plan.html, as one reader may get it (plans/papers.py; "" is everybody).

    The family's own papers have their headings in `second_language` too (plans/beside.py).

    `lines` are the agreement lines whose contacts are printed. Raises LookupError for a reader the family has not now.
    """
    homes = Homes(family)
    reader = paper(family, reader_key, homes)
    if reader is None:
        raise LookupError("no such reader now")
    out, second = outside(family), beside(second_language)
    part = members_with(family, Purpose.PARTICIPATION)
    every = list(Goal.objects.filter(family=family).with_measures())
    active = [goal for goal in every if goal.is_active]
    if line := line_of(family, reader):
        return service_part(family, line, goals_told(active, line, part), out, part)
    goals = [(goal, measures_for(goal, reader, homes)) for goal in goals_for(active, reader, homes)]
    lines = [line for line in live_lines(family) if is_about(line.members.all(), reader)]
    lines = [line for line in lines if homes.concern([m.pk for m in line.members.all()], reader)]
    shown = [line for line in lines if out.contact(line.contact) is not None]
    responsible = family.responsible
    following = sorted(
        (m for m in family.live_milestones if m.step == Step.REVIEW and not m.reached_on and m.due_from),
        key=lambda m: m.number,
    )
    agreement = PlanAgreement.objects.filter(family=family).order_by("-number").first()
    return {
        "name": family.name,
        "reader": reader.paper_name,
        "made_by": "",
        "beside": second,
        "only": bool(reader.about),
        "line": None,
        "large": False,
        "municipality": out.place(family.municipality.name),
        "today": timezone.localdate(),
        "agreement": agreement,
        # Where one hides from the rest, the paper does not say who sat down with whom.
        "present": out.text(", ".join(agreement.present)) if agreement and not homes.parted else "",
        "coordinator": _person(responsible.user) if responsible else None,
        "words": _words(family, reader, homes, out),
        "areas": [{**area, "beside": second.words[area["outcome"]]} for area in _areas(goals, out)],
        "paused": [
            {"words": out.text(goal.words), "reason": out.text(goal.state_reason)}
            for goal in goals_for((goal for goal in every if goal.is_paused), reader, homes)
        ],
        "changes": [
            {"words": out.text(one.words), "said": [out.text(line) for line in one.said]}
            for one in changes_for(agreement, every, reader, homes)
        ],
        "others": [],
        "dropped": [out.text(m.what) for _goal, measures in goals for m in measures if m.falls_between],
        "services": [_service(line, out, part) for line in lines],
        "review": due_text(following[0].due_from, following[0].due_until, timezone.localdate()) if following else "",
        "lines": [line.pk for line in shown],
    }


def service_part(
    family: Family, line: AgreementLine, goals: list[Told], out: Outside, part: Collection[Any]
) -> dict[str, Any]:
    """What one service gets: what it does itself, and nobody else's words, services or days."""
    responsible = family.responsible
    whose = ", ".join(member.first_name for member in line.members.all() if member.pk in part)
    told = _areas([(goal, measures) for goal, measures, whole in goals if whole], out)
    areas = [{**area, "beside": ""} for area in told]
    for goal in (goal for area in areas for goal in area["goals"]):
        # Why it matters, and how they will know, is between the family and the coordinator.
        goal |= {"why": "", "first_sign": ""}
    others = [_measure(measure, out) for _goal, measures, whole in goals if not whole for measure in measures]
    return {
        "name": family.name, "reader": out.service(line.service), "made_by": "", "beside": NOTHING, "only": False,
        "line": {**_service(line, out, part), "whose": whose}, "large": False,
        "municipality": out.place(family.municipality.name), "today": timezone.localdate(),
        "agreement": None, "present": "", "coordinator": _person(responsible.user) if responsible else None,
        "words": [], "areas": areas, "paused": [], "changes": [], "others": others, "dropped": [], "services": [],
        "review": "",
        # The file stands on this line, whether or not its contact is printed: when it ends, nobody gets the file.
        "lines": [line.pk]
    }  # fmt: skip


def _person(user: Any) -> dict[str, str]:
    return {"name": user.name, "phone": user.phone, "email": user.email}


def _words(family: Family, reader: Reader, homes: Homes, out: Outside) -> list[dict[str, Any]]:
    """What each person said last of what this reader may get."""
    rows = OwnWords.objects.filter(family=family).select_related("member").order_by("said_on", "recorded_at")
    if reader.about:
        rows = rows.filter(member=reader.about)
    last = {row.member_id: row for row in rows if may_get(row, [row.member_id], reader, homes)}
    people = sorted(last.values(), key=lambda row: (row.member.birth_date, row.member.first_name))
    return [{"name": row.member.first_name, "text": out.text(row.text), "said_on": row.said_on} for row in people]


def _areas(goals: list[tuple[Goal, list[Measure]]], out: Outside) -> list[dict[str, Any]]:
    areas = []
    by_outcome = sorted(goals, key=lambda pair: pair[0].outcome)
    for outcome, group in groupby(by_outcome, key=lambda pair: pair[0].outcome):
        rows = list(group)
        areas.append(
            {
                "label": str(Outcome(outcome).label),
                "outcome": outcome,
                "yarn": rows[0][0].yarn,
                "goals": [
                    {
                        "words": out.text(goal.words),
                        "why": out.text(goal.why),
                        "first_sign": out.text(goal.first_sign),
                        "whose": ", ".join(member.first_name for member in goal.whose.all()),
                        "measures": [_measure(measure, out) for measure in measures],
                    }
                    for goal, measures in rows
                ],
            }
        )
    return areas


def _measure(measure: Measure, out: Outside) -> dict[str, Any]:
    return {
        "what": out.text(measure.what),
        "who": doer_in_words(measure, out),
        "state": measure.get_state_display(),
        "due_from": measure.due_from,
        "due_on": measure.due_on,
        "dropped": measure.falls_between,
    }


def doer_in_words(measure: Measure, out: Outside | None = None) -> str:
    """Who does it, as one says it aloud: the service, the volunteer, the person in the family. `out`: on paper."""
    if measure.service is None:
        if measure.member is not None:
            return measure.member.first_name
        who = measure.who if out is None else out.text(measure.who)
        return who or str(Doer(measure.done_by).label)
    service = measure.service.name if out is None else out.service(measure.service)
    who = measure.who if out is None else out.place(measure.who)
    return f"{service}, {who}" if who else service


def _service(line: AgreementLine, out: Outside, part: Collection[Any]) -> dict[str, Any]:
    contact = out.contact(line.contact)
    return {
        "name": out.service(line.service),
        "what": out.text(line.what_they_do),
        "topics": ", ".join(line.topic_labels),
        "until": line.valid_to,
        "may": in_few_words(line, part),
        "contact": {"name": contact.name, "title": contact.title, "phone": contact.phone, "email": contact.email}
        if contact
        else None,
    }
