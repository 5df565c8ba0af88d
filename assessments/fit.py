"""What the answers to FIT say over time, and when there is something to talk about. Pure functions.

FIT works by talking: an answer that falls, or answers that stand still where they are not good, is a reason to ask the
person, not a verdict on anybody. The two limits are the municipality's (Municipality.fit_fall and fit_still, 0: never).
Sources: DOMAIN.md 1.3 step 8; the rule itself is the programme's own, no research limit was found for this question.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# At this and above nothing needs to move.
GOOD = 8
# Answers this far apart, or less, stand still.
STILL_WITHIN = 1
FELL, STILL = "fell", "still"


@dataclass(frozen=True)
class Finding:
    """`kind` is fell | still; `first` and `last` the two answers, or the first and last of those that stand still."""

    kind: str
    first: int
    last: int
    count: int


def what_to_talk_about(values: Sequence[int | None], *, fall: int, still: int) -> Finding | None:
    """`values` are one person's answers, 0–10, the oldest first, None where no number was given.

    It fell when the last is `fall` or more below the one before. It stands still when the last `still` answers lie
    within one point of each other, and the last is below 8. Nothing is said when the last time gave no number.
    """
    known = [value for value in values if value is not None]
    if not values or values[-1] is None or len(known) < 2:
        return None
    if fall and known[-2] - known[-1] >= fall:
        return Finding(FELL, known[-2], known[-1], 2)
    lately = known[-still:]
    if still >= 2 and len(lately) == still and max(lately) - min(lately) <= STILL_WITHIN and known[-1] < GOOD:
        return Finding(STILL, lately[0], lately[-1], still)
    return None
