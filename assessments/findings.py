"""What stands out after a sitting, for the coordinator alone: where to begin talking, and what has not been asked.

Nothing here is a diagnosis, and nothing is reckoned that a source does not say: a low stitch is a status of 1 or 2 on
one of the seven lines; a score stands out when its own instrument says «follow up» or calls the change notable.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from families.models import Family, Member

from .change import Reading
from .enums import Missing, Respondent
from .instruments import Instrument
from .instruments.scores import is_notable, score
from .models import Assessment
from .outcomes import Outcome
from .results import flat
from .sheets import all_readings, askable

# A status this low is a low stitch.
LOW = 2

Readings = dict[Any, dict[tuple[Any, str], Reading]]


@dataclass(frozen=True)
class LowStitch:
    """One line that stands low. `by_both`: the family and the coordinator have both said so."""

    outcome: Outcome
    member: Member | None
    value: int
    words: str
    by_both: bool
    only_coordinator: bool


@dataclass(frozen=True)
class ScoreFinding:
    """A score to talk about: `follow_up` by its band, `notable` by how much it has changed since the start."""

    member: Member
    label: str
    now: str
    before: str
    band: str
    follow_up: bool
    notable: bool
    higher: bool


@dataclass(frozen=True)
class Silent:
    """Somebody whose own view is lacking, and why."""

    member: Member
    why: str


@dataclass(frozen=True)
class Findings:
    low: list[LowStitch]
    scores: list[ScoreFinding]
    silent: list[Silent]

    @property
    def any(self) -> bool:
        return bool(self.low or self.scores or self.silent)


def findings_of(family: Family, sitting: Assessment, first: Assessment | None) -> Findings:
    """Of one sitting that is over, compared with the baseline where `first` is another. Five queries."""
    readings = all_readings([one for one in (sitting, first) if one is not None])
    members = [m for m in family.members.all() if m.moved_out_on is None and m.birth_date <= sitting.held_on]
    return Findings(
        low=_low(sitting, members, readings[sitting.pk]),
        scores=[one for member in members for one in _scores(sitting, first, member, readings)],
        silent=_silent(sitting, members, readings[sitting.pk]),
    )


def _low(sitting: Assessment, members: list[Member], found: dict[tuple[Any, str], Reading]) -> list[LowStitch]:
    """The lowest first, the whole family before each child."""
    low = []
    for member in [None, *members]:
        about = member.pk if member else None
        asked = {(q.goal, q.respondent): q for q in sitting.questions.questions
                 if q.goal and q.about == ("member" if member else "family")}  # fmt: skip
        for outcome in Outcome:
            said = {}
            for whose in (Respondent.FAMILY, Respondent.COORDINATOR):
                question = asked.get((outcome, whose))
                reading = found.get((about, question.key)) if question else None
                if question and reading and reading.known and reading.value <= LOW:
                    said[whose] = (reading.value, dict(question.scale.words)[reading.value])
            if said:
                value, words = said.get(Respondent.FAMILY) or said[Respondent.COORDINATOR]
                low.append(
                    LowStitch(
                        outcome, member, value, words.read(get_language() or "nb"), len(said) == 2,
                        Respondent.FAMILY not in said,
                    )
                )  # fmt: skip
    return sorted(low, key=lambda one: one.value)


def _scores(
    sitting: Assessment, first: Assessment | None, member: Member, readings: Readings
) -> list[ScoreFinding]:  # fmt: skip
    language, found = get_language() or "nb", []
    for definition in sitting.questions.scores:
        now = score(definition, _numbers(readings[sitting.pk], member), member.age(sitting.held_on))
        if now.value is None:
            continue
        before = None
        if first is not None and first.pk != sitting.pk and _asks(first.questions, definition.key):
            before = score(definition, _numbers(readings[first.pk], member), member.age(first.held_on))
        notable = bool(before and is_notable(definition, before, now))
        follow_up = bool(now.band and now.band.follow_up)
        if not (notable or follow_up):
            continue
        label = now.band.label if now.band else {}
        found.append(
            ScoreFinding(
                member, definition.label.get(language) or definition.label["nb"], now.say(),
                before.say() if before and before.value is not None else "", label.get(language) or label.get("nb", ""),
                follow_up, notable, bool(before and before.value is not None and now.value > before.value),
            )
        )  # fmt: skip
    return found


def _asks(questions: Instrument, key: str) -> bool:
    return any(one.key == key for one in questions.scores)


def _numbers(found: dict[tuple[Any, str], Reading], member: Member) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for (about, key), reading in found.items():
        if about == member.pk:
            numbers |= flat(key, reading.value)
    return numbers


def _silent(sitting: Assessment, members: list[Member], found: dict[tuple[Any, str], Reading]) -> list[Silent]:
    """Who has not answered what they answer for themselves: nobody has agreed to it, or it was left out."""
    may, own = askable(sitting), {q.key for q in sitting.questions.questions if q.answered_by == "self"}
    silent = []
    for member in members:
        mine = [reading for (about, key), reading in found.items() if about == member.pk and key in own]
        if member.pk not in may and not mine:
            silent.append(Silent(member, _("ikke samtykket til å delta")))
        elif mine and not any(reading.known for reading in mine):
            codes = {reading.missing for reading in mine}
            why = str(Missing(codes.pop()).label).lower() if len(codes) == 1 else _("uten svar")
            silent.append(Silent(member, why))
    return silent
