"""One's own profile, language, password and drafts."""

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import save_draft
from nyemonstre.accounts.models import Draft, User
from nyemonstre.accounts.views.own import LARGEST_DRAFT
from tests.factories import Team, a_municipality, a_user

pytestmark = pytest.mark.django_db
PAGE = "http://testserver/plan/ny/"
SAVE, DISCARD, PROFILE = "/konto/utkast/", "/konto/utkast/kast/", "/konto/profil/"


@pytest.fixture
def user(client):
    user = a_user(Role.COORDINATOR, a_municipality())
    client.force_login(user)
    return user


def drafts(user):
    with acting_as(user):
        return list(Draft.objects.permitted(user))


def test_profile_shows_roles_and_saves_name_phone_and_language(client, user):
    assert "Familiekoordinator" in client.get(PROFILE).content.decode()
    sent = {"name": "Áŋŋe Ødegård 🧶", "phone": "+47 400 00 000", "language": "nn"}
    assert client.post(PROFILE, sent).status_code == 302
    user.refresh_from_db()
    assert {key: getattr(user, key) for key in sent} == sent
    assert client.get(PROFILE)["Content-Language"] == "nn"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "a\0b"), ("name", "x" * 121), ("phone", "ring meg"), ("phone", "4" * 40),
     ("language", "de")],
)  # fmt: skip
def test_wrong_profile_comes_back_as_typed(client, user, field, value):
    sent = {"name": "Ny", "phone": "", "language": "", field: value}
    response = client.post(PROFILE, sent)
    assert response.status_code == 422
    assert "ds-error-summary" in response.content.decode()
    user.refresh_from_db()
    assert user.name != "Ny"


def test_everybody_may_choose_a_language_and_keeps_it(client):
    response = client.post("/konto/sprak/", {"language": "en", "next": "/konto/logg-inn/"})
    assert response.url == "/konto/logg-inn/"
    assert client.get("/konto/logg-inn/")["Content-Language"] == "en"
    assert client.get("/konto/sprak/").status_code == 405


def test_the_language_of_somebody_logged_in_follows_them(client, user):
    client.post("/konto/sprak/", {"language": "nn"})
    user.refresh_from_db()
    assert user.language == "nn"


@pytest.mark.parametrize("language", ["", "de", "nb\0", "nn; Path=/x"])
def test_an_unknown_language_changes_nothing(client, user, language):
    assert client.post("/konto/sprak/", {"language": language, "next": "//evil.example"}).url == "/"
    user.refresh_from_db()
    assert user.language == ""


def test_a_new_municipality_in_nynorsk_speaks_nynorsk(client):
    client.force_login(a_user(Role.LEAD, a_municipality(language="nn")))
    assert client.get(PROFILE)["Content-Language"] == "nn"


def test_changing_password_asks_for_the_old_one_and_keeps_this_session(client, user):
    url = "/konto/profil/passord/"
    wrong = client.post(url, {"old": "feil", "new": "et nytt langt passord", "again": "et nytt langt passord"})
    assert wrong.status_code == 422
    unlike = client.post(url, {"old": "prøve-passord-123", "new": "et nytt langt passord", "again": "et annet"})
    assert "ikke like" in unlike.content.decode()
    right = {"old": "prøve-passord-123", "new": "et nytt langt passord", "again": "et nytt langt passord"}
    assert client.post(url, right).status_code == 302
    assert client.get(PROFILE).status_code == 200
    user.refresh_from_db()
    assert user.check_password("et nytt langt passord")


def test_changing_password_ends_sessions_elsewhere(client, user):
    other = client.__class__()
    other.force_login(user)
    same = {"old": "prøve-passord-123", "new": "et nytt langt passord", "again": "et nytt langt passord"}
    client.post("/konto/profil/passord/", same)
    assert other.get(PROFILE).status_code == 302


def link_for(user):
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"/konto/passord/{uid}/{default_token_generator.make_token(user)}/"


def test_the_mailed_link_works_once(client):
    user = a_user(Role.LEAD, a_municipality())
    url = link_for(user)
    assert client.get(url).status_code == 200
    sent = {"new": "et nytt langt passord", "again": "et nytt langt passord"}
    assert client.post(url, sent).url == "/konto/logg-inn/"
    assert client.get(url).status_code == 410
    user.refresh_from_db()
    assert user.check_password("et nytt langt passord")


@pytest.mark.parametrize("url", ["/konto/passord/x/y/", "/konto/passord/MQ/abc-def/", "/konto/passord/%00/%00/"])
def test_a_made_up_link_gets_the_same_words(client, url):
    response = client.get(url)
    assert response.status_code == 410
    assert "virker ikke lenger" in response.content.decode()


def test_a_draft_is_kept_for_the_page_it_was_typed_on(client, user):
    sent = {"text": "Hei نا ŋ\0", "who": ["a", "b"], "csrfmiddlewaretoken": "t", "new_password": "p"}
    assert client.post(SAVE, sent, headers={"referer": f"{PAGE}?x=1"}).status_code == 204
    (draft,) = drafts(user)
    assert draft.key == "/plan/ny/"
    assert draft.data == {"text": "Hei نا ŋ", "who": ["a", "b"]}
    client.post(SAVE, {"text": "Nyere"}, headers={"referer": PAGE})
    assert [d.data for d in drafts(user)] == [{"text": "Nyere"}]
    assert 'href="/plan/ny/"' in client.get(PROFILE).content.decode()


@pytest.mark.parametrize("referer", ["", "https://evil.example/plan/", "http://testserver"])
def test_a_draft_from_nowhere_is_refused(client, user, referer):
    assert client.post(SAVE, {"text": "x"}, headers={"referer": referer}).status_code == 400
    assert drafts(user) == []


def test_a_draft_that_is_too_long_is_refused_in_words(client, user):
    response = client.post(SAVE, {"text": "x" * (LARGEST_DRAFT + 1)}, headers={"referer": PAGE})
    assert response.status_code == 413
    assert drafts(user) == []


def test_nobody_sees_or_discards_another_persons_draft(client, user):
    team = Team()
    save_draft("/plan/ny/", data={"text": "hemmelig"}, by=team.lead)
    client.post(DISCARD, {"key": "/plan/ny/"})
    assert "/plan/ny/" not in client.get(PROFILE).content.decode()
    assert [d.data for d in drafts(team.lead)] == [{"text": "hemmelig"}]
    with acting_as(user):
        assert not Draft.objects.exists()


def test_discarding_a_draft_goes_back_to_its_page(client, user):
    save_draft("/plan/ny/", data={"text": "x"}, by=user)
    assert client.post(DISCARD, headers={"referer": PAGE}).url == "/plan/ny/"
    assert drafts(user) == []
    assert client.post(DISCARD, {"key": "\0", "next": PROFILE}).url == PROFILE


def test_drafts_are_for_those_who_are_logged_in(client):
    assert client.post(SAVE, {"text": "x"}, headers={"referer": PAGE}).status_code == 302
    assert User.objects.count() == 0
