"""One appointment as a file for a calendar (RFC 5545). What may stand in it is for whoever asks; it knows no family.

Written by hand because it is one event in one shape: no repeats, no time zones of its own (the time is in UTC).
"""

from datetime import UTC, datetime, timedelta

# Octets in a line, without its break (RFC 5545, 3.1).
LINE = 75


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
    """The file. `uid` and a higher `turn` let a calendar put a changed appointment in the old one's place.

    `cancelled` takes it out of the calendar (RFC 5546, 3.2.5), under the same `uid`.

    Raises ValueError for a time without a zone.
    """
    if starts_at.tzinfo is None or made_at.tzinfo is None:
        raise ValueError("a time without a zone")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nye Monstre//Nye Monstre//NO",
        "METHOD:CANCEL" if cancelled else "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"DTSTAMP:{_utc(made_at)}",
        f"DTSTART:{_utc(starts_at)}",
        f"DTEND:{_utc(starts_at + lasts)}",
        f"SEQUENCE:{turn}",
        f"SUMMARY:{_text(summary)}",
        "STATUS:CANCELLED" if cancelled else "STATUS:CONFIRMED",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_fold(line) for line in lines)


def _utc(moment: datetime) -> str:
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
