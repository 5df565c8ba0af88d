"""In and out: login, logout, the idle session, the limit on tries."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.limits import count, tries
from nyemonstre.access.roles import Role
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.models import Membership
from nyemonstre.audit.models import Event
from tests.factories import Team, a_municipality, a_user

pytestmark = pytest.mark.django_db
LOGIN = "/konto/logg-inn/"
PASSWORD = "prøve-passord-123"


@pytest.fixture(autouse=True)
def _no_tries():
    cache.clear()


def send(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"email": email, "password": password, **more})


def log_of(auditor, acting_as, what):
    with acting_as(auditor):
        return list(Event.objects.permitted(auditor).filter(what=what))


def test_the_right_password_opens_a_new_session_and_is_logged(client, acting_as):
    team = Team()
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key
    response = send(client, team.coordinator.email.upper())
    assert response.status_code == 302
    assert response.url == "/"
    assert client.session.session_key != before
    (event,) = log_of(team.auditor, acting_as, AccountEvent.LOGGED_IN)
    assert event.actor_id == team.coordinator.pk


def test_the_page_after_login_is_the_one_they_came_for(client):
    user = a_user(Role.LEAD, a_municipality())
    response = client.get("/konto/profil/?x=1")
    assert response.url == f"{LOGIN}?next=/konto/profil/%3Fx%3D1"
    assert client.post(response.url, {"email": user.email, "password": PASSWORD}).url == "/konto/profil/?x=1"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:///x"])
def test_a_foreign_page_is_not_gone_to(client, url):
    user = a_user(Role.LEAD, a_municipality())
    assert send(client, user.email, next=url).url == "/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@example.test", PASSWORD), ("", ""), ("not mail", "x"), ("a\0@example.test", "b\0"),
        ("🧶@example.test", "لا"), ("a" * 300 + "@example.test", "x" * 5000),
    ],
)  # fmt: skip
def test_wrong_input_comes_back_with_a_sentence_and_no_session(client, email, password):
    response = send(client, email, password)
    assert response.status_code == 422
    assert "ds-error-summary" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_is_logged_without_what_was_typed(client, acting_as):
    team = Team()
    response = send(client, team.lead.email, "feil-passord-999")
    assert "hører ikke sammen" in response.content.decode()
    assert "feil-passord-999" not in response.content.decode()
    (event,) = log_of(team.auditor, acting_as, AccountEvent.LOGIN_FAILED)
    assert (event.actor_id, event.target_id, event.facts) == (None, str(team.lead.pk), {"why": "password"})


def test_after_five_wrong_tries_even_the_right_password_waits(client):
    user = a_user(Role.LEAD, a_municipality())
    for _try in range(5):
        assert "hører ikke sammen" in send(client, user.email, "feil").content.decode()
    assert "Vent et kvarter" in send(client, user.email).content.decode()
    # from another address the person is not shut out by a stranger's tries
    other = client.post(LOGIN, {"email": user.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 302


def test_the_right_password_forgets_the_wrong_ones(client):
    user = a_user(Role.LEAD, a_municipality())
    for _try in range(4):
        send(client, user.email, "feil")
    assert send(client, user.email).status_code == 302
    assert tries("login", "127.0.0.1", user.email) == 0


def test_without_valkey_nothing_is_counted(settings):
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    assert [count("login", "x", seconds=60) for _try in range(9)] == [1] * 9
    assert tries("login", "x") == 0


def test_a_closed_user_is_told_so_and_a_stranger_is_not(client):
    user = a_user(Role.LEAD, a_municipality())
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert "stengt" in send(client, user.email).content.decode()
    assert "stengt" not in send(client, user.email, "feil").content.decode()


def test_somebody_without_a_role_is_told_whom_to_ask(client):
    user = a_user(Role.LEAD, a_municipality())
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=user).update(valid_to=yesterday)
    assert "ingen rolle" in send(client, user.email).content.decode()


def test_logging_out_ends_the_session_and_clears_the_browser(client, acting_as):
    team = Team()
    client.force_login(team.coordinator)
    assert client.get(reverse("accounts:logout")).status_code == 405
    response = client.post(reverse("accounts:logout"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/konto/profil/").status_code == 302
    assert log_of(team.auditor, acting_as, AccountEvent.LOGGED_OUT)
    assert "Du er logget ut." in client.get(LOGIN).content.decode()


def test_thirty_idle_minutes_end_the_session_and_the_login_page_says_so(client):
    user = a_user(Role.LEAD, a_municipality())
    with time_machine.travel("2026-11-20 10:00", tick=False) as clock:
        send(client, user.email)
        clock.shift(timedelta(minutes=29))
        assert client.get("/konto/profil/").status_code == 200
        clock.shift(timedelta(minutes=29))
        assert client.get("/konto/profil/").status_code == 200
        clock.shift(timedelta(minutes=31))
        response = client.get("/konto/profil/")
        assert response.url == f"{LOGIN}?next=/konto/profil/"
        assert "30 minutter" in client.get(response.url).content.decode()


def test_a_first_visit_says_nothing_of_lost_sessions(client):
    assert "30 minutter" not in client.get(LOGIN).content.decode()


def test_a_form_sent_too_late_comes_back_to_its_page_and_not_to_its_address(client):
    page = "http://testserver/konto/profil/"
    response = client.post(reverse("accounts:draft_discard"), headers={"referer": page})
    assert response.url == f"{LOGIN}?next=/konto/profil/"
    response = client.post(reverse("accounts:draft_discard"), headers={"referer": "https://evil.example/konto/"})
    assert response.url == f"{LOGIN}?next=/"
    response = client.get("/konto/profil/", headers={"hx-request": "true", "hx-current-url": "http://testserver/a/"})
    assert response.url == f"{LOGIN}?next=/a/"


def test_closing_a_user_ends_what_they_are_doing(client):
    user = a_user(Role.LEAD, a_municipality())
    client.force_login(user)
    assert client.get("/konto/profil/").status_code == 200
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/konto/profil/").status_code == 302


def test_pages_of_somebody_logged_in_are_kept_nowhere(client):
    client.force_login(a_user(Role.LEAD, a_municipality()))
    assert client.get("/konto/profil/")["Cache-Control"] == "no-store"
    assert client.get("/finnes-ikke/")["Cache-Control"] == "no-store"


def test_who_is_logged_in_goes_on_from_the_login_page(client):
    client.force_login(a_user(Role.LEAD, a_municipality()))
    assert client.get(f"{LOGIN}?next=/konto/profil/").url == "/konto/profil/"
