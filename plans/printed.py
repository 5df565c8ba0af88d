"""What stands in the printed plan: plain values, gathered in one place, so that what may not be printed never is.

Never an address. Contact details only while a signed agreement line is live. For a family with a strictly protected
address not even the names of services, which tell where somebody lives: the kind of service stands instead.
"""

from itertools import groupby
from typing import Any

from django.utils import timezone

from assessments.outcomes import Outcome
from consent.models import AgreementLine
from families.calendar import due_text
from families.models import Family
from families.stages import Step

from .enums import Doer
from .models import Goal, Measure, OwnWords, PlanAgreement


def live_lines(family: Family) -> list[AgreementLine]:
    """The lines in force today, with service and contact. The wall hides a contact no line shows."""
    lines = AgreementLine.objects.live().filter(family=family).select_related("service", "contact")
    return list(lines.order_by("service__name", "valid_from"))


def printed_plan(family: Family) -> dict[str, Any]:
    """The whole plan for templates/plans/pdf/plan.html. `lines` are the agreement lines whose contacts are printed."""
    goals = list(Goal.objects.filter(family=family).active().with_measures())
    lines = live_lines(family)
    shown = [] if family.is_protected else [line for line in lines if line.contact is not None]
    responsible = family.responsible
    following = sorted(
        (m for m in family.live_milestones if m.step == Step.REVIEW and not m.reached_on and m.due_from),
        key=lambda m: m.number,
    )
    return {
        "name": family.name,
        "municipality": family.municipality.name,
        "today": timezone.localdate(),
        "agreement": PlanAgreement.objects.filter(family=family).order_by("-number").first(),
        "coordinator": _person(responsible.user) if responsible else None,
        "words": _words(family),
        "areas": _areas(goals, family),
        "dropped": [m.what for goal in goals for m in goal.open_measures if m.falls_between],
        "services": [_service(line, family, with_contact=line in shown) for line in lines],
        "review": due_text(following[0].due_from, following[0].due_until, timezone.localdate()) if following else "",
        "lines": [line.pk for line in shown],
    }


def _person(user: Any) -> dict[str, str]:
    return {"name": user.name, "phone": user.phone, "email": user.email}


def _words(family: Family) -> list[dict[str, Any]]:
    rows = OwnWords.objects.filter(family=family).latest().select_related("member")
    people = sorted(rows, key=lambda row: (row.member.birth_date, row.member.first_name))
    return [{"name": row.member.first_name, "text": row.text, "said_on": row.said_on} for row in people]


def _areas(goals: list[Goal], family: Family) -> list[dict[str, Any]]:
    areas = []
    for outcome, group in groupby(sorted(goals, key=lambda goal: goal.outcome), key=lambda goal: goal.outcome):
        rows = list(group)
        areas.append(
            {
                "label": str(Outcome(outcome).label),
                "yarn": rows[0].yarn,
                "goals": [
                    {
                        "words": goal.words,
                        "first_sign": goal.first_sign,
                        "whose": ", ".join(member.first_name for member in goal.whose.all()),
                        "measures": [_measure(measure, family) for measure in goal.open_measures],
                    }
                    for goal in rows
                ],
            }
        )
    return areas


def _measure(measure: Measure, family: Family) -> dict[str, Any]:
    return {
        "what": measure.what,
        "who": doer_in_words(measure, protected=family.is_protected),
        "state": measure.get_state_display(),
        "due_on": measure.due_on,
        "dropped": measure.falls_between,
    }


def doer_in_words(measure: Measure, *, protected: bool = False) -> str:
    """Who does it, as one says it aloud: the service, the volunteer, the person in the family."""
    if measure.service is not None:
        service = measure.service.get_sector_display() if protected else measure.service.name
        return f"{service}, {measure.who}" if measure.who else service
    return measure.who or str(Doer(measure.done_by).label)


def _service(line: AgreementLine, family: Family, *, with_contact: bool) -> dict[str, Any]:
    contact = line.contact if with_contact else None
    return {
        "name": line.service.get_sector_display() if family.is_protected else line.service.name,
        "what": line.what_they_do,
        "topics": ", ".join(line.topic_labels),
        "until": line.valid_to,
        "contact": {"name": contact.name, "title": contact.title, "phone": contact.phone, "email": contact.email}
        if contact
        else None,
    }
