"""The forms for answers: several at once, children, taking back, bad input."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup

from consent.actions import record_holders
from consent.enums import Answer, Purpose
from consent.models import Consent
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import save_draft
from tests.consent.arrange import days, errors, members_of, say, text, url
from tests.factories import family_at


def answer(people, *who, **facts):
    return {
        "key": str(uuid4()), "members": [str(people[name].pk) for name in who], "purpose": "research",
        "language": "nb", "answer": "given", "answered_on": days(0).strftime("%d.%m.%Y"), "how": "signed", **facts,
    }  # fmt: skip


def test_all_adults_consent_in_one_go(client, family, people, team):
    page = client.get(url("consent_new", family), {"hvem": "voksne", "gjelder": "research"})
    chosen = [box["value"] for box in BeautifulSoup(page.content, "html.parser").select("[name=members][checked]")]
    assert set(chosen) == {str(people[name].pk) for name in ("Mor", "Far")}
    data = answer(people, "Mor", "Far")
    assert client.post(url("consent_new", family), data).status_code == 302
    with acting_as(team.coordinator):
        rows = list(Consent.objects.filter(purpose=Purpose.RESEARCH).order_by("given_by"))
    assert [row.given_by for row in rows] == ["Far Prøve", "Mor Prøve"]
    twice = client.post(url("consent_new", family), data, follow=True)
    assert "alt lagret" in text(twice)
    assert "Svaret fra Far, Mor" not in text(twice)
    with acting_as(team.coordinator):
        assert Consent.objects.filter(purpose=Purpose.RESEARCH).count() == 2


def test_a_child_is_answered_for_and_heard(client, family, people, team):
    jente = people["Jente"]
    parents = [str(people["Mor"].pk)]
    address = url("consent_new", family)
    assert "Velg hvem som svarer for Jente" in errors(client.post(address, answer(people, "Jente")))
    only_one = answer(people, "Jente", parents=parents)
    assert "hvorfor det holder" in errors(client.post(address, only_one))
    unheard = answer(people, "Jente", parents=parents, one_parent_reason="Far er ukjent")
    assert "gammel nok til å bli hørt" in errors(client.post(address, unheard))
    heard = {**unheard, f"heard_{jente.pk}": "Jeg vil 🙂 مرحبا ŋ"}
    assert client.post(address, heard).status_code == 302
    with acting_as(team.coordinator):
        row = Consent.objects.get(purpose=Purpose.RESEARCH)
    assert (row.given_by, row.child_heard, row.one_parent_reason) == (
        "Mor Prøve", "Jeg vil 🙂 مرحبا ŋ", "Far er ukjent",
    )  # fmt: skip
    page = text(client.get(url("family_tab", family)))
    assert "Jeg vil 🙂 مرحبا ŋ" in page


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"members": []}, "Velg minst ett svar"),
        ({"members": ["nei"]}, "Velg ett av svarene"),
        ({"members": "stranger"}, "Velg ett av svarene"),
        ({"purpose": ""}, "Velg et svar"),
        ({"purpose": "everything"}, "Velg ett av svarene"),
        ({"answer": "withdrawn"}, "Velg ett av svarene"),
        ({"how": "\0"}, "Velg ett av svarene"),
        ({"answered_on": "31.02.2026"}, "finnes ikke"),
        ({"answered_on": "01.01.2099"}, "kan ikke være etter"),
        ({"answered_on": "01.01.1901"}, "ble født"),
        ({"answered_on": ""}, "Skriv en dato"),
        ({"valid_until": "01.01.2020"}, "går ut før det er gitt"),
        ({"how": "oral", "note": ""}, "må ha en merknad"),
        ({"note": "a\0b"}, "tegn som ikke kan lagres"),
        ({"note": "x" * 501}, "plass til 500"),
        ({"key": "tull"}, ""),
    ],
)
def test_bad_answers(client, family, people, team, facts, sentence):
    if facts.get("members") == "stranger":
        stranger = members_of(family_at("consent", team), team.coordinator)["Mor"]
        facts = {"members": [str(stranger.pk)]}
    data = answer(people, "Mor", note="Beholdes") | facts
    response = client.post(url("consent_new", family), data)
    assert sentence in errors(response)
    if "note" not in facts:
        assert "Beholdes" in response.content.decode()
    with acting_as(team.coordinator):
        assert not Consent.objects.filter(purpose=Purpose.RESEARCH).exists()


def test_withdrawing_says_what_follows_and_hides_the_contact(client, family, people, live, team):
    live(who=("Mor",))
    with acting_as(team.coordinator):
        consent = Consent.objects.get(member=people["Mor"])
    address = url("consent_withdraw", family, consent)
    page = text(client.get(address))
    assert "Avtalen med Øvre Bjørkåsen skole avsluttes" in page
    assert "mister andre tjenester" in page
    assert "Fyll ut" in errors(client.post(address, {"note": ""}))
    data = {"note": "Ringte", "given_by": "Mor Prøve", "how": "phone", "answered_on": days(0).isoformat()}
    assert client.post(address, data).status_code == 302
    assert "ikke noe samtykke å trekke" in text(client.post(address, data, follow=True))
    with acting_as(team.coordinator):
        assert Consent.objects.filter(member=people["Mor"], answer=Answer.WITHDRAWN).count() == 1


def as_drawn(page):
    """What the form on a page sends when nothing is touched."""
    form = BeautifulSoup(page.content, "html.parser").select_one("form:has([name=given_by])")
    sent = {
        field["name"]: field.get("value", field.get_text() if field.name == "textarea" else "")
        for field in form.select("input[name], textarea[name]")
        if field.get("type") not in ("radio", "checkbox") or field.has_attr("checked")
    }
    names = [choice["value"] for choice in form.select("[name=given_by]")]
    return sent, names


def test_who_withdraws_is_chosen_among_those_who_may(client, family, people, team):
    by, jente = team.coordinator, people["Jente"]
    yes = say(jente, by, purpose=Purpose.RESEARCH, given_by="Mor Prøve, Tante Berg")
    address = url("consent_withdraw", family, yes)
    sent, names = as_drawn(client.get(address))
    assert sorted(names) == ["Far Prøve", "Mor Prøve", "Tante Berg"]
    assert not sent.get("given_by"), "one of several is chosen by somebody"
    for wrong in ({}, {"given_by": "Jente Prøve"}, {"given_by": "Onkel Berg"}):
        assert client.post(address, sent | {"note": "Ringte"} | wrong).status_code == 422
    record_holders(jente, people=[people["Far"]], by=by)
    sent, names = as_drawn(client.get(address))
    assert (names, sent["given_by"]) == (["Far Prøve"], "Far Prøve")
    assert client.post(address, sent | {"note": "Far ringte meg"}).status_code == 302
    mor = say(people["Mor"], by, purpose=Purpose.RESEARCH)
    sent, names = as_drawn(client.get(url("consent_withdraw", family, mor)))
    assert names == ["Mor Prøve"]
    assert client.post(url("consent_withdraw", family, mor), sent | {"note": "Ringte"}).status_code == 302
    with acting_as(by):
        rows = Consent.objects.filter(answer=Answer.WITHDRAWN).order_by("recorded_at")
        assert [row.given_by for row in rows] == ["Far Prøve", "Mor Prøve"]
        assert {row.member_id for row in rows} == {jente.pk, people["Mor"].pk}


def test_withdrawing_research_says_another_thing(client, family, people, team):
    row = say(people["Mor"], team.coordinator, purpose=Purpose.RESEARCH)
    page = text(client.get(url("consent_withdraw", family, row)))
    assert "fortsatt med i Nye mønstre" in page
    assert "avsluttes" not in page


def test_the_tab_tells_who_must_be_asked_again(client, family, people, team):
    jente = people["Jente"]
    with acting_as(team.coordinator):
        type(jente).objects.filter(pk=jente.pk).update(birth_date=days(10).replace(year=days(10).year - 18))
    page = text(client.get(url("family_tab", family)))
    assert "Jente fyller 18" in page
    assert "eget samtykke som voksen" in page


def test_the_form_is_no_longer_than_whom_it_asks(client, family, people):
    address = url("consent_new", family)
    short = BeautifulSoup(client.get(f"{address}?hvem=voksne").content, "html.parser")
    assert {box["value"] for box in short.select("[name=members]")} == {str(people[n].pk) for n in ("Mor", "Far")}
    assert not short.select("[name=parents]")
    child = BeautifulSoup(client.get(f"{address}?hvem={people['Gutt'].pk}").content, "html.parser")
    assert len(child.select("[name=members]")) == 1
    assert len(child.select("[name=parents]")) == 2
    assert "Velg ett av svarene" in errors(client.post(f"{address}?hvem=voksne", answer(people, "Jente")))
    everybody = BeautifulSoup(client.get(f"{address}?hvem=tull").content, "html.parser")
    assert len(everybody.select("[name=members]")) == 4


def test_what_was_typed_comes_back_until_it_is_saved(client, family, people, team):
    address = url("consent_new", family)
    save_draft(address, data={"note": "Halvferdig", "members": [str(people["Far"].pk)]}, by=team.coordinator)
    page = client.get(address)
    assert "hentet fram igjen" in text(page)
    assert "Halvferdig" in page.content.decode()
    assert client.post(address, answer(people, "Far")).status_code == 302
    assert "hentet fram igjen" not in text(client.get(address))
