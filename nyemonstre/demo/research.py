"""A study with a frozen set in which somebody has withdrawn since, a set that is only counted, a key that is asked for,
and the figures of the day.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from assessments.research import actions, freezing
from assessments.research.actions.figures import keep_figures
from assessments.research.jobs import note_withdrawals
from assessments.research.models import DataSet, Project
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import as_job

from .clock import travelling_to
from .people import VALLE

SAYS: dict[str, dict[str, str]] = {
    "nb": {
        "title": "Nye mønstre i hverdagen", "old": "Kartleggingen fra starten", "responsible": "Forskningsinstituttet",
        "purpose": "Se hvordan levekår og livskvalitet endrer seg i familier som følges i fem år.",
        "article": "Artikkel om barnas fritid", "report": "Årsrapport til fylket",
        "register": "Kobling mot registre, slik godkjenningen sier.",
        "words": "Lese hva familiene selv sier om hjelpen, til en artikkel.",
    },
    "nn": {
        "title": "Nye mønster i kvardagen", "old": "Kartlegginga frå starten", "responsible": "Forskingsinstituttet",
        "purpose": "Sjå korleis levekår og livskvalitet endrar seg i familiar som blir fylgde i fem år.",
        "article": "Artikkel om fritida til barna", "report": "Årsrapport til fylket",
        "register": "Kopling mot register, slik godkjenninga seier.",
        "words": "Lese kva familiane sjølve seier om hjelpa, til ein artikkel.",
    },
}  # fmt: skip


def studied(town: Any, now: datetime) -> None:
    """The figures for all; the studies where there are families enough."""
    with as_job(), transaction.atomic():
        keep_figures(town.municipality, by=None)
        made = Project.objects.filter(municipality=town.municipality).exists()
    if made or town.place == VALLE or Role.RESEARCHER not in town.people:
        return
    by, says, today = town.people[Role.RESEARCHER][0], SAYS[town.place.language], now.date()
    facts = {"purpose": says["purpose"], "responsible": says["responsible"], "by": by}
    long = {"keep_until": today + timedelta(days=3 * 365), "keys_open_on": today + timedelta(days=20 * 365)}
    with travelling_to(now - timedelta(days=75)):
        study = actions.add_project(
            town.municipality, title=says["title"], approver="rek", approval="2025/48213", **facts, **long
        )
        _frozen(study, says["article"], now + timedelta(days=200), by)
    note_withdrawals()
    until = today + timedelta(days=90)
    counted = actions.order_set(study, why=says["report"], keep_until=until, language=town.place.language, by=by)
    freezing.make(counted.pk)
    with travelling_to(now - timedelta(days=2)):
        long = {"keep_until": today + timedelta(days=365), "keys_open_on": today - timedelta(days=1)}
        old = actions.add_project(
            town.municipality, title=says["old"], approver="sikt", approval="811240", **facts, **long
        )
    actions.ask_opening(old, reason=says["register"], by=by)
    actions.ask_texts(
        study, questions=["fit.comment"], reason=says["words"], approval="2025/48213-2", keep_until=until, by=by
    )


def _frozen(study: Project, why: str, until: datetime, by: Any) -> None:
    dataset = actions.order_set(study, why=why, keep_until=until.date(), language=study.municipality.language, by=by)
    freezing.make(dataset.pk)
    with as_job(), transaction.atomic():
        counted = DataSet.objects.select_related("project").get(pk=dataset.pk)
    if counted.found.get("persons"):
        actions.order_freeze(counted, by=by)
        freezing.make(dataset.pk)
