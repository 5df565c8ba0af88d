"""Which sitting comes next: read from the family's milestones, never counted from the last one held (R-P3)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from families.models import Family
from families.stages import Step

from .enums import WINDOW_OF, Kind
from .models import Assessment


@dataclass(frozen=True)
class Round:
    """One sitting that may be begun. `milestone` is its window, or None when the path has no row for it yet."""

    kind: str
    number: int
    milestone: Any = None

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def name(self) -> str:
        return Assessment(kind=self.kind, number=self.number).name

    def open(self, day: date) -> bool:
        """In the window."""
        return bool(self.milestone and self.milestone.due_from <= day <= self.milestone.due_until)

    def early(self, day: date) -> bool:
        """Before the window opens."""
        return bool(self.milestone and self.milestone.due_from and day < self.milestone.due_from)


def rounds(family: Family, sittings: list[Assessment]) -> list[Round]:
    """Everything that may be begun now, in the order of the path.

    `sittings` are the family's kept sittings. The baseline until it is held; then the yearly rounds not reached yet.
    """
    taken = {(a.kind, a.number) for a in sittings if a.is_open}
    held = {(a.kind, a.number) for a in sittings if a.completed_at}
    found = []
    milestones = family.live_milestones
    baseline = next((m for m in milestones if m.step == Step.BASELINE), None)
    reached = baseline is not None and baseline.reached_on is not None
    if not (reached and (Kind.BASELINE, 1) in held):
        found.append(Round(Kind.BASELINE, 1, baseline))
    half = next((m for m in milestones if m.step == Step.REVIEW and m.number == 1 and m.due_from), None)
    if reached and half and not held & {(Kind.HALF, 1), (Kind.YEARLY, 1)}:
        found.append(Round(Kind.HALF, 1, half))
    found += [
        Round(Kind.YEARLY, m.number, m) for m in milestones if reached and m.step == Step.YEARLY and not m.reached_on
    ]
    return [r for r in found if (r.kind, r.number) not in taken]


def next_round(found: list[Round], day: date) -> Round | None:
    """The one to suggest: the latest whose window has opened, else the first to come. Nobody waits for the six months'
    one: it is suggested only while its window is open.
    """
    found = [r for r in found if r.kind != Kind.HALF or r.open(day)]
    opened = [r for r in found if not r.early(day)]
    if found and found[0].kind == Kind.BASELINE:
        return found[0]
    return opened[-1] if opened else (found[0] if found else None)


def why_not_round(family: Family, kind: str, number: int, sittings: list[Assessment]) -> tuple[str, str] | None:
    """(rule, sentence) when this round cannot be begun, or None."""
    milestones = family.live_milestones
    if any(a.is_open and (a.kind, a.number) == (kind, number) for a in sittings):
        return "open", _("Denne kartleggingen er alt begynt. Gå videre på den.")
    if any(r.kind == kind and r.number == number for r in rounds(family, sittings)):
        return None
    if kind != Kind.BASELINE and not any(m.step == Step.BASELINE and m.reached_on for m in milestones):
        return "no_baseline", _("Den årlige kartleggingen kommer etter oppstartskartleggingen. Gjør den først.")
    held = {(a.kind, a.number) for a in sittings if a.completed_at}
    reached = {m.number for m in milestones if m.step == Step.YEARLY and m.reached_on}
    if (kind, number) in held or (kind == Kind.YEARLY and number in reached):
        return "done", _("Denne kartleggingen er alt gjort.")
    return "no_such_round", _("Denne runden finnes ikke.")


def timing(sitting: Assessment, milestones: Any) -> str:
    """Where the sitting's day lies in its window, which is counted from the anchor and never moves: in words, or "".

    A moved window would hide that a year was skipped; so a late sitting is late, and the next one is not.
    """
    step = WINDOW_OF[sitting.kind]
    window = next((m for m in milestones if m.step == step and m.number == sitting.number), None)
    if window is None or not (window.due_from and window.due_until):
        return ""
    if sitting.held_on < window.due_from:
        return _("før vinduet, som åpnet %(day)s") % {"day": window.due_from.strftime("%d.%m.%Y")}
    if sitting.held_on > window.due_until:
        return _("etter vinduet, som lukket %(day)s") % {"day": window.due_until.strftime("%d.%m.%Y")}
    return _("i vinduet")
