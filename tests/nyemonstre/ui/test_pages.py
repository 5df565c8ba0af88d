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
