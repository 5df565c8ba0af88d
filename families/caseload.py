"""Mine familier: the families one person works with, as rows that can be searched, filtered and sorted.

What this room cannot know (last contact, agreements that run out) comes from the callable named in
settings.NM_FAMILY_FACTS, as the navigation does: see docs/adr on the list that looks upward.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nyemonstre.access.roles import Permission
from nyemonstre.postgres.sorting import norwegian_key

from .calendar import due_text, step_label, window_state
from .enums import FamilyState, Protection
from .models import Family, Member, Milestone
from .stages import ORDER, Step

# How long before somebody comes of age the list says so.
OF_AGE_SOON = timedelta(days=120)


@dataclass(frozen=True)
class Notice:
    """Something that needs a look. `kind` is what the filter asks for: talk, consent, draft, person, home, window."""

    kind: str
    text: str
    url: str = ""
    icon: str = ""
    color: str = "neutral"
    on: date | None = None
    short: str = ""  # for the box above the list: «Avtalen med skolen»
    when: str = ""  # and the words after the family's name: «går ut 12. des.»
    parts: tuple["Part", ...] = ()  # each a line of its own in Å gjøre, in place of the notice


@dataclass(frozen=True)
class Part:
    """One of the things a notice counts together."""

    text: str
    when: str
    on: date | None = None


@dataclass(frozen=True)
class Appointment:
    """Something that happens today."""

    text: str
    url: str
    time: str = ""


@dataclass
class Facts:
    """What the rooms above know about one family."""

    last_contact: date | None = None
    last_what: str = ""
    notices: list[Notice] = field(default_factory=list)
    today: list[Appointment] = field(default_factory=list)


def ask_above(user: Any, families: list[Family]) -> Mapping[UUID, Facts]:
    """Facts by family id, from the rooms above; nothing where there are none. Raises what the callable raises."""
    path = getattr(settings, "NM_FAMILY_FACTS", "")
    if not path or not find_spec(path.rpartition(".")[0]):
        return {}
    facts: Callable[..., Mapping[UUID, Facts]] = import_string(path)
    return facts(user, families)


@dataclass
class Row:
    """One family in the list. All it needs was fetched for the whole list."""

    family: Family
    facts: Facts
    today: date
    draft: bool = False

    @cached_property
    def stitches(self) -> list[Any]:
        return self.family.stitches(self.today)

    @cached_property
    def next(self) -> Milestone | None:
        return self.family.next_due()

    @property
    def next_text(self) -> str:
        if self.family.paused:
            return _("Ta kontakt igjen")
        return step_label(self.next.step, self.next.number) if self.next else _("Alt er gjort")

    @property
    def due(self) -> tuple[str, str]:
        """State and words of the chip."""
        if self.family.paused:
            until = self.family.paused_until
            return "pause", _("pause til %(day)s") % {"day": day_month(until, self.today)} if until else _("på pause")
        if self.next is None:
            return "done", _("ferdig")
        window = (self.next.due_from, self.next.due_until, self.today)
        state = window_state(*window)
        return state, _("ta det når det passer") if state == "after" else due_text(*window)

    @property
    def where(self) -> str:
        """Under the step line: which step, or which year when the first round is done."""
        if self.family.state == FamilyState.CLOSED:
            return _("Avsluttet %(day)s") % {"day": day_month(self.family.closed_on, self.today)}
        year = self.family.year(self.today)
        at = next((n for n, s in enumerate(self.stitches, 1) if s.state != "done"), len(ORDER))
        if year and at > ORDER.index(Step.PLAN) + 1:
            what = {"pause": _("på pause"), "now": _("vinduet er åpent"), "after": _("ta det når det passer")}
            return f"{_('År %(year)d av 5') % {'year': year}} · {what.get(self.due[0], _('alt i rute'))}"
        return f"{_('Steg %(number)d') % {'number': at}} · {self.stitches[at - 1].label}"

    @property
    def members(self) -> list[str]:
        living = [m for m in self.family.members.all() if m.moved_out_on is None]
        adults = sum(m.is_adult for m in living)
        children = len(living) - adults
        texts = [
            (adults, ngettext("%d voksen", "%d voksne", adults)),
            (children, ngettext("%d barn", "%d barn", children)),
        ]
        return [text % number for number, text in texts if number]

    @cached_property
    def notices(self) -> list[Notice]:
        """What stands under Merk, the yellow ones first."""
        notices = [*self.facts.notices, *_notices_of(self.family, self.today)]
        if self.draft:
            notices.append(Notice("draft", _("Utkast"), icon="Pencil"))
        return sorted(notices, key=lambda n: n.color != "now")

    @property
    def sort_next(self) -> tuple[int, date]:
        """Open windows first, then those that have passed, then what comes; paused and finished last."""
        state = self.due[0]
        rank = {"now": 0, "after": 1, "soon": 2, "ahead": 2, "pause": 3, "done": 4}[state]
        return rank, (self.next.due_until if self.next else None) or date.max


def _notices_of(family: Family, today: date) -> list[Notice]:
    notices = []
    people = [m for m in family.members.all() if m.moved_out_on is None]
    for language in sorted({m.language for m in people if m.needs_interpreter}):
        notices.append(Notice("person", _("Tolk: %(language)s") % {"language": language}, icon="Language"))
    if sum(1 for home in family.households.all() if list(home.residences.all())) > 1:
        notices.append(Notice("home", _("To hjem"), icon="House"))
    if family.protection != Protection.NONE:
        notices.append(Notice("protection", _("Adressesperre"), icon="PadlockLocked"))
    for member in people:
        day = member.turns_18_on
        if not member.is_adult and today <= day <= today + OF_AGE_SOON:
            words = _("blir 18 år %(day)s") % {"day": day_month(day, today)}
            text = words[0].upper() + words[1:]
            notices.append(Notice("person", text, icon="Person", on=day, short=member.first_name, when=words))
    return notices


def day_month(day: date, today: date) -> str:
    """«12. des.», with the year when it is another one."""
    return date_format(day, "j. N" if day.year == today.year else "j. N Y")


FILTERS: dict[str, tuple[Any, Callable[[Row], bool]]] = {
    "": (gettext_lazy("Alle"), lambda row: True),
    "apent": (gettext_lazy("Vinduet er åpent"), lambda row: row.due[0] == "now"),
    "passert": (gettext_lazy("Vinduet er passert"), lambda row: row.due[0] == "after"),
    "samtykke": (gettext_lazy("Samtykke og avtaler"), lambda row: any(n.kind == "consent" for n in row.notices)),
    "utkast": (gettext_lazy("Utkast"), lambda row: row.draft),
    "pause": (gettext_lazy("På pause"), lambda row: row.family.paused),
}

CLOSED_LABEL = gettext_lazy("Avsluttet")

SORTS: dict[str, tuple[Any, Callable[[Row], Any]]] = {
    "neste": (gettext_lazy("Det som kommer først"), lambda row: row.sort_next),
    "navn": (gettext_lazy("Navn"), lambda row: norwegian_key(row.family.name)),
    "kontakt": (gettext_lazy("Siste kontakt"), lambda row: row.facts.last_contact or date.min),
    "steg": (gettext_lazy("Steg"), lambda row: -sum(s.state == "done" for s in row.stitches)),
}


def families_of(user: Any, *, closed: bool = False) -> Any:
    """The families whose content this person may open. Closed ones only when asked for."""
    rows = Family.objects.permitted(user, Permission.VIEW_FAMILY)
    return rows.filter(state=FamilyState.CLOSED) if closed else rows.active()


def rows_for(user: Any, search: str = "", *, closed: bool = False, drafts: Iterable[UUID] = ()) -> list[Row]:
    """All rows, found by name, code or a member's name. The same number of queries however many families."""
    families = families_of(user, closed=closed).select_related("municipality").with_path().with_people()
    families = families.prefetch_related("households__residences")
    if search:
        named = Member.objects.filter(family=OuterRef("pk")).filter(
            Q(first_name__icontains=search) | Q(last_name__icontains=search)
        )
        families = families.filter(Q(name__icontains=search) | Q(code__icontains=search) | Exists(named))
    families = list(families)
    above, today, drafts = ask_above(user, families), timezone.localdate(), set(drafts)
    return [Row(family, above.get(family.pk, Facts()), today, family.pk in drafts) for family in families]


def arrange(rows: list[Row], show: str, sort: str) -> list[Row]:
    """Filtered and sorted by the words of the URL; unknown words mean the usual view. A minus turns the order round."""
    _label, wanted = FILTERS.get(show, FILTERS[""])
    _label, key = SORTS.get(sort.removeprefix("-"), SORTS["neste"])
    chosen = sorted((row for row in rows if wanted(row)), key=lambda row: norwegian_key(row.family.name))
    return sorted(chosen, key=key, reverse=sort.startswith("-"))
