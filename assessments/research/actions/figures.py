"""The figures of a day are kept, so that a page reads one row and the web role no answers."""

from django.utils import timezone

from assessments.research.enums import ResearchEvent
from assessments.research.figures import figures, taking_part
from assessments.research.models import Figures
from assessments.research.rows import read
from assessments.research.services import by_service
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record


@action
def keep_figures(municipality: Municipality, *, by: None) -> Figures:
    """Reckon today's figures; those reckoned earlier today stay, so that two tries cannot be laid side by side."""
    today = timezone.localdate()
    row = Figures.objects.filter(municipality=municipality, day=today).first()
    if row is None:
        rows = read(municipality)
        last = Figures.objects.filter(municipality=municipality).order_by("-day").first()
        content = figures(rows, municipality, today)
        content["services"] = by_service(
            taking_part(rows, today), today, last.content.get("services", {}) if last else {}
        )
        row = Figures(municipality=municipality, day=today, content=content)
        row.save(force_insert=True)
    record(ResearchEvent.FIGURES_MADE, by=by, target=row, municipality=municipality)
    return row


@action
def note_taken(figures: Figures, *, by: User) -> Figures:
    """That somebody took the figures as a file."""
    check(by, Permission.VIEW_DASHBOARD, figures)
    record(ResearchEvent.FIGURES_TAKEN, by=by, target=figures)
    return figures
