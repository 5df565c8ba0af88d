"""The goals in numbers: one page for the lead, the municipality and the county, and the same as a file."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.instruments import FIT, instrument
from assessments.research.actions.figures import note_taken
from assessments.research.models import Figures
from assessments.research.telling import goals, lines_for_file, quarter_names, round_name, services, whole
from consent.models import Service
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires
from nyemonstre.accounts.models import Municipality
from nyemonstre.postgres.sorting import NorwegianOrder

SEES = Permission.VIEW_DASHBOARD


def _asked(request: HttpRequest) -> tuple[list[Municipality], Municipality, Figures | None]:
    """One's municipalities, the chosen one, and its latest figures."""
    mine = list(Municipality.objects.permitted(request.user, SEES).order_by("name"))
    chosen = next((place for place in mine if place.number == request.GET.get("kommune")), mine[0])
    row = Figures.objects.permitted(request.user, SEES).filter(municipality=chosen).order_by("-day").first()
    return mine, chosen, row


@require_safe
@requires(SEES)
def figures(request: HttpRequest) -> HttpResponse:
    mine, chosen, row = _asked(request)
    context: dict[str, Any] = {"mine": mine, "municipality": chosen, "row": row}
    if row is not None:
        context |= {
            "rounds": [round_name(number) for number in row.content["rounds"]],
            "goals": goals(row.content, chosen, timezone.localdate()),
            "whole": whole(row.content),
        }
    return render(request, "research/figures.html", context)


def _names(municipality: Municipality) -> dict[str, str]:
    """Those of the municipality's services, by id, in the order of their names."""
    rows = Service.objects.filter(municipality=municipality).order_by(NorwegianOrder("name"), "pk")
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


@require_safe
@requires(SEES)
def service_figures(request: HttpRequest) -> HttpResponse:
    """What people say of the help after meetings with each service, by quarter."""
    mine, chosen, row = _asked(request)
    context: dict[str, Any] = {"mine": mine, "municipality": chosen, "row": row}
    if row is not None and row.content.get("services"):
        context |= {
            "question": instrument(FIT)["fit"].text.read(get_language() or "nb"),
            "quarters": quarter_names(row.content),
            "services": services(row.content, _names(chosen)),
        }
    return render(request, "research/service_figures.html", context)


@require_safe
@requires(SEES)
def figures_file(request: HttpRequest) -> HttpResponse:
    """The same as a CSV file for a Norwegian spreadsheet: semicolons, and UTF-8 with its mark."""
    _mine, chosen, row = _asked(request)
    if row is None:
        messages.info(request, _("Det er ingen tall ennå. De regnes ut i natt."))
        return redirect("research:figures")
    note_taken(row, by=request.user)
    name = f"tall-{chosen.number}-{row.day:%Y-%m-%d}.csv"
    response = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
    sheet = csv.writer(response, delimiter=";")
    sheet.writerow([_("Mål"), _("Linje"), _("Runde"), _("Verdi"), "n", _("Mangler")])
    sheet.writerows(lines_for_file(row.content, _names(chosen)))
    return response
