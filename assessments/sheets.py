"""A sitting as it lies on the table: who is asked what, in which part, and what has been answered.

`Sheet` is built from a few lists and holds no query: `sheet_of` fetches them, four queries however large the family.
"""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.enums import Purpose
from consent.rules import members_with
from families.models import Member

from .change import Reading
from .enums import Missing
from .instruments import Part, Question, family_questions, instrument, questions_for
from .models import Assessment, Correction, Response

FAMILY = "familien"  # stands in an address where a member's id would


@dataclass
class Item:
    """One question about one person (None: the whole family), with its answer when there is one."""

    question: Question
    member: Member | None
    response: Response | None = None
    correction: Correction | None = None
    age: int | None = None  # on the day of the sitting

    @property
    def done(self) -> bool:
        return self.response is not None

    @property
    def reading(self) -> Reading:
        return reading_of(self.stands)

    @property
    def stands(self) -> Response | Correction | None:
        """What counts: the last correction, or the answer as it was given."""
        return self.correction or self.response

    def text(self, language: str, *, own: bool = False) -> str:
        """The question. `own`: as it stands on the person's own screen, in the words for their age."""
        words = self.question.as_put_to(self.age).text if own else self.question.text
        return words.read(language, name=self.member.first_name if self.member else "")

    def help(self, language: str, *, own: bool = False) -> str:
        words = self.question.as_put_to(self.age).help if own else self.question.help
        return words.read(language) if words else ""

    def answer(self, language: str = "nb") -> str:
        """The answer in words, for reading."""
        return self.say(self.stands, language)

    @property
    def first(self) -> str:
        """The answer as it was given, in words, whatever was corrected later."""
        return self.say(self.response, "nb")

    def say(self, found: Response | Correction | None, language: str = "nb") -> str:
        """One answer to this question in words."""
        if found is None:
            return _("ikke svart ennå")
        if found.missing:
            return str(Missing(found.missing).label)
        return self.question.scale.say(found.value, language)


def reading_of(response: Response | Correction | None) -> Reading:
    return Reading(response.value, response.missing) if response else Reading()


@dataclass
class Cell:
    """One part of one person: what is asked there. `state`: none | waiting | going | done | skipped."""

    part: Part
    items: list[Item]
    title: str = ""  # of the part, in the language of the sitting

    @property
    def done(self) -> int:
        return sum(item.done for item in self.items)

    @property
    def state(self) -> str:
        if not self.items:
            return "none"
        if self.done == len(self.items):
            return "skipped" if self.why else "done"
        return "going" if self.done else "waiting"

    @property
    def why(self) -> str:
        """Why there is not one value in the part, when all of it is answered so: «vil ikke svare». Else ""."""
        codes = {item.reading.missing for item in self.items}
        if "" in codes or not self.items:
            return ""
        return str(Missing(codes.pop()).label).lower() if len(codes) == 1 else _("uten svar")


@dataclass
class Row:
    """One person, or the whole family. `blocked` says why nothing is asked about them."""

    who: str
    name: str
    member: Member | None
    cells: list[Cell]
    age: int | None = None
    blocked: str = ""

    @property
    def items(self) -> list[Item]:
        return [item for cell in self.cells for item in cell.items]

    @property
    def own_items(self) -> list[Item]:
        """What this person answers on a screen of their own. A result of a paper form is the coordinator's to enter."""
        return [i for i in self.items if i.question.answered_by == "self" and i.question.scale.kind != "result"]


@dataclass
class Sheet:
    assessment: Assessment
    parts: tuple[Part, ...]
    rows: list[Row]

    @property
    def items(self) -> list[Item]:
        return [item for row in self.rows for item in row.items]

    @property
    def waiting(self) -> list[Item]:
        return [item for item in self.items if not item.done]

    def row(self, who: str) -> Row | None:
        return next((row for row in self.rows if row.who == who), None)

    def cell(self, who: str, part: str) -> Cell | None:
        row = self.row(who)
        return next((cell for cell in row.cells if cell.part.key == part and cell.items), None) if row else None

    def item(self, member_id: Any, question: str) -> Item | None:
        return next(
            (i for i in self.items if i.question.key == question and (i.member.pk if i.member else None) == member_id),
            None,
        )


