"""The tablet: both questions in one sitting, signatures drawn or typed, in the language it was read in."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup

from consent import rules
from consent.enums import Answer, How, Purpose
from consent.models import Consent, Signature
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import errors, members_of, text, url
from tests.factories import family_at


@pytest.fixture
def newcomers(team):
    """A family that has been informed, and has answered nothing."""
    return family_at("information", team)


def answers(people, **facts):
    heard = {f"heard_{people['Jente'].pk}": "Jeg vil", f"heard_{people['Gutt'].pk}": "Ja"}
    return {"key": str(uuid4()), "language": "nb", "participation": "given", "research": "refused", **heard, **facts}


def test_a_family_says_no_to_research_and_signs_participation(client, newcomers, team):
    people = members_of(newcomers, team.coordinator)
    mor, far = people["Mor"], people["Far"]
    drawn, typed = {f"strokes_{mor.pk}": "M1 2L30 40"}, {f"name_{far.pk}": "Far Prøve"}
    address = url("tablet", newcomers)
    assert "(valgfritt)" not in text(client.get(address)).split("Hva sier Jente selv?")[1][:12]
    silent = answers(people) | {f"heard_{people['Jente'].pk}": ""}
    lacking = errors(client.post(address, silent))
    assert "Jente er gammel nok til å bli hørt" in lacking, "told in the first round"
    assert "Mor må skrive under" in lacking
    one = errors(client.post(address, answers(people, **drawn)))
    assert "Far må skrive under" in one
    assert "hvorfor det holder at én" in one
    data = answers(people, **drawn, **typed)
    assert client.post(address, data).status_code == 302
    assert "alt lagret" in text(client.post(address, data, follow=True))
    with acting_as(team.coordinator):
        rows = Consent.objects.filter(family=newcomers).select_related("member")
        assert {row.how for row in rows} == {How.TABLET}
        said = {(row.member.first_name, row.purpose): (row.answer, row.given_by) for row in rows}
        assert len(said) == 8
        assert said["Gutt", Purpose.PARTICIPATION] == (Answer.GIVEN, "Far Prøve, Mor Prøve")
        assert said["Mor", Purpose.PARTICIPATION] == (Answer.GIVEN, "Mor Prøve")
        assert all(answer == Answer.REFUSED for (_who, purpose), (answer, _by) in said.items() if purpose == "research")
        strokes = Signature.objects.filter(consent__member=people["Gutt"], consent__purpose="participation")
        assert dict(strokes.values_list("name", "strokes")) == {"Mor Prøve": "M1 2L30 40", "Far Prøve": ""}
        assert rules.may_map(people["Gutt"])
        assert not rules.may_research(mor)


def test_one_person_alone_and_later_is_no_answer(client, newcomers, team):
    people = members_of(newcomers, team.coordinator)
    address = f"{url('tablet', newcomers)}?hvem={people['Far'].pk}&sprak=en"
    page = client.get(address)
    soup = BeautifulSoup(page.content, "html.parser")
    assert soup.select_one("form div[lang=en] h2")
    assert "five years" in text(page)
    assert [pad["name"] for pad in soup.select("[data-pad] input")] == [f"strokes_{people['Far'].pk}"]
    data = {"key": str(uuid4()), "language": "en", "participation": "later", "research": "later"}
    assert "minst ett" in errors(client.post(address, data))
    data |= {"participation": "given", f"name_{people['Far'].pk}": "Far P", "interpreter": "arabisk"}
    assert client.post(address, data).status_code == 302
    with acting_as(team.coordinator):
        row = Consent.objects.select_related("text").get(family=newcomers)
    assert (row.text.language, row.interpreter, row.given_by) == ("en", "arabisk", "Far Prøve")


@pytest.mark.parametrize("strokes", ["M1 2L3", "<svg>", "M9999 1", "M1 2" * 6000])
def test_only_a_path_is_a_signature(client, newcomers, team, strokes):
    people = members_of(newcomers, team.coordinator)
    data = answers(people, **{f"strokes_{people['Mor'].pk}": strokes, f"name_{people['Far'].pk}": "Far"})
    assert client.post(url("tablet", newcomers), data).status_code == 422
    with acting_as(team.coordinator):
        assert not Consent.objects.filter(family=newcomers).exists()
