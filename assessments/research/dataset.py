"""From rows to tables: one row per person, per person and round, per family, per family and round, and per FIT answer.

Pure: the same rows and pseudonyms give the same tables. Long, because rounds differ between people and new ones come;
and, made of the long ones, one wide (wide.py). No date: months since the family's own start.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from assessments.instruments.scores import Score, score
from assessments.models import FitAnswer
from assessments.results import flat
from consent.ages import answers_for_self
from consent.enums import Purpose
from families.calculators import crowded
from families.enums import ExitReason, MemberRole
from families.models import Family, Member
from families.stages import ORDER, Step

from .cells import SMALLEST, held_back
from .rows import Rows, Sitting
from .variables import (
    CODE,
    CODE_OF,
    HELD_BACK,
    HIGHEST,
    LOWEST,
    NUMBER,
    OF_HOMES,
    TEXT,
    TOO_FEW,
    Column,
    Variable,
    columns,
    of_score,
)
from .wide import Row, Table, wide

AGE_GROUPS = ((0, 5), (6, 12), (13, 17), (18, 29), (30, 39), (40, 49), (50, 120))
ROLES = {MemberRole.ADULT: 1, MemberRole.CHILD: 2, MemberRole.RELATED_CHILD: 3}

REASONS = {reason: code for code, reason in enumerate(ExitReason, 1)}


class TooFew(Exception):
    """Fewer than five people have said yes: no set can be made that does not point at somebody."""


@dataclass(frozen=True)
class Data:
    """`rounds_held`: rounds that fewer than five people have reached, and that are left out."""

    tables: list[Table]
    persons: int
    families: int
    rounds: dict[int, int]  # round → people
    rounds_held: list[int]


def build(rows: Rows, names: Mapping[UUID, str], language: str) -> Data:
    """The tables of these rows; `names` has a pseudonym for each person and family. Raises TooFew."""
    if len(rows.members) < SMALLEST:
        raise TooFew
    people: dict[int, set[UUID]] = defaultdict(set)
    for sitting in rows.sittings:
        people[sitting.round] |= {who for who, _key in sitting.answers if who}
    rounds = {number: len(found) for number, found in sorted(people.items())}
    small = [number for number, count in rounds.items() if 0 < count < SMALLEST]
    sittings = [one for one in rows.sittings if rounds.get(one.round, 0) >= SMALLEST]
    tables = [
        _persons(rows, names),
        _rounds(rows, sittings, names, language),
        _families(rows, names),
        _family_rounds(rows, sittings, names, language),
        _fit(rows, names, language),
        _steps(rows, names),
    ]
    shown = {number: count for number, count in rounds.items() if count >= SMALLEST}
    guarded = [_guard(table) for table in tables]
    return Data([*guarded, wide(guarded, shown)], len(rows.members), len(rows.families), shown, small)


def _guard(table: Table) -> Table:
    """Hold back the small cells of each column that could single somebody out, counted in people (or families), and
    what they could be reckoned from; and again, until what is left has no small cell.
    """
    guarded = [variable for variable in table.variables if variable.guarded]
    made = [variable for variable in table.variables if variable.made_of]
    while [v for v in guarded if _hold_cells(table, v)] or [v for v in made if _hold_together(table.rows, v)]:
        pass
    table.rows.sort(key=lambda row: tuple(str(row.get(name)) for name in (table.unit, "round", "months")))
    return table


def _hold_cells(table: Table, variable: Variable) -> bool:
    """Whether some values of the column had to go. Where people enough are held back already, only small ones do."""
    who: dict[float, set[str]] = defaultdict(set)
    for row in table.rows:
        if (value := row.get(variable.name)) is not None:
            who[value].add(row[table.unit])
    before = who.pop(HELD_BACK, set())
    counts = {value: len(found) for value, found in who.items() if not LOWEST <= value <= HIGHEST}
    held = {value for value, count in counts.items() if count < SMALLEST}
    if len(before.union(*(who[value] for value in held))) < SMALLEST or not before:
        held = held_back(counts)
    for row in table.rows if held else ():
        if row.get(variable.name) in held:
            row[variable.name] = HELD_BACK
    if held:
        table.held[variable.name] = sorted({*table.held.get(variable.name, ()), *held})
    return bool(held)


def _hold_together(rows: list[Row], variable: Variable) -> bool:
    """A score that is held back could be reckoned from its answers, and one answer from the score and the others.
    Whether something had to go.
    """
    changed = False
    for row in rows:
        parts = [name for name in variable.made_of if row.get(name) is not None]
        lacking = any(row[name] == HELD_BACK for name in parts)
        if row.get(variable.name) == HELD_BACK and parts and not lacking:
            row.update(dict.fromkeys(parts, HELD_BACK))
            changed = True
        elif lacking and row.get(variable.name) not in (None, HELD_BACK):
            row[variable.name] = HELD_BACK
            changed = True
    return changed


def months_between(start: date, day: date) -> int:
    """Whole months from `start` to `day`, negative before it."""
    return (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)


def _months(family: Family, day: date | None) -> int | None:
    return months_between(family.baseline_on, day) if family.baseline_on and day else None


def _yes_no() -> dict[int, str]:
    return {0: _("nei"), 1: _("ja")}


def _ids(*who: str) -> list[Variable]:
    labels = {"person_id": _("Person, pseudonym"), "family_id": _("Familie, pseudonym")}
    return [Variable(name, labels[name], TEXT) for name in who]


def _when() -> list[Variable]:
    return [
        Variable("round", _("Runde: 0 er start, 1 er etter ett år"), NUMBER, nominal=False),
        Variable("months", _("Måneder siden oppstartskartleggingen"), NUMBER, nominal=False),
    ]


def _exit(family: Family, rows: Rows) -> Row:
    found = rows.exits.get(family.pk)
    months = _months(family, found.ended_on) if found else None
    return {
        "closed": int(found is not None),
        "exit_months": months,
        "exit_reason": REASONS[found.because] if found else None,
    }


def _exit_variables() -> list[Variable]:
    return [
        Variable("closed", _("Oppfølgingen er avsluttet"), values=_yes_no(), guarded=True),
        Variable(
            "exit_months", _("Måneder fra start til oppfølgingen ble avsluttet"), NUMBER, nominal=False, guarded=True
        ),
        Variable(
            "exit_reason",
            _("Hvorfor oppfølgingen ble avsluttet"),
            guarded=True,
            values={REASONS[reason]: str(reason.label) for reason in ExitReason},
        ),
    ]


def _persons(rows: Rows, names: Mapping[UUID, str]) -> Table:
    groups = {code: f"{low}–{high}" for code, (low, high) in enumerate(AGE_GROUPS, 1)}
    variables = [
        *_ids("person_id", "family_id"),
        Variable("birth_year", _("Fødselsår"), NUMBER, guarded=True, nominal=False),
        Variable("age_group", _("Alder ved oppstartskartleggingen"), values=groups, guarded=True, nominal=False),
        Variable("role", _("Voksen eller barn"), values={ROLES[r]: str(r.label) for r in MemberRole}, guarded=True),
        Variable("needs_interpreter", _("Trenger tolk"), values=_yes_no(), guarded=True),
        Variable("own_consent", _("Har selv samtykket til forskning"), values=_yes_no(), guarded=True),
        *_exit_variables(),
    ]
    found = [_person(member, rows, names) for member in rows.members.values()]
    return Table("persons", _("Personer"), "person_id", variables, found)


def _person(member: Member, rows: Rows, names: Mapping[UUID, str]) -> Row:
    family, yes = rows.families[member.family_id], rows.yes[member.pk]
    age = member.age(family.baseline_on) if family.baseline_on else -1
    return {
        "person_id": names[member.pk],
        "family_id": names[family.pk],
        "birth_year": member.birth_date.year,
        "age_group": next((code for code, (low, high) in enumerate(AGE_GROUPS, 1) if low <= age <= high), None),
        "role": ROLES[MemberRole(member.role)],
        "needs_interpreter": int(member.needs_interpreter),
        "own_consent": int(answers_for_self(member, Purpose.RESEARCH, yes.answered_on)),
        **_exit(family, rows),
    }


def _steps(rows: Rows, names: Mapping[UUID, str]) -> Table:
    """The path: when each step was reached, of the steps five families or more have reached."""
    codes = {step: code for code, step in enumerate(ORDER, 1)}
    variables = [
        *_ids("family_id"),
        Variable("step", _("Steg på veien"), values={codes[step]: str(step.label) for step in ORDER}, guarded=True),
        Variable("number", _("Hvilken gang"), NUMBER, nominal=False, guarded=True),
        _when()[1],
    ]
    found = [
        {
            "family_id": names[step.family_id],
            "step": codes[Step(step.step)],
            "number": step.number,
            "months": _months(rows.families[step.family_id], step.reached_on),
        }
        for step in rows.steps
    ]
    return Table("steps", _("Veien, én rad for hvert steg en familie har nådd"), "family_id", variables, found)


def _families(rows: Rows, names: Mapping[UUID, str]) -> Table:
    variables = [
        *_ids("family_id"),
        Variable("persons", _("Personer fra familien i uttrekket"), NUMBER, guarded=True, nominal=False),
        Variable("children", _("Barn fra familien i uttrekket"), NUMBER, guarded=True, nominal=False),
        *_exit_variables(),
    ]
    members: dict[UUID, list[Member]] = defaultdict(list)
    for member in rows.members.values():
        members[member.family_id].append(member)
    found = [
        {
            "family_id": names[family.pk],
            "persons": len(members[family.pk]),
            "children": sum(not member.is_adult for member in members[family.pk]),
            **_exit(family, rows),
        }
        for family in rows.families.values()
    ]
    return Table("families", _("Familier"), "family_id", variables, found)


# ── Answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answered(value: Any, missing: str, column: Column) -> int | float | None:
    return CODE_OF[missing] if missing else column.number(value)  # type: ignore[index]  # the values are the keys


def _merge(sittings: Iterable[Sitting], about: str, language: str) -> tuple[list[Variable], dict[int, list[Column]]]:
    """Every column of all the sets that were asked, and those of each set by its identity.

    A question of a later set with another scale under the same name becomes a column of its own.
    """
    merged: dict[str, Variable] = {}
    of_set: dict[int, list[Column]] = {}
    for questions in {id(sitting.questions): sitting.questions for sitting in sittings}.values():
        found = of_set.setdefault(id(questions), [])
        for question in questions.questions:
            for column in columns(questions, question, language) if question.about == about else ():
                name, number = column.variable.name, 1
                while name in merged and not merged[name].same_as(column.variable):
                    number += 1
                    name = f"{column.variable.name}_v{number}"
                merged[name] = replace(column.variable, name=name)
                found.append(replace(column, variable=merged[name]))
    return list(merged.values()), of_set


def _rounds(rows: Rows, sittings: list[Sitting], names: Mapping[UUID, str], language: str) -> Table:
    variables, of_set = _merge(sittings, "member", language)
    scores = {one.key: of_score(one, language) for sitting in sittings for one in _scores(sitting)}
    found = []
    for sitting in sittings:
        family = rows.families[sitting.family_id]
        for who in sorted({who for who, _key in sitting.answers if who}, key=str):
            row = {"person_id": names[who], "family_id": names[family.pk], **_about(sitting, family)}
            answers = {key: answer for (about, key), answer in sitting.answers.items() if about == who}
            row |= _filled(answers, of_set[id(sitting.questions)])
            row |= _scored(answers, sitting, rows.members[who].age(sitting.held_on))
            row["crowded"] = _crowding(answers)
            found.append(row)
    extra = Variable(
        "crowded", _("Bor trangt etter SSBs registerdefinisjon"), values=_yes_no(), guarded=True, made_of=OF_HOMES
    )
    every = [*_ids("person_id", "family_id"), *_when(), *_spoken(), *variables, *scores.values(), extra]
    return Table("person_rounds", _("Svar, én rad for hver person og runde"), "person_id", every, found)


def _family_rounds(rows: Rows, sittings: list[Sitting], names: Mapping[UUID, str], language: str) -> Table:
    variables, of_set = _merge(sittings, "family", language)
    found = []
    for sitting in sittings:
        answers = {key: answer for (about, key), answer in sitting.answers.items() if about is None}
        if answers:
            family = rows.families[sitting.family_id]
            row = {"family_id": names[family.pk], **_about(sitting, family)}
            found.append(row | _filled(answers, of_set[id(sitting.questions)]))
    every = [*_ids("family_id"), *_when(), *_spoken(), *variables]
    return Table(
        "family_rounds", _("Svar om hele familien, én rad for hver familie og runde"), "family_id", every, found
    )


def _spoken() -> list[Variable]:
    languages = {1: "bokmål", 2: "nynorsk", 3: "English"}
    return [
        Variable("language", _("Språket spørsmålene ble stilt på"), values=languages, guarded=True),
        Variable("interpreter", _("Tolk i møtet"), values=_yes_no(), guarded=True),
    ]


def _about(sitting: Sitting, family: Family) -> Row:
    spoken = {"nb": 1, "nn": 2, "en": 3}[sitting.language]
    months = _months(family, sitting.held_on)
    return {"round": sitting.round, "months": months, "language": spoken, "interpreter": int(sitting.interpreter)}


def _filled(answers: Mapping[str, tuple[Any, str]], asked: list[Column]) -> Row:
    """Each column the answers fill. One that is not there was not for this person."""
    return {c.variable.name: _answered(*answers[c.key], c) for c in asked if c.key in answers}


def _scores(sitting: Sitting) -> list[Score]:
    """Those that say more than one answer does by itself."""
    return [one for one in sitting.questions.scores if len(one.items) > 1 or one.key not in sitting.questions]


def _scored(answers: Mapping[str, tuple[Any, str]], sitting: Sitting, age: int) -> Row:
    """The scores of what was asked, by the instrument's own rule; too few answers is a code of its own."""
    values: dict[str, Any] = {}
    for key, (value, missing) in answers.items():
        values |= {} if missing else flat(key, value)
    found: Row = {}
    for one in _scores(sitting):
        if any(item.key.rpartition(".result")[0] in answers or item.key in answers for item in one.items):
            result = score(one, values, age)
            found[of_score(one, "nb").name] = TOO_FEW if result.value is None else float(result.value)
    return found


