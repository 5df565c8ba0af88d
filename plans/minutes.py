"""The minutes on paper, as one reader may get them: plain values, so that what may not be printed never is.

The family gets what families/marks.py lets it have. A service gets only what its live agreement line covers: cases with
a topic of the line, about people it names who take part, what was added by the same rule, and what it is to do itself.
Never who else was there, and nothing at all of minutes that are marked for somebody.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.enums import Direction, Purpose
from consent.models import AgreementLine
from consent.rules import members_with
from families.marks import ALONE, Homes, Reader, may_get
from families.models import Family
from families.protection import Outside

from .asked import address_of, called
from .models import Meeting, MeetingDecision, MeetingItem, MinutesAddendum, MinutesCopy
from .papers import FOR_ANYBODY, SERVICE, covered, live_lines
from .printed import doer_in_words, outside

PAGE = "plans/pdf/minutes.html"
Case = tuple[MeetingItem, list[MeetingDecision]]


def family_readers(meeting: Meeting, homes: Homes) -> list[Reader]:
    """Those of the family who may have the minutes; last the record, with all of them."""
    people = [guest.member_id for guest in meeting.asked if guest.member_id]
    readers = [reader for reader in homes.readers() if may_get(meeting, people, reader, homes)]
    return [*readers, Reader(ALONE, homes.everybody.homes, name=_("Hele referatet, til arkivet"))]


def receivers(meeting: Meeting, lines: Iterable[AgreementLine] | None = None) -> list[AgreementLine]:
    """The live lines of services that were asked, which let us tell somebody something of what was said."""
    if meeting.seen_by not in FOR_ANYBODY:
        return []
    live = live_lines(meeting.family) if lines is None else lines
    part = members_with(meeting.family, Purpose.PARTICIPATION)
    whose = [one.line for one in called(meeting, live) if one.line is not None and one.line.direction != Direction.GET]
    cases = _cases(meeting) if whose else []
    return [line for line in whose if told(cases, line, part)]


def told(cases: Iterable[Case], line: AgreementLine, part: Collection[Any]) -> list[Case]:
    """The cases this service may read, each with the decisions it may; and its own tasks in cases it may not read."""
    may, found = covered(line, part), []
    for item, decisions in cases:
        whole = _covers(line, part, item)
        partly = bool(may) if item.about_id is None else item.about_id in may
        own = [d for d in decisions if d.service_id == line.service_id]
        if whole:
            others = [d for d in decisions if d.service_id is None and d.member_id in (None, *may)]
            found.append((item, [*own, *others]))
        elif own and partly:
            found.append((MeetingItem(title="", text=""), own))
    return found


def addenda_told(meeting: Meeting, line: AgreementLine, part: Collection[Any]) -> list[MinutesAddendum]:
    """What was added that this service may read: by topic and person, as a case."""
    rows = meeting.addenda.select_related("written_by").order_by("written_at", "pk")
    return [one for one in rows if _covers(line, part, one)]


class Had:
    """Who has had the minutes of one meeting, asked once for all that was added to them since."""

    def __init__(self, meeting: Meeting, lines: Iterable[AgreementLine] | None = None) -> None:
        self.part = members_with(meeting.family, Purpose.PARTICIPATION)
        self.copies = list(MinutesCopy.objects.standing().filter(meeting=meeting).select_related("line__service"))
        self.may = receivers(meeting, lines) if self.copies else []
        self.read = {
            one.line_id for one in self.copies if one.mailed_at and (one.opened_at or one.closes_at <= timezone.now())
        }

    def names_told(self, addendum: MinutesAddendum) -> list[str]:
        """The services that are told of it already, or soon."""
        return sorted(one.line.service.name for one in self.copies if one.addendum_id == addendum.pk)

    def receivers(self, addendum: MinutesAddendum) -> list[AgreementLine]:
        """Those who have had the minutes, may read what was added, and have not been told of it."""
        return [line for line in self._untold(addendum) if line.pk in self.read and address_of(line)]

    def read_in_minutes(self, addendum: MinutesAddendum) -> list[AgreementLine]:
        """Those who may read what was added, and find it in the minutes they have not opened yet."""
        unread = {one.line_id for one in self.copies} - self.read
        return [line for line in self._untold(addendum) if line.pk in unread]

    def _untold(self, addendum: MinutesAddendum) -> list[AgreementLine]:
        told_of_it = {one.line_id for one in self.copies if one.addendum_id == addendum.pk}
        return [line for line in self.may if line.pk not in told_of_it and _covers(line, self.part, addendum)]


def _covers(line: AgreementLine, part: Collection[Any], row: MeetingItem | MinutesAddendum) -> bool:
    """The topic is one of the line's, and everybody it is about is covered and takes part."""
    may = covered(line, part)
    everybody = row.about_id in may if row.about_id else bool(may) and set(part) <= may
    return row.topic in line.topics and everybody


