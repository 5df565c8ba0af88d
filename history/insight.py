"""The log as the family itself may ask for it: who has looked at, or written about, us; day by day, in plain words.

THE RULE OF WHAT STANDS IN IT: everything in the log that is tied to the family, but for what is in LEFT_OUT, each with
its reason, and what is WITHHELD until it is released. An event nobody has thought of here stands in it, under its own
name; break-glass and refused tries always.
Never a word of what the case says; and for a family with a strict address protection nothing that tells of a place: no
municipality, no code, no e-mail address.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.audit.models import Event
from nyemonstre.audit.presenters import words_for

# Not the family's business: what the machine does by itself after somebody has asked for something that is told.
LEFT_OUT = {
    "pdf_made": "the machine finished a file; that somebody asked for it, and took it out, is told",
    "pdf_failed": "the machine could not make a file; that somebody asked for it is told",
    "reminded": "a mail to a colleague with numbers and no family",
    "mail_sent": "the machine mailed a colleague, without a name or a family; what it was about is told",
    "rolled_back": "an error in the machine undid what somebody began: nothing was shown, and nothing was kept",
    "alert_raised": "the machine points the data protection officer at lines that are told",
}

# About what was told without consent because a law goes before secrecy: in it from the day the record is released, and
# until then not at all (consent/disclosures.py). The page it stands on reads as the rest of its room, see SEEN.
RELEASED = "disclosure_released"
WITHHELD = ("disclosure_recorded", "disclosure_read", RELEASED)

_P = Permission
# What somebody looked at, by the permission that opened the page: the end of «Så på …».
SEEN = {
    _P.LIST_FAMILY: lambda: _("oversikten med steg og datoer"),
    _P.VIEW_FAMILY: lambda: _("hvem som er i familien"),
    _P.CHANGE_FAMILY: lambda: _("hvem som er i familien"),
    _P.VIEW_CONSENT: lambda: _("samtykker og avtaler"),
    _P.CHANGE_CONSENT: lambda: _("samtykker og avtaler"),
    _P.DISCLOSE: lambda: _("samtykker og avtaler"),
    _P.VIEW_ASSESSMENT: lambda: _("kartlegging og svar"),
    _P.CHANGE_ASSESSMENT: lambda: _("kartlegging og svar"),
    _P.VIEW_PLAN: lambda: _("Familiens plan"),
    _P.CHANGE_PLAN: lambda: _("Familiens plan"),
    _P.VIEW_JOURNAL: lambda: _("journalen"),
    _P.CHANGE_JOURNAL: lambda: _("journalen"),
    _P.VIEW_REFERRAL: lambda: _("henvendelsen"),
    _P.DECIDE_REFERRAL: lambda: _("henvendelsen"),
    _P.ASSIGN_COORDINATOR: lambda: _("hvem som følger dere"),
    _P.GRANT_ACCESS: lambda: _("hvem som har tilgang"),
    _P.VIEW_LOG: lambda: _("denne loggen"),
}
# Events whose own name says too little to somebody who does not work here.
PLAINLY = {
    "refused": lambda: _("Prøvde å åpne noe, men fikk ikke lov"),
    "not_found": lambda: _("Prøvde å åpne saken uten å ha tilgang, og fikk ikke se noe"),
    "action_refused": lambda: _("Prøvde å gjøre noe i saken, men en regel stoppet det"),
    "glass_broken": lambda: _("Åpnet saken i en nødsituasjon, uten fast tilgang. Det blir alltid gått gjennom etterpå"),
    "glass_mended": lambda: _("Avsluttet tilgangen fra nødsituasjonen"),
    "glass_reviewed": lambda: _("Gikk gjennom at saken ble åpnet i en nødsituasjon"),
    "access_granted": lambda: _("Ga noen tilgang til saken"),
    "access_revoked": lambda: _("Tok tilbake noens tilgang til saken"),
    "alert_signed_off": lambda: _("Sjekket om det var greit at saken ble åpnet"),
}
VISITORS = ("refused", "action_refused", "referral_sent")


@dataclass(frozen=True)
class Subject:
    """Whose log it is. Somebody who follows the family knows its name, the auditor its code."""

    family_id: UUID
    municipality: Municipality
    placeless: bool
    family_name: str = ""
    code: str = ""
    coordinator: str = ""

    @property
    def name(self) -> str:
        """As it stands on paper. A code begins with its municipality, so it may tell of a place."""
        if self.family_name:
            return _("Familien %(name)s") % {"name": self.family_name}
        return "" if self.placeless else _("Familie %(code)s") % {"code": self.code}

    @property
    def place(self) -> str:
        return "" if self.placeless else self.municipality.name


@dataclass(frozen=True)
class Visit:
    """What one person did on one day. `named` is False for the system, and for a visitor without a login."""

    who: str
    named: bool
    role: str
    did: list[str]
    when: str


@dataclass(frozen=True)
class Person:
    """One line of «kort fortalt»."""

    who: str
    role: str
    days: int
    last: date


@dataclass(frozen=True)
class Insight:
    """The log of one family from the day `first` to the day `last`, both included. Newest day first."""

    first: date
    last: date
    days: list[tuple[date, list[Visit]]]
    people: list[Person]


def insight(subject: Subject, *, first: date, last: date) -> Insight:
    """Counted in the database, so that a year costs as little as a day: three queries. Words in the active language.

    The wall decides whether there is anything to read: `view_family` on the family, or `view_log` in its municipality.
    """
    rows = list(_counted(subject.family_id, first, last))
    actors = {row["actor_id"] for row in rows if row["actor_id"]}
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "name"))
    roles = _Roles(actors, subject)
    days = []
    for day, of_day in groupby(rows, key=lambda row: row["day"]):
        visits = []
        for actor, of_person in groupby(of_day, key=lambda row: row["actor_id"]):
            acts = list(of_person)
            who = names.get(actor) or (_("Ukjent person") if actor else _nobody(acts))
            recorded = {role for act in acts for role in act["role"].split(",") if role}
            visits.append(Visit(who, bool(actor), roles.on(actor, day, recorded), _did(acts), _when(acts)))
        days.append((day, visits))
    return Insight(first, last, days, _people(days))


def _counted(family_id: UUID, first: date, last: date) -> Iterable[dict[str, Any]]:
    """One row for each day, person, role, event and kind of page: how often, and the first and last time."""
    events = Event.objects.filter(family_id=family_id, at__gte=_midnight(first), at__lt=_midnight(last + timedelta(1)))
    released = Event.objects.filter(family_id=family_id, what=RELEASED).values("target_id")
    events = events.exclude(Q(what__in=WITHHELD) & ~Q(target_id__in=released))
    events = events.exclude(what__in=LEFT_OUT).annotate(day=TruncDate("at"), seen=KT("facts__permission"))
    counted = events.order_by().values("day", "actor_id", "what", "seen", "role")
    counted = counted.annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
    return counted.order_by("-day", "actor_id", "first", "what")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _nobody(acts: list[dict[str, Any]]) -> str:
    return _("Noen som ikke var logget inn") if acts[0]["what"] in VISITORS else _("Systemet, av seg selv")


def _did(acts: list[dict[str, Any]]) -> list[str]:
    """All the reading in one line with a count, then what was written and done."""
    reads = [act for act in acts if act["what"] == "viewed"]
    lines = []
    if reads:
        things = dict.fromkeys(SEEN.get(act["seen"], lambda: _("saken"))() for act in reads)
        lines.append(_times(_("Så på %(things)s") % {"things": _listed(list(things))}, sum(a["times"] for a in reads)))
    others: dict[str, int] = {}
    for act in acts:
        if act["what"] != "viewed":
            words = PLAINLY.get(act["what"], lambda act=act: words_for(act["what"]))()
            others[words] = others.get(words, 0) + act["times"]
    return lines + [_times(words, times) for words, times in others.items()]


def _times(words: str, times: int) -> str:
    if times == 1:
        return words
    return ngettext("%(words)s (%(times)s gang)", "%(words)s (%(times)s ganger)", times) % {
        "words": words, "times": times,
    }  # fmt: skip


def _listed(things: list[str]) -> str:
    if len(things) == 1:
        return things[0]
    return _("%(first)s og %(last)s") % {"first": ", ".join(things[:-1]), "last": things[-1]}


def _when(acts: list[dict[str, Any]]) -> str:
    first, last = (
        timezone.localtime(moment) for moment in (min(a["first"] for a in acts), max(a["last"] for a in acts))
    )
    return f"{first:%H:%M}" if f"{first:%H:%M}" == f"{last:%H:%M}" else f"{first:%H:%M}–{last:%H:%M}"


def _people(days: list[tuple[date, list[Visit]]]) -> list[Person]:
    """Who they are, those who were here last first, with how many days they were."""
    found: dict[str, Person] = {}
    for day, visits in days:
        for visit in (visit for visit in visits if visit.named):
            known = found.get(visit.who)
            found[visit.who] = Person(visit.who, known.role if known else visit.role, known.days + 1 if known else 1,
                                      known.last if known else day)  # fmt: skip
    return list(found.values())


class _Roles:
    """What each person was on a day: the role, the service they sit for, and the municipality. One query."""

    def __init__(self, actors: set[UUID], subject: Subject) -> None:
        rows = Membership.objects.filter(user__in=actors, municipality=subject.municipality).order_by("role")
        self._place = subject.place
        self._of: dict[UUID, list[Membership]] = {}
        for row in rows:
            self._of.setdefault(row.user_id, []).append(row)

    def on(self, actor: UUID | None, day: date, recorded: set[str]) -> str:
        """The roles the log wrote down there and then; where it did not, those the person had on the day."""
        live = [m for m in self._of.get(actor, []) if m.valid_from <= day and (m.valid_to is None or m.valid_to >= day)]
        roles = sorted(recorded) or [m.role for m in live]
        words = [*dict.fromkeys(text for role in roles for text in _role(role, live))]
        here = any(m.role in roles for m in live)
        return ", ".join([*words, self._place] if here and self._place else words)


def _role(role: str, live: list[Membership]) -> list[str]:
    """In words, with the service a member of the intake team sits for."""
    label = str(Role(role).label) if role in Role.values else role
    sectors = [str(m.get_sector_display()) for m in live if m.role == role and m.sector]
    return [f"{label} ({sector})" for sector in sectors] or [label]


def whom_to_ask(subject: Subject) -> Iterator[str]:
    """The data protection officers of the municipality: names, and how to reach them where that tells of no place."""
    officers = User.objects.working_today().filter(
        pk__in=Membership.objects.live().filter(municipality=subject.municipality, role=Role.AUDITOR).values("user_id")
    )
    for officer in officers.order_by("name", "pk"):
        yield officer.name if subject.placeless else f"{officer.name} ({officer.email})"
