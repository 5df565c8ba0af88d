"""The demo's login buttons and outbox, and that neither exists outside the demo."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import get_connection, send_mail
from django.utils import timezone

from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.audit.models import Event
from tests.factories import Team, a_user

pytestmark = pytest.mark.django_db
LOGIN, OUTBOX = "/demo/logg-inn/", "/demo/utboks/"


@pytest.fixture
def demo(settings, client, tmp_path):
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.nyemonstre.demo.demo_urls"
    settings.EMAIL_FILE_PATH = tmp_path
    return client


def test_outside_the_demo_there_is_nothing(client):
    team = Team()
    assert client.post(LOGIN, {"user": team.lead.pk}).status_code == 404
    assert client.get(OUTBOX).status_code == 404
    html = client.get("/konto/logg-inn/").content.decode()
    assert team.lead.name not in html


def test_even_with_the_addresses_the_views_ask_again(demo, settings):
    settings.DEMO = False
    assert demo.post(LOGIN, {"user": Team().lead.pk}).status_code == 404
    assert demo.get(OUTBOX).status_code == 404


def test_the_login_page_lists_people_roles_and_municipalities(demo):
    team = Team()
    html = demo.get("/konto/logg-inn/").content.decode()
    for person in (team.coordinator, team.intake, team.auditor):
        assert person.name in html
    assert team.municipality.name in html
    assert "Inntaksteam, NAV" in html


def test_a_button_logs_in_under_a_new_key_and_is_logged(demo):
    team = Team()
    response = demo.post(LOGIN, {"user": team.lead.pk, "next": "/konto/profil/"})
    assert response.url == "/konto/profil/"
    assert demo.get("/konto/profil/").status_code == 200
    with acting_as(team.auditor):
        assert Event.objects.permitted(team.auditor).filter(what=AccountEvent.LOGGED_IN).count() == 1


@pytest.mark.parametrize("user", ["", "x", "\0", "7f9c24e5-2a31-4d44-9d3b-3f1c9c1f8a10"])
def test_nobody_is_not_logged_in(demo, user):
    assert demo.post(LOGIN, {"user": user}).status_code == 404


def test_closed_people_and_people_without_a_role_have_no_button(demo):
    team = Team()
    stranger = a_user()
    closed = a_user(Role.LEAD, team.municipality)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    html = demo.get("/konto/logg-inn/").content.decode()
    for person in (stranger, closed):
        assert f'value="{person.pk}"' not in html
        assert demo.post(LOGIN, {"user": person.pk}).status_code == 404


def test_logging_in_is_a_post(demo):
    assert demo.get(LOGIN).status_code == 405


def test_the_outbox_shows_what_would_have_been_sent_newest_first(demo, settings):
    files = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=settings.EMAIL_FILE_PATH)
    send_mail("Første", "Hei på deg\n\nhttp://localhost/ Ærlig", None, ["a@example.test"], connection=files)
    send_mail("Andre <b>", "Ny", None, ["b@example.test"], connection=files)
    html = demo.get(OUTBOX).content.decode()
    assert "Hei på deg" in html
    assert "Ærlig" in html
    assert "a@example.test" in html
    assert "Andre &lt;b&gt;" in html


@pytest.mark.parametrize("folder", ["", "finnes-ikke"])
def test_an_empty_outbox_says_what_will_come(demo, settings, tmp_path, folder):
    settings.EMAIL_FILE_PATH = tmp_path / folder
    assert "Ingen e-post ennå" in demo.get(OUTBOX).content.decode()


def test_a_demo_person_confirms_by_pressing_their_name(demo):
    team = Team()
    new = "/konto/brukere/ny/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        demo.post(LOGIN, {"user": team.administrator.pk})
        assert demo.get(new).status_code == 200, "the people of the demo need no second factor"
        clock.shift(timedelta(minutes=16))
        asked = demo.get(new)
        page = demo.get(asked.url).content.decode()
        assert f'value="{team.administrator.pk}"' in page
        assert 'name="password"' not in page
        assert demo.post(LOGIN, {"user": team.administrator.pk, "next": new}).url == new
        assert demo.get(new).status_code == 200
