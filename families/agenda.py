"""What is due, for one person's families: the list Å gjøre and the calendar. Read from the milestones, never stored."""

import re
from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.access.kept import kept
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Draft

from .birthdays import AGES, coming
from .calendar import add_months, due_text, step_label, window_state
from .caseload import Part, ask_above
from .enums import FamilyState, MemberRole
from .models import Family, Member, Milestone
from .pages import address
from .protection import Outside
from .snoozes import Snooze
from .stages import Step

# Days ahead: birthdays that change something, and pauses that end.
AGE_AHEAD, PAUSE_AHEAD = 120, 30


@dataclass(frozen=True)
class Entry:
    """One thing to do. `kind`: one of KINDS, or ahead.

    `on` is the last day it fits. `family` None: about no family that may be named.
    """

    kind: str
    family: Family | None
    text: str
    state: str
    chip: str
    on: date
    url: str
    opens: date | None = None
    milestone_id: UUID | None = None

    @property
    def item(self) -> str:
        """What it is called while it is put off: the same each time the list is made, and telling nothing."""
        what = f"window {self.milestone_id}" if self.milestone_id else f"{self.kind} {self.url} {self.text}"
        return sha256(what.encode()).hexdigest()[:32]


KINDS: dict[str, Any] = {
    "": gettext_lazy("Alle"),
    "open": gettext_lazy("Vinduet er åpent"),
    "passed": gettext_lazy("Ta det når det passer"),
    "talk": gettext_lazy("Informasjonssamtaler"),
    "meeting": gettext_lazy("Møter"),
    "consent": gettext_lazy("Samtykke og avtaler"),
    "fit": gettext_lazy("Hvordan hjelpen oppleves"),
    "economy": gettext_lazy("Økonomi"),
    "draft": gettext_lazy("Utkast"),
    "age": gettext_lazy("Aldersgrenser"),
    "pause": gettext_lazy("Pauser"),
    "places": gettext_lazy("Plassene dine"),
}


# The kinds of notice that are also something to do.
FROM_ABOVE = ("talk", "meeting", "consent", "fit", "economy")


def own_families(user: Any) -> Any:
    return Family.objects.permitted(user, Permission.VIEW_FAMILY).active()


def own_milestones(user: Any, rows: Any = None) -> Any:
    """Windows that wait, in families that are followed and not paused."""
    rows = Milestone.objects.all() if rows is None else rows
    return rows.waiting().filter(family__in=own_families(user).filter(state=FamilyState.ACTIVE), due_from__isnull=False)


@kept
def _due_today(rows: Any, user: Any) -> Any:
    """Windows open or passed that are not put off. Kept as SQL, because every page of a coordinator counts them."""
    today = timezone.localdate()
    off = Snooze.objects.permitted(user).standing(today).exclude(milestone=None).values("milestone")
    return own_milestones(user, rows).filter(due_from__lte=today).exclude(pk__in=off)


def count_due(user: Any) -> int:
    """The number beside Å gjøre. One query."""
    return _due_today(Milestone.objects.all(), user).count()


def to_do(user: Any, today: date | None = None) -> list[Entry]:
    """Everything that waits for this person today, the open windows that close first on top."""
    return waiting_and_put_off(user, today)[0]


def waiting_and_put_off(user: Any, today: date | None = None) -> tuple[list[Entry], list[tuple[Entry, Snooze]]]:
    """What waits, and what would but for its being put off."""
    today = today or timezone.localdate()
    off = {row.item: row for row in Snooze.objects.permitted(user).standing(today).order_by("until", "pk")}
    entries = _everything(user, today)
    put_off = [(entry, off[entry.item]) for entry in entries if entry.item in off]
    return [entry for entry in entries if entry.item not in off], put_off


def _everything(user: Any, today: date) -> list[Entry]:
    due = (
        own_milestones(user).filter(due_from__lte=today).select_related("family").order_by("due_until", "family__name")
    )
    entries = [window_entry(milestone, today) for milestone in due]
    entries += _from_above(user, today) + _drafts(user) + _pauses(user, today) + _held_places(user)
    entries += _birthdays(own_families(user), today, today + timedelta(days=AGE_AHEAD))
    order = list(KINDS)
    return sorted(entries, key=lambda e: (order.index(e.kind), e.on, e.family.name if e.family else ""))


def window_entry(milestone: Milestone, today: date) -> Entry:
    state = window_state(milestone.due_from, milestone.due_until, today)
    return Entry(
        kind={"now": "open", "after": "passed"}.get(state, "ahead"),
        family=milestone.family,
        text=step_label(milestone.step, milestone.number),
        state=state,
        chip=due_text(milestone.due_from, milestone.due_until, today),
        on=milestone.due_until,
        url=reverse("families:family_detail", args=[milestone.family_id]),
        opens=milestone.due_from,
        milestone_id=milestone.pk,
    )


def _from_above(user: Any, today: date) -> list[Entry]:
    """Information meetings, consents, agreements, FIT and economy that need a look, as the rooms above know them
    (settings.NM_FAMILY_FACTS)."""
    families = {family.pk: family for family in own_families(user).order_by("pk")}
    return [
        Entry(notice.kind, families[pk], part.text, "now", part.when, part.on or today, notice.url)
        for pk, facts in ask_above(user, list(families.values())).items()
        for notice in facts.notices
        if notice.kind in FROM_ABOVE and notice.when
        for part in notice.parts or (Part(notice.short, notice.when, notice.on),)
    ]


