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
from django.utils.translation import gettext_lazy

from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import User

from .enums import AlertKind
from .models import Alert, Event

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
_VISITORS = (
    "login_failed",
    "referral_sent",
    "referral_draft_kept",
    "referral_draft_link_sent",
    "referral_attachment_sent",
    "referral_sender_confirmed",
    "refused",
    "action_refused",
    "rolled_back",
)

# Kinds of events, as one filters them: the words, and the events.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "alt_lest": (
        gettext_lazy("Alt som er lest"),
        ("viewed", "list_opened", "list_searched", "log_opened", "alerts_opened"),
    ),
    "alt_ut": (
        gettext_lazy("Alt som er skrevet ut, lastet ned eller sendt"),
        (
            "research_set_downloaded",
            "research_key_downloaded",
            "figures_taken",
            "pdf_ordered",
            "pdf_made",
            "pdf_downloaded",
            "information_meeting_letter",
            "information_meeting_file",
            "log_exported",
            "mail_sent",
            "reminded",
            "password_link_sent",
        ),
    ),
    "alt_stanset": (
        gettext_lazy("Alt som er stanset"),
        ("refused", "not_found", "action_refused", "rolled_back", "login_failed"),
    ),
}

# What each kind of alert means, for the one who goes through them.
EXPLAINS: dict[str, Any] = {
    AlertKind.BREAK_GLASS: gettext_lazy("Noen åpnet familien uten å være satt opp på den. Sjekk at grunnen holder."),
    AlertKind.OWN_FAMILY: gettext_lazy("Den som åpnet familien, har samme navn som et av medlemmene."),
    AlertKind.SAME_NAME: gettext_lazy("Den som åpnet familien, har samme etternavn som et av medlemmene."),
    AlertKind.LET_IN: gettext_lazy(
        "Den som åpnet familien, følger den ikke, men er sluppet inn ved navn. Sjekk at det trengs."
    ),
    AlertKind.MANY_FAMILIES: gettext_lazy("Flere familier på en time enn noen har ansvar for."),
    AlertKind.MANY_DENIED: gettext_lazy("Mange forsøk på en time på å åpne noe som er for andre."),
    AlertKind.AT_NIGHT: gettext_lazy("Familier åpnet mellom klokka 23 og 5."),
}


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
    why: str
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
    """Codes of families in the municipalities whose log the actor may read.

    Of strictly protected ones too: a line without a code would tell which family that is (docs/adr/0010).
    """
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
    """The events in words. Two queries, however many events."""
    events = list(events)
    codes = family_codes(event.family_id for event in events if event.family_id)
    ids = {event.actor_id for event in events if event.actor_id} | {_uuid(i) for e in events for i in _named(e)}
    people = User.objects.in_bulk([i for i in ids if i])
    return [_line(event, people, codes) for event in events]


def _named(event: Event) -> list[str]:
    """Ids of people an event is about: in its facts, and as its target."""
    ids = [str(value) for key, value in event.facts.items() if key in _PEOPLE and value]
    return ids + ([event.target_id] if event.target_type == "accounts.user" else [])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _line(event: Event, people: dict, codes: dict) -> Line:
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
        role=", ".join(str(Role(r).label) if r in Role.values else r for r in event.role.split(",") if r),
        what=words_for(event.what),
        about=_about(event, people),
        family_code=codes.get(event.family_id, ""),
        details=_details(event, people),
        why=_why(event),
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
        elif key == "step":
            choices = dict(apps.get_model("families", "Milestone")._meta.get_field("step").choices)
            parts.append(str(choices.get(value, value)))
        elif key == "why":
            parts.append(_WHY.get(value, lambda value=value: str(value))())
        elif key == "rows":
            parts.append(_("%(rows)s linjer") % {"rows": value})
        elif key == "searched" and value:
            parts.append(_("etter et søk"))
        elif key == "kind" and value in AlertKind.values:
            parts.append(str(AlertKind(value).label))
        elif key in ("action", "error", "before", "events"):
            parts.append(str(value))
    return ", ".join(parts)


def _why(event: Event) -> str:
    """The reason somebody gave; else what gave them leave, or the rule that stopped them."""
    if event.reason:
        return event.reason
    permission = event.facts.get("permission")
    if permission in Permission.values:
        return str(Permission(permission).label)
    return _("regel: %(rule)s") % {"rule": event.facts["rule"]} if "rule" in event.facts else ""


@dataclass(frozen=True)
class AlertLine:
    """One alert in words."""

    what: str
    explains: str
    who: str
    family_code: str
    signed_off_by: str
    alert: Alert

    @property
    def facts(self) -> list[tuple[str, str]]:
        """For the page of one alert."""
        first, last = timezone.localtime(self.alert.first_at), timezone.localtime(self.alert.last_at)
        when = f"{first:%d.%m.%Y %H:%M}" + (f"–{last:%d.%m.%Y %H:%M}" if last > first else "")
        rows = [(_("Hvem"), self.who), (_("Når"), when)]
        if self.family_code:
            rows.insert(1, (_("Familie"), self.family_code))
        if self.alert.signed_off_at:
            day = timezone.localtime(self.alert.signed_off_at)
            rows += [(_("Kvittert"), f"{day:%d.%m.%Y} · {self.signed_off_by}"), (_("Merknad"), self.alert.note)]
        return rows


def present_alerts(alerts: Iterable[Alert]) -> list[AlertLine]:
    """The alerts in words. Two queries, however many."""
    alerts = list(alerts)
    codes = family_codes(alert.family_id for alert in alerts if alert.family_id)
    people = User.objects.in_bulk({i for a in alerts for i in (a.actor_id, a.signed_off_by) if i})

    def name(pk: UUID | None) -> str:
        return people[pk].name if pk in people else str(pk or "")

    return [
        AlertLine(
            what=str(alert.get_kind_display()), explains=str(EXPLAINS[alert.kind]), who=name(alert.actor_id),
            family_code=codes.get(alert.family_id, ""), signed_off_by=name(alert.signed_off_by), alert=alert,
        )
        for alert in alerts
    ]  # fmt: skip
