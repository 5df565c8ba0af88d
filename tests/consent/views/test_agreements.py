"""Lines drafted, signed, changed by two, ended; bad input; the agreement on paper."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup

from consent import actions
from consent.enums import LineState
from consent.models import AgreementLine, Contact
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import SECRETS, days, errors, members_of, say, text, url
from tests.factories import Team, family_at


def line_data(people, school, **facts):
    return {
        "key": str(uuid4()), "service": str(school.pk), "members": [str(people["Jente"].pk)], "topics": ["school"],
        "direction": "both", "valid_from": days(0).strftime("%d.%m.%Y"), "valid_to": "", "what_they_do": "Lesehjelp",
        "contact_name": "Ny Person", "contact_phone": "400 00 000", "contact_email": "ny@skole.test", **facts,
    }  # fmt: skip


def test_a_line_is_drafted_once_signed_and_printed(client, family, people, school, team):
    data = line_data(people, school)
    assert client.post(url("line_new", family), data).status_code == 302
    assert "alt lagret" in text(client.post(url("line_new", family), data, follow=True))
    page = BeautifulSoup(client.get(url("lines_sign", family)).content, "html.parser")
    chosen = [box["value"] for box in page.select("[name=lines]")]
    assert len(chosen) == 1
    on_paper = text(client.get(url("agreement_print", family)))
    assert "gjelder når dere har skrevet under" in on_paper
    assert "Ny Person" in on_paper
    signature = {
        "lines": chosen, "signed_by": "Mor Prøve", "how": "signed", "signed_on": days(0).isoformat(), "note": ""
    }  # fmt: skip
    assert client.post(url("lines_sign", family), signature).status_code == 302
    again = client.post(url("lines_sign", family), signature, follow=True)
    assert "ingen utkast" in text(again)
    assert "Dette gjelder" in text(client.get(url("agreement_print", family)))
    with acting_as(team.coordinator):
        assert AgreementLine.objects.get().state == LineState.SIGNED


def test_a_service_that_is_missing_is_added_on_the_way_and_nothing_typed_is_lost(client, family, people, school, draft):
    line = draft()
    for page in (url("line_new", family), url("line_edit", family, line)):
        typed = line_data(people, school, service="", what_they_do="Svømming", contact_name="Kari", add_service="1")
        there = client.post(page, typed)
        assert there.status_code == 302
        assert f'href="{page}"' in client.get(there.url).content.decode()
        service = {"key": str(uuid4()), "name": f"Badet {len(page)}", "sector": "leisure", "phone": "", "website": ""}
        assert errors(client.post(there.url, service | {"name": ""}))
        answers = [client.post(there.url, service) for _ in "ab"]  # the second press finds what the first one made
        assert answers[0].url == answers[1].url
        soup = BeautifulSoup(client.get(answers[0].url).content, "html.parser")
        assert soup.select_one("[name=service] option[selected]").get_text() == service["name"]
        assert soup.select_one("[name=what_they_do]")["value"] == "Svømming"
        assert soup.select_one("[name=contact_name]")["value"] == "Kari"
        assert [box["value"] for box in soup.select("[name=members][checked]")] == [str(people["Jente"].pk)]
        saved = typed | {
            "service": soup.select_one("[name=service] option[selected]")["value"],
            "version": line.version,
        }
        del saved["add_service"]
        assert client.post(page, saved).status_code == 302
        assert "Svømming" not in client.get(url("line_new", family)).content.decode()  # the draft has done its work
    for nonsense in ("familie=tull", "familie=//evil.test", f"familie={family.pk}&linje=tull", "linje=1"):
        assert client.post(
            f"{url('service_new')}?{nonsense}", service | {"key": str(uuid4()), "name": nonsense}
        ).url == url("service_list")


def test_several_drafts_at_once_and_one_that_changed_meanwhile(client, family, draft, people, team):
    first, second = draft(), draft(who=("Gutt",))
    chosen = [f"{line.pk}:{line.version}" for line in (first, second)]
    actions.change_draft(
        second, service=second.service, members=[people["Mor"]], topics=["economy"], valid_from=days(0),
        by=team.coordinator,
    )  # fmt: skip
    data = {"lines": chosen, "signed_by": "Mor", "how": "signed", "signed_on": days(0).isoformat()}
    assert "Les gjennom på nytt" in errors(client.post(url("lines_sign", family), data))
    with acting_as(team.coordinator):
        assert AgreementLine.objects.drafts().count() == 2
    assert "Les gjennom på nytt" in errors(client.post(url("lines_sign", family), data | {"lines": ["tull:1"]}))
    chosen[1] = f"{second.pk}:{second.version + 1}"
    # One is about the mother alone, so both homes together are not shown it.
    assert "Les gjennom på nytt" in errors(client.post(url("lines_sign", family), data | {"lines": chosen}))
    assert client.post(url("lines_sign", family) + "?ved=alene", data | {"lines": chosen}).status_code == 302
    with acting_as(team.coordinator):
        assert not AgreementLine.objects.drafts().exists()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"service": ""}, "Velg et svar"),
        ({"service": "\0"}, "Null-tegn"),
        ({"service": "elsewhere"}, "Velg ett av svarene"),
        ({"service": "closed"}, "Velg ett av svarene"),
        ({"members": []}, "Velg minst ett svar"),
        ({"members": "stranger"}, "Velg ett av svarene"),
        ({"topics": ["alt"]}, "Velg ett av svarene"),
        ({"topics": []}, "Velg minst ett svar"),
        ({"direction": "x"}, "Velg ett av svarene"),
        ({"valid_to": "01.01.2020"}, "slutter før den begynner"),
        ({"valid_from": "i morgen"}, "Skriv datoen slik"),
        ({"valid_from": "01.01.9999"}, "Årstallet"),
        ({"what_they_do": "x" * 201}, "plass til 200"),
        ({"what_they_do": "\0"}, "tegn som ikke kan lagres"),
        ({"contact_name": ""}, "Skriv navnet"),
        ({"contact_name": "x" * 121}, "plass til 120"),
        ({"contact_phone": "ring meg"}, "bare tall"),
        ({"contact_email": "x"}, "Skriv e-postadressen slik"),
    ],
)
def test_bad_lines(client, family, people, school, team, facts, sentence):
    if facts.get("members") == "stranger":
        facts = {"members": [str(members_of(family_at("consent", team), team.coordinator)["Mor"].pk)]}
    if facts.get("service") == "elsewhere":
        other = Team()
        row = actions.add_service(other.municipality, name="NAV", sector="nav", by=other.lead)
        facts = {"service": str(row.pk)}
    if facts.get("service") == "closed":
        actions.change_service(school, name="Skole", sector="school", closed=True, by=team.lead)
        facts = {"service": str(school.pk)}
    response = client.post(url("line_new", family), line_data(people, school) | facts)
    assert sentence in errors(response)
    with acting_as(team.coordinator):
        assert not AgreementLine.objects.exists()
        assert not Contact.objects.exists()


def test_two_people_edit_a_draft(client, family, draft, people, school, team):
    line = draft()
    page = BeautifulSoup(client.get(url("line_edit", family, line)).content, "html.parser")
    assert page.select_one("[name=contact_name]")["value"] == SECRETS["name"]
    actions.change_draft(
        line, service=school, members=[people["Far"]], topics=["economy"], valid_from=days(0), by=team.coordinator
    )
    data = line_data(people, school, version=line.version, what_they_do="Mitt")
    response = client.post(url("line_edit", family, line), data)
    assert "nyere utgave" in errors(response)
    words = response.content.decode()
    assert "Mitt" in words
    assert "økonomi" in text(response)
    again = BeautifulSoup(response.content, "html.parser").select_one("[name=version]")["value"]
    assert client.post(url("line_edit", family, line), data | {"version": again}).status_code == 302
    with acting_as(team.coordinator):
        assert AgreementLine.objects.get().what_they_do == "Mitt"


def test_a_signed_line_is_not_edited(client, family, live):
    line = live()
    assert "ikke et utkast lenger" in text(client.get(url("line_edit", family, line), follow=True))


def test_renewing_begins_with_what_was_said(client, family, live):
    line = live(valid_to=days(10), what_they_do="Lesehjelp")
    page = BeautifulSoup(client.get(f"{url('line_new', family)}?fra={line.pk}").content, "html.parser")
    assert page.select_one("[name=what_they_do]")["value"] == "Lesehjelp"
    assert page.select_one("[name=contact_phone]")["value"] == SECRETS["phone"]
    assert page.select_one("[name=valid_from]")["value"] == days(10).strftime("%d.%m.%Y")


def test_a_line_that_runs_out_soon_is_told(client, family, live):
    live(valid_to=days(30))
    page = text(client.get(url("family_tab", family)))
    assert "Avtalen med Øvre Bjørkåsen skole går snart ut" in page


def test_ending_a_line(client, family, live, team):
    line = live()
    address = url("line_end", family, line)
    assert "skjules med en gang" in text(client.get(address))
    for bad, sentence in (("", "Fyll ut"), ("x" * 301, "plass til 300"), ("a\0", "tegn som ikke kan lagres")):
        assert sentence in errors(client.post(address, {"reason": bad}))
    assert client.post(address, {"reason": "Byttet skole"}).status_code == 302
    assert "alt avsluttet" in text(client.post(address, {"reason": "igjen"}, follow=True))
    page = text(client.get(url("family_tab", family)))
    assert "Tråder som er klippet" in page
    assert "Byttet skole" not in page


def test_two_people_edit_a_contact(client, family, live, team):
    line = live()
    with acting_as(team.coordinator):
        contact = Contact.objects.select_related("family__municipality").get(pk=line.contact_id)
    address = url("contact_edit", family, contact)
    data = {"name": "Mitt navn", "title": "", "phone": "", "email": "", "version": "1"}
    actions.change_contact(contact, name="Nyere navn", by=team.coordinator)
    response = client.post(address, data)
    assert "nyere utgave" in errors(response)
    assert "Nyere navn" in text(response)
    assert "Mitt navn" in response.content.decode()
    version = BeautifulSoup(response.content, "html.parser").select_one("[name=version]")["value"]
    assert client.post(address, data | {"version": version}).status_code == 302
    assert "Fyll ut" in errors(client.post(address, data | {"name": " ", "version": ""}))


def test_nobody_taking_part_gives_no_form(client, family, people, draft, team):
    line = draft()
    for member in people.values():
        say(member, team.coordinator, on=days(-1), valid_until=days(-1))
    for address in (url("line_new", family), url("line_edit", family, line)):
        assert "Før samtykke før avtalen" in text(client.get(address, follow=True))
