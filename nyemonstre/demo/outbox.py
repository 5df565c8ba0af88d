"""What Django's file-based mail backend wrote, read back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

# The backend ends each message with this line.
BETWEEN = b"\n" + b"-" * 79 + b"\n"
SHOWN = 100


@dataclass(frozen=True)
class Letter:
    """One mail, as the page shows it."""

    to: str
    subject: str
    sent_at: datetime
    text: str


def letters() -> list[Letter]:
    """The newest first. An empty list when nothing has been sent, or mail really is sent."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or "/nonexistent")
    if not folder.is_dir():
        return []
    found = [letter for path in folder.glob("*.log") for letter in _in_file(path)]
    return sorted(found, key=lambda letter: letter.sent_at, reverse=True)[:SHOWN]


def _in_file(path: Path) -> Iterator[Letter]:
    for part in path.read_bytes().split(BETWEEN):
        if not part.strip():
            continue
        message = message_from_bytes(part.lstrip(b"\n"), policy=policy.default)
        body = message.get_body(("plain",))
        yield Letter(
            to=str(message["To"] or ""),
            subject=str(message["Subject"] or ""),
            sent_at=timezone.localtime(_moment(message["Date"])),
            text=body.get_content().strip() if body else "",
        )


def _moment(text: str) -> datetime:
    """Django writes UTC as -0000, which Python reads as a time without a zone."""
    when = parsedate_to_datetime(text)
    return when if when.tzinfo else when.replace(tzinfo=UTC)
