"""What people have written in their own words: a file of its own, for named questions, and never part of a set."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from assessments.models import LocalInstrument
from families.models import Member

from .cells import SMALLEST
from .dataset import months_between
from .models import TextRelease
from .opening import harmless
from .rows import Rows, read

# What somebody said beside their answer to FIT.
FIT_COMMENT = "fit.comment"
HEADER = ("person_id", "family_id", "months", "question", "text")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Eight digits or more, however they are grouped: telephones, accounts, identity numbers.
NUMBER = re.compile(r"\d(?:[ .-]?\d){7,}")


@dataclass(frozen=True)
class Said:
    """One text. `member` is None for what was said about the whole family."""

    member: UUID | None
    family: UUID
    months: int | None
    question: str
    text: str


def questions_of(municipality: Any, language: str) -> list[tuple[str, str]]:
    """(key, words) of the questions that are answered with words of one's own: those alone can be released."""
    found = {FIT_COMMENT: _("Egne ord til FIT")}
    for row in LocalInstrument.objects.filter(municipality=municipality).order_by("added_at", "pk"):
        for question in row.questions.questions:
            if question.scale.kind == "text":
                found[f"{row.questions.id}.{question.key}"] = question.text.read(language, name=_("barnet"))
    return list(found.items())


def said(release: TextRelease, on: date) -> list[Said]:
    """The texts of those whose yes to research holds on the day `on`, of the questions five people or more have
    answered, without the names and numbers we know. Inside `as_job()`.
    """
    everybody = read(release.municipality_id)
    rows = everybody.those_who_said_yes(on)
    texts = [one for one in _all(rows) if one.question in release.questions]
    who: dict[str, set[UUID]] = defaultdict(set)
    for one in texts:
        who[one.question].add(one.member or one.family)
    names: dict[UUID, list[Member]] = defaultdict(list)
    for member in everybody.members.values():
        names[member.family_id].append(member)
    return [
        Said(
            **{**vars(one), "text": without_names(one.text, _names(names[one.family], rows.families[one.family].name))}
        )
        for one in texts
        if len(who[one.question]) >= SMALLEST
    ]


def _all(rows: Rows) -> Iterable[Said]:
    for fit in rows.fits:
        if fit.comment.strip():
            months = _months(rows, fit.family_id, fit.asked_on)
            yield Said(fit.member_id, fit.family_id, months, FIT_COMMENT, fit.comment)
    for sitting in rows.sittings:
        for (member, key), (value, _missing) in sitting.answers.items():
            if isinstance(value, str) and sitting.questions[key].scale.kind == "text":
                months = _months(rows, sitting.family_id, sitting.held_on)
                yield Said(member, sitting.family_id, months, key, value)


def _months(rows: Rows, family: UUID, day: date) -> int | None:
    start = rows.families[family].baseline_on
    return months_between(start, day) if start else None


def _names(members: Iterable[Member], family: str) -> set[str]:
    """Every word of the names in a family."""
    words = [family, *(part for member in members for part in (member.first_name, member.last_name))]
    return {word for text in words for word in re.split(r"[\s-]+", text) if len(word) > 1}


def without_names(text: str, names: Collection[str]) -> str:
    """The family's own names, addresses of mail and long numbers are taken out. Others may still stand there: whoever
    reads the file is told so.
    """
    text = NUMBER.sub(_("[tall]"), MAIL.sub(_("[e-post]"), text))
    if names:
        every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        text = re.sub(rf"\b(?:{every})s?\b", _("[navn]"), text, flags=re.IGNORECASE)
    return text


def as_csv(texts: Iterable[Said], names: dict[UUID, str]) -> str:
    """For a Norwegian spreadsheet, in an order that says nothing of when it was written down."""
    lines = sorted(
        (names[one.member] if one.member else "", names[one.family], str(one.months or 0), one.question,
         harmless(one.text))
        for one in texts
    )  # fmt: skip
    target = io.StringIO(newline="")
    sheet = csv.writer(target, delimiter=";", lineterminator="\r\n")
    sheet.writerow(HEADER)
    sheet.writerows(lines)
    return target.getvalue()
