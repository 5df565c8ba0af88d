"""The part of overview.py about meetings: the one of today, and what is to be done about the others."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import AgreementLine
from families.caseload import Appointment, Facts, Notice, day_month
from families.enums import FamilyState
from families.models import Family
from families.pages import address
from families.protection import Outside
from nyemonstre.access.roles import Permission
from plans.enums import MeetingState
from plans.models import Meeting, MeetingGuest

# Days after one that came to nothing, in which a new time is still asked for.
LATELY = timedelta(days=30)


def family_meetings(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """Two queries: the meetings, and the services that cannot be called in to those that come."""
    recent = timezone.now() - LATELY
    again = Meeting.objects.filter(instead_of=OuterRef("pk"))
    rows = Meeting.objects.permitted(user, Permission.VIEW_JOURNAL).filter(family__in=families, finished_at=None)
    missed = Q(state__in=(MeetingState.MISSED, MeetingState.CANCELLED), starts_at__gte=recent) & ~Exists(again)
    rows = rows.filter(Q(state__in=(MeetingState.PLANNED, MeetingState.HELD)) | missed).select_related("family")
    meetings = list(rows.order_by("starts_at", "pk"))
    left_out = _left_out([meeting for meeting in meetings if meeting.is_planned], today)
    for meeting in meetings:
        facts, url = found[meeting.family_id], address("plans:meeting_detail", meeting.family_id, meeting.pk)
        kind, begins = meeting.get_kind_display(), timezone.localtime(meeting.starts_at)
        if meeting.is_planned and begins.date() == today:
            text = _("%(kind)s med %(name)s") % {"kind": kind, "name": meeting.family.name}
            facts.today.append(Appointment(Outside(meeting.family).appointment(text), url, f"{begins:%H:%M}"))
        if meeting.family.state == FamilyState.ACTIVE and (waits := _what_waits(meeting, left_out, today)):
            text, when = waits
            said = _("%(what)s, %(when)s") % {"what": text, "when": when}
            facts.notices.append(Notice("meeting", said, url, "Chat", "now", begins.date(), text, when))


def _left_out(meetings: Iterable[Meeting], today: date) -> dict[UUID, str]:
    """Meeting id → the first service whose line has ended, by name. One query."""
    live = AgreementLine.objects.live(today).filter(family=OuterRef("family"), service=OuterRef("line__service"))
    guests = MeetingGuest.objects.filter(meeting__in=[meeting.pk for meeting in meetings], line__isnull=False)
    guests = (
        guests.filter(~Exists(live)).select_related("line__service", "family").order_by("line__service__name", "pk")
    )
    found: dict[UUID, str] = {}
    for guest in guests:
        found.setdefault(guest.meeting_id, Outside(guest.family).service(guest.line.service))
    return found


def _what_waits(meeting: Meeting, left_out: dict[UUID, str], today: date) -> tuple[str, str] | None:
    """What the coordinator is to do, and since when."""
    on, kind = timezone.localdate(meeting.starts_at), meeting.get_kind_display()
    day = day_month(on, today)
    if meeting.came_to_nothing:
        words = _("avlyst %(day)s") if meeting.state == MeetingState.CANCELLED else _("ble ikke noe av %(day)s")
        return _("Avtal ny tid for %(kind)s") % {"kind": kind.lower()}, words % {"day": day}
    if meeting.is_held:
        return _("Referatet er ikke ferdig"), _("%(kind)s %(day)s") % {"kind": kind.lower(), "day": day}
    if on < today:
        return _("%(kind)s er ikke ført") % {"kind": kind}, _("var %(day)s") % {"day": day}
    if meeting.pk in left_out:
        words = _("%(kind)s: %(service)s kalles ikke inn") % {"kind": kind, "service": left_out[meeting.pk]}
        return words, _("avtalen er slutt, møtet er %(day)s") % {"day": day}
    return None
