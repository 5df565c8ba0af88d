"""What has changed between two answers, counted and said in words. No causes, no praise, no blame (DOMAIN.md 1.12)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .enums import Missing

HIGHER, SAME, LOWER, UNKNOWN = "higher", "same", "lower", "unknown"


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
    """`way`: higher | same | lower, or unknown when one of the two has no value. `steps` is later minus earlier."""

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


def difference(before: Reading, after: Reading) -> Change:
    """Later minus earlier. A missing answer on either side gives `unknown`: nothing is guessed."""
    if not before.known or not after.known:
        return Change(UNKNOWN, None, before, after)
    steps = after.value - before.value
    return Change(HIGHER if steps > 0 else LOWER if steps < 0 else SAME, steps, before, after)


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
