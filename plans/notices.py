"""What services are told of a meeting by mail: to whom it may go, what it may say, and what is still to be said.

Asked each time: only a contact a live line shows, with an address, and never for a strictly protected family. A mail
says the kind of meeting, the day, the time, a place that is no home, and whom to call. Never a name or a code of the
family: it lies in mail boxes of others (docs/adr/0033).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from consent.models import AgreementLine
from families.protection import Outside
from nyemonstre.ics import appointment

from .asked import Called, address_of, called, lasts_until
from .enums import NoticeKind
from .models import Meeting, MeetingNotice

TERMS, CALENDAR = "plans.notice.terms", "plans.notice.calendar"


def terms_of(meeting: Meeting) -> str:
    """Time and place as one number: another one means that whoever was told must be told anew."""
    parts = (meeting.starts_at.isoformat(), meeting.ends_at.isoformat(), meeting.home_id, meeting.place)
    return salted_hmac(TERMS, "|".join(map(str, parts)), algorithm="sha256").hexdigest()


def is_ahead(meeting: Meeting) -> bool:
    """Of one whose time has come nobody is told any more."""
    return meeting.starts_at > timezone.now()


def may_mail(line: AgreementLine | None, meeting: Meeting, *, asks: bool) -> str:
    """The address a live line lets us write to, or "". `asks`: the line must hold on the day of the meeting too."""
    if line is None or Outside(meeting.family).hidden:
        return ""
    if asks and not lasts_until(line, timezone.localdate(meeting.starts_at)):
        return ""
    return address_of(line)


@dataclass
class Told:
    """One service: how it is asked now, if it is, and what it has been told, the oldest first."""

    meeting: Meeting
    name: str
    now: Called | None = None
    line: AgreementLine | None = None
    notices: list[MeetingNotice] = field(default_factory=list)

    @property
    def waiting(self) -> MeetingNotice | None:
        return next((one for one in self.notices if one.can_be_stopped), None)

    @property
    def mailed(self) -> MeetingNotice | None:
        """The last word that left."""
        return next((one for one in reversed(self.notices) if one.mailed_at), None)

    @property
    def shown(self) -> list[MeetingNotice]:
        """What left, and the last one if it did not. What was stopped because another took its place is no news."""
        return [one for one in self.notices if one.mailed_at or one is self.notices[-1]]

    @property
    def to_say(self) -> str:
        """The kind of word that is missing, or "": whether or not anybody may mail it."""
        if not is_ahead(self.meeting):
            return ""
        heard, comes = self.mailed, self.now is not None and self.meeting.is_planned
        if comes:
            if heard is None or not heard.asks:
                return NoticeKind.INVITED
            return "" if heard.terms == terms_of(self.meeting) else NoticeKind.MOVED
        if heard is None or not heard.asks:
            return ""
        return NoticeKind.UNASKED if self.meeting.is_planned else NoticeKind.CANCELLED

    @property
    def address(self) -> str:
        asks = self.to_say in (NoticeKind.INVITED, NoticeKind.MOVED)
        return may_mail(self.line, self.meeting, asks=asks)

    @property
    def why_call(self) -> str:
        """In words, why they get no mail of what holds now; "" when they do."""
        if is_ahead(self.meeting) and self.now is not None and self.now.why_not:
            return _("De får ikke noe herfra. Bli enig med familien om hvem som sier fra.")
        if not self.to_say or self.address:
            return ""
        if self.line is None:
            return _("Avtalen er slutt, så de får ikke noe herfra. Bli enig med familien om hvem som sier fra.")
        if Outside(self.meeting.family).hidden:
            return _("Ring dem. Ingen e-post går ut når adressen er fortrolig.")
        return _("Ring dem. Det står ingen e-postadresse i avtalen.")

    @property
    def phone(self) -> str:
        """Of the contact a live line shows, or ""."""
        return self.line.contact.phone if self.line and self.line.contact else ""

    def is_said(self, notice: MeetingNotice | None) -> bool:
        """Whether this is the word that is missing."""
        if notice is None or not self.to_say:
            return False
        return notice.kind == self.to_say and notice.terms == terms_of(self.meeting)

    @property
    def was_stopped(self) -> bool:
        """Somebody decided that just this is not sent."""
        last = self.notices[-1] if self.notices else None
        return last is not None and last.stopped_by_id is not None and self.is_said(last)


def told(meeting: Meeting, live: Iterable[AgreementLine]) -> list[Told]:
    """Every service that is asked to the meeting, fetched `with_company()`, or was told of it. `live` lines: papers."""
    lines = list(live)
    by_service: dict[Any, Told] = {}
    for one in called(meeting, lines):
        if one.is_service:
            by_service[one.guest.line.service_id] = Told(meeting, one.name, one, one.line)
    rows = MeetingNotice.objects.filter(meeting=meeting).select_related("line__service").order_by("sent_at", "pk")
    for notice in rows:
        service = notice.line.service
        line = next((line for line in lines if line.service_id == service.pk), None)
        by_service.setdefault(service.pk, Told(meeting, service.name, None, line)).notices.append(notice)
    return sorted(by_service.values(), key=lambda one: (one.name.casefold(), one.name))


def notice_text(notice: MeetingNotice, meeting: Meeting) -> dict[str, Any]:
    """What templates/plans/mail/notice.txt says, for `notice.line` alone. `meeting` is fetched `with_company()`."""
    return {
        "kind": notice.kind, "asks": notice.asks, "meeting": str(meeting.get_kind_display()),
        "starts_at": timezone.localtime(meeting.starts_at), "clock": meeting.clock, "place": place_outside(meeting),
        "municipality": meeting.family.municipality.name, "coordinator": meeting.coordinator.name,
        "phone": meeting.coordinator.phone,
    }  # fmt: skip


def place_outside(meeting: Meeting) -> str:
    """The place, unless it is a home, or somebody has written a name or an address of the family into it."""
    family = meeting.family
    members = family.members.order_by("pk").values_list("first_name", "last_name")
    homes = family.households.filter(~Q(address="")).order_by("pk").values_list("address", flat=True)
    known = {family.name, family.code, *homes, *(word for names in members for word in names)}
    if meeting.home_id or any(_stands_in(word, meeting.place) for word in known if len(word.strip()) > 1):
        return ""
    return meeting.place


def _stands_in(word: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(word.strip())}", text, re.IGNORECASE) is not None


def calendar_file(notice: MeetingNotice, meeting: Meeting) -> bytes:
    """The time for the service's own calendar. Its id is the service's alone, and leads to no row of ours."""
    uid = salted_hmac(CALENDAR, f"{meeting.pk}|{notice.line.service_id}", algorithm="sha256").hexdigest()[:32]
    return appointment(
        uid=f"{uid}@nyemonstre", summary=f"NM: {meeting.get_kind_display().lower()}", starts_at=meeting.starts_at,
        lasts=meeting.ends_at - meeting.starts_at, made_at=timezone.now(), turn=meeting.version,
        cancelled=not notice.asks,
    )  # fmt: skip
