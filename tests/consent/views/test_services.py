"""The directory."""

from uuid import uuid4

from bs4 import BeautifulSoup

from consent import actions
from consent.models import Service
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import errors, text, url
from tests.factories import Team


def test_the_directory_searches_filters_and_sorts(client, team):
    for name, sector in (("Åsen skole", "school"), ("NAV Kvadraturen", "nav"), ("Berg skole", "school")):
        actions.add_service(team.municipality, name=name, sector=sector, by=team.lead)
    gone = actions.add_service(team.municipality, name="Gamle skole", sector="school", by=team.lead)
    actions.change_service(gone, name=gone.name, sector="school", closed=True, by=team.lead)
    other = Team()
    actions.add_service(other.municipality, name="Et annet sted", sector="nav", by=other.lead)

    def names(**query):
        soup = BeautifulSoup(client.get(url("service_list"), query).content, "html.parser")
        return [a.get_text() for a in soup.select("tbody th a")]

    assert set(names()) == {"Åsen skole", "NAV Kvadraturen", "Berg skole"}
    assert names(q="skole", sort="navn")[0] == "Berg skole"
    assert names(q="skole", sort="-navn")[-1] == "Berg skole"
    assert names(slags="nav") == ["NAV Kvadraturen"]
    assert names(slags="nedlagt") == ["Gamle skole"]
    assert names(q="\0%_'") == []
    assert len(names(slags="tull", sort="tull", page="tull")) == 3
    assert "Ingen tjenester passer" in text(client.get(url("service_list"), {"q": "finnes ikke"}))


def test_adding_and_editing_a_service(client, team):
    data = {"key": str(uuid4()), "name": "NAV 🙂 ŋ", "sector": "nav", "phone": "", "website": "www.nav.no"}
    for _ in range(2):
        assert client.post(url("service_new"), data).status_code == 302
    assert "finnes alt" in errors(client.post(url("service_new"), data | {"key": str(uuid4()), "name": "nav 🙂 ŋ"}))
    for facts in (
        {"name": ""}, {"name": "x" * 121}, {"name": "\0"}, {"sector": "x"}, {"phone": "abc"},
        {"website": "javascript:alert(1)"}, {"website": "https://" + "x" * 300 + ".no"},
    ):  # fmt: skip
        assert errors(client.post(url("service_new"), data | {"key": str(uuid4())} | facts))
    with acting_as(team.coordinator):
        service = Service.objects.get()
    assert service.website == "https://www.nav.no"
    edit = {**data, "version": service.version, "name": "NAV"}
    assert client.post(url("service_edit", service), edit).status_code == 302
    stale = client.post(url("service_edit", service), edit | {"name": "Mitt"})
    assert "nyere utgave" in errors(stale)
    client.force_login(Team().coordinator)
    assert client.get(url("service_edit", service)).status_code == 404
    client.force_login(team.intake)
    assert client.get(url("service_list")).status_code == 403
    assert client.post(url("service_new"), data).status_code == 403
