"""The open form, as anybody fills it in: rightly, wrongly, twice, without script and with bad intent."""

from ipaddress import ip_network
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.urls import reverse

from nyemonstre.access.wall import acting_as
from referrals import limits
from referrals.models import CriterionAnswer, Referral, ReferredPerson

NEW = reverse("referrals:referral_new")

PERSON = {
    "role": "adult", "first_name": "Amal", "last_name": "Rahimi", "birth_date": "12.03.1987", "relation": "mor",
    "language": "arabisk", "needs_interpreter": "on", "home": "", "share": "100", "other_home": "", "other_share": "",
}  # fmt: skip
CHILD = PERSON | {"role": "child", "first_name": "Leo", "birth_date": "01.07.2019", "needs_interpreter": ""}


def filled(team, *persons, **changes):
    """The form as a school fills it in."""
    persons = persons or (PERSON, CHILD)
    data = {
        "key": str(uuid4()), "municipality": str(team.municipality.pk), "referrer_kind": "service",
        "referrer_name": "Lærer Lie", "referrer_service": "Øvre skole", "referrer_sector": "school",
        "referrer_role": "kontaktlærer", "referrer_phone": "38 00 00 00", "referrer_email": "", "family_agrees": "on",
        "family_name": "Rahimi", "own_words": "Vi trenger én å ringe til.", "protection": "none",
        "criterion_low_income": "yes", "note_low_income": "Under grensen", "situation_work": "Far har 40 %.",
        "people-TOTAL_FORMS": str(len(persons)), "people-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, person in enumerate(persons):
        data |= {f"people-{number}-{name}": value for name, value in person.items()}
    return data | changes


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


def stored(team):
    with acting_as(team.intake):
        return list(Referral.objects.prefetch_related("people"))


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def errors(response):
    return [line.get_text(" ", strip=True) for line in soup(response).select(".ds-error-summary li")]


def test_a_service_sends_and_gets_a_number(client, team):
    response = client.post(NEW, filled(team), follow=True)
    assert response.status_code == 200
    (referral,) = stored(team)
    assert referral.reference in response.content.decode()
    assert [p.first_name for p in referral.people.all()] == ["Amal", "Leo"]
    assert {p.home for p in referral.people.all()} == {"Hjemme"}
    assert "Rahimi" not in response.content.decode()
    assert response.headers["Cache-Control"]


def test_the_family_itself_sends_and_what_is_for_services_is_left_out(client, team):
    client.post(NEW, filled(team, referrer_kind="family", referrer_email="amal@example.test", referrer_phone=""))
    (referral,) = stored(team)
    assert (referral.referrer_service, referral.referrer_sector, referral.referrer_role) == ("", "", "")


def test_a_family_is_asked_in_its_own_words_and_answered_in_them(client, team):
    page = soup(client.get(NEW))
    link = page.select_one(".ref-own a")["href"]
    own = soup(client.get(NEW + link))
    words = own.get_text(" ", strip=True)
    for sentence in ("Vi er enige om å sende henvendelsen", "Har dere hatt lite penger i tre år eller mer?"):
        assert sentence in words
    assert not own.select("[name^=referrer_s], [type=radio][name=referrer_kind]")
    typed = filled(team, referrer_kind="family", family_agrees="", own_words="Vi trenger hjelp")
    refused = client.post(NEW + link, typed)
    assert "Kryss av når dere er enige om å sende henvendelsen." in " ".join(errors(refused))
    assert "Snakk med familien" not in refused.content.decode()
    assert "Vi trenger hjelp" in refused.content.decode()
    kept = client.post(NEW + link, typed | {"keep": "1"}, follow=True).content.decode()
    assert "Vi er enige om å sende henvendelsen" in kept
    receipt = client.post(NEW, typed | {"family_agrees": "on"}, follow=True).content.decode()
    assert "Får dere plass, møter dere koordinatoren" in receipt
    assert "Får familien plass" in client.post(NEW, filled(team), follow=True).content.decode()
    client.force_login(team.intake)
    (own_row,) = [row for row in stored(team) if row.referrer_kind == "family"]
    case = client.get(reverse("referrals:referral_detail", args=[own_row.pk])).content.decode()
    assert "Fra familien selv" in case
    assert "Familien kjenner til henvendelsen" not in case


def test_with_one_municipality_nobody_is_asked(client, db):
    from tests.factories import Team

    team = Team()
    assert "municipality" not in {field["name"] for field in soup(client.get(NEW)).select("form [name]")}
    data = filled(team)
    del data["municipality"]
    assert client.post(NEW, data).status_code == 302
    assert len(stored(team)) == 1


def test_a_link_chooses_the_municipality(client, team):
    from tests.factories import Team

    Team()
    page = soup(client.get(NEW, {"kommune": team.municipality.number}))
    assert page.select_one("[name=municipality] option[selected]")["value"] == str(team.municipality.pk)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"family_agrees": ""}, "Familien må vite om henvendelsen"),
        ({"referrer_name": " "}, "Fyll ut dette feltet"),
        ({"referrer_kind": ""}, "Velg et svar"),
        ({"referrer_kind": "police"}, "Velg ett av svarene"),
        ({"referrer_service": ""}, "Skriv hvilken tjeneste"),
        ({"referrer_sector": ""}, "Velg slags tjeneste"),
        ({"referrer_phone": "", "referrer_email": ""}, "Skriv telefon eller e-post"),
        ({"referrer_phone": "ring meg"}, "Skriv telefonnummeret med sifre"),
        ({"referrer_email": "ikke en adresse"}, "Skriv e-postadressen slik"),
        ({"family_name": "x" * 121}, "Det er plass til 120"),
        ({"family_name": "Rah\0imi"}, "tegn som ikke kan lagres"),
        ({"own_words": "x" * 3001}, "Det er plass til 3000"),
        ({"protection": ""}, "Velg et svar"),
        ({"criterion_concern": "maybe"}, "Velg ett av svarene"),
        ({"note_concern": "x" * 501}, "Det er plass til 500"),
        ({"key": "not-a-key"}, ""),
        ({"people-0-first_name": ""}, "Fyll ut dette feltet"),
        ({"people-0-birth_date": "31.02.1987"}, "Denne dagen finnes ikke"),
        ({"people-0-birth_date": "01.01.2099"}, "Datoen kan ikke være etter"),
        ({"people-1-birth_date": "01.01.1990"}, "over 18 år"),
        ({"people-0-language": ""}, "hvilket språk tolken"),
        ({"people-0-share": "0"}, "større enn eller lik 1"),
        ({"people-0-share": "mye"}, "Skriv et tall"),
        ({"people-0-share": "60", "people-0-other_home": "Hos far", "people-0-other_share": "50"}, "over 100 prosent"),
        ({"people-0-other_home": "Hos far"}, "hvor mye av tiden"),
        ({"people-0-other_share": "40", "people-0-share": "60"}, "resten av tiden"),
        ({"people-0-role": "child", "people-0-birth_date": "01.01.2015"}, "minst én voksen"),
        ({"people-0-home": "Hos mor", "people-1-home": "", "people-1-other_home": "Hos far",
          "people-1-other_share": "40", "people-1-share": "60", "people-0-other_home": ""}, None),
        ({"people-TOTAL_FORMS": "1000"}, ""),
        ({"people-TOTAL_FORMS": "x"}, ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, team, changes, sentence):
    response = client.post(NEW, filled(team, **changes))
    if sentence is None:  # the only named home is everybody's
        assert response.status_code == 302
        return
    assert response.status_code == 422
    page = soup(response)
    said = page.select(".ds-error-summary li")
    assert any(sentence in line.get_text(" ", strip=True) for line in said), said
    links = [link for link in page.select(".ds-error-summary li a") if sentence in link.text]
    assert not sentence or page.select(links[0]["href"]), "the line leads to its field"
    assert "Vi trenger én å ringe til." in response.content.decode() or "own_words" in changes
    assert not stored(team)


