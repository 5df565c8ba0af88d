"""Whose answer it is, at the birthdays."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from consent import ages
from consent.ages import View
from consent.enums import Answer, Purpose
from consent.models import Consent
from families.birthdays import coming
from families.calendar import birthday
from families.models import Member

TODAY = date(2026, 11, 21)


def born(years: int, days_from_today: int = 0) -> Member:
    day = date(TODAY.year - years, TODAY.month, TODAY.day + days_from_today)
    return Member(first_name="Jonas", birth_date=day, role="child")


ADULT_OF_17 = Member(birth_date=born(17).birth_date, role="adult")
PARENTS, ALONE = False, True
# Who signs for participation, research and the municipality's own purposes, and what the child has to say.
WHO_SIGNS = [
    (born(0), PARENTS, PARENTS, PARENTS, View.NONE),
    (born(7, 1), PARENTS, PARENTS, PARENTS, View.NONE),  # 7 tomorrow
    (born(7), PARENTS, PARENTS, PARENTS, View.HEARD),
    (born(12, 1), PARENTS, PARENTS, PARENTS, View.HEARD),
    (born(12), PARENTS, PARENTS, PARENTS, View.WEIGHS),
    (born(15, 1), PARENTS, PARENTS, PARENTS, View.WEIGHS),
    (born(15), PARENTS, PARENTS, PARENTS, View.ALONE),
    (born(16, 1), PARENTS, PARENTS, PARENTS, View.ALONE),
    (born(16), PARENTS, ALONE, PARENTS, View.ALONE),
    (born(18, 1), PARENTS, ALONE, PARENTS, View.ALONE),
    (born(18), ALONE, ALONE, ALONE, View.NONE),
    (born(40), ALONE, ALONE, ALONE, View.NONE),
    (ADULT_OF_17, ALONE, ALONE, ALONE, View.NONE),  # a parent of 17 is an adult here
]


@pytest.mark.parametrize(("member", "participation", "research", "extra", "view"), WHO_SIGNS)
def test_who_signs_and_who_is_heard(member, participation, research, extra, view):
    alone = [ages.answers_for_self(member, purpose, TODAY) for purpose in Purpose]
    assert alone == [participation, research, extra]
    assert ages.rule_for(member, TODAY).view == view
    assert ages.is_heard(member, TODAY) is (view != View.NONE)


@pytest.mark.parametrize(
    ("birth", "purpose", "given", "ends"),
    [
        (date(2010, 5, 3), Purpose.RESEARCH, date(2026, 5, 2), date(2026, 5, 2)),  # the day before 16
        (
            date(2010, 5, 3),
            Purpose.RESEARCH,
            date(2026, 5, 3),
            date(2028, 5, 2),
        ),  # one's own, until 18
        (date(2010, 5, 3), Purpose.RESEARCH, date(2028, 5, 3), None),
        (date(2010, 5, 3), Purpose.PARTICIPATION, date(2026, 5, 3), date(2028, 7, 2)),  # 60 days after 18
        (date(2010, 5, 3), Purpose.PARTICIPATION, date(2028, 5, 3), None),
        (date(2010, 5, 3), Purpose.EXTRA, date(2026, 5, 3), date(2028, 5, 2)),
        (date(2008, 2, 29), Purpose.RESEARCH, date(2020, 1, 1), date(2024, 2, 28)),  # 16 on a leap day
        (date(2008, 2, 29), Purpose.EXTRA, date(2020, 1, 1), date(2026, 2, 28)),  # 18 on 1 March
    ],
)
def test_how_long_a_yes_from_a_parent_can_hold(birth, purpose, given, ends):
    assert ages.last_day(Member(birth_date=birth, role="child"), purpose, given) == ends


@pytest.mark.parametrize(
    ("birth", "age", "day"),
    [
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 28), 18, date(2026, 2, 28)),
        (date(2010, 12, 31), 7, date(2017, 12, 31)),
    ],
)
def test_a_birthday_is_the_first_day_of_the_age(birth, age, day):
    member = Member(birth_date=birth, role="child")
    assert birthday(birth, age) == day
    assert (member.age(day - timedelta(days=1)), member.age(day)) == (age - 1, age)


def test_the_birthdays_of_five_years_ahead():
    """All five ages, from today to the day five years on, both included; not for adults and those who moved out."""
    people = [born(n) for n in (2, 7, 13, 16)] + [ADULT_OF_17]
    gone = born(11)
    gone.moved_out_on = TODAY
    found = [(one.age, one.on.year - TODAY.year) for one in coming([*people, gone], TODAY)]
    assert sorted(found) == [(7, 0), (7, 5), (12, 5), (15, 2), (16, 0), (16, 3), (18, 2), (18, 5)]
    assert all(one.what and one.text for one in coming(people, TODAY))


def test_notice_before_and_after_a_birthday():
    soon, later, passed = born(18, 5), born(18), born(18, -5)
    later.birth_date = date(TODAY.year - 17, TODAY.month, TODAY.day)
    old = Consent(answer=Answer.GIVEN, answered_on=date(2024, 1, 1))
    new = Consent(answer=Answer.GIVEN, answered_on=TODAY)
    found = ages.notices([soon, later, passed], _answers({passed: old}), TODAY)
    assert [notice.member for notice in found] == [soon, passed]
    assert "fyller 18 26.11.2026" in found[0].sentence
    assert "fylte 18 16.11.2026" in found[1].sentence
    assert "til og med 15.01.2027" in found[1].sentence
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
