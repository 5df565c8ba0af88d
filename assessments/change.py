"""What has changed between two answers, counted and said in words. No causes, no praise, no blame (DOMAIN.md 1.12)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .enums import Missing

HIGHER, SAME, LOWER, OTHER, UNKNOWN = "higher", "same", "lower", "other", "unknown"


@dataclass(frozen=True)
class Reading:
    """One answer as it is compared: a number, or the reason why there is none ("" for never put)."""

    value: Any = None
    missing: str = ""

    @property
    def known(self) -> bool:
        return self.value is not None

    def say(self) -> str:
        if self.known:
            return str(self.value)
        return str(Missing(self.missing).label).lower() if self.missing else _("ikke spurt")


@dataclass(frozen=True)
class Change:
    """`way`: higher | same | lower | other (not a number, and not the same) | unknown (one of the two has no value).

    `steps` is later minus earlier, or None where that means nothing.
    """

    way: str
    steps: int | None
    before: Reading
    after: Reading

    def say(self) -> str:
        """E.g. «2 til 3», «står på 4», «3, ikke vurdert ved start»."""
        if self.way == UNKNOWN:
            if self.after.known:
                return _("%(after)s, ikke vurdert ved start") % {"after": self.after.say()}
            return self.after.say()
        if self.way == SAME:
            return _("står på %(value)s") % {"value": self.after.value}
        return _("%(before)s til %(after)s") % {"before": self.before.value, "after": self.after.value}

    def short(self) -> str:
        """Beside the later value: «1 høyere», «som før», «endret», or nothing when it cannot be said."""
        steps = abs(self.steps or 0)
        return {
            HIGHER: _("%(steps)s høyere") % {"steps": steps},
            LOWER: _("%(steps)s lavere") % {"steps": steps},
            SAME: _("som før"),
            OTHER: _("endret"),
            UNKNOWN: "",
        }[self.way]


def difference(before: Reading, after: Reading) -> Change:
    """Later minus earlier. A missing answer on either side gives `unknown`: nothing is guessed."""
    if not before.known or not after.known:
        return Change(UNKNOWN, None, before, after)
    if before.value == after.value:
        return Change(SAME, 0, before, after)
    if not isinstance(before.value, int) or not isinstance(after.value, int):
        return Change(OTHER, None, before, after)
    steps = after.value - before.value
    return Change(HIGHER if steps > 0 else LOWER, steps, before, after)


def count_in_words(changes: list[Change]) -> str:
    """The sentence above the pattern: how many lines stand higher, the same and lower. Counts only."""
    ways = [change.way for change in changes]
    higher, same, lower = (ways.count(way) for way in (HIGHER, SAME, LOWER))
    known = higher + same + lower
    if not known:
        return _("Ingen av linjene er vurdert både ved start og senere.")
    parts = []
    if higher:
        parts.append(_("%(n)s står høyere enn ved start") % {"n": higher})
    if same:
        parts.append(_("%(n)s står likt") % {"n": same})
    if lower:
        parts.append(_("%(n)s står lavere") % {"n": lower})
    text = ngettext("Av %(known)s linje: %(parts)s.", "Av %(known)s linjer: %(parts)s.", known)
    return text % {"known": known, "parts": ", ".join(parts)}
