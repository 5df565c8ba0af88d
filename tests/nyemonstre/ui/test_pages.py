import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "words"), [("/tilgjengelighet/", "med tastatur"), ("/personvern/", "Det du kan be om")]
)
def test_public_pages_open_without_a_login(client, path, words):
    answer = client.get(path)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert client.post(path).status_code == 405


def test_a_long_menu_keeps_to_one_line_and_the_rest_stands_under_one_word(client):
    from bs4 import BeautifulSoup

    from tests.factories import Team

    team = Team()
    for who, front, rest in (
        (team.lead, ["Teamet", "Familier"], ["Satser", "Maler", "Skjemaer", "Hvem kan se hva"]),
        (team.coordinator, ["Mine familier"], []),
    ):
        client.force_login(who)
        page = BeautifulSoup(client.get("/hvem-kan-se-hva/").content, "html.parser")
        words = [link.text for link in page.select(".nm-nav__list > li > a")]
        assert words[: len(front)] == front
        assert len(words) <= 8
        assert [link.text for link in page.select("#meny-mer a")] == rest
        # the page one is on is marked, and so is the word it stands under
        marked = page.select_one(".nm-more > button[aria-current]")
        assert bool(marked) == bool(rest)