def _cases(meeting: Meeting) -> list[Case]:
    decided = list(MeetingDecision.objects.filter(meeting=meeting).select_related("service", "member"))
    decided.sort(key=lambda decision: (decision.made_at, str(decision.pk)))
    items = list(meeting.items.order_by("number", "pk"))
    cases = [(item, [d for d in decided if d.item_id == item.pk]) for item in items]
    loose = [d for d in decided if d.item_id is None]
    return [*cases, (MeetingItem(title="", text=""), loose)] if loose else cases


def printed_minutes(meeting: Meeting, reader: Reader) -> dict[str, Any]:
    """For templates/plans/pdf/minutes.html, to somebody of the family, or the record. `meeting` is `with_company()`."""
    homes, out = Homes(meeting.family), outside(meeting.family)
    there = [one for one in called(meeting) if one.guest.came]
    names = [out.service(one.guest.line.service) if one.is_service else one.name for one in there]
    names += [meeting.coordinator.name, *([out.text(meeting.others)] if meeting.others else [])]
    return {
        **_head(meeting, out),
        "reader": reader.paper_name if reader.key != ALONE else "",
        # Where one hides from the rest, the paper does not say who sat down with whom.
        "present": "" if homes.parted and reader.key != ALONE else ", ".join(names),
        "cases": [_case(case, out) for case in _cases(meeting)],
        "addenda": [
            _addendum(one, out) for one in meeting.addenda.select_related("written_by").order_by("written_at", "pk")
        ],
        "line": None,
    }  # fmt: skip


def minutes_for_service(meeting: Meeting, line: AgreementLine) -> dict[str, Any]:
    """The same for one service. `line` is live, and one of `receivers`."""
    out, part = outside(meeting.family), members_with(meeting.family, Purpose.PARTICIPATION)
    may = covered(line, part)
    there = [one for one in called(meeting) if one.guest.came and one.guest.member_id in may]
    whose = ", ".join(member.first_name for member in line.members.all() if member.pk in part)
    return {
        **_head(meeting, out),
        "reader": out.service(line.service),
        "present": ", ".join([*(one.name for one in there), meeting.coordinator.name]),
        "cases": [_case(case, out) for case in told(_cases(meeting), line, part)],
        "addenda": [_addendum(one, out) for one in addenda_told(meeting, line, part)],
        "line": {"whose": whose, "topics": ", ".join(line.topic_labels), "until": line.valid_to},
    }


def _head(meeting: Meeting, out: Outside) -> dict[str, Any]:
    family, comes = meeting.family, meeting.coordinator
    return {
        "name": family.name, "municipality": out.place(family.municipality.name), "today": timezone.localdate(),
        "kind": meeting.get_kind_display().lower(), "day": timezone.localdate(meeting.starts_at),
        "clock": meeting.clock,
        "place": out.place(_("Hjemme hos familien") if meeting.home_id else meeting.place),
        "finished_by": meeting.finished_by.name if meeting.finished_by else "",
        "finished_on": timezone.localdate(meeting.finished_at) if meeting.finished_at else None,
        "coordinator": {"name": comes.name, "phone": comes.phone, "email": comes.email},
    }  # fmt: skip


def _addendum(one: MinutesAddendum, out: Outside) -> dict[str, Any]:
    return {"text": out.text(one.text), "on": timezone.localdate(one.written_at), "by": one.written_by.name}


def _case(case: Case, out: Outside) -> dict[str, Any]:
    item, decisions = case
    return {
        "title": out.text(item.title), "text": out.text(item.text),
        "decisions": [
            {"what": out.text(d.what), "who": doer_in_words(d, out), "due_on": d.due_on} for d in decisions
        ],
    }  # fmt: skip


def reader_of(meeting: Meeting, key: str, family: Family) -> Reader | AgreementLine | None:
    """Whom the address names: somebody of the family by key, or a service by `service:<line>`; None for neither."""
    if key.startswith(SERVICE):
        return next((line for line in receivers(meeting) if f"{SERVICE}{line.pk}" == key), None)
    return next((reader for reader in family_readers(meeting, Homes(family)) if reader.key == key), None)
