"""Identity numbers: kept sealed, shown one look at a time, found only exactly and only among one's own families."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from families.actions_identity import FIELD, find_number, keep_number, leave_number_out, show_number
from families.enums import FamilyEvent, NumberKind
from families.identity import IdentityNumber
from families.models import Member
from families.stages import Step
from nyemonstre import numbers
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused, Stale
from nyemonstre.vault import CannotOpen
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db

MOTHER, FATHER, CANARY = "12838712000", "30918412170", "29820862064"


def a_team() -> Team:
    team = Team()
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    return team


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = a_team()
        return team, family_at(Step.INTAKE, team)


@pytest.fixture
def members(team, family):
    with acting_as(team.coordinator):
        return list(Member.objects.filter(family=family).order_by("birth_date"))


def keep(member, number, by, **facts):
    return keep_number(member, number=number, by=by, date_confirmed=True, **facts)


def test_a_number_is_sealed_and_shown_only_with_an_event(team, family, members):
    by = team.coordinator
    row = keep(members[0], "128387 12000", by)
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("select row_to_json(n)::text from families_identitynumber n where id = %s", [row.pk])
        stored = cursor.fetchone()[0]
        again = IdentityNumber.objects.get(pk=row.pk)
    assert MOTHER not in stored
    assert MOTHER.encode() not in bytes(again.number) + bytes(again.index)
    assert again.kind == NumberKind.FNR
    assert MOTHER not in f"{again} {again!r} {vars(again)}"
    assert show_number(again, by=by) == MOTHER
    with acting_as(by):
        assert Event.objects.filter(family_id=family.pk, what=FamilyEvent.NUMBER_SHOWN).count() == 1
    moved = IdentityNumber(municipality_id=team.administrator.pk, number=again.number)
    with pytest.raises(CannotOpen):
        FIELD.read(moved)


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("1234567890", "number_length"),
        ("1234567891A", "number_digits"),
        ("13932947702", "number_date"),
        ("12838712001", "number_control"),
        ("02013299997", "number_synthetic"),  # the form of a real one
    ],
)
def test_what_is_no_number_for_here_is_refused_beside_the_field(team, members, number, rule):
    with pytest.raises(Refused) as refused:
        keep(members[0], number, team.coordinator)
    assert (refused.value.rule, refused.value.field) == (rule, "identity_number")
    assert number not in str(refused.value)


def test_production_refuses_numbers_of_nobody_and_takes_those_of_people(team, members, settings):
    settings.NM_SYNTHETIC_NUMBERS = False
    for number in (MOTHER, "13527248013"):
        with pytest.raises(Refused, match="testnummer"):
            keep(members[0], number, team.coordinator)
    assert keep(members[0], "02013299997", team.coordinator).kind == NumberKind.FNR
    assert keep(members[1], "201512345609", team.coordinator).kind == NumberKind.DUF


def test_kinds_of_the_table_are_those_of_the_rules():
    assert set(NumberKind.values) == {kind.value for kind in numbers.Kind}


def test_another_birth_date_is_a_question(team, members):
    by, member = team.coordinator, members[0]
    with pytest.raises(Refused) as asked:
        keep_number(member, number=MOTHER, by=by)
    assert (asked.value.rule, asked.value.field) == ("number_date", "date_confirmed")
    keep_number(member, number=MOTHER, date_confirmed=True, by=by)
    with acting_as(by):
        Member.objects.filter(pk=member.pk).update(birth_date=date(1984, 11, 30))
        member.refresh_from_db()
        row = member.identity_number
    keep_number(member, number=FATHER, version=row.version, by=by)


def test_the_second_save_is_told_and_a_twin_number_refused(team, members):
    by = team.coordinator
    row = keep(members[0], MOTHER, by)
    keep(members[0], FATHER, by, version=row.version)
    for version in (row.version, None):
        with pytest.raises(Stale):
            keep(members[0], MOTHER, by, version=version)
    with pytest.raises(Refused, match="En annen i familien"):
        keep(members[1], FATHER, by)


def test_removing_leaves_the_reason_and_nothing_of_the_number(team, family, members):
    by = team.coordinator
    row = keep(members[0], MOTHER, by)
    row = leave_number_out(members[0], reason="Familien ønsker det ikke", version=row.version, by=by)
    assert (row.number, row.index, row.kind, row.missing_reason) == (None, None, "", "Familien ønsker det ikke")
    with pytest.raises(Refused, match="ikke ført noe nummer"):
        show_number(row, by=by)
    leave_number_out(members[1], reason="Nyfødt", by=by)
    keep(members[0], MOTHER, by, version=row.version)
    with acting_as(by):
        events = list(Event.objects.filter(family_id=family.pk, what__startswith="number").order_by("at"))
    assert [event.what for event in events] == ["number_kept", "number_removed", "number_left_out", "number_kept"]
    assert MOTHER not in json.dumps([event.facts for event in events])


def test_search_finds_ones_own_families_and_no_others(team, family, members):
    other = a_team()
    theirs = family_at(Step.INTAKE, other)
    second = family_at(Step.INTAKE, team, followed=False)
    with acting_as(other.coordinator):
        their_mother = Member.objects.filter(family=theirs).order_by("birth_date").first()
    keep(members[0], MOTHER, team.coordinator)
    keep(their_mother, MOTHER, other.coordinator)  # uniqueness tells nothing across municipalities
    assert find_number("128387-12000", by=team.coordinator) == [members[0]]
    assert find_number(MOTHER, by=other.coordinator) == [their_mother]
    assert find_number(MOTHER, by=team.second_coordinator) == []
    assert find_number(FATHER, by=team.coordinator) == []
    with acting_as(team.coordinator):
        mine = IdentityNumber.objects.get()
    with acting_as(other.coordinator):
        assert bytes(IdentityNumber.objects.get().index) != bytes(mine.index)
    with pytest.raises(PermissionDenied):
        show_number(mine, by=team.lead)
    assert second.pk


def test_a_municipality_that_keeps_none_refuses_and_hides(client, team, family, members):
    keep(members[0], MOTHER, team.coordinator)
    keep_identity_numbers(team.municipality, keep=False, by=team.administrator)
    with pytest.raises(Refused, match="fører ikke"):
        keep(members[1], FATHER, team.coordinator)
    assert find_number(MOTHER, by=type(team.coordinator).objects.get(pk=team.coordinator.pk)) == []
    client.force_login(team.coordinator)
    assert "••••" not in client.get(reverse("families:family_members", args=[family.pk])).content.decode()
    assert client.get(reverse("families:number", args=[family.pk, members[0].pk])).status_code == 404
    assert client.get(reverse("families:number_find")).status_code == 404
    assert "fødselsnummer" not in client.get(reverse("families:family_list")).content.decode().lower()


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"number": b"x", "index": b"y", "kind": "fnr", "missing_reason": "begge"}, "identity_number_or_reason"),
        ({"number": b"x", "kind": "fnr"}, "identity_number_or_reason"),
        ({}, "identity_number_or_reason"),
        ({"number": b"x", "index": b"taken", "kind": "fnr"}, "identity_number_once_in_family"),
    ],
)
def test_constraints(team, family, members, facts, name):
    with acting_as(team.coordinator):
        place = {"family": family, "municipality": team.municipality}
        IdentityNumber.objects.create(member=members[1], number=b"x", index=b"taken", kind="fnr", **place)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            IdentityNumber.objects.create(member=members[0], **place, **facts)


def test_the_pages_from_none_to_shown_to_removed(client, team, family, members):
    client.force_login(team.coordinator)
    mother = members[1]
    page = reverse("families:number", args=[family.pk, mother.pk])
    assert (
        "Fødselsnummer er ikke ført"
        in client.get(reverse("families:family_members", args=[family.pk])).content.decode()
    )
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"identity_number": "12838712001"})
    assert wrong.status_code == 422
    assert "Kontrollsifrene stemmer ikke" in wrong.content.decode()
    asked = client.post(page, {"identity_number": MOTHER, "date_confirmed": "on"})  # not asked yet: no answer to it
    assert asked.status_code == 422
    assert "Stemmer nummeret likevel?" in asked.content.decode()
    assert MOTHER in asked.content.decode(), "what was typed comes back"
    assert 'name="asked" value="1"' in asked.content.decode()
    sent = {"identity_number": MOTHER, "asked": "1", "date_confirmed": "on"}
    assert client.post(page, sent).status_code == 302
    stale = client.post(page, sent)
    assert stale.status_code == 422
    assert "nyere utgave" in stale.content.decode()
    for address in (page, reverse("families:family_members", args=[family.pk])):
        text = client.get(address).content.decode()
        assert "••••••" in text
        assert MOTHER[:6] not in text
    assert client.get(page + "vis/").status_code == 405
    shown = client.post(page + "vis/")
    assert "<span>128387</span><span>12000</span>" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    assert "128387" not in client.get(page).content.decode()
    found = client.post(reverse("families:number_find"), {"identity_number": MOTHER})
    assert "1 treff" in found.content.decode()
    none = client.post(reverse("families:number_find"), {"identity_number": FATHER})
    assert "Ingen av familiene dine" in none.content.decode()
    assert client.post(reverse("families:number_find"), {"identity_number": "1"}).status_code == 422
    assert client.post(page + "uten/", {"reason": "", "version": "1"}).status_code == 422
    assert client.post(page + "uten/", {"reason": "Feil person", "version": "1"}).status_code == 302
    assert "Mangler fødselsnummer" in client.get(reverse("families:family_members", args=[family.pk])).content.decode()
    assert "128387" not in client.post(page + "vis/", follow=True).content.decode()


def test_the_same_person_in_another_of_ones_own_families_is_told(client, team, members):
    twin = family_at(Step.INTAKE, team, name="Andre heim")
    with acting_as(team.coordinator):
        child = Member.objects.filter(family=twin).first()
    keep(members[0], MOTHER, team.coordinator)
    keep(child, MOTHER, team.coordinator)
    client.force_login(team.coordinator)
    assert (
        "Andre heim"
        in client.get(reverse("families:number", args=[members[0].family_id, members[0].pk])).content.decode()
    )


def test_the_number_is_nowhere_else(client, team, family, members, caplog, mailoutbox):
    """A canary: after all that can be done with it, it is in no other table, log, mail or address."""
    client.force_login(team.coordinator)
    caplog.set_level("DEBUG")
    page = reverse("families:number", args=[family.pk, members[0].pk])
    draft = {"identity_number": CANARY, "note": "hei"}
    client.post(reverse("accounts:draft_save"), draft, headers={"Referer": f"http://testserver{page}"})
    client.post(page, {"identity_number": CANARY, "asked": "1", "date_confirmed": "on"})
    client.post(page, {"identity_number": CANARY + "1"})
    client.post(page + "vis/")
    client.post(reverse("families:number_find"), {"identity_number": CANARY})
    assert client.post(page + "uten/", {"reason": "ferdig", "version": "1"}).status_code == 302
    with acting_as(team.coordinator), connection.cursor() as cursor:
        cursor.execute("select relname, has_table_privilege(oid, 'select') from pg_class where relkind in ('r', 'p')"
                       " and relnamespace = 'public'::regnamespace order by 1")  # fmt: skip
        tables = dict(cursor.fetchall())
        assert {table for table, may in tables.items() if not may} == {"research_link"}, "what the web role never reads"
        for table in [table for table, may in tables.items() if may]:
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{CANARY}%"])
            assert cursor.fetchone() == (0,), table
    assert CANARY not in caplog.text.replace("%", "")
    assert not [mail for mail in mailoutbox if CANARY in mail.body]


def test_the_administrator_turns_it_on(client, team):
    place = reverse("accounts:municipality", args=[team.municipality.pk])
    client.force_login(team.administrator)
    assert client.get(place).status_code == 200
    assert client.post(place, {"intake_sectors_needed": "2"}).status_code == 302
    team.municipality.refresh_from_db()
    assert team.municipality.keeps_identity_numbers is False
    assert place in client.get(reverse("accounts:user_list")).content.decode()


def test_the_members_page_asks_no_more_for_more_numbers(client, team, family, members):
    client.force_login(team.coordinator)
    page = reverse("families:family_members", args=[family.pk])
    counts = []
    for number, member in zip((MOTHER, FATHER, CANARY), members, strict=False):
        keep(member, number, team.coordinator)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert len(set(counts)) == 1
