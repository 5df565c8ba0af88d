"""Changes in words: the fields' own names, the labels of their choices, dates as people write them, names of people.

What the reader may not see stays unsaid: names are looked up through the wall, as every other read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import Response
from nyemonstre.accounts.models import User

from .enums import Verb
from .models import Change

# What the name of a row is made of, where its own words are not made for this page, or would ask for more rows.
NEEDS = {
    "families.assignment": ["user"],
    "consent.agreementline": ["service"],
    "assessments.response": ["assessment", "member"],
}
NAMES = {
    "plans.journalentry": lambda row: f"{row.get_kind_display()} {row.happened_on:%d.%m.%Y}",
    "assessments.response": lambda row: _question(row).label.read(get_language()),
}
# Rows that tie two others together: the two stand in the facts, so a name of their own would say them twice.
NAMELESS = {
    "families.residence", "families.family", "families.identitynumber", "consent.coveredmember", "plans.goalmember",
    "documents.documentmember",
    "plans.journalmember", "plans.journalcontact", "plans.meetingguest",
    "referrals.meetingmember", "assessments.fitanswer",
    "consent.consent", "consent.signature", "plans.reviewpresence", "consent.holder",
    "plans.attacheddocument",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One column. `kept` is False for those whose values history does not keep."""

    label: str
    before: str
    after: str
    kept: bool = True


@dataclass(frozen=True)
class Line:
    """One change: «Endret», «mål», «En jobb ryggen tåler», and the columns."""

    verb: str
    what: str
    subject: str
    facts: list[Fact]
    row_id: UUID
    has_page: bool
    changed: bool


@dataclass(frozen=True)
class Entry:
    """What one person did at one moment, which may be many rows."""

    at: datetime
    who: str
    lines: list[Line] = field(default_factory=list)


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def entries(changes: list[Change]) -> list[Entry]:
    """The changes, already in order, moment by moment. One query per kind of row that is named, however many rows."""
    names = _Names(changes)
    found = []
    for (at, actor, job), group in groupby(changes, key=lambda c: (c.at, c.actor_id, c.job)):
        entry = Entry(timezone.localtime(at), names.actor(actor, job=job))
        # Within the moment as it was written: the line of the journal before the people in it.
        entry.lines.extend(_line(change, names) for change in reversed(list(group)))
        found.append(entry)
    return found


def subject_of(change: Change) -> str:
    """What the changed row is called, for the heading of its own page."""
    return _subject(change, _Names([change])) or _what(change)


def _line(change: Change, names: "_Names") -> Line:
    return Line(
        verb=str(Verb(change.verb).label),
        what=_what(change),
        subject=_subject(change, names),
        facts=_facts(change, names),
        row_id=change.row_id,
        has_page=change.verb != Verb.REMOVED,
        changed=change.verb == Verb.CHANGED,
    )


def _what(change: Change) -> str:
    model = _models().get(change.table_name)
    return str(model._meta.verbose_name) if model else change.table_name


def _subject(change: Change, names: "_Names") -> str:
    model = _models().get(change.table_name)
    if model is None or model._meta.label_lower in NAMELESS:
        return ""
    return names.get(model, change.row_id)


def _facts(change: Change, names: "_Names") -> list[Fact]:
    model = _models().get(change.table_name)
    if model is None:
        return []
    facts = []
    for column in model._meta.concrete_fields:
        label = _label(column)
        if not label:
            continue
        if column.attname in change.secret:
            facts.append(Fact(label, "", "", kept=False))
        elif column.attname in change.before or column.attname in change.after:
            before, after = (_say(column, values.get(column.attname), names, change)
                             for values in (change.before, change.after))  # fmt: skip
            if before != after and after != _subject(change, names):
                facts.append(Fact(label, before, after))
    return facts


def _label(column: models.Field) -> str:
    """The field's name in Norwegian, or of the row it points at; none for a technical field, which has neither."""
    if column.name in ("id", "family", "municipality"):
        return ""
    if column._verbose_name is not None:
        return capfirst(str(column.verbose_name))
    if column.related_model and column.related_model is not User:
        return capfirst(str(column.related_model._meta.verbose_name))
    return _("Svar") if column.model is Response and column.name in ("value", "missing") else ""


def _say(column: models.Field, value: Any, names: "_Names", change: Change) -> str:
    """A stored value as one says it aloud. Empty for nothing."""
    if value is None or value in ("", []) or (value is False and change.verb != Verb.CHANGED):
        return ""
    if column.related_model:
        return names.get(column.related_model, UUID(value)) or _("ikke synlig for deg")
    if column.model is Response and column.name == "value":
        return names.answer(change.row_id, value)
    if isinstance(column, models.JSONField):
        return ""  # a whole plan as it stood: it has a page of its own
    if isinstance(column, ArrayField):
        return ", ".join(_say(column.base_field, one, names, change) for one in value)
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    return _plainly(column, value)


def _plainly(column: models.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if isinstance(column, models.DateTimeField) and (moment := parse_datetime(value)):
        return f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"
    if isinstance(column, models.DateField) and (day := parse_date(value)):
        return day_words(day)
    return str(value)


def day_words(day: date) -> str:
    """21.11.2026"""
    return f"{day:%d.%m.%Y}"


def _question(row: Response) -> Any:
    return row.assessment.questions[row.question]


class _Names:
    """What the rows are called that a page of changes is about, or names. Looked up once per kind, through the wall."""

    def __init__(self, changes: Iterable[Change]) -> None:
        wanted: dict[type[models.Model], set[UUID]] = {User: set()}
        for change in changes:
            if change.actor_id:
                wanted[User].add(change.actor_id)
            model = _models().get(change.table_name)
            if model is None:
                continue
            if model._meta.label_lower not in NAMELESS:
                wanted.setdefault(model, set()).add(change.row_id)
            for column in model._meta.concrete_fields:
                if column.related_model and _label(column):
                    ids = {values.get(column.attname) for values in (change.before, change.after)} - {None}
                    wanted.setdefault(column.related_model, set()).update(map(UUID, ids))
        self._rows = {
            model: model._base_manager.select_related(*NEEDS.get(model._meta.label_lower, [])).in_bulk(ids)
            for model, ids in wanted.items()
            if ids
        }

    def get(self, model: type[models.Model], pk: UUID) -> str:
        row = self._rows.get(model, {}).get(pk)
        if row is None:
            return ""
        return str(NAMES.get(model._meta.label_lower, str)(row))

    def actor(self, pk: UUID | None, *, job: bool) -> str:
        if pk is None:
            return _("Systemet") if job else _("Ikke innlogget")
        return self.get(User, pk) or str(pk)

    def answer(self, pk: UUID, value: Any) -> str:
        row = self._rows.get(Response, {}).get(pk)
        return _question(row).scale.say(value, get_language()) if row else str(value)
