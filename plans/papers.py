"""For whom the plan can be made into a file: the family's readers, each person, and the services that may be told.

A service gets only what its live agreement line covers: measures it does itself, for people the line names who take
part. A goal that is for others too is not told, nor anything that is marked for somebody.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consent.enums import Direction, Purpose
from consent.models import AgreementLine
from consent.rules import members_with
from families.enums import Audience
from families.marks import ALONE, Homes, Reader
from families.models import Family

from .models import Goal, Measure

# What comes before the id of an agreement line in the key of a paper.
SERVICE = "service:"
# A goal, what the service does about it, and whether the goal itself may be told.
Told = tuple[Goal, list[Measure], bool]
FOR_ANYBODY = (Audience.USUAL, Audience.BOTH)


def live_lines(family: Family) -> list[AgreementLine]:
    """The lines in force today, with service and contact. The wall hides a contact no line shows."""
    lines = AgreementLine.objects.live().filter(family=family).select_related("service", "contact")
    lines = lines.prefetch_related("members")
    return list(lines.order_by("service__name", "valid_from"))


def papers(family: Family, homes: Homes | None = None, lines: list[AgreementLine] | None = None) -> list[Reader]:
    """Everybody first; then homes, the young, each person, each service that may be told something; last the record.

    The record is for nobody at the table: it holds what is marked too (plans/record.py).
    """
    homes = homes or Homes(family)
    part = members_with(family, Purpose.PARTICIPATION)
    services = [
        Reader(f"{SERVICE}{line.pk}", name=line.service.name, paper_name=line.service.name)
        for line in (live_lines(family) if lines is None else lines)
        if line.direction != Direction.GET and covered(line, part)
    ]
    record = Reader(ALONE, homes.everybody.homes, name=_("Hele planen, til arkivet"))
    return [*homes.papers(), *services, record]


def paper(family: Family, key: str, homes: Homes | None = None) -> Reader | None:
    """The paper with this key, or None when the family has no such home, person or live line now."""
    return next((reader for reader in papers(family, homes) if reader.key == key), None)


def line_of(family: Family, reader: Reader) -> AgreementLine | None:
    """The line a paper for a service stands on; None for the family's own papers."""
    if not reader.key.startswith(SERVICE):
        return None
    key = UUID(reader.key.removeprefix(SERVICE))
    return next(line for line in live_lines(family) if line.pk == key)


def covered(line: AgreementLine, part: Collection[Any]) -> set[Any]:
    """Ids of those the line is about who take part."""
    return {member.pk for member in line.members.all()} & set(part)


def goals_told(goals: Iterable[Goal], line: AgreementLine, part: Collection[Any]) -> list[Told]:
    """Goals with what the service does about them, and whether the goal itself may be told.

    It may when everybody it is for is covered; when only some are, what the service does is told without it.
    """
    may = covered(line, part)
    told = []
    for goal in goals:
        whose = {member.pk for member in goal.whose.all()}
        measures = [m for m in goal.open_measures if m.service_id == line.service_id and m.seen_by in FOR_ANYBODY]
        if measures and whose & may and goal.seen_by in FOR_ANYBODY:
            told.append((goal, measures, whose <= may))
    return told
