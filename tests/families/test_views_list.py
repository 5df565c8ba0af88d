"""Mine familier, Å gjøre, the calendar, and where each role begins."""

from datetime import date, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent import actions as consent
from families import actions, caseload
from families.actions import NewMember
from families.enums import Protection
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from nyemonstre.audit.models import Event
from tests.factories import Team, a_municipality, a_user, family_at

pytestmark = pytest.mark.django_db
LIST, TO_DO, CALENDAR = (reverse(f"families:{name}") for name in ("family_list", "to_do", "calendar"))


@pytest.fixture
def team():
    return Team(a_municipality(places_per_coordinator=100))


def days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def names(response) -> list[str]:
    return [a.text for a in BeautifulSoup(response.content, "html.parser").select("tbody .nm-fam__name")]


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.COORDINATOR, "families:family_list"),
        (Role.LEAD, "families:dashboard"),
        (Role.INTAKE, "referrals:referral_list"),
        (Role.ADMINISTRATOR, "accounts:user_list"),
        (Role.AUDITOR, "audit:event_list"),
        (Role.RESEARCHER, "research:project_list"),
    ],
)
def test_each_role_begins_on_its_own_page(client, team, role, address):
    client.force_login(getattr(team, str(role)))
    assert client.get("/").url == reverse(address)


def test_somebody_without_a_role_is_logged_out(client):
    """Why, the login says when they try again (tests/nyemonstre/accounts/test_entry.py)."""
    client.force_login(a_user())
    assert client.get("/").url.startswith(reverse("accounts:login"))
    assert "_auth_user_id" not in client.session


def test_somebody_with_two_roles_begins_as_coordinator(client, team):
    Membership.objects.create(user=team.lead, municipality=team.municipality, role=Role.COORDINATOR)
    client.force_login(team.lead)
    assert client.get("/").url == LIST


def test_one_sees_the_families_one_follows_and_no_other(client, team):
    family_at(Step.INTAKE, team, name="Min")
    family_at(Step.INTAKE, team, name="Ingens", followed=False)
    family_at(Step.INTAKE, Team(), name="Fremmed")
    client.force_login(team.coordinator)
    assert names(client.get(LIST)) == ["Min"]
    client.force_login(team.second_coordinator)
    response = client.get(LIST)
    assert names(response) == []
    assert "Du har ingen familier ennå" in response.content.decode()


def test_a_lead_does_not_find_every_family_among_their_own(client, team):
    family_at(Step.INTAKE, team)
    client.force_login(team.lead)
    assert names(client.get(LIST)) == []


def test_the_same_number_of_queries_for_1_3_and_30_families(team):
    pages = [LIST, TO_DO, CALENDAR, reverse("families:dashboard"), reverse("families:team_list")]
    clients = {address: Client() for address in pages}
    for address, client in clients.items():
        client.force_login(team.lead if "teamet" in address else team.coordinator)
    counts, made = {address: {} for address in pages}, 0
    for wanted in (1, 3, 30):
        for _ in range(wanted - made):
            family_at(Step.INFORMATION, team)
        made = wanted
        for address, client in clients.items():
            client.get(address)  # what is read once per process is not counted
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts[address][wanted] = len(queries)
    for address, found in counts.items():
        assert len(set(found.values())) == 1, (address, found)
        assert found[30] <= 30, address


def test_search_finds_family_code_and_member(client, team):
    family = family_at(Step.INTAKE, team, name="Lyngmo")
    family_at(Step.INTAKE, team, name="Osmani")
    actions.add_member(family, new=NewMember("Aisha", "Ŋorgŋo", date(2015, 1, 1)), by=team.coordinator)
    client.force_login(team.coordinator)
    for words in ("lyng", family.code, "aisha", "Ŋorg"):
        assert names(client.get(LIST, {"q": words})) == ["Lyngmo"], words
    assert "Ingen familier her" in client.get(LIST, {"q": "finnes ikke"}).content.decode()


@pytest.mark.parametrize("words", ["\0", "😀", "%", "'; drop table", "أمل", "x" * 5000, "<script>"])
def test_any_search_is_answered(client, team, words):
    family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    for address, *keys in (
        (LIST, "vis", "sort", "page"),
        (LIST, "q"),
        (CALENDAR, "vis", "maned", "familie"),
        (TO_DO, "vis"),
    ):
        assert client.get(address, dict.fromkeys(keys, words)).status_code == 200, address


def test_filters_and_their_numbers(client, team):
    family_at(Step.INTAKE, team, name="Åpen")
    family_at(Step.INTAKE, team, name="Passert", on=days(-30))
    paused = family_at(Step.INTAKE, team, name="Pause")
    actions.pause(paused, reason="Ferie", by=team.coordinator)
    closed = family_at(Step.INTAKE, team, name="Slutt")
    actions.close(closed, reason="Flyttet", by=team.coordinator)
    client.force_login(team.coordinator)
    found = {show: names(client.get(LIST, {"vis": show})) for show in ("", "apent", "passert", "pause", "avsluttet")}
    assert found == {
        "": ["Åpen", "Passert", "Pause"],
        "apent": ["Åpen"],
        "passert": ["Passert"],
        "pause": ["Pause"],
        "avsluttet": ["Slutt"],
    }


def test_sorting_by_name_is_norwegian_and_turns_round(client, team):
    for name in ("Ås", "Ærø", "Berg", "Øye"):
        family_at(Step.INTAKE, team, name=name)
    client.force_login(team.coordinator)
    assert names(client.get(LIST, {"sort": "navn"})) == ["Berg", "Ærø", "Øye", "Ås"]
    assert names(client.get(LIST, {"sort": "-navn"})) == ["Ås", "Øye", "Ærø", "Berg"]


