"""What somebody's calendar program gets of the families they follow (docs/adr/0027): what kind, when, and the code.

No name, no place, and nothing at all of a protected family, whatever the level: a calendar is copied to a telephone,
and to whoever runs the calendar.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from nyemonstre.ics import Event

from .agenda import own_families, own_milestones
from .enums import Protection
from .models import Assignment, Family, Milestone

# What is given out: from this long ago, until this far ahead.
BACK, AHEAD = timedelta(days=90), timedelta(days=400)


def followed(user: Any) -> list[Family]:
    """The families `user` follows now and may read, without the protected ones."""
    mine = Assignment.objects.live().filter(user=user).values("family")
    rows = own_families(user).filter(pk__in=mine, protection=Protection.NONE)
    return list(rows.order_by("code"))


def events(user: Any, families: list[Family], today: date) -> list[Event]:
    """Due windows, and what the rooms above have planned (settings.NM_CALENDAR), in order."""
    first, last = today - BACK, today + AHEAD
    above: Callable[..., Iterator[Event]] = import_string(settings.NM_CALENDAR)
    found = [*_windows(user, families, first, last), *above(user, families, first, last)]
    return sorted(found, key=lambda event: (f"{event.starts:%Y%m%d}", event.uid))


def title(what: str, family: Family) -> str:
    """All that is said of an appointment: «NM: hjemmebesøk KRS-014»."""
    return f"NM: {what} {family.code}"


def _windows(user: Any, families: list[Family], first: date, last: date) -> Iterator[Event]:
    """Whole days. A step that was undone and counted anew is the same event, with as many turns as it was undone."""
    undone = Milestone.objects.filter(
        family=OuterRef("family"), step=OuterRef("step"), number=OuterRef("number"), undone_at__isnull=False
    )
    turns = undone.order_by().values("family").annotate(turns=Count("pk")).values("turns")
    rows = own_milestones(user).filter(family__in=families, due_until__gte=first, due_from__lte=last)
    by_id = {family.pk: family for family in families}
    for row in rows.annotate(turns=Coalesce(Subquery(turns), 0)).order_by("due_from", "pk"):
        family = by_id[row.family_id]
        what = _("vindu for %(step)s") % {"step": row.get_step_display().lower()}
        uid = f"{uuid5(family.pk, f'{row.step}-{row.number}')}@nyemonstre"
        yield Event(uid, title(what, family), row.due_from, row.due_until + timedelta(days=1), row.turns)