_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def _drafts(user: Any) -> list[Entry]:
    """Forms that were begun and not sent. About which family, their addresses say."""
    drafts = list(Draft.objects.permitted(user).exclude(pk__in=Draft.objects.held().values("pk")).order_by("saved_at"))
    named = {draft.pk: [UUID(found) for found in _UUID.findall(draft.key)] for draft in drafts}
    ids = {one for found in named.values() for one in found}
    families = {family.pk: family for family in own_families(user).filter(pk__in=ids)} if ids else {}
    return [
        Entry(
            "draft", next((families[one] for one in named[draft.pk] if one in families), None),
            _("Skjema du ikke har sendt"), "soon",
            _("lagret %(day)s") % {"day": f"{timezone.localtime(draft.saved_at):%d.%m.%Y}"},
            timezone.localdate(draft.saved_at), draft.key,
        )
        for draft in drafts
    ]  # fmt: skip


def _pauses(user: Any, today: date) -> list[Entry]:
    last = today + timedelta(days=PAUSE_AHEAD)
    paused = own_families(user).filter(state=FamilyState.PAUSED, paused_until__lte=last)
    return [
        Entry(
            "pause", family, _("Pausen slutter. Ta kontakt igjen"), "pause",
            _("til %(day)s") % {"day": f"{family.paused_until:%d.%m.%Y}"}, family.paused_until,
            reverse("families:family_detail", args=[family.pk]),
        )
        for family in paused.order_by("paused_until", "code")
    ]  # fmt: skip


def _held_places(user: Any) -> list[Entry]:
    """A family has left since places were held. Which one is not said, and need not be known."""
    return [
        Entry(
            "places", None, _("Du holder av plasser. Se om tallet fortsatt stemmer"), "now",
            _("%(held)d holdes av") % {"held": role.places_held}, role.places_look_on, reverse("families:places_hold"),
        )
        for role in user.live_memberships
        if role.places_held and role.places_look_on
    ]  # fmt: skip


def _birthdays(families: Any, first: date, last: date) -> list[Entry]:
    """The birthdays between two days that change who answers (DOMAIN.md 4), in these families. One query."""
    near = Q()
    for age in AGES:
        # A day wider: somebody born on 29 February has the birthday on 1 March in other years.
        near |= Q(birth_date__range=(add_months(first - timedelta(days=1), -12 * age), add_months(last, -12 * age)))
    children = Member.objects.filter(near, family__in=families, moved_out_on=None).exclude(role=MemberRole.ADULT)
    return [
        Entry(
            "age", one.member.family, f"{one.text}: {one.what}", "soon", f"{one.on:%d.%m.%Y}", one.on,
            reverse("families:family_calendar", args=[one.member.family_id]) + "#alder",
        )
        for one in coming(children.select_related("family").order_by("birth_date", "pk"), first, last)
    ]  # fmt: skip


# ── The calendar ──

STEPS: dict[str, Any] = {
    "": gettext_lazy("Alt"),
    "forste": gettext_lazy("Første runde"),
    "evaluering": gettext_lazy("Evaluering"),
    "kartlegging": gettext_lazy("Årlig kartlegging"),
    "alder": gettext_lazy("Aldersgrenser"),
    "moter": gettext_lazy("Møter"),
}


def _of_kind(kind: str) -> Q:
    if kind == "evaluering":
        return Q(step=Step.REVIEW)
    if kind == "kartlegging":
        return Q(step=Step.YEARLY)
    return ~Q(step__in=[Step.REVIEW, Step.YEARLY]) if kind == "forste" else Q()


def month_entries(user: Any, first: date, *, kind: str = "", family: str = "") -> list[Entry]:
    """Windows of one's own families that are open on some day of the month, by the last day they fit; birthdays, and
    meetings that are agreed."""
    last = add_months(first, 1) - timedelta(days=1)
    families = own_families(user)
    families = families.filter(code=family) if family else families
    ages = _birthdays(families, first, last) if kind in ("", "alder") else []
    ages += _meetings(user, families, first, last) if kind in ("", "moter") else []
    if kind in ("alder", "moter"):
        return ages
    rows = own_milestones(user).filter(_of_kind(kind), due_from__lte=last, due_until__gte=first)
    if family:
        rows = rows.filter(family__code=family)
    today = timezone.localdate()
    rows = rows.select_related("family").order_by("due_until", "family__name", "number")
    entries = [window_entry(milestone, today) for milestone in rows] + ages
    return sorted(entries, key=lambda entry: (entry.on, entry.family.name if entry.family else ""))


def _meetings(user: Any, families: Any, first: date, last: date) -> list[Entry]:
    """What is agreed, as the rooms above know it (settings.NM_MONTH). Of a strictly protected family only that."""
    entries, today = [], timezone.localdate()
    for meeting in import_string(settings.NM_MONTH)(user, list(families.order_by("pk")), first, last):
        day, kind = timezone.localdate(meeting.starts_at), str(meeting.get_kind_display())
        text, chip = Outside(meeting.family).appointment(kind), f"{meeting.day} {meeting.clock}"
        url = address("plans:meeting_detail", meeting.family_id, meeting.pk)
        state = "now" if day == today else "ahead"
        entries.append(Entry("meeting", meeting.family, text, state, chip, day, url))
    return entries


@dataclass
class Day:
    """One square of the month. `marks` are what opens, what has its last day, and who has a birthday, on it."""

    date: date
    inside: bool
    is_today: bool
    marks: list[tuple[str, Entry]]


def weeks(first: date, entries: Iterable[Entry], today: date) -> list[list[Day]]:
    """The month as weeks of seven days from Monday."""
    marks: dict[date, list[tuple[str, Entry]]] = {}
    for entry in entries:
        if entry.opens:
            marks.setdefault(entry.opens, []).append(("opens", entry))
        marks.setdefault(entry.on, []).append((entry.kind if entry.kind in ("age", "meeting") else "last", entry))
    return [
        [Day(day, day.month == first.month, day == today, marks.get(day, [])) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