def askable(assessment: Assessment) -> set[Any]:
    """Ids of the members who may be asked: a consent to participation, live both that day and today (R-P1)."""
    family, purpose = assessment.family_id, Purpose.PARTICIPATION
    return members_with(family, purpose, assessment.held_on) & members_with(family, purpose, timezone.localdate())


def sheet_of(assessment: Assessment) -> Sheet:
    """The sheet of a sitting. Open: everything that may be asked. Over: what was answered, and nothing else."""
    members = [
        m
        for m in Member.objects.filter(family=assessment.family_id).order_by("birth_date", "first_name")
        if m.birth_date <= assessment.held_on and not (m.moved_out_on and m.moved_out_on < assessment.held_on)
    ]
    responses = {(r.member_id, r.question): r for r in Response.objects.filter(assessment=assessment)}
    corrections = {} if assessment.is_open else corrections_of([assessment.pk])
    allowed = askable(assessment) if assessment.is_open else {m.pk for m in members}
    rows = []
    for member in [*members, None]:
        asked = _asked(assessment, member, responses, allowed)
        age = member.age(assessment.held_on) if member else None
        cells = _cells(member, age, asked, assessment, responses)
        for item in (item for cell in cells for item in cell.items if item.response):
            item.correction = corrections.get(item.response.pk)
        if member is None:
            rows.append(Row(FAMILY, _("Hele familien"), None, cells))
        else:
            blocked = "" if member.pk in allowed else _("ikke samtykket til å delta")
            rows.append(Row(str(member.pk), member.first_name, member, cells, age, blocked))
    return Sheet(assessment, _parts_with_questions(assessment, rows), rows)


def _parts_with_questions(assessment: Assessment, rows: list[Row]) -> tuple[Part, ...]:
    """The parts that are columns. A pack that nobody in the family is of age for is none."""
    own = len(instrument(assessment.instrument).parts)
    parts = assessment.questions.parts
    shown = [n < own or any(row.cells[n].items for row in rows) for n in range(len(parts))]
    for row in rows:
        row.cells = [cell for cell, show in zip(row.cells, shown, strict=True) if show]
    return tuple(part for part, show in zip(parts, shown, strict=True) if show)


def _asked(
    assessment: Assessment, member: Member | None, responses: dict[Any, Response], allowed: set[Any]
) -> list[Question]:
    """What is put to a person. A sitting that is over shows what was answered, even if a birth date was corrected."""
    about = member.pk if member else None
    if not assessment.is_open:
        return [q for q in assessment.questions.questions if (about, q.key) in responses]
    if member is None:
        return family_questions(assessment.kind, assessment.questions) if allowed else []
    if member.pk not in allowed:
        return []
    return questions_for(member.age(assessment.held_on), assessment.kind, assessment.questions)


def _cells(
    member: Member | None,
    age: int | None,
    asked: list[Question],
    assessment: Assessment,
    responses: dict[Any, Response],
) -> list[Cell]:
    about = member.pk if member else None
    items = [Item(q, member, responses.get((about, q.key)), age=age) for q in asked]
    return [
        Cell(part, [item for item in items if item.question.part == part.key], part.title.read(assessment.language))
        for part in assessment.questions.parts
    ]


def all_readings(assessments: list[Assessment]) -> dict[Any, dict[tuple[Any, str], Reading]]:
    """Per sitting id: (member id or None, question) → reading, corrections and all. One query for all of them."""
    found: dict[Any, dict[tuple[Any, str], Reading]] = {a.pk: {} for a in assessments}
    # An answer comes once for each of its corrections, the last one last.
    rows = Response.objects.filter(assessment__in=list(found)).order_by("corrections__corrected_at", "corrections__pk")
    for sitting, member, question, value, missing, corrected, why in rows.values_list(
        "assessment_id", "member_id", "question", "value", "missing", "corrections__value", "corrections__missing"
    ):
        found[sitting][member, question] = Reading(value, missing) if why is None else Reading(corrected, why)
    return found


def corrections_of(sittings: list[Any]) -> dict[Any, Correction]:
    """Per answer's id: its last correction. `sittings` are ids; one query, none for no sitting."""
    if not sittings:
        return {}
    rows = Correction.objects.filter(response__assessment__in=sittings).select_related("corrected_by")
    return {row.response_id: row for row in rows.order_by("corrected_at", "pk")}
