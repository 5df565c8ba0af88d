"""The question, the network, and pages with nothing on them."""

from bs4 import BeautifulSoup

from consent import actions
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


def test_empty_pages_say_what_to_do(client, family):
    assert "Ingen tjenester ennå" in text(client.get(url("network", family)))
    assert "Ingen avtaler som gjelder" in text(client.get(url("family_tab", family)))
    assert "Avtalen har ingen linjer" in text(client.get(url("agreement_print", family)))
    assert "ingen tjenester her ennå" in text(client.get(url("service_list")))
