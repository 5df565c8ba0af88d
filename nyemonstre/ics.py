"""Appointments as a file for a calendar (RFC 5545). What may stand in it is for whoever asks; it knows no family.

Written by hand because an event has one shape here: no repeats, no time zones of its own (times are in UTC, so they
stay right when the clocks change), and days as days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

# Octets in a line, without its break (RFC 5545, 3.1).
LINE = 75


@dataclass(frozen=True)
class Event:
    """From `starts` until `ends`, which is not part of it: two times with a zone, or two days.

    `uid` and a higher `turn` let a calendar put a changed event in the old one's place; `cancelled` takes it out.
    """

    uid: str
    summary: str
    starts: date
    ends: date
    turn: int = 0
    cancelled: bool = False


def appointment(
    *,
    uid: str,
    summary: str,
    starts_at: datetime,
    lasts: timedelta,
    made_at: datetime,
    turn: int,
    cancelled: bool = False,
) -> bytes:
    """One appointment as a file of its own. A cancelled one is sent as such (RFC 5546, 3.2.5), under the same `uid`.

    Raises ValueError for a time without a zone.
    """
    event = Event(uid, summary, starts_at, starts_at + lasts, turn, cancelled)
    return _file([f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}"], [event], made_at)


def subscription(events: Iterable[Event], *, name: str, made_at: datetime) -> bytes:
    """A calendar to subscribe to. Asks to be fetched again each hour (RFC 7986, 5.7, and what Outlook reads).

    Raises ValueError for a time without a zone.
    """
    head = [
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    return _file(head, events, made_at)


def _file(head: list[str], events: Iterable[Event], made_at: datetime) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Nye Monstre//Nye Monstre//NO", *head]
    for event in events:
        lines += _event(event, made_at)
    return b"".join(_fold(line) for line in [*lines, "END:VCALENDAR"])


def _event(event: Event, made_at: datetime) -> list[str]:
    timed = isinstance(event.starts, datetime)
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(event.uid)}",
        f"DTSTAMP:{_utc(made_at)}",
        f"DTSTART{_when(event.starts)}",
        f"DTEND{_when(event.ends)}",
        f"SEQUENCE:{event.turn}",
        f"SUMMARY:{_text(event.summary)}",
        "STATUS:CANCELLED" if event.cancelled else "STATUS:CONFIRMED",
        "CLASS:PRIVATE",
        # A window of weeks does not make anybody busy.
        *([] if timed else ["TRANSP:TRANSPARENT"]),
        "END:VEVENT",
    ]


def _when(moment: date) -> str:
    return f":{_utc(moment)}" if isinstance(moment, datetime) else f";VALUE=DATE:{moment:%Y%m%d}"


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """Text as a value (3.3.11): a backslash before what means something, and no control characters."""
    for sign in ("\\", ";", ","):
        words = words.replace(sign, "\\" + sign)
    words = words.replace("\r\n", "\n").replace("\n", "\\n")
    return "".join(sign for sign in words if sign.isprintable())


def _fold(line: str) -> bytes:
    """At most 75 octets a line, the next ones begun with a space, and no letter cut in two (3.1)."""
    parts, room = [b""], LINE
    for letter in line:
        octets = letter.encode()
        if len(parts[-1]) + len(octets) > room:
            parts.append(b"")
            room = LINE - 1  # the space counts
        parts[-1] += octets
    return b"\r\n ".join(parts) + b"\r\n"