def test_a_home_must_be_named_where_there_are_several(client, team):
    data = filled(team, PERSON | {"home": "Hos mor"}, PERSON | {"first_name": "Far", "home": "Hos far"}, CHILD)
    response = client.post(NEW, data)
    assert any("flere hjem" in line for line in errors(response))


def test_names_in_every_script_are_kept(client, team):
    client.post(NEW, filled(team, PERSON | {"first_name": "أمل", "last_name": "Gáŋŋe 🧶"}, family_name="Ŋ"))
    (referral,) = stored(team)
    assert referral.family_name == "Ŋ"
    assert [str(person) for person in referral.people.all()] == ["أمل Gáŋŋe 🧶"]


def test_rows_nobody_wrote_in_are_nobody(client, team):
    empty = dict.fromkeys(PERSON, "") | {"role": "child", "share": "100"}
    client.post(NEW, filled(team, PERSON, empty, empty))
    (referral,) = stored(team)
    assert len(referral.people.all()) == 1


def test_a_row_is_added_without_script_and_nothing_is_lost_or_judged(client, team):
    response = client.post(NEW, filled(team, **{"people-add": "1", "family_name": ""}))
    page = soup(response)
    assert response.status_code == 200
    assert page.select_one("[name=people-TOTAL_FORMS]")["value"] == "3"
    assert page.select_one("[name=people-0-first_name]")["value"] == "Amal"
    assert not errors(response)
    assert not stored(team)