def test_what_needs_a_look(client, team):
    family = family_at(Step.CONSENT, team, name="Lyngmo", on=days(-20))
    today = timezone.localdate()
    soon = today.replace(year=today.year - 18) + timedelta(days=30)
    actions.add_member(family, new=NewMember("Jonas", "Lyngmo", soon), by=team.coordinator)
    with acting_as(team.coordinator):
        mother = family.members.select_related("family__municipality").get(first_name="Mor")
    consent.record_consent(
        mother, purpose="participation", answer="given", how="signed", given_by="Mor Lyngmo", on=days(-1),
        valid_until=days(12), by=team.coordinator,
    )  # fmt: skip
    client.force_login(team.coordinator)
    text = client.get(LIST).content.decode()
    for words in ("Tolk: arabisk", "To hjem", "Blir 18 år", "Jonas, Lyngmo", "Samtykke går ut"):
        assert words in text, words
    assert names(client.get(LIST, {"vis": "samtykke"})) == ["Lyngmo"]


def test_a_mark_for_protection_only_for_those_who_see_the_people(client, team):
    family = family_at(Step.INTAKE, team, protection=Protection.CLIENT_ADDRESS)
    client.force_login(team.coordinator)
    assert "Adressesperre" in client.get(LIST).content.decode()
    client.force_login(team.lead)
    page = client.get(reverse("families:family_detail", args=[family.pk])).content.decode()
    assert "Klientadresse" not in page
    assert "sperre" not in page


def test_an_unsaved_form_shows_as_a_draft(client, team):
    from nyemonstre.accounts.actions import save_draft

    family = family_at(Step.INTAKE, team)
    address = reverse("families:family_edit", args=[family.pk])
    save_draft(address, data={"name": "halvveis"}, by=team.coordinator)
    client.force_login(team.coordinator)
    assert names(client.get(LIST, {"vis": "utkast"})) == [family.name]


def test_the_list_stands_without_the_rooms_above(client, team, settings):
    settings.NM_FAMILY_FACTS = ""
    family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    assert client.get(LIST).status_code == 200
    assert caseload.ask_above(team.coordinator, []) == {}


def test_opening_a_list_is_one_line_in_the_log(client, team):
    for _ in range(3):
        family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    with acting_as(team.auditor):
        before = Event.objects.filter(what="list_opened").count()
    client.get(LIST)
    with acting_as(team.auditor):
        event = Event.objects.filter(what="list_opened").order_by("-at").first()
        assert Event.objects.filter(what="list_opened").count() == before + 1
        assert event.facts == {"list": "family_list", "rows": 3}


def test_to_do_has_windows_pauses_and_birthdays(client, team):
    family_at(Step.INTAKE, team, name="Åpen")
    family_at(Step.INTAKE, team, name="Passert", on=days(-30))
    paused = family_at(Step.INTAKE, team, name="Pause")
    actions.pause(paused, reason="Ferie", until=days(10), by=team.coordinator)
    today = timezone.localdate()
    for age, name in ((16, "Sekstende"), (18, "Attende"), (17, "Syttende")):
        born = today.replace(year=today.year - age) + timedelta(days=20)
        actions.add_member(paused, new=NewMember(name, "Pause", born), by=team.coordinator)
    client.force_login(team.coordinator)
    text = client.get(TO_DO).content.decode()
    for words in (
        "Åpen",
        "Passert",
        "ta det når det passer",
        "Pausen slutter",
        "Sekstende blir 16 år",
        "Attende blir 18 år",
    ):
        assert words in text, words
    assert "Syttende" not in text
    only = client.get(TO_DO, {"vis": "pause"}).content.decode()
    assert "Pausen slutter" in only
    assert "Sekstende" not in only


def test_the_number_beside_to_do_is_windows_open_or_passed(client, team):
    family_at(Step.INTAKE, team)
    family_at(Step.INTAKE, team, on=days(-30))
    client.force_login(team.coordinator)
    count = BeautifulSoup(client.get(LIST).content, "html.parser").select_one(".nm-nav .nm-count")
    assert count.text.strip(" ,") == "2"
    assert "nm-count" not in client.get(f"{LIST}finnes-ikke/").content.decode(), "nothing is counted for an error page"


def test_the_calendar_shows_a_window_in_each_month_it_touches(client, team):
    with time_machine.travel("2026-11-20T12:00:00+01:00"):
        family_at(Step.INTAKE, team, name="Lyngmo")  # 14 days: 20 November to 4 December
        client.force_login(team.coordinator)
        for month, there in (("2026-10", False), ("2026-11", True), ("2026-12", True), ("2027-01", False)):
            page = client.get(CALENDAR, {"maned": month}).content.decode()
            assert ("Informasjonssamtale" in page) == there, month


def test_the_calendar_by_kind_and_family(client, team):
    family_at(Step.INTAKE, team, name="Lyngmo")
    other = family_at(Step.INTAKE, team, name="Osmani")
    client.force_login(team.coordinator)
    sheet = BeautifulSoup(client.get(CALENDAR, {"familie": other.code}).content, "html.parser")
    assert {a.text.split(",")[0].split(": ")[-1] for a in sheet.select(".nm-month__t a")} == {"Osmani"}
    assert "Ingen vinduer eller møter denne måneden" in client.get(CALENDAR, {"vis": "kartlegging"}).content.decode()
    foreign = family_at(Step.INTAKE, Team(), name="Fremmed")
    assert "Fremmed" not in client.get(CALENDAR, {"familie": foreign.code}).content.decode()
