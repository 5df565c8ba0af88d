"""Who becomes a child of the family and who a tilknyttet barn: half the time is the border (R-E5)."""

import pytest

from families.enums import MemberRole
from referrals.enums import PersonRole
from referrals.models import ReferredPerson
from referrals.people import member_role, new_members, same, share_here

from .making import born


def person(name, role=PersonRole.CHILD, *homes, age=10):
    (home, share), *other = homes or (("Hjemme", 100),)
    other_home, other_share = other[0] if other else ("", None)
    return ReferredPerson(
        first_name=name, last_name="P", birth_date=born(age), role=role, home=home, share=share,
        other_home=other_home, other_share=other_share,
    )  # fmt: skip


MOTHER = person("Mor", PersonRole.ADULT, ("Hos mor", 100), age=40)
FATHER = person("Far", PersonRole.ADULT, ("Hos far", 100), age=40)


@pytest.mark.parametrize(
    ("homes", "adults", "role"),
    [
        ([("Hos mor", 100)], [MOTHER], MemberRole.CHILD),
        ([("Hos mor", 50), ("Hos far", 50)], [MOTHER], MemberRole.CHILD),
        ([("Hos mor", 49), ("Hos far", 51)], [MOTHER], MemberRole.RELATED_CHILD),
        ([("Hos mor", 49), ("Hos far", 51)], [MOTHER, FATHER], MemberRole.CHILD),
        ([("hos  MOR", 60)], [MOTHER], MemberRole.CHILD),
        ([("Fosterhjem", 100)], [MOTHER], MemberRole.RELATED_CHILD),
    ],
)
def test_the_border_is_half_the_time(homes, adults, role):
    child = person("Barn", PersonRole.CHILD, *homes)
    assert member_role(child, [*adults, child]) == role


def test_an_adult_is_an_adult_wherever_they_live():
    assert member_role(FATHER, [MOTHER, FATHER]) == MemberRole.ADULT
    assert share_here(FATHER, [MOTHER, FATHER]) == 100


def test_homes_are_made_once_however_they_are_spelt():
    child = person("Barn", PersonRole.CHILD, ("hos mor", 50), ("HOS  far", 50))
    members, homes = new_members([MOTHER, FATHER, child])
    assert [home.name for home in homes] == ["Hos mor", "Hos far"]
    assert members[2].homes == (("Hos mor", 50), ("Hos far", 50))
    assert same(" Hos  Mor ") == "hos mor"
