"""Events in words, for somebody who may read them. The log keeps ids; names are looked up when a page is drawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Membership, User

from .models import Event

# Facts that hold somebody's id, and the words before the name.
_PEOPLE = {
    "user": lambda: _("bruker"),
    "coordinator": lambda: _("koordinator"),
    "from": lambda: _("fra"),
    "to": lambda: _("til"),
}
_WHY = {
    "password": lambda: _("feil e-post eller passord"),
    "closed": lambda: _("brukeren er stengt"),
    "no_role": lambda: _("ingen rolle"),
    "limit": lambda: _("for mange forsøk"),
}


# What people do without being logged in; the rest that nobody did, the clock did.
_VISITORS = ("login_failed", "referral_sent", "refused")


@dataclass(frozen=True)
class Line:
    """One event as a row of the page and of the CSV file."""

    at: datetime
    who: str
    role: str
    what: str
    about: str
    family_code: str
    details: str
    event: Event


@cache
def _enums() -> tuple[tuple[Any, type], ...]:
    return tuple(
        (config.verbose_name, import_string(config.events))
        for config in apps.get_app_configs()
        if getattr(config, "events", "")
    )


def event_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every event of every app as (app, [(value, words)]), for the filter."""
    return [(str(app).capitalize(), [(value, str(label)) for value, label in enum.choices]) for app, enum in _enums()]


def words_for(what: str) -> str:
    """An event in words, or its own short name when an older version of the programme wrote it."""
    return next((str(enum(what).label) for _app, enum in _enums() if what in enum.values), what)


def family_codes(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Codes of families in the municipalities whose log the actor may read."""
    with connection.cursor() as cursor:
        cursor.execute("select id, code from sec.families_in_log(%s, null)", [list(set(ids))])
        return dict(cursor.fetchall())


def family_with_code(code: str) -> UUID | None:
    """The id of the family with this code, if the actor may read its log."""
    with connection.cursor() as cursor:
        cursor.execute("select id from sec.families_in_log('{}', %s)", [code.upper()])
        row = cursor.fetchone()
    return row[0] if row else None


def present(events: Iterable[Event]) -> list[Line]:
    """The events in words. Three queries, however many events."""
    events = list(events)
    codes = family_codes(event.family_id for event in events if event.family_id)
    ids = {event.actor_id for event in events if event.actor_id} | {_uuid(i) for e in events for i in _named(e)}
    people = User.objects.in_bulk([i for i in ids if i])
    roles: dict[UUID, list[str]] = {}
    for membership in Membership.objects.live().filter(user__in=people).order_by("role"):
        roles.setdefault(membership.user_id, []).append(str(membership.get_role_display()))
    return [_line(event, people, roles, codes) for event in events]


def _named(event: Event) -> list[str]:
    """Ids of people an event is about: in its facts, and as its target."""
    ids = [str(value) for key, value in event.facts.items() if key in _PEOPLE and value]
    return ids + ([event.target_id] if event.target_type == "accounts.user" else [])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _line(event: Event, people: dict, roles: dict, codes: dict) -> Line:
    actor = people.get(event.actor_id)
    if actor:
        who = actor.name
    elif event.actor_id:
        who = str(event.actor_id)
    else:
        who = _("Ikke innlogget") if event.what in _VISITORS else _("Systemet")
    return Line(
        at=timezone.localtime(event.at),
        who=who,
        role=", ".join(dict.fromkeys(roles.get(event.actor_id, []))),
        what=words_for(event.what),
        about=_about(event, people),
        family_code=codes.get(event.family_id, ""),
        details=_details(event, people),
        event=event,
    )


def _about(event: Event, people: dict) -> str:
    if event.target_type == "accounts.user":
        person = people.get(_uuid(event.target_id))
        return person.name if person else _("bruker")
    try:
        return str(apps.get_model(event.target_type)._meta.verbose_name) if event.target_type else ""
    except LookupError:  # a model that an older version had
        return event.target_type


def _details(event: Event, people: dict) -> str:
    parts = []
    for key, value in event.facts.items():
        if key in _PEOPLE and value:
            person = people.get(_uuid(str(value)))
            parts.append(f"{_PEOPLE[key]()} {person.name if person else value}")
        elif key == "permission" and value in Permission.values:
            parts.append(str(Permission(value).label))
        elif key == "step":
            choices = dict(apps.get_model("families", "Milestone")._meta.get_field("step").choices)
            parts.append(str(choices.get(value, value)))
        elif key == "why":
            parts.append(_WHY.get(value, lambda value=value: str(value))())
        elif key == "rows":
            parts.append(_("%(rows)s linjer") % {"rows": value})
    return ", ".join(parts)
