"""The key as a file: who stands behind each pseudonym, when they left and why, for the study of registers."""

import csv
import io
from datetime import date

from consent.rules import research_yes
from families.enums import STRICT
from families.exits import Exit
from families.identity import IdentityNumber
from families.models import Member

from . import keys
from .models import Opening
from .rows import exits_of

HEADER = (
    "person_id", "identity_number", "first_name", "last_name", "birth_date", "baseline_on", "exit_on", "exit_reason",
)  # fmt: skip
NUMBER = IdentityNumber._meta.get_field("number")


def key_as_csv(opening: Opening, on: date) -> tuple[str, int]:
    """The file, and how many stand in it. Whoever has not said yes on the day `on`, or has a protected address, does
    not. Inside a transaction and `as_job()`.
    """
    names = keys.people(opening.project)
    rows = Member.objects.filter(pk__in=list(names)).select_related("family").order_by("pk")
    people = list(rows.exclude(family__protection__in=STRICT))
    yes = research_yes(people, on)
    numbers = {
        row.member_id: NUMBER.read(row)
        for row in IdentityNumber.objects.filter(member__in=list(yes)).exclude(number=None)
    }
    exits = exits_of(member.family_id for member in people)
    found = sorted(_line(names[m.pk], m, numbers.get(m.pk, ""), exits.get(m.family_id)) for m in people if m.pk in yes)
    target = io.StringIO(newline="")
    sheet = csv.writer(target, delimiter=";", lineterminator="\r\n")
    sheet.writerow(HEADER)
    sheet.writerows(found)
    return target.getvalue(), len(found)


def _line(name: str, member: Member, number: str, left: Exit | None) -> list[str]:
    days = [member.birth_date, member.family.baseline_on, left.ended_on if left else None]
    written = [f"{day:%d.%m.%Y}" if day else "" for day in days]
    return [
        name, number, harmless(member.first_name), harmless(member.last_name), *written, left.because if left else "",
    ]  # fmt: skip


def harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins with one of these signs; an apostrophe makes it text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
