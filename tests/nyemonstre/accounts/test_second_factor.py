"""Second factors of local accounts: one-time codes as an app makes them, recovery codes, passkeys in a real browser."""

import base64
import hmac
import struct
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from nyemonstre.accounts import tasks
from nyemonstre.accounts.actions_second import add_passkey, add_totp, forget_second_factors, remove_factor
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.second_factor import factors
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from tests.factories import Team

pytestmark = pytest.mark.django_db
LOGIN, STEP, PROFILE, LIST = "/konto/logg-inn/", "/konto/logg-inn/kode/", "/konto/profil/", "/konto/sikkerhet/"
PASSWORD = "prøve-passord-123"
SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret, at=None):
    """RFC 6238, as an app on a telephone reckons."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@pytest.fixture
def team():
    cache.clear()
    return Team()


@pytest.fixture
def with_app(team):
    """The lead of the team has an app with one-time codes."""
    with transaction.atomic():
        add_totp(team.lead, secret=SECRET, by=team.lead)
    return team


def password(client, user, **more):
    return client.post(LOGIN, {"email": user.email, "password": PASSWORD, **more})


def recovery_codes(user):
    (found,) = [factor for factor in factors(user) if factor.type == Authenticator.Type.RECOVERY_CODES]
    return found.wrap().get_unused_codes()


def methods(team, acting_as):
    with acting_as(team.auditor):
        events = Event.objects.permitted(team.auditor).filter(what=AccountEvent.LOGGED_IN)
        return [event.facts["how"] for event in events]


def test_the_codes_of_the_standard():
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [code_of(secret, at) for at in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


def test_the_password_alone_no_longer_opens(client, with_app, acting_as):
    step = password(client, with_app.lead, next=PROFILE)
    assert step.url == STEP
    assert client.get(PROFILE).status_code == 302
    page = client.get(STEP).content.decode()
    assert "Skriv koden som appen viser nå" in page
    right = code_of(SECRET)
    assert "Koden stemmer ikke" in client.post(STEP, {"code": "000000"}).content.decode()
    assert client.post(STEP, {"code": right}).url == PROFILE
    assert client.get(PROFILE).status_code == 200
    again = Client()
    password(again, with_app.lead)
    with time_machine.travel(time.time() + 31):  # still right, by the tolerance
        assert again.post(STEP, {"code": right}).status_code == 422, "a code is good once"
    assert methods(with_app, acting_as) == ["totp"]


def test_a_recovery_code_opens_once(client, with_app, acting_as):
    codes = recovery_codes(with_app.lead)
    assert len(codes) == len(set(codes)) == 10
    password(client, with_app.lead)
    assert client.post(STEP, {"code": codes[3]}).status_code == 302
    again = Client()
    password(again, with_app.lead)
    assert again.post(STEP, {"code": codes[3]}).status_code == 422
    assert len(recovery_codes(with_app.lead)) == 9
    assert methods(with_app, acting_as) == ["recovery_code"]


def test_wrong_codes_are_counted_across_browsers_and_logged(client, with_app, acting_as):
    for _try in range(5):
        browser = Client()
        password(browser, with_app.lead)
        assert browser.post(STEP, {"code": "000000"}).status_code == 422
    password(client, with_app.lead)
    assert "Vent et kvarter" in client.post(STEP, {"code": code_of(SECRET)}).content.decode()
    with acting_as(with_app.auditor):
        events = Event.objects.permitted(with_app.auditor).filter(what=AccountEvent.LOGIN_FAILED)
        assert {event.facts["why"] for event in events} == {"second"}


def test_the_second_step_needs_the_first_and_does_not_wait_for_ever(client, with_app):
    assert client.post(STEP, {"code": code_of(SECRET)}).url == LOGIN
    with time_machine.travel(time.time(), tick=False) as clock:
        password(client, with_app.lead)
        clock.shift(timedelta(minutes=11))
        assert client.post(STEP, {"code": code_of(SECRET)}).url == LOGIN


@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", '{"id": "x", "response": {}}', "null"])
def test_no_passkey_at_all_is_refused_with_a_sentence(client, with_app, credential):
    response = client.post("/konto/logg-inn/passnokkel/", {"credential": credential}, follow=True)
    assert "ble ikke godtatt" in response.content.decode()
    assert client.get(PROFILE).status_code == 302


def test_an_administrator_is_led_to_set_it_up_and_an_app_does_it(client, team, settings):
    password(client, team.administrator)
    for address in ("/", "/konto/brukere/", PROFILE):
        assert client.get(address).url == LIST
    assert "Før du går videre" in client.get(LIST).content.decode()
    page = client.get("/konto/sikkerhet/app/")
    secret = page.context["secret"]
    assert "data:image/svg+xml;base64," in page.content.decode()
    assert client.post("/konto/sikkerhet/app/", {"code": "000000"}).status_code == 422
    done = client.post("/konto/sikkerhet/app/", {"code": code_of(secret)})
    assert done.url == "/konto/sikkerhet/koder/"
    shown = client.get(done.url).content.decode()
    assert all(code in shown for code in recovery_codes(team.administrator))
    assert client.get("/konto/brukere/").status_code == 200
    assert password(Client(), team.administrator).url == STEP
    settings.DEMO = True
    other = Team()
    demo = Client()
    password(demo, other.administrator)
    assert demo.get(PROFILE).status_code == 200, "the people of the demo are let off"


def test_confirming_asks_for_the_code_too(client, with_app):
    client.force_login(with_app.lead)
    confirm = "/konto/bekreft/"
    assert client.post(confirm, {"password": PASSWORD}).status_code == 422
    assert "Koden stemmer ikke" in client.post(confirm, {"password": PASSWORD, "code": "1"}).content.decode()
    assert client.post(confirm, {"password": PASSWORD, "code": code_of(SECRET)}).url == "/"


def test_new_codes_and_taking_it_away(client, with_app):
    client.force_login(with_app.lead)
    before = recovery_codes(with_app.lead)
    client.post("/konto/sikkerhet/koder/")
    assert not set(before) & set(recovery_codes(with_app.lead))
    page = client.get(LIST).content.decode()
    assert "App med engangskoder" in page
    assert "10 gjenopprettingskoder igjen" in page
    (app,) = [factor for factor in factors(with_app.lead) if factor.type == Authenticator.Type.TOTP]
    other = Client()
    other.force_login(with_app.coordinator)
    assert other.post(f"{LIST}{app.pk}/fjern/").status_code == 404
    assert client.post(f"{LIST}{app.pk}/fjern/").url == LIST
    assert factors(with_app.lead) == []
    assert client.get("/konto/sikkerhet/koder/").url == LIST


def test_secrets_are_sealed_and_nobody_else_reads_them(with_app, acting_as):
    with acting_as(with_app.lead):
        for factor in Authenticator.objects.filter(user=with_app.lead):
            assert SECRET not in str(factor.data)
            assert (factor.data.get("secret") or factor.data["seed"]).startswith("A"), "the number of the key, sealed"
    for person in (None, with_app.coordinator, with_app.administrator):
        with acting_as(person):
            assert Authenticator.objects.count() == 0
            assert Authenticator.objects.filter(user=with_app.lead).delete()[0] == 0
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into account_emailaddress (email, verified, \"primary\") values ('x', true, true)")


def test_somebody_who_lost_everything_asks_the_administrator(client, with_app):
    inside = Client()
    inside.force_login(with_app.lead)
    client.force_login(with_app.administrator)
    page = f"/konto/brukere/{with_app.lead.pk}/"
    assert client.post(f"{page}koder/").url == page
    assert factors(with_app.lead) == []
    assert inside.get(PROFILE).status_code == 302
    assert password(Client(), with_app.lead).url == "/"
    other = Team()
    with transaction.atomic():
        add_totp(other.lead, secret=SECRET, by=other.lead)
    assert client.post(f"/konto/brukere/{other.lead.pk}/koder/").status_code == 404
    with pytest.raises(Exception, match="Rollen din gir ikke lov"), transaction.atomic():
        forget_second_factors(other.lead, municipality=other.municipality, by=with_app.administrator)
    assert factors(other.lead)


def test_nobody_changes_anothers_factors(with_app):
    for act in (
        lambda: add_totp(with_app.lead, secret=SECRET, by=with_app.coordinator),
        lambda: add_passkey(with_app.lead, name="x", credential={}, by=with_app.coordinator),
        lambda: remove_factor(factors(with_app.lead)[0], by=with_app.coordinator),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.rule == "own_second_factor"


def test_a_forgotten_password_is_answered_alike_for_all(client, team, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(tasks.send_password_link, "delay", tasks.send_password_link)
    type(team.auditor).objects.filter(pk=team.auditor.pk).update(is_active=False)
    answers = set()
    for email in (team.lead.email.upper(), "nobody@example.test", team.auditor.email, *[team.lead.email] * 4):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post("/konto/glemt-passord/", {"email": email})
        answers.add((response.status_code, "Sjekk e-posten din" in response.content.decode()))
    assert answers == {(200, True)}
    assert [letter.to for letter in mail.outbox] == [[team.lead.email]] * 3, "three in an hour"
    assert client.post("/konto/glemt-passord/", {"email": "x"}).status_code == 422
    assert "Glemt passordet?" in client.get(LOGIN).content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_made_and_opens_the_door_in_chromium(live_server, page, axe):
    cache.clear()
    team = Team()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{live_server.url}{LOGIN}")
    page.fill("[name=email]", team.administrator.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Logg inn").click()
    page.get_by_role("link", name="Lag en passnøkkel").click()
    page.fill("[name=name]", "Jobbmaskinen")
    assert axe(page) == []
    page.get_by_role("button", name="Lag passnøkkelen").click()
    page.get_by_role("heading", name="Gjenopprettingskoder").wait_for()
    page.goto(f"{live_server.url}{LIST}")
    assert page.get_by_text("Jobbmaskinen").first.is_visible()
    assert axe(page) == []
    # in again with the passkey alone
    page.context.clear_cookies()
    page.goto(f"{live_server.url}{LOGIN}")
    page.get_by_role("link", name="Logg inn med passnøkkel").click()
    page.get_by_role("button", name="Bruk passnøkkelen").click()
    page.get_by_text("Brukere").first.wait_for()
    # and as the second step after the password
    page.context.clear_cookies()
    page.goto(f"{live_server.url}{LOGIN}")
    page.fill("[name=email]", team.administrator.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Logg inn").click()
    page.get_by_role("heading", name="Ett steg til").wait_for()
    assert axe(page) == []
    page.get_by_role("button", name="Bruk passnøkkelen").click()
    page.get_by_text("Brukere").first.wait_for()
