"""Meetings as the pages show them: what is agreed, what has been, and who is called in."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from consent.models import AgreementLine
from families.marks import MARK_ROWS, Homes
from families.models import Family

from .asked import Called, address_of, called
from .enums import MeetingState
from .minutes import Had, family_readers, receivers
from .minutes_codes import code_of
from .models import Meeting, MeetingChange, MeetingDecision, MinutesCopy
from .notices import told
from .papers import live_lines
from .printed import doer_in_words


@dataclass(frozen=True)
class Card:
    """One meeting with those who are asked, and whether its time has come."""

    meeting: Meeting
    people: list[Called]
    has_begun: bool
    has_new_time: bool

    @property
    def needs_minutes(self) -> bool:
        return (self.meeting.is_planned and self.has_begun) or (self.meeting.is_held and not self.meeting.is_finished)

    @property
    def needs_new_time(self) -> bool:
        return self.meeting.came_to_nothing and not self.has_new_time


def cards(family: Family, rows: Any, lines: list[AgreementLine] | None = None) -> list[Card]:
    """These meetings, in the order they come. A fixed number of queries."""
    now, found = timezone.now(), list(rows.with_company())
    live = live_lines(family) if lines is None and found else lines or []
    again = set(
        Meeting.objects.filter(family=family, instead_of__in=[m.pk for m in found]).values_list("instead_of", flat=True)
    )
    return [Card(m, called(m, live), m.starts_at <= now, m.pk in again) for m in found]


def coming(family: Family) -> list[Card]:
    """Agreed, the nearest first; those whose time has passed before them."""
    return cards(family, Meeting.objects.filter(family=family).planned().order_by("starts_at", "pk"))


def to_come(family: Family) -> list[Meeting]:
    """Agreed, and not begun: what closing the case cancels."""
    rows = Meeting.objects.filter(family=family, starts_at__gt=timezone.now()).planned()
    return list(rows.order_by("starts_at", "pk"))


def been(family: Family) -> list[Card]:
    """All that is not planned any more, the newest first."""
    rows = Meeting.objects.filter(family=family).exclude(state=MeetingState.PLANNED)
    return cards(family, rows.order_by("-starts_at", "pk"))


def sending(meeting: Meeting, live: list[AgreementLine]) -> dict[str, Any]:
    """Finished minutes on paper, and to whom they may be sent or have been; for the page of the meeting."""
    lines, sent = receivers(meeting, live), MinutesCopy.objects.filter(meeting=meeting).select_related("line__service")
    copies = [{"row": copy, "code": code_of(copy.pk)} for copy in sent.order_by("sent_at", "pk")]
    has = {one["row"].line_id for one in copies if one["row"].stopped_at is None}
    return {
        "readers": family_readers(meeting, Homes(meeting.family)),
        "copies": copies,
        "may_send": [line for line in lines if address_of(line) and line.pk not in has],
        "by_hand": [line for line in lines if not address_of(line)],
        "on_the_way": any(one["row"].is_waiting for one in copies),
    }


def telling(meeting: Meeting, live: list[AgreementLine]) -> dict[str, Any]:
    """Who is told of the meeting by mail, what and when, and who is not. `meeting` is `with_company()`."""
    words = told(meeting, live)
    return {
        "told": [one for one in words if one.notices or one.why_call or one.to_say],
        "may_tell": any(one.to_say and one.address and not one.is_said(one.waiting) for one in words),
        "told_soon": any(one.waiting for one in words),
    }


def _addenda(meeting: Meeting, live: list[AgreementLine]) -> list[dict[str, Any]]:
    """What was added to finished minutes, who is told of each, and who could be. A few queries, however many."""
    rows = list(meeting.addenda.select_related("written_by", "about").order_by("written_at", "pk"))
    if not rows:
        return []
    had = Had(meeting, live)
    return [
        {
            "row": row, "told": ", ".join(had.names_told(row)), "untold": had.receivers(row),
            "in_minutes": ", ".join(line.service.name for line in had.read_in_minutes(row)),
        }
        for row in rows
    ]  # fmt: skip


def whole(family: Family, meeting: Meeting, live: list[AgreementLine]) -> dict[str, Any]:
    """One meeting with its agenda, minutes, decisions, changes and additions, for its own page."""
    rows = Meeting.objects.filter(pk=meeting.pk).select_related("finished_by", *MARK_ROWS)
    (card,) = cards(family, rows, live)
    decided = MeetingDecision.objects.filter(meeting=meeting).select_related("service", "member", "measure__goal")
    decisions = [{"row": row, "who": doer_in_words(row)} for row in decided.order_by("made_at", "pk")]
    items = meeting.items.select_related("about").order_by("number", "pk")
    return {
        "card": card,
        "meeting": card.meeting,
        "items": [{"row": item, "decisions": [d for d in decisions if d["row"].item_id == item.pk]} for item in items],
        "loose": [d for d in decisions if d["row"].item_id is None],
        "changes": list(MeetingChange.objects.filter(meeting=meeting).select_related("done_by")),
        "addenda": _addenda(card.meeting, live),
        "new_time": Meeting.objects.filter(instead_of=meeting).order_by("booked_at").first(),
    }
