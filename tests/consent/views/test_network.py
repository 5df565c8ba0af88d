"""The question, the network, and pages with nothing on them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from assessments.outcomes import Outcome
from consent import actions
from consent.around import Work, answer_in_words
from plans import actions as plan_actions
from tests.consent.arrange import SECRETS, members_of, text, url
from tests.factories import family_at


def ask(client, family, service, member, topic="school", way="give"):
    data = {"ask": "1", "service": str(service.pk), "member": str(member.pk), "topic": topic, "way": way}
    return text(client.get(url("service_contact_check", family), data))


def test_may_i_contact(client, family, live, people, school):
    assert "Nei, ikke ennå" in ask(client, family, school, people["Jente"])
    live()
    page = ask(client, family, school, people["Jente"])
    assert "Du kan fortelle Øvre Bjørkåsen skole om skole og barnehage for Jente." in page
    assert SECRETS["phone"] in page
    assert "Du kan spørre" in ask(client, family, school, people["Jente"], way="get")
    assert "dekker ikke å fortelle om økonomi for Jente" in ask(client, family, school, people["Jente"], "economy")
    assert "dekker ikke" in ask(client, family, school, people["Gutt"])


def test_questions_about_strangers_are_errors(client, family, people, school, team):
    stranger = members_of(family_at("consent", team), team.coordinator)["Mor"]
    data = {"ask": "1", "service": str(school.pk), "member": str(stranger.pk), "topic": "school", "way": "give"}
    response = client.get(url("service_contact_check", family), data)
    assert "Velg ett av svarene" in text(response)
    assert "Nei, ikke" not in text(response)
    assert client.get(url("service_contact_check", family), {"ask": "\0"}).status_code == 200


def test_the_network_draws_one_thread_per_service(client, family, live, draft, team):
    nav = actions.add_service(team.municipality, name="NAV", sector="nav", by=team.coordinator)
    clinic = actions.add_service(team.municipality, name="Helsestasjonen", sector="health_centre", by=team.coordinator)
    live(what_they_do="Lesehjelp")
    draft()
    draft(service=nav)
    actions.end_line(live(service=clinic), reason="ferdig", by=team.coordinator)
    soup = BeautifulSoup(client.get(url("network", family)).content, "html.parser")
    drawn = {li.b.get_text(): (li["data-state"], li.span.get_text()) for li in soup.select(".nm-net__side li")}
    assert drawn == {
        "Øvre Bjørkåsen skole": ("live", "Lesehjelp for Jente"),
        "NAV": ("draft", "skole og barnehage for Jente"),
        "Helsestasjonen": ("ended", "Kontakten er skjult"),
    }


def test_the_network_says_who_does_what_how_quickly_they_answered_and_what_falls_between(
    client, family, live, people, team
):
    by, ago = team.coordinator, lambda days: timezone.localdate() - timedelta(days=days)
    club = actions.add_service(team.municipality, name="Hjelpende hender", sector="voluntary", by=by)
    late = actions.add_service(team.municipality, name="Sanitetslaget", sector="voluntary", by=by)
    gone = actions.add_service(team.municipality, name="Turlaget", sector="voluntary", by=by)
    lines = [live(service=service, contact=None) for service in (club, late, gone)]
    goal = plan_actions.add_goal(family, outcome=Outcome.RM5, words="Mer ro", whose=[people["Jente"]], by=by)
    for service, what, facts in (
        (club, "Leksehjelp", {"state": "under_way", "asked_on": ago(9), "answered_on": ago(6)}),
        (late, "Besøksvenn for Jente", {"state": "asked", "asked_on": ago(12)}),
        (gone, "KANARITUR", {"state": "asked", "asked_on": ago(5)}),
    ):
        plan_actions.add_measure(goal, what=what, done_by="volunteer", service=service, by=by, **facts)
    plan_actions.add_measure(goal, what="Øvelseskjøring", done_by="nobody", falls_between=True, by=by)
    actions.end_line(lines[2], reason="ferdig", by=by)
    soup = BeautifulSoup(client.get(url("network", family)).content, "html.parser")
    drawn = {li.b.get_text(strip=True): (li["data-state"], li.get_text(" ", strip=True)) for li in soup.select("li")}
    for name, state, words in (
        ("Hjelpende hender", "live", ["Leksehjelp for Jente", "Svarte på 3 dager"]),
        ("Sanitetslaget", "live", ["Besøksvenn for Jente", "Spurt for 12 dager siden, ikke svart ennå"]),
        ("Mistet maske", "dropped", ["Øvelseskjøring for Jente", "Ingen har det nå"]),
    ):
        assert drawn[name][0] == state
        assert [word for word in words if word not in drawn[name][1]] == []
    table = soup.table.get_text(" ", strip=True)
    for words in (
        "Leksehjelp for Jente (pågår)",
        "Svarte på 3 dager",
        "Faller mellom tjenestene Øvelseskjøring for Jente",
    ):
        assert words in table
    assert drawn["Turlaget"][0] == "ended"
    assert "KANARITUR" not in str(soup)
    assert "for 5 dager" not in str(soup)


@pytest.mark.parametrize(
    ("asked", "answered", "is_open", "words"),
    [
        (None, None, True, ""), (0, None, True, "spurt i dag, ikke svart ennå"),
        (1, None, True, "spurt for 1 dag siden, ikke svart ennå"), (3, 3, True, "svarte samme dag"),
        (3, 2, False, "svarte på 1 dag"), (40, None, False, ""),
    ],
)  # fmt: skip
def test_how_quickly_they_answered(asked, answered, is_open, words):
    days = [None if ago is None else timezone.localdate() - timedelta(days=ago) for ago in (asked, answered)]
    assert answer_in_words([Work("Leksehjelp", "", "", is_open, *days)]) == words


def test_empty_pages_say_what_to_do(client, family):
    assert "Ingen tjenester ennå" in text(client.get(url("network", family)))
    assert "Ingen avtaler som gjelder" in text(client.get(url("family_tab", family)))
    assert "Avtalen har ingen linjer" in text(client.get(url("agreement_print", family)))
    assert "ingen tjenester her ennå" in text(client.get(url("service_list")))
