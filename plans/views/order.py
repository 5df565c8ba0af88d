"""Small buttons on the plan, which work with a key, a mouse and without script alike: up, down, and «angre»."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from families.models import Family
from families.pages import open_family
from nyemonstre.access.views import requires
from nyemonstre.refusals import Refused, Stale
from plans import actions
from plans.models import Goal, Measure

from .frame import CHANGE, filters_of, forget_note, goal_and_family, measure_of, tab_url


@require_POST
@requires(CHANGE)
def move(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One place up or down: `opp` or `ned` names what, as «mal:<id>» or «tiltak:<id>». Back with the same filters."""
    family = open_family(request, family_id, CHANGE)
    way = next((way for way in ("opp", "ned") if way in request.POST), None)
    anchor = ""
    if way is not None:
        row = _named(request, family, request.POST[way])
        # A browser puts the focus on the button an address ends with, so the next press moves the same row again.
        anchor = f"#{way}-{row.pk}"
        try:
            actions.move(row, up=way == "opp", by=request.user)
        except Refused as refusal:
            messages.info(request, refusal.sentence)
    return redirect(tab_url(family) + filters_of(request) + anchor)


@require_POST
@requires(CHANGE)
def undo(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Take back what was finished or closed a moment ago."""
    family = open_family(request, family_id, CHANGE)
    try:
        row = actions.undo(family, note=request.POST.get("note", ""), by=request.user)
    except Stale:
        messages.warning(request, _("Det er lagret på nytt siden, så ingenting er angret."))
        return redirect(tab_url(family))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect(tab_url(family))
    finally:
        forget_note(request)
    messages.success(request, _("Angret. Det står åpent igjen."))
    return redirect(tab_url(family, f"mal-{row.goal_id if isinstance(row, Measure) else row.pk}"))


def _named(request: HttpRequest, family: Family, text: str) -> Goal | Measure:
    """The goal or measure a button stands for. Raises Http404 for anything else, and for another family's."""
    kind, _colon, key = text.partition(":")
    try:
        pk = UUID(key)
    except ValueError as error:
        raise Http404 from error
    if kind == "tiltak":
        return measure_of(request, family, pk)
    return goal_and_family(request, family, pk)
