"""Rows of made-up families, without a database: for everything that is pure."""

from datetime import date
from uuid import UUID, uuid5

from assessments.enums import Kind, Missing
from assessments.instruments import CURRENT, family_questions, instrument, questions_for
from assessments.models import FitAnswer
from assessments.research.rows import Rows, Sitting
from consent.models import Consent
from families.enums import MemberRole
from families.models import Family, Member

START = date(2024, 2, 29)
SPACE = UUID(int=7)
# Words of people that no file may hold.
CANARIES = ("Kanarinavn", "Kanarietternavn", "Kanarigata 4", "kanari@example.test", "98765432", "kanarifritekst")


def some_id(*parts) -> UUID:
    return uuid5(SPACE, " ".join(map(str, parts)))


def value_of(question, n):
    """An answer of person number `n`, different from the next one's."""
    scale = question.scale
    if scale.is_number:
        return scale.low + n % (scale.high - scale.low + 1)
    if scale.kind == "choice":
        return scale.options[n % len(scale.options)].value
    if scale.kind == "choices":
        return [scale.options[n % len(scale.options)].value]
    return "kanarifritekst"


def made(families=6, rounds=2, questions=None) -> Rows:
    """Each family: two adults, a girl of 13 and a boy of 7, with an answer to everything; one in seven is unknown."""
    questions = questions or instrument(CURRENT).joined_by([instrument("swls-1"), instrument("ors-1")])
    found, members, sittings, yes = {}, {}, [], {}
    for f in range(families):
        family = Family(pk=some_id("f", f), name="Kanarietternavn", baseline_on=START, closed_reason="kanarifritekst")
        found[family.pk] = family
        here = []
        for n, born in enumerate((date(1986, 3, 1), date(1982, 9, 30), date(2011, 1, 31), date(2017, 6, 15))):
            role = MemberRole.ADULT if n < 2 else MemberRole.CHILD
            member = Member(
                pk=some_id("m", f, n), family_id=family.pk, first_name="Kanarinavn", last_name="Kanarietternavn",
                birth_date=born.replace(year=born.year + f % 2), role=role,
            )  # fmt: skip
            members[member.pk] = member
            yes[member.pk] = Consent(member_id=member.pk, answered_on=START)
            here.append(member)
        for number in range(rounds):
            sittings.append(sitting(family, here, number, questions, f))
    return Rows(found, members, sittings, [], [], {}, yes)


def sitting(family, members, number, questions, seed) -> Sitting:
    day = START.replace(year=START.year + number, day=28)
    kind = Kind.YEARLY if number else Kind.BASELINE
    answers = {}
    for m, member in enumerate(members):
        for q, question in enumerate(questions_for(member.age(day), kind, questions)):
            said = (value_of(question, seed + q + m), "") if (q + m) % 7 else (None, Missing.UNKNOWN)
            if question.scale.kind == "result":
                said = ({"scores": {f.key: 10 for f in question.scale.figures}, "holder": "kanarifritekst"}, "")
            answers[member.pk, question.key] = said
    for q, question in enumerate(family_questions(kind, questions)):
        answers[None, question.key] = (value_of(question, seed + q), "")
    return Sitting(some_id("s", family.pk, number), family.pk, number, day, "nb", False, questions, answers)


def names_of(rows: Rows) -> dict[UUID, str]:
    everybody = [*rows.members, *rows.families]
    return {pk: f"P{n:04d}" for n, pk in enumerate(everybody)}


def fits_after(day, service, people, values=None) -> list[FitAnswer]:
    """What each person (a number) said of the help after a meeting with a service (an id, or None)."""
    found = []
    for n, who in enumerate(people):
        value = values[n] if values else 7
        row = FitAnswer(member_id=some_id("m", who), value=value, missing="" if value is not None else Missing.UNKNOWN)
        row.asked_on, row.service_id = day, service
        found.append(row)
    return found
