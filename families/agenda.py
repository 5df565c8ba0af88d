"""What is due, for one person's families: the list Å gjøre and the calendar. Read from the milestones, never stored."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.access.roles import Permission

from .calendar import add_months, due_text, step_label, window_state
from .enums import FamilyState, MemberRole
from .models import Family, Member, Milestone
from .stages import Step

# Days ahead: people who turn 16 or 18, and pauses that end.
AGE_AHEAD, PAUSE_AHEAD = 120, 30


@dataclass(frozen=True)
class Entry:
    """One thing to do. `kind`: open | passed | age | pause | places | end. `on` is the last day it fits.

    `family` None: about no family that may be named.
    """

    kind: str
    family: Family | None
    text: str
    state: str
    chip: str
    on: date
    url: str
    opens: date | None = None


KINDS: dict[str, Any] = {
    "": gettext_lazy("Alle"),
    "open": gettext_lazy("Vinduet er åpent"),
    "passed": gettext_lazy("Ta det når det passer"),
    "age": gettext_lazy("Fyller 16 eller 18"),
    "pause": gettext_lazy("Pauser"),
    "places": gettext_lazy("Plassene dine"),
}


def own_families(user: Any) -> Any:
    return Family.objects.permitted(user, Permission.VIEW_FAMILY).active()


def own_milestones(user: Any) -> Any:
    """Windows that wait, in families that are followed and not paused."""
    return Milestone.objects.waiting().filter(
        family__in=own_families(user).filter(state=FamilyState.ACTIVE), due_from__isnull=False
    )


def count_due(user: Any, today: date) -> int:
    """The number beside Å gjøre: windows open or passed. One query."""
    return own_milestones(user).filter(due_from__lte=today).count()


def to_do(user: Any, today: date | None = None) -> list[Entry]:
    """Everything that waits for this person today, the open windows that close first on top. Four queries at most."""
    today = today or timezone.localdate()
    due = (
        own_milestones(user).filter(due_from__lte=today).select_related("family").order_by("due_until", "family__name")
    )
    entries = [window_entry(milestone, today) for milestone in due]
    entries += _pauses(user, today) + _birthdays(user, today) + _held_places(user)
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
    )


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


def _birthdays(user: Any, today: date) -> list[Entry]:
    """Who turns 16 (own say in health and research) or 18 (own consent and own agreements) soon (DOMAIN.md 4)."""
    last = today + timedelta(days=AGE_AHEAD)
    near = Q()
    for age in (16, 18):
        near |= Q(birth_date__range=(add_months(today, -12 * age), add_months(last, -12 * age)))
    children = (
        Member.objects.filter(near, family__in=own_families(user), moved_out_on=None)
        .exclude(role=MemberRole.ADULT)
        .select_related("family")
        .order_by("birth_date", "pk")
    )
    entries = []
    for child in children:
        age = 16 if child.age(last) < 18 else 18
        day = add_months(child.birth_date, 12 * age)
        if today <= day <= last:
            what = _("%(name)s blir %(age)d år") % {"name": child.first_name, "age": age}
            entries.append(
                Entry(
                    "age", child.family, what, "soon", f"{day:%d.%m.%Y}", day,
                    reverse("families:family_members", args=[child.family_id]),
                )
            )  # fmt: skip
    return entries


# ── The calendar ──

STEPS: dict[str, Any] = {
    "": gettext_lazy("Alt"),
    "forste": gettext_lazy("Første runde"),
    "evaluering": gettext_lazy("Evaluering"),
    "kartlegging": gettext_lazy("Årlig kartlegging"),
}


def _of_kind(kind: str) -> Q:
    if kind == "evaluering":
        return Q(step=Step.REVIEW)
    if kind == "kartlegging":
        return Q(step=Step.YEARLY)
    return ~Q(step__in=[Step.REVIEW, Step.YEARLY]) if kind == "forste" else Q()


def month_entries(user: Any, first: date, *, kind: str = "", family: str = "") -> list[Entry]:
    """Windows of one's own families that are open on some day of the month, by the last day they fit."""
    last = add_months(first, 1) - timedelta(days=1)
    rows = own_milestones(user).filter(_of_kind(kind), due_from__lte=last, due_until__gte=first)
    if family:
        rows = rows.filter(family__code=family)
    today = timezone.localdate()
    rows = rows.select_related("family").order_by("due_until", "family__name", "number")
    return [window_entry(milestone, today) for milestone in rows]


@dataclass
class Day:
    """One square of the month. `marks` are what opens, and what has its last day, on it."""

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
        marks.setdefault(entry.on, []).append(("last", entry))
    return [
        [Day(day, day.month == first.month, day == today, marks.get(day, [])) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
