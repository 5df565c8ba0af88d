"""Who lives where: what a move keeps, what is refused, and that a child in two homes has all of its time in them."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from families import people
from families.enums import MemberRole
from families.history import FormerResidence
from families.models import Household, Member, Residence
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture(scope="module")
def world(shared_rows):
    with shared_rows():
        team = Team()
        families = [family_at("intake", team) for _ in range(2)]
        with acting_as(team.coordinator):
            homes, others = ({h.name: h.pk for h in Household.objects.filter(family=one)} for one in families)
        return SimpleNamespace(team=team, by=team.coordinator, family=families[0], homes=homes, others=others)


def person(world, name):
    with acting_as(world.by):
        return Member.objects.select_related("family__municipality").get(family=world.family, first_name=name)


def move(world, name, mother, father, *, days=0, **facts):
    shares = {world.homes["Hos mor"]: mother, world.homes["Hos far"]: father} | facts.pop("more", {})
    return people.move_member(
        person(world, name), shares=shares, on=TODAY + timedelta(days=days), by=facts.pop("by", world.by)
    )


def lives(world, name):
    with acting_as(world.by):
        rows = Residence.objects.filter(member=person(world, name)).values_list("household__name", "share", "since")
        return sorted(rows)


def lived(world, name):
    with acting_as(world.by):
        rows = FormerResidence.objects.filter(member=person(world, name))
        return sorted(rows.values_list("household__name", "share", "since", "until"), key=str)


def test_a_move_begins_on_its_day_and_what_was_is_kept(world):
    then, now = TODAY - timedelta(days=40), TODAY - timedelta(days=3)
    move(world, "Jente", 70, 30, days=-40)
    assert lives(world, "Jente") == [("Hos far", 30, then), ("Hos mor", 70, then)]
    assert lived(world, "Jente") == [("Hos far", 50, None, then), ("Hos mor", 50, None, then)]
    move(world, "Jente", 100, 0, days=-3)
    assert lives(world, "Jente") == [("Hos mor", 100, now)]
    assert set(lived(world, "Jente")) - {("Hos far", 50, None, then), ("Hos mor", 50, None, then)} == {
        ("Hos far", 30, then, now), ("Hos mor", 70, then, now),
    }  # fmt: skip
    with acting_as(world.team.auditor):
        events = Event.objects.filter(family_id=world.family.pk, what="member_moved").order_by("at")
        assert [(event.actor_id, event.facts) for event in events] == [(world.by.pk, {})] * 2


def test_what_does_not_change_keeps_its_day_and_the_same_day_again_is_a_slip(world):
    move(world, "Mor", 60, 20, days=-10)
    move(world, "Mor", 60, 40, days=-5)
    assert lives(world, "Mor") == [
        ("Hos far", 40, TODAY - timedelta(days=5)), ("Hos mor", 60, TODAY - timedelta(days=10)),
    ]  # fmt: skip
    before = lived(world, "Mor")
    move(world, "Mor", 60, 30, days=-5)
    assert lived(world, "Mor") == before  # the 40 were never true
    assert lives(world, "Mor")[0] == ("Hos far", 30, TODAY - timedelta(days=5))


@pytest.mark.parametrize(
    ("rule", "mother", "father", "facts"),
    [
        ("shares_of_a_child", 50, 40, {}),
        ("shares", 70, 40, {}),
        ("future", 100, 0, {"days": 1}),
        ("dates", 100, 0, {"days": -14 * 366}),
        ("no_change", 50, 50, {}),
        ("no_such_home", 50, 0, {"more": {uuid4(): 50}}),
    ],
)
def test_what_is_refused(world, rule, mother, father, facts):
    with pytest.raises(Refused) as refused:
        move(world, "Jente", mother, father, **facts)
    assert refused.value.rule == rule
    assert [share for _home, share, _since in lives(world, "Jente")] == [50, 50]


def test_another_familys_home_an_earlier_day_and_another_persons_hand(world):
    with pytest.raises(Refused) as refused:
        move(world, "Jente", 50, 0, more={world.others["Hos far"]: 50})
    assert refused.value.rule == "no_such_home"
    move(world, "Jente", 100, 0, days=-2)
    with pytest.raises(Refused) as refused:
        move(world, "Jente", 50, 50, days=-3)
    assert refused.value.rule == "dates"
    with pytest.raises(PermissionDenied):
        move(world, "Jente", 50, 50, by=world.team.lead)


def test_an_adult_who_is_a_child_after_all(world):
    """A role can be wrong. Then the shares must be a child's before the role is."""
    move(world, "Mor", 60, 20)
    facts = {"role": MemberRole.CHILD}
    with pytest.raises(Refused) as refused:
        people.save_member(world.family, member=person(world, "Mor"), facts=facts, by=world.by)
    assert refused.value.rule == "shares_of_a_child"
    move(world, "Mor", 60, 40)
    assert people.save_member(world.family, member=person(world, "Mor"), facts=facts, by=world.by).role == "child"


# ── The database itself, by raw SQL ──

GIRL, BOY, MOTHER = "Jente", "Gutt", "Mor"
RAW = {
    "one share less": (GIRL, "update families_residence set share = 40 where household_id = %(father)s", True),
    "both shares, still all": (GIRL, "update families_residence set share = 50 where household_id = %(father)s", False),
    "one home only, any share": (BOY, "update families_residence set share = 30 where true", False),
    "a home taken away": (GIRL, "delete from families_residence where household_id = %(father)s", False),
    "a home more": (BOY, "insert", True),
    "all homes": (GIRL, "delete from families_residence where true", False),
    "an adult in two homes": (MOTHER, "insert", False),
}
INSERT = """
insert into families_residence (id, family_id, member_id, household_id, share)
values (gen_random_uuid(), %(family)s, %(member)s, %(father)s, 40)
"""


@pytest.mark.parametrize("name", RAW)
def test_the_shares_of_a_child_in_raw_sql(world, name):
    who, sql, broken = RAW[name]
    sql = INSERT if sql.startswith("insert") else f"{sql} and member_id = %(member)s"
    facts = {"member": person(world, who).pk, "family": world.family.pk, "father": world.homes["Hos far"]}
    assert refuses(world, (sql, facts)) is broken


def test_the_shares_hold_when_both_change_together_and_when_a_role_does(world):
    member = {"member": person(world, "Jente").pk, "father": world.homes["Hos far"]}
    less = ("update families_residence set share = 20 where member_id = %(member)s and household_id = %(father)s",)
    more = ("update families_residence set share = 80 where member_id = %(member)s and household_id <> %(father)s",)
    assert refuses(world, (*less, member))
    assert not refuses(world, (*less, member), (*more, member))  # looked at when the transaction ends
    role = "update families_member set role = %(role)s where id = %(member)s"
    grown, small = ({"member": member["member"], "role": role} for role in ("adult", "child"))
    assert not refuses(world, (role, grown), (*less, member))
    assert refuses(world, (role, grown), (*less, member), (role, small))


def refuses(world, *statements):
    """Whether the database refuses these statements, run in one transaction and asked at its end."""
    with acting_as(world.by), transaction.atomic(), connection.cursor() as cursor:
        point = transaction.savepoint()
        try:
            for sql, facts in statements:
                cursor.execute(sql, facts)
                assert cursor.rowcount > 0
            cursor.execute("set constraints all immediate")
        except IntegrityError:
            return True
        finally:
            transaction.savepoint_rollback(point)
        return False
