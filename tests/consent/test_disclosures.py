"""When the law goes before secrecy: written without consent, for the family's coordinators alone, until released."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from consent.actions import read_disclosures, record_disclosure, release_disclosure
from consent.disclosures import Disclosure
from families import assignments, emergencies
from families.actions import close
from history.insight import Subject, insight
from nyemonstre.access.roles import COORDINATOR_GRANT, Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.content.actions import add_fact
from nyemonstre.refusals import AlreadyDone, Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db

LAW = {"kind": "law", "key": "melde", "title": "Plikt til å melde", "text": "Går foran.", "source": "Lovdata"}
SAID = {
    "to_whom": "Barnevernvakta Zæøqv", "what": "Hun var alene Zæøqv", "why": "Fare Zæøqv", "family_told": False,
    "family_told_why": "Utrygt Zæøqv",
}  # fmt: skip
TODAY = timezone.localdate


@pytest.fixture(scope="module")
def walked(shared_rows):
    """A family that has consented to nothing, and the two laws of its municipality."""
    with shared_rows():
        team = Team()
        family = family_at("intake", team)
        law = add_fact(team.municipality, facts={**LAW, "valid_from": date(2023, 1, 1)}, by=team.lead)
        old = {**LAW, "key": "gammel", "valid_from": date(2000, 1, 1), "valid_until": date(2022, 12, 31)}
        return team, family, law, add_fact(team.municipality, facts=old, by=team.lead)


@pytest.fixture
def by(team):
    return team.coordinator


@pytest.fixture
def tell(family, walked, by):
    def told(**facts):
        facts = {"kind": "concern", "law": walked[2], "told_on": TODAY(), "by": by, **SAID, **facts}
        return record_disclosure(family, **facts)

    return told


def page(name, family, *more):
    return reverse(f"consent:disclosure_{name}", args=[family.pk, *more])


def log_for(family, reader):
    with acting_as(reader):
        told = insight(Subject(family.pk, family.municipality, False, "X"), first=TODAY(), last=TODAY())
    return " ".join(line for _day, visits in told.days for visit in visits for line in visit.did)


def test_written_without_consent_and_also_afterwards(team, family, by, tell, walked):
    assert tell().law_title == "Plikt til å melde"
    close(family, reason="Flyttet", by=by)
    key = uuid4()
    first = tell(key=key)
    with pytest.raises(AlreadyDone) as done:
        tell(key=key)
    assert done.value.row == first
    add_fact(team.municipality, facts={**LAW, "text": "Ny ordlyd", "valid_from": TODAY()}, by=team.lead)
    with acting_as(by):
        assert {row.law_text for row in Disclosure.objects.all()} == {"Går foran."}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"told_on": TODAY() + timedelta(days=1)}, "future"),
        ({"told_on": date(2022, 6, 1)}, "law"),
        ({"to_whom": " "}, "empty"),
        ({"what": ""}, "empty"),
        ({"why": ""}, "empty"),
        ({"family_told_why": "\n"}, "empty"),
    ],
)
def test_an_account_that_lacks_something(tell, facts, rule):
    with pytest.raises(Refused) as refused:
        tell(**facts)
    assert refused.value.rule == rule


def test_the_law_of_that_day_and_of_this_municipality(tell, walked):
    assert tell(law=walked[3], told_on=date(2022, 6, 1)).law == walked[3]
    other = Team()
    foreign = add_fact(other.municipality, facts={**LAW, "valid_from": date(2023, 1, 1)}, by=other.lead)
    for wrong in (foreign, walked[3]):
        with pytest.raises(Refused) as refused:
            tell(law=wrong)
        assert refused.value.rule == "law"


def test_nobody_but_who_follows_the_family(client, team, family, tell):
    """Let in by name to read and write, in need, or as a lead: everything else is open to them, and this is not."""
    row = tell()
    helper, lead = a_user(Role.COORDINATOR, team.municipality), a_user(Role.LEAD, team.municipality)
    for user in (helper, lead):
        assignments.grant_access(
            family, user=user, reason="Hjelp", permissions=COORDINATOR_GRANT | {Permission.DISCLOSE}, by=team.lead
        )
    emergencies.break_glass(family.code, reason="Natt, og ingen svarer på telefonen", by=team.lead)
    for user, status in (
        (helper, 404),
        (team.second_coordinator, 404),
        (lead, 403),
        (team.lead, 403),
        (team.auditor, 403),
    ):
        client.force_login(user)
        for address in (page("list", family), page("new", family), page("release", family, row.pk)):
            assert client.get(address).status_code == status, user
        with acting_as(user):
            assert not Disclosure.objects.exists()
        with pytest.raises(PermissionDenied):
            read_disclosures(family, by=user)
        with pytest.raises(PermissionDenied):
            release_disclosure(row, reason="Nysgjerrig", by=user)
    client.force_login(helper)
    tab = client.get(reverse("consent:family_tab", args=[family.pk])).content.decode()
    assert page("list", family) not in tab


def test_a_grant_by_name_cannot_carry_it(team, family):
    """Not by rows written past the action either."""
    with acting_as(team.lead), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        assignments.give(
            family.pk, user=team.second_coordinator, permissions={Permission.DISCLOSE}, reason="x", expires_at=None,
            by=team.lead,
        )  # fmt: skip


def test_a_substitute_has_it_as_long_as_they_stand_in(team, family, tell):
    tell()
    assignment = assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind="substitute", reason="Ferie", by=team.lead,
        valid_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    assert len(read_disclosures(family, by=team.second_coordinator)) == 1
    assignments.end_assignment(assignment, reason="Tilbake", by=team.lead)
    with pytest.raises(PermissionDenied):
        read_disclosures(family, by=team.second_coordinator)


def test_on_the_pages_and_on_no_other_until_released(client, team, family, by, tell):
    client.force_login(by)
    link = page("list", family)
    tab = client.get(reverse("consent:family_tab", args=[family.pk])).content.decode()
    row = tell()
    assert (
        client.get(reverse("consent:family_tab", args=[family.pk])).content.decode().count(link) == tab.count(link) == 1
    )
    text = client.get(link).content.decode()
    assert all(word in text for word in SAID.values() if word)
    assert "Skjult for familien" in text
    others = (
        "families:family_detail", "plans:family_tab", "plans:family_journal", "consent:agreement_print",
        "history:change_list", "history:family_insight", "families:family_members", "families:family_access",
    )  # fmt: skip
    for name in others:
        answer = client.get(reverse(name, args=[family.pk])).content.decode()
        assert "Zæøqv" not in answer, name
        assert "uten samtykke" not in answer, name
    for reader in (by, team.auditor):
        assert "uten samtykke" not in log_for(family, reader)
    with acting_as(by):
        kinds = list(Event.objects.filter(family_id=family.pk, target_id=str(row.pk)).values_list("what", flat=True))
    assert sorted(kinds) == ["disclosure_read", "disclosure_recorded"]
    release = page("release", family, row.pk)
    assert client.get(release).status_code == 200
    for wrong in ({"on": "x"}, {"reason": "x", "on": "01.01.2020"}, {"reason": "", "on": f"{TODAY():%d.%m.%Y}"}):
        assert client.post(release, wrong).status_code == 422
    assert client.post(release, {"reason": "Trygt nå", "on": f"{TODAY():%d.%m.%Y}"}).status_code == 302
    log = log_for(family, by)
    assert "Førte noe som er fortalt uten samtykke" in log
    assert "Ga familien innsyn" in log
    assert "Zæøqv" not in log
    assert "Trygt nå" in client.get(link).content.decode()
    assert "alt frigitt" in client.post(release, {"reason": "x", "on": f"{TODAY():%d.%m.%Y}"}).content.decode()


def test_a_form_that_is_not_whole(client, family, by, walked):
    client.force_login(by)
    new = page("new", family)
    assert "Plikt til å melde (fra 01.01.2023)" in client.get(new).content.decode()
    data = {
        "key": str(uuid4()), "kind": "avert", "law": str(walked[2].pk), "told_on": f"{TODAY():%d.%m.%Y}",
        "to_whom": "Politiet", "what": "Truselen", "why": "Liv", "family_told": "no", "family_told_why": "Fare",
    }  # fmt: skip
    for field in ("kind", "law", "told_on", "to_whom", "what", "why", "family_told", "family_told_why"):
        assert client.post(new, {**data, field: ""}).status_code == 422, field
    assert [client.post(new, data).status_code for _ in "ab"] == [302, 302]
    with acting_as(by):
        assert Disclosure.objects.get().family_told is False


def test_the_database_keeps_it_as_it_was_written(by, tell):
    row = tell()
    with acting_as(by), connection.cursor() as cursor:
        for sql in ("update consent_disclosure set what = 'x'", "delete from consent_disclosure"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(sql)
        for name, sql in {
            "disclosure_released_by_somebody_for_a_reason": f"released_on = told_on, released_by_id = '{by.pk}'",
            "disclosure_released_afterwards": (
                f"released_on = told_on - 1, released_by_id = '{by.pk}', released_at = now(), released_reason = 'x'"
            ),
        }.items():
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                cursor.execute(f"update consent_disclosure set {sql}")
        row.pk, row.what = uuid4(), ""
        with pytest.raises(IntegrityError, match="disclosure_is_accounted_for"), transaction.atomic():
            row.save(force_insert=True)
