"""The file for a calendar, read back line by line as RFC 5545 says it is written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from nyemonstre.ics import appointment

AT = datetime(2026, 7, 1, 10, 30, tzinfo=timezone(timedelta(hours=2)))


def made(**changes):
    facts = {"uid": "1@nm", "summary": "NM", "starts_at": AT, "lasts": timedelta(hours=1), "made_at": AT, "turn": 3}
    return appointment(**(facts | changes))


def test_one_event_in_utc_with_what_a_calendar_needs():
    lines = made().decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    assert (said["DTSTART"], said["DTEND"]) == ("20260701T083000Z", "20260701T093000Z")
    assert (said["UID"], said["SEQUENCE"], said["CLASS"], said["DTSTAMP"]) == (
        "1@nm", "3", "PRIVATE", f"{AT.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    )  # fmt: skip


@pytest.mark.parametrize("summary", ["Møte; kl. 1, rom \\2\nog mer", "ø" * 80, "x" * 75, "🏠" * 40])
def test_any_text_comes_back_whole_and_no_line_is_too_long(summary):
    content = made(summary=summary)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    unfolded = content.replace(b"\r\n ", b"").decode()  # raises where a letter was cut in two
    value = next(line for line in unfolded.split("\r\n") if line.startswith("SUMMARY:")).removeprefix("SUMMARY:")
    back = value.replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",").replace("\\\\", "\\")
    assert back == summary


@pytest.mark.parametrize("changes", [{"starts_at": AT.replace(tzinfo=None)}, {"made_at": AT.replace(tzinfo=None)}])
def test_a_time_without_a_zone_is_no_time(changes):
    with pytest.raises(ValueError, match="zone"):
        made(**changes)
