"""Whose answer it is, at the birthdays."""

from datetime import date
from types import SimpleNamespace

import pytest

from consent import ages
from consent.enums import Answer, Purpose
from consent.models import Consent
from families.models import Member

TODAY = date(2026, 11, 21)


def born(years: int, days_from_today: int = 0) -> Member:
    day = date(TODAY.year - years, TODAY.month, TODAY.day + days_from_today)
    return Member(first_name="Jonas", birth_date=day, role="child")


@pytest.mark.parametrize(
    ("member", "research", "participation", "heard"),
    [
        (born(7, 1), False, False, False),  # 7 tomorrow
        (born(7), False, False, True),
        (born(16, 1), False, False, True),
        (born(16), True, False, True),
        (born(18, 1), True, False, True),
        (born(18), True, True, False),
        (Member(birth_date=born(17).birth_date, role="adult"), True, True, False),  # a parent of 17 is an adult here
    ],
)
def test_who_answers(member, research, participation, heard):
    assert ages.answers_for_self(member, Purpose.RESEARCH, TODAY) is research
    assert ages.answers_for_self(member, Purpose.PARTICIPATION, TODAY) is participation
    assert ages.is_heard(member, TODAY) is heard


def test_notice_before_and_after_a_birthday():
    soon, later, passed = born(18, 5), born(18), born(18, -5)
    later.birth_date = date(TODAY.year - 17, TODAY.month, TODAY.day)
    old = Consent(answer=Answer.GIVEN, answered_on=date(2024, 1, 1))
    new = Consent(answer=Answer.GIVEN, answered_on=TODAY)
    found = ages.notices([soon, later, passed], _answers({passed: old}), TODAY)
    assert [notice.member for notice in found] == [soon, passed]
    assert "fyller 18 26.11.2026" in found[0].sentence
    assert "fylte 18 16.11.2026" in found[1].sentence
    assert ages.notices([passed], _answers({passed: new}), TODAY) == []


def test_notice_at_16_is_about_research():
    member = born(16, 3)
    (notice,) = ages.notices([member], _answers({}), TODAY)
    assert notice.age == 16
    assert "forskning" in notice.sentence


def _answers(given):
    rows = {member.pk: consent for member, consent in given.items()}
    return {Purpose.PARTICIPATION: rows, Purpose.RESEARCH: rows}


def test_a_grown_up_who_never_was_a_child_here_is_not_noticed():
    adult = SimpleNamespace(pk=1, birth_date=date(1980, 1, 1), first_name="Amal", is_adult=True)
    assert ages.notices([adult], {Purpose.PARTICIPATION: {}, Purpose.RESEARCH: {}}, TODAY) == []
