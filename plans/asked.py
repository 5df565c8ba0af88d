"""Who is called in to a meeting: the family's people, and the services whose agreement holds.

Asked each time, never stored: when a line ends, or nobody takes part any more, the service has no place in any planned
meeting from the same moment, is shown as such, and gets nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.models import AgreementLine, Contact
from families.models import Family

from .models import Meeting, MeetingGuest
from .papers import live_lines


@dataclass(frozen=True)
class Called:
    """One who is asked. `line` is the agreement line that lets us call a service in; None for people of the family,
    and for a service nobody may call. `why_not` says the last, in words."""

    guest: MeetingGuest
    name: str
    line: AgreementLine | None = None
    why_not: str = ""

    @property
    def is_service(self) -> bool:
        return self.guest.line_id is not None

    @property
    def contact(self) -> Contact | None:
        return self.line.contact if self.line else None


def lasts_until(line: AgreementLine, day: date) -> bool:
    return line.valid_to is None or line.valid_to >= day


def day_of(meeting: Meeting) -> date:
    return timezone.localdate(meeting.starts_at)


def called(meeting: Meeting, lines: Iterable[AgreementLine] | None = None) -> list[Called]:
    """Everybody who is asked to a meeting fetched `with_company()`, the family first. `lines` are the live ones of the
    family, asked once per page."""
    live = list(live_lines(meeting.family) if lines is None else lines)
    people = [Called(guest, guest.member.first_name) for guest in meeting.asked if guest.member_id]
    people.sort(key=lambda one: (one.guest.member.birth_date, one.name))
    services = [_service(guest, meeting, live) for guest in meeting.asked if guest.line_id]
    return [*people, *sorted(services, key=lambda one: (one.name.casefold(), str(one.guest.pk)))]


def _service(guest: MeetingGuest, meeting: Meeting, live: list[AgreementLine]) -> Called:
    """By the line it was asked on, or by a newer one with the same service."""
    service = guest.line.service
    own = [line for line in live if line.pk == guest.line_id]
    same = own or [line for line in live if line.service_id == service.pk]
    if not same:
        return Called(guest, service.name, why_not=_("avtalen er slutt – kalles ikke inn"))
    day = day_of(meeting)
    if not meeting.is_planned:
        return Called(guest, service.name, same[0])
    if lasting := [line for line in same if lasts_until(line, day)]:
        return Called(guest, service.name, lasting[0])
    ends = max(line.valid_to for line in same)
    words = _("avtalen går ut %(day)s, før møtet – kalles ikke inn") % {"day": date_format(ends, "DATE_FORMAT")}
    return Called(guest, service.name, why_not=words)


def why_not_ask(family: Family, line: AgreementLine, day: date, live: Iterable[AgreementLine]) -> str | None:
    """None when the service of this line may be asked to a meeting on `day`, or one sentence that says what to do."""
    found: Any = next((one for one in live if one.pk == line.pk), None)
    if found is None:
        return _(
            "Avtalen med %(service)s er slutt, så de kan ikke kalles inn. Lag en ny linje i samarbeidsavtalen først, "
            "eller lagre møtet uten dem."
        ) % {"service": line.service}
    if not lasts_until(found, day):
        return _(
            "Avtalen med %(service)s går ut %(day)s, før møtet. Velg en dag innen da, eller forny avtalen først."
        ) % {"service": line.service, "day": date_format(found.valid_to, "DATE_FORMAT")}
    return None


def address_of(line: AgreementLine) -> str:
    """Where the contact of a live line is mailed, or ""."""
    return line.contact.email if line.contact else ""
