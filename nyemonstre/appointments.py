"""What the rooms above families have planned, for the calendar somebody subscribes to (settings.NM_CALENDAR).

Stands at the top with overview.py. Four queries however many families.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from consent.models import AgreementLine
from families.feed import title
from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.ics import Event
from plans.enums import MeetingState
from plans.models import Measure, Meeting
from referrals.letters import LASTS
from referrals.models import InformationMeeting


def planned(user: Any, families: list[Family], first: date, last: date) -> Iterator[Event]:
    """Talks, meetings and measures of these families between two days; only what `user` may see."""
    by_id = {family.pk: family for family in families}
    yield from _talks(user, by_id, first, last)
    yield from _meetings(user, by_id, first, last)
    yield from _measures(user, by_id, first, last)


def _talks(user: Any, families: dict[Any, Family], first: date, last: date) -> Iterator[Event]:
    """At home or elsewhere; a cancelled one as cancelled. The same event as the file on its own page gives."""
    rows = InformationMeeting.objects.permitted(user, Permission.VIEW_FAMILY).filter(family__in=families)
    for row in rows.filter(starts_at__date__range=(first, last)).order_by("starts_at", "pk"):
        what = _("hjemmebesøk") if row.home_id else _("samtale")
        yield Event(
            f"{row.pk}@nyemonstre", title(what, families[row.family_id]), row.starts_at, row.starts_at + LASTS,
            row.version, row.is_cancelled,
        )  # fmt: skip


def _meetings(user: Any, families: dict[Any, Family], first: date, last: date) -> Iterator[Event]:
    """The kind alone, never who is asked or where; a cancelled one as cancelled."""
    rows = Meeting.objects.permitted(user, Permission.VIEW_JOURNAL).filter(family__in=families)
    for row in rows.filter(starts_at__date__range=(first, last)).order_by("starts_at", "pk"):
        what = row.get_kind_display().lower()
        yield Event(
            f"{row.pk}@nyemonstre", title(what, families[row.family_id]), row.starts_at, row.ends_at, row.version,
            row.state == MeetingState.CANCELLED,
        )  # fmt: skip


def month(user: Any, families: list[Family], first: date, last: date) -> list[Meeting]:
    """What is agreed in one's own families between two days, for the calendar of a month (settings.NM_MONTH)."""
    rows = Meeting.objects.permitted(user, Permission.VIEW_JOURNAL).planned().filter(family__in=families)
    rows = rows.filter(starts_at__date__range=(first, last)).select_related("family")
    return list(rows.order_by("starts_at", "pk"))


def _measures(user: Any, families: dict[Any, Family], first: date, last: date) -> Iterator[Event]:
    """The days something is to be done within; none of a service nobody may contact today."""
    live = AgreementLine.objects.live(localdate()).filter(family=OuterRef("family"), service=OuterRef("service"))
    rows = Measure.objects.permitted(user, Permission.VIEW_PLAN).open().filter(family__in=families)
    rows = rows.filter(Q(service=None) | Exists(live), due_on__gte=first, due_on__lte=last)
    for row in rows.order_by("due_on", "pk"):
        ends = row.due_on + timedelta(days=1)
        yield Event(
            f"{row.pk}@nyemonstre", title(_("tiltak"), families[row.family_id]), row.due_from or row.due_on, ends,
            row.version,
        )  # fmt: skip