def test_a_row_is_taken_away_and_the_rest_move_up(client, team):
    data = filled(team, PERSON, CHILD | {"first_name": "Bort"}, CHILD | {"first_name": "Siste"})
    page = soup(client.post(NEW, data | {"people-remove": "1"}))
    names = [field.get("value") for field in page.select("[name$=-first_name]")]
    assert names == ["Amal", "Siste"]
    assert page.select_one("[name=own_words]").text.strip() == "Vi trenger én å ringe til."
    assert not stored(team)


@pytest.mark.parametrize("row", ["9", "x", "-1", "0\0", "99999999999"])
def test_a_row_that_is_not_there_cannot_be_taken_away(client, team, row):
    assert client.post(NEW, filled(team, **{"people-remove": row})).status_code in (302, 422)


def test_sent_twice_makes_one_and_both_get_the_number(client, team):
    data = filled(team)
    first, second = client.post(NEW, data), client.post(NEW, data, follow=True)
    (referral,) = stored(team)
    assert first.status_code == 302
    assert referral.reference in second.content.decode()
    assert "var alt sendt" in second.content.decode()


def test_the_receipt_is_only_for_whoever_has_its_address(client, team):
    url = client.post(NEW, filled(team)).url
    assert client.get(url).status_code == 200
    assert client.get(url[:-2] + "x/").status_code == 404
    assert client.get(reverse("referrals:referral_receipt", args=["x"])).status_code == 404
    assert client.post(url).status_code == 405


def test_a_flood_from_one_address_is_stopped_and_the_form_kept(client, team, monkeypatch):
    monkeypatch.setattr(limits, "MOST", 1)
    assert client.post(NEW, filled(team)).status_code == 302
    response = client.post(NEW, filled(team))
    assert response.status_code == 429
    assert "Vi trenger én å ringe til." in response.content.decode()
    assert len(stored(team)) == 1
    other = client.post(NEW, filled(team), REMOTE_ADDR="10.1.1.1")
    assert other.status_code == 302


def test_a_header_anybody_can_write_does_not_make_a_new_address(client, team, monkeypatch, settings):
    monkeypatch.setattr(limits, "MOST", 1)
    client.post(NEW, filled(team))
    assert client.post(NEW, filled(team), HTTP_X_FORWARDED_FOR="10.2.2.2").status_code == 429
    settings.NM_TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    assert client.post(NEW, filled(team), HTTP_X_FORWARDED_FOR="1.1.1.1, 10.2.2.2").status_code == 302
    assert client.post(NEW, filled(team), HTTP_X_FORWARDED_FOR="2.2.2.2, 10.2.2.2").status_code == 429


def test_without_valkey_everybody_is_let_through(client, team, monkeypatch):
    from redis.exceptions import ConnectionError as Down

    def down(*args, **kwargs):
        raise Down

    monkeypatch.setattr(limits, "MOST", 0)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get_client", down)
    monkeypatch.setattr(limits, "MOST", 1)
    assert client.post(NEW, filled(team)).status_code == 302
    assert client.post(NEW, filled(team)).status_code == 302


def test_the_form_asks_for_no_address_and_no_number(client, team):
    text = client.get(NEW).content.decode().lower()
    assert "fødselsnummer" not in text
    assert 'name="address"' not in text


def test_anonymous_rows_are_answered_by_nobody(client, team):
    client.post(NEW, filled(team))
    with acting_as(team.intake):
        assert {a.answered_by_id for a in CriterionAnswer.objects.all()} == {None}
        assert ReferredPerson.objects.count() == 2
