"""From a finding to the plan: the plan's own forms, filled in by the address that leads to them.

What rooms below have found (a low stitch, something of the economy list) comes as words and a day; nothing is saved
until somebody has read it and pressed the button. What in the address fits nothing is left out.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.outcomes import Outcome
from families.models import Family, Member
from families.pages import open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.forms import sent
from plans import actions
from plans.enums import TemplateOf
from plans.forms import GoalMeasureForm
from plans.models import Goal, PlanTemplate

from .frame import CHANGE, form_page, reload_page, to_agreement

LONGEST = 300  # characters, as the fields have


def _words(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "")[:LONGEST]


def goal_from(request: HttpRequest, family: Family) -> dict[str, Any]:
    """What a new goal begins with: `mal` its words, `linje` one of the seven lines, `hvem` people, once for each.

    Or `fra`, a template of the municipality.
    """
    if template := template_asked_for(request, family, TemplateOf.GOAL):
        return {"words": template.words, "outcome": template.outcome, "first_sign": template.first_sign}
    asked = set(request.GET.getlist("hvem"))
    people = [pk for pk in Member.objects.filter(family=family).values_list("pk", flat=True) if str(pk) in asked]
    line = request.GET.get("linje", "")
    return {"words": _words(request, "mal"), "outcome": line if line in Outcome.values else "", "whose": people}


def templates_of(family: Family, of: str) -> Any:
    """What the municipality has to begin with."""
    return PlanTemplate.objects.filter(municipality=family.municipality_id).in_use(of)


def template_asked_for(request: HttpRequest, family: Family, of: str) -> PlanTemplate | None:
    """The template the address names, when it is one of the family's municipality that is in use."""
    try:
        key = UUID(request.GET.get("fra", ""))
    except ValueError:
        return None
    return templates_of(family, of).filter(pk=key).first()


def measure_begun(request: HttpRequest, family: Family) -> dict[str, Any]:
    """What a new measure begins with: `fra`, a template of the municipality, or nothing."""
    template = template_asked_for(request, family, TemplateOf.MEASURE)
    return {"what": template.words, "kind": template.kind} if template else {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def measure_from(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """A measure, under the goal one chooses: `hva` shall be done, and `innen` which day."""
    family = open_family(request, family_id, CHANGE)
    goals = Goal.objects.filter(family=family).active().order_by("outcome", "position", "created_at")
    initial = {"what": _words(request, "hva"), "due_on": _day(request.GET.get("innen", ""))}
    form, way_out = GoalMeasureForm(sent(request), family=family, goals=goals, initial=initial), {}
    if form.is_valid():
        data = dict(form.cleaned_data)
        goal = data.pop("goal")
        try:
            actions.add_measure(goal, by=request.user, **data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            way_out = to_agreement(family, refusal, data["service"])
            say(form, refusal)
        if not form.errors:
            return reload_page(request, family, _("Tiltaket er lagret."), f"mal-{goal.pk}")
    lead = "" if form.has_goals else _("Planen har ingen mål ennå. Lag et mål først, så kan tiltaket stå under det.")
    return form_page(request, family, form, heading=_("Nytt tiltak"), slot="nytt-tiltak", lead=lead, **way_out)
