"""A fresh login before what matters: asked for, remembered for a quarter, and nothing that was filled in is lost."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils.http import urlencode

from nyemonstre.access.fresh import PROVED_AT
from nyemonstre.access.roles import Role
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.models import Draft, Membership, User
from nyemonstre.audit.models import Event
from tests.factories import Team

from .test_people import new

pytestmark = pytest.mark.django_db
CONFIRM, NEW, PASSWORD = "/konto/bekreft/", "/konto/brukere/ny/", "prøve-passord-123"


@pytest.fixture
def clock():
    cache.clear()
    with time_machine.travel("2026-11-20 10:00", tick=False) as clock:
        yield clock


@pytest.fixture
def team(clock):
    return Team()


@pytest.fixture
def stale(client, team, clock):
    """An administrator who logged in sixteen minutes ago."""
    client.force_login(team.administrator)
    clock.shift(timedelta(minutes=16))
    return client


def test_a_quarter_after_the_login_it_asks_and_comes_back(client, team, clock):
    client.force_login(team.administrator)
    clock.shift(timedelta(minutes=14))
    assert client.get(NEW).status_code == 200
    clock.shift(timedelta(minutes=2))
    asked = client.get(f"{NEW}?fra=liste")
    assert asked.url == f"{CONFIRM}?{urlencode({'next': NEW + '?fra=liste'})}"
    assert "Bekreft at det er deg" in client.get(asked.url).content.decode()
    before = client.session.session_key
    assert client.post(asked.url, {"password": PASSWORD}).url == f"{NEW}?fra=liste"
    assert client.session.session_key != before
    assert client.get(NEW).status_code == 200


def test_reading_a_person_asks_nothing_but_giving_a_role_does(stale, team):
    address = f"/konto/brukere/{team.lead.pk}/"
    assert stale.get(address).status_code == 200
    assert stale.post(address, {}).url.startswith(CONFIRM)


def test_a_form_sent_too_late_waits_and_is_sent_again(stale, team):
    asked = stale.post(NEW, new(team) | {"password": "hemmelig"}, headers={"referer": f"http://testserver{NEW}"})
    assert not User.objects.filter(email="ny@example.test").exists()
    held = stale.post(asked.url, {"password": PASSWORD}).url
    page = stale.get(held).content.decode()
    assert "Ny Kollega" in page
    assert "hemmelig" not in page
    sent = stale.post(NEW, new(team) | {"nm-held": held})
    assert User.objects.get(email="ny@example.test").memberships.get().role == Role.COORDINATOR
    assert sent.status_code == 302
    assert stale.get(held).status_code == 404, "what has been sent is not kept"


def test_a_held_form_is_seen_by_nobody_else(stale, team, client, acting_as):
    held = stale.post(NEW, new(team)).url
    key = draft_key(team, acting_as)
    assert key in held.replace("%2F", "/")
    client.force_login(team.lead)
    assert client.get(key).status_code == 404


def draft_key(team, acting_as):
    with acting_as(team.administrator):
        return Draft.objects.get().key


def test_a_button_without_a_page_of_its_own_waits_too(stale, team):
    role = Membership.objects.get(user=team.lead)
    asked = stale.post(f"/konto/roller/{role.pk}/avslutt/")
    assert Membership.objects.live().filter(pk=role.pk).exists()
    held = stale.post(asked.url, {"password": PASSWORD}).url
    assert f'action="/konto/roller/{role.pk}/avslutt/"' in stale.get(held).content.decode()


def test_a_fragment_sends_the_whole_page_to_confirm(stale):
    response = stale.get(NEW, headers={"hx-request": "true", "hx-current-url": "http://testserver/konto/brukere/"})
    assert response["HX-Redirect"] == f"{CONFIRM}?{urlencode({'next': '/konto/brukere/'})}"


def test_wrong_passwords_are_counted_logged_and_stopped(stale, team, acting_as):
    for _try in range(5):
        response = stale.post(CONFIRM, {"password": "feil-passord"})
        assert response.status_code == 422
        assert "ikke passordet ditt" in response.content.decode()
    assert "Vent et kvarter" in stale.post(CONFIRM, {"password": PASSWORD}).content.decode()
    with acting_as(team.auditor):
        events = list(Event.objects.permitted(team.auditor).filter(what=AccountEvent.LOGIN_FAILED))
    assert sorted(event.facts["why"] for event in events) == ["confirm"] * 5 + ["limit"]


def test_a_session_without_a_time_or_from_the_future_proves_nothing(client, team, clock):
    client.force_login(team.administrator)
    for at in (None, 4_000_000_000):
        session = client.session
        session[PROVED_AT] = at or 0
        session.save()
        assert client.get(NEW).url.startswith(CONFIRM)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/"])
def test_the_way_back_is_one_of_our_pages(stale, url):
    assert stale.post(f"{CONFIRM}?next={url}", {"password": PASSWORD}).url == "/"