def _crowding(answers: Mapping[str, tuple[Any, str]]) -> int | None:
    """By the calculator, from persons, rooms and square metres, or the code of why it cannot be said."""
    if "household_size" not in answers:
        return None
    persons, missing = answers["household_size"]
    if missing:
        return CODE_OF[missing]  # type: ignore[index]  # the values are the keys
    rooms, area = (answers.get(key, (None, ""))[0] for key in ("rooms", "area"))
    answer = crowded(persons, rooms, area)
    return TOO_FEW if answer is None else int(answer)


def _fit(rows: Rows, names: Mapping[UUID, str], language: str) -> Table:
    """FIT's own question, and those the municipality asks beside it, but for what people write in their own words."""
    asked = [q for q in rows.meetings.questions if q.key != "fit"]
    found = [column for question in asked for column in columns(rows.meetings, question, language)]
    table = [_fit_row(fit, rows, names, found) for fit in rows.fits]
    if len({row["person_id"] for row in table}) < SMALLEST:
        table = []
    variable = Variable(
        "fit", _("I hvilken grad hjelpen ivaretok familiens behov, 0–10"), CODE, guarded=True, nominal=False
    )
    every = [*_ids("person_id", "family_id"), *_when()[1:], variable, *(column.variable for column in found)]
    return Table("fit", _("FIT-svar, én rad for hvert svar"), "person_id", every, table)


def _fit_row(fit: FitAnswer, rows: Rows, names: Mapping[UUID, str], asked: list[Column]) -> Row:
    row = {
        "person_id": names[fit.member_id], "family_id": names[fit.family_id],
        "months": _months(rows.families[fit.family_id], fit.asked_on),
        "fit": CODE_OF[fit.missing] if fit.missing else fit.value,  # type: ignore[index]  # the values are the keys
    }  # fmt: skip
    answers = {key: (said["value"], said["missing"]) for key, said in fit.more.items()}
    return row | _filled(answers, asked)
