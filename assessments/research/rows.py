"""What a set is made of, read from the tables in a number of queries that does not grow. Only for the clock's worker.

Of families with a protected address nothing is read: in a small file they could be found by what is missing
(docs/adr/0010). Of the others `those_who_said_yes` leaves only people who may be in a set on the day it is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from assessments.instruments import FIT, Instrument, instrument
from assessments.models import Assessment, Correction, FitAnswer, LocalInstrument, Response, packs_of
from consent.models import Consent
from consent.rules import research_yes
from families.enums import STRICT
from families.exits import Exit
from families.models import Family, Member, Milestone

# One answer as it stands: a value, or the reason why there is none.
Answer = tuple[Any, str]


@dataclass(frozen=True)
class Sitting:
    """A completed sitting. `answers` is (member id or None, key of the question) → the answer that counts."""

    id: UUID
    family_id: UUID
    round: int  # 0 is the start, 1 the first year
    held_on: date
    language: str
    interpreter: bool
    questions: Instrument
    answers: dict[tuple[UUID | None, str], Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    families: dict[UUID, Family]
    members: dict[UUID, Member]
    sittings: list[Sitting]
    fits: list[FitAnswer]
    steps: list[Milestone] = field(default_factory=list)
    exits: dict[UUID, Exit] = field(default_factory=dict)
    yes: dict[UUID, Consent] = field(default_factory=dict)
    meetings: Instrument = field(default_factory=lambda: instrument(FIT))  # what was ever asked after meetings

    def those_who_said_yes(self, on: date) -> "Rows":
        """Only people whose yes to research holds on the day `on`, and families with somebody of theirs left.

        What is said about a family as a whole is said about all its adults, so it goes along only when each of them
        has said yes.
        """
        yes = research_yes(self.members.values(), on)
        members = {pk: member for pk, member in self.members.items() if pk in yes}
        left = {member.family_id for member in members.values()}
        adults_missing = {m.family_id for m in self.members.values() if m.is_adult and m.pk not in yes}
        sittings = []
        for sitting in self.sittings:
            whole = sitting.family_id in left - adults_missing
            answers = {
                (who, key): answer
                for (who, key), answer in sitting.answers.items()
                if (whole if who is None else who in yes)
            }
            if answers:
                sittings.append(Sitting(**{**vars(sitting), "answers": answers}))
        fits = [row for row in self.fits if row.member_id in yes]
        steps = [step for step in self.steps if step.family_id in left]
        families = {pk: family for pk, family in self.families.items() if pk in left}
        return Rows(families, members, sittings, fits, steps, self.exits, yes, self.meetings)


def read(municipality: Any) -> Rows:
    """Everything that could be in a set of this municipality. Inside `as_job()`, by the worker's role."""
    rows = Family.objects.filter(municipality=municipality).exclude(protection__in=STRICT)
    families = {family.pk: family for family in rows.order_by("pk")}
    members = {m.pk: m for m in Member.objects.filter(family__in=families).order_by("pk")}
    steps = Milestone.objects.live().filter(family__in=families).exclude(reached_on=None).order_by("reached_on", "pk")
    rows = _sittings(families)
    asked = LocalInstrument.objects.filter(municipality=municipality, after_meetings=True).order_by("added_at", "pk")
    meetings = instrument(FIT).joined_by(packs_of(list(asked.values_list("pk", flat=True))))
    return Rows(
        families, members, rows, _fits(families), list(steps), exits_of(families), meetings=_once(meetings)
    )  # fmt: skip


def _once(meetings: Instrument) -> Instrument:
    """A form that was switched on twice is the same questions: the last words of it count."""
    questions = {question.key: question for question in meetings.questions}
    parts = {part.key: part for part in meetings.parts}
    return replace(meetings, questions=tuple(questions.values()), parts=tuple(parts.values()))


def _sittings(families: Iterable[UUID]) -> list[Sitting]:
    # The seven lines after six months are no round of the protocol, which is the start and each year.
    rows = Assessment.objects.completed().kept().exclude(kind="half").filter(family__in=families)
    held = list(rows.order_by("held_on", "pk"))
    sets = {key: _questions(*key) for key in {(a.instrument, tuple(a.packs)) for a in held}}
    sittings = {
        a.pk: Sitting(
            id=a.pk, family_id=a.family_id, round=0 if a.kind == "baseline" else a.number, held_on=a.held_on,
            language=a.language, interpreter=bool(a.interpreter), questions=sets[a.instrument, tuple(a.packs)],
        )
        for a in held
    }  # fmt: skip
    corrected = {
        row[0]: row[1:]
        for row in Correction.objects.filter(family__in=families)
        .order_by("corrected_at", "pk")
        .values_list("response_id", "value", "missing")
    }
    answers = Response.objects.filter(assessment__in=sittings).order_by("pk")
    for pk, sitting, member, question, value, missing in answers.values_list(
        "pk", "assessment_id", "member_id", "question", "value", "missing"
    ):
        sittings[sitting].answers[member, question] = corrected.get(pk, (value, missing))
    return _one_a_round(sittings.values())


def _one_a_round(sittings: Iterable[Sitting]) -> list[Sitting]:
    """A round that was held twice counts once, as it was held last."""
    return list({(one.family_id, one.round): one for one in sittings}.values())


def _questions(name: str, packs: tuple[UUID, ...]) -> Instrument:
    base = instrument(name)
    return base.joined_by(packs_of(list(packs))) if packs else base


def _fits(families: Iterable[UUID]) -> list[FitAnswer]:
    return list(FitAnswer.objects.filter(family__in=families).order_by("asked_on", "pk"))


def exits_of(families: Iterable[UUID]) -> dict[UUID, Exit]:
    """The last exit of each family that was not taken up again, by family id."""
    rows = Exit.objects.filter(family__in=families, reopened_on=None).order_by("ended_on", "recorded_at")
    return {row.family_id: row for row in rows}
