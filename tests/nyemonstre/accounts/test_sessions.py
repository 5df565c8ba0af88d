"""How long a login lasts, where one is logged in, and what ends it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from nyemonstre.access.roles import Role
from nyemonstre.accounts import jobs
from nyemonstre.accounts.actions import end_role, hold_form, set_active
from nyemonstre.accounts.actions_login import end_other_sessions, end_own_session
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.models import Draft, Membership, Session
from nyemonstre.accounts.sessions import LONGEST, browser_and_system
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from tests.factories import Team
from tests.roles import as_worker

pytestmark = pytest.mark.django_db
LIST, PROFILE = "/konto/innlogginger/", "/konto/profil/"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko) Chrome/131.0 Safari/537.36 Edg/131.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1"


@pytest.fixture
def team():
    return Team()


def entered(user, browser=EDGE):
    client = Client(headers={"user-agent": browser})
    client.post("/konto/logg-inn/", {"email": user.email, "password": "prøve-passord-123"})
    return client


def why_ended(team, acting_as):
    with acting_as(team.auditor):
        events = list(Event.objects.permitted(team.auditor).filter(what=AccountEvent.SESSION_ENDED))
    return [event.facts["why"] for event in events]


def test_a_busy_session_ends_after_eight_hours(client, team, acting_as):
    with time_machine.travel("2026-11-20 08:00", tick=False) as clock:
        client.force_login(team.lead)
        for _minutes in range(0, 8 * 60 - 20, 20):
            clock.shift(timedelta(minutes=20))
            assert client.get(PROFILE).status_code == 200
        assert "Innloggingen din varer til" not in client.get(PROFILE).content.decode()
        clock.shift(timedelta(minutes=10))
        assert "Innloggingen din varer til klokka 16:00" in client.get(PROFILE).content.decode()
        clock.shift(timedelta(minutes=10))
        assert client.get(PROFILE).url == f"/konto/logg-inn/?next={PROFILE}"
        assert why_ended(team, acting_as) == ["longest"]


def test_confirming_begins_the_day_again_and_a_provider_may_ask_for_less(client, team):
    with time_machine.travel("2026-11-20 08:00", tick=False) as clock:
        client.force_login(team.lead)
        session = client.session
        session[LONGEST] = 2 * 3600
        session.save()
        for minutes, status in ((25, 200), (25, 200), (25, 200), (25, 200), (19, 200)):
            clock.shift(timedelta(minutes=minutes))
            assert client.get(PROFILE).status_code == status
        client.post("/konto/bekreft/", {"password": "prøve-passord-123"})
        clock.shift(timedelta(minutes=20))
        assert client.get(PROFILE).status_code == 200


def test_a_session_in_use_is_written_once_a_minute(client, team, settings):
    with time_machine.travel("2026-11-20 08:00", tick=False) as clock:
        client.force_login(team.lead)
        page = client.get(PROFILE)
        assert 'data-idle="1740"' in page.content.decode(), "the page warns as if nothing had been written since"
        for seconds, minute in ((59, 0), (1, 1), (59, 1), (1, 2)):
            clock.shift(timedelta(seconds=seconds))
            assert (settings.SESSION_COOKIE_NAME in client.get(PROFILE).cookies) == (seconds == 1), "as long as the row"
            assert Session.objects.get(user=team.lead).seen_at.minute == minute
        clock.shift(timedelta(minutes=30, seconds=-1))
        assert client.post("/konto/fortsett/").status_code == 204
        clock.shift(timedelta(minutes=30))
        assert client.get(PROFILE).status_code == 302


def test_a_session_that_does_not_know_when_it_began_is_over(client, team):
    client.force_login(team.lead)
    session = client.session
    del session["nm_began_at"]
    session.save()
    assert client.get(PROFILE).status_code == 302


def test_closing_a_user_and_ending_the_last_role_end_the_sessions_now(team):
    lead, intake = entered(team.lead), entered(team.intake)
    set_active(team.lead, active=False, municipality=team.municipality, by=team.administrator)
    end_role(Membership.objects.get(user=team.intake), by=team.administrator)
    assert not Session.objects.filter(user__in=[team.lead, team.intake]).exists()
    assert [client.get(PROFILE).status_code for client in (lead, intake)] == [302, 302]


def test_one_role_of_two_leaves_the_session(team):
    more = Membership.objects.create(user=team.lead, municipality=team.municipality, role=Role.AUDITOR)
    client = entered(team.lead)
    end_role(more, by=team.administrator)
    assert client.get(PROFILE).status_code == 200


def test_a_role_that_runs_out_ends_the_session_too(team, acting_as):
    client = entered(team.lead)
    Membership.objects.filter(user=team.lead).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert client.get(PROFILE).status_code == 302


def test_ones_own_sessions_are_listed_in_words_and_can_be_ended(team):
    here, phone, other = entered(team.lead), entered(team.lead, IPHONE), entered(team.coordinator)
    page = here.get(LIST).content.decode()
    assert "Edge på Windows" in page
    assert "Safari på iPhone" in page
    assert "med passord" in page
    assert page.count("denne nettleseren") == 1
    assert here.session.session_key not in page, "the key itself would open the session"
    name = Session.objects.get(pk=phone.session.session_key).name
    assert other.post(f"{LIST}{name}/avslutt/").status_code == 404
    assert here.post(f"{LIST}{name}/avslutt/").url == LIST
    assert phone.get(PROFILE).status_code == 302
    assert here.get(PROFILE).status_code == 200


def test_all_the_others_end_at_once(team, acting_as):
    here, *others = (entered(team.lead, browser) for browser in (EDGE, IPHONE, ""))
    assert "En nettleser vi ikke kjenner" in here.get(LIST).content.decode()
    assert here.post(f"{LIST}andre/").url == LIST
    assert "2 innlogginger er avsluttet." in here.get(LIST).content.decode()
    assert [client.get(PROFILE).status_code for client in (here, *others)] == [200, 302, 302]
    assert why_ended(team, acting_as) == ["own"]


def test_nobody_ends_anothers_session(team):
    entered(team.lead)
    for act in (
        lambda: end_own_session(Session.objects.get(user=team.lead), by=team.administrator),
        lambda: end_other_sessions(team.lead, keep="", by=team.administrator),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.rule == "own_session"


def test_staying_only_keeps_the_session(team):
    client = entered(team.lead)
    assert client.get("/konto/fortsett/").status_code == 405
    assert client.post("/konto/fortsett/").status_code == 204


@pytest.mark.django_db(transaction=True)
def test_the_night_clears_ended_sessions_and_forgotten_forms(acting_as):
    team = Team()
    live, ended = entered(team.lead), entered(team.coordinator)
    Session.objects.filter(pk=ended.session.session_key).update(expire_date=timezone.now())
    now, old = timezone.now(), timezone.now() - timedelta(days=2)
    for user in (team.lead, team.coordinator):
        for key, saved_at in (("a", old), ("b", now)):
            hold_form(f"/konto/bekreft/{key}/", data={"to": "/", "page": "/", "fields": {}}, by=user)
            with acting_as(user), transaction.atomic():
                Draft.objects.filter(key=f"/konto/bekreft/{key}/").update(saved_at=saved_at)
        with acting_as(user), transaction.atomic():
            Draft.objects.create(user=user, key="/familier/ny/", data={"to": "x"}, saved_at=old)
    with as_worker():
        assert [jobs.clear_sessions.run() for _night in range(2)] == [1, 0]
    for user in (team.lead, team.coordinator):
        with acting_as(user), transaction.atomic():
            assert list(Draft.objects.order_by("key").values_list("key", flat=True)) == [
                "/familier/ny/", "/konto/bekreft/b/",
            ]  # fmt: skip
    assert [client.get(PROFILE).status_code for client in (live, ended)] == [200, 302]


@pytest.mark.parametrize(
    ("description", "words"),
    [(EDGE, ("Edge", "Windows")), (IPHONE, ("Safari", "iPhone")), ("", ("", "")), ("curl/8", ("", ""))],
)
def test_browsers_in_words(description, words):
    assert browser_and_system(description) == words


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_minutes_before_the_end_a_dialog_asks_and_one_goes_on(live_server, page, axe):
    team = Team()
    page.clock.install()
    page.goto(f"{live_server.url}/konto/logg-inn/?next={PROFILE}")
    page.fill("[name=email]", team.lead.email)
    page.fill("[name=password]", "prøve-passord-123")
    page.get_by_role("button", name="Logg inn").click()
    page.wait_for_url(f"**{PROFILE}")
    dialog = page.get_by_role("dialog", name="Du blir snart logget ut")
    page.clock.fast_forward("26:30")
    assert not dialog.is_visible()
    page.clock.fast_forward("01:00")
    dialog.wait_for()
    # Half-way through fading in, its words have too little contrast.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    assert axe(page) == []
    dialog.get_by_role("button", name="Fortsett").click()
    dialog.wait_for(state="hidden")
    page.clock.fast_forward("26:00")
    assert not dialog.is_visible(), "half an hour begins again"
