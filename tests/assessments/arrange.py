"""Short ways to fill in a sitting."""

from datetime import date

from assessments import actions
from assessments.enums import Kind, Missing
from assessments.models import Assessment
from assessments.sheets import sheet_of
from families.models import Member
from nyemonstre.access.wall import acting_as


def members(family, by):
    with acting_as(by):
        return {m.first_name: m for m in Member.objects.filter(family=family).select_related("family__municipality")}


def fill(sitting, by, value=None, *, of=lambda item: True):
    """Answer everything: the same status everywhere, the first option of a list, and "vet ikke" for the rest."""
    with acting_as(by):
        items = [item for item in sheet_of(sitting).items if of(item)]
    answers = []
    for item in items:
        given = value if item.question.scale.kind in ("status", "ladder") else None
        missing = "" if given is not None else Missing.UNKNOWN
        answers.append(actions.Given(item.question.key, item.member, given, missing))
    actions.answer_all(sitting, answers=answers, by=by)


def held(family, by, *, kind=Kind.BASELINE, number=None, on: date | None = None, value=3, **more) -> Assessment:
    """A whole sitting: begun, the statuses of the family and the ladders answered, the rest not asked, completed."""
    sitting = actions.start(family, kind=kind, number=number, on=on, by=by, **more)
    fill(sitting, by, value, of=lambda i: i.question.scale.kind == "ladder" or (i.question.goal and not i.member))
    return actions.complete(sitting, rest_not_asked=True, by=by)
