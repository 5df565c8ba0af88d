"""What the services around a family do, and what falls between them, as the plan tells it.

The plan stands above this room, so it is asked by name (settings.NM_WORK_AROUND).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Work:
    """One thing a service does, or was asked to do. `open`: neither finished nor let go."""

    what: str
    who: str
    state: str
    open: bool
    asked_on: date | None = None
    answered_on: date | None = None


@dataclass(frozen=True)
class Dropped:
    """What no service has as its task: a dropped stitch. `doer` is who takes it meanwhile, "" for nobody."""

    what: str
    who: str
    doer: str = ""


@dataclass(frozen=True)
class Around:
    """By the id of the service, oldest first; and what falls between them."""

    work: dict[UUID, list[Work]] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)


def work_around(user: Any, family: Any) -> Around:
    """As far as `user` may read the plan; nothing for those who may not."""
    ask: Callable[[Any, Any], Around] = import_string(settings.NM_WORK_AROUND)
    return ask(user, family)


def answer_in_words(rows: Iterable[Work]) -> str:
    """How quickly the service answered: what has waited longest for an answer, else the newest answer, else ""."""
    asked = [(row.asked_on, row) for row in rows if row.asked_on]
    waiting = [day for day, row in asked if row.open and row.answered_on is None]
    if waiting:
        days = (timezone.localdate() - min(waiting)).days
        if days == 0:
            return _("spurt i dag, ikke svart ennå")
        return ngettext(
            "spurt for %(days)s dag siden, ikke svart ennå", "spurt for %(days)s dager siden, ikke svart ennå", days
        ) % {"days": days}
    answered = [(row.answered_on, day) for day, row in asked if row.answered_on]
    if not answered:
        return ""
    answer, question = max(answered)
    days = (answer - question).days
    return (
        ngettext("svarte på %(days)s dag", "svarte på %(days)s dager", days) % {"days": days}
        if days
        else _("svarte samme dag")
    )
