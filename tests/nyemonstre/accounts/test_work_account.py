"""Logging in with a work account at a real provider on the loopback: the right way, and every wrong one."""

import time
from datetime import timedelta
from io import StringIO
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from joserfc.jwk import RSAKey

from nyemonstre.access.roles import Role
from nyemonstre.accounts import tasks
from nyemonstre.accounts.actions import add_colleague, set_active
from nyemonstre.accounts.actions_login import link_identity, set_emergency, set_login_provider
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.models import Identity, LoginProvider, Membership, Session
from nyemonstre.accounts.tasks import invitation_link
from nyemonstre.audit.models import Event
from nyemonstre.postgres.creation import as_owner
from nyemonstre.refusals import Refused
from tests.factories import Team

from .provider import CLIENT, SECRET, Provider, query

pytestmark = pytest.mark.django_db
DONE, LOGIN, PROFILE = "/konto/jobbkonto/ferdig/", "/konto/logg-inn/", "/konto/profil/"
ONE_SENTENCE = "Innloggingen med jobbkonto gikk ikke. Prøv igjen, eller snakk med administratoren i kommunen."
UNKNOWN = "Jobbkontoen din er ikke koblet til noen bruker her."


@pytest.fixture(scope="module", autouse=True)
def operator(django_db_setup, django_db_blocker):
    """Providers are set here as an operator sets them; in production only the owner of the tables may."""
    for verb, to in (("grant", "to"), ("revoke", "from")):
        with django_db_blocker.unblock(), as_owner(connection), connection.cursor() as cursor:
            cursor.execute(f"{verb} insert, update on accounts_loginprovider {to} nm_web")
        if verb == "grant":
            yield


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def there(running, monkeypatch):
    """The provider, telling the truth, under its first key."""
    running.lie, running.extra, running.algorithm, running.client_key = {}, {}, "RS256", None
    running.keys = running.keys[:1]
    monkeypatch.setenv("NM_OIDC_TEST", SECRET)
    cache.clear()
    return running


@pytest.fixture
def team(there):
    team = Team()
    team.provider = provider_of(team.municipality, there)
    with transaction.atomic():
        link_identity(team.lead, issuer=there.issuer, subject="lead-at-work", by=team.lead)
    return team


def provider_of(municipality, there, **changes):
    facts = {
        "kind": "other", "issuer": there.issuer, "client_id": CLIENT, "secret_ref": "env:NM_OIDC_TEST",
        "client_auth": "client_secret_basic", "acr": "", "amr": "", "max_age": None, "longest": 28800,
    }  # fmt: skip
    return set_login_provider(municipality, facts=facts | changes, by=None)


def begin(client, team, **asked):
    response = client.get(f"/konto/jobbkonto/{team.provider.pk}/", asked)
    assert response.status_code == 302
    return response.url


def come_back(client, brought):
    return client.get(f"{DONE}?{query(brought)}")


def log_in(client, team, there, subject="lead-at-work", asked=None, **claims):
    return come_back(client, there.log_in(begin(client, team, **asked or {}), subject, **claims))


def told(client, response):
    assert response.url in (LOGIN, "/konto/bekreft/")
    return client.get(response.url).content.decode()


def failures(team, acting_as):
    with acting_as(team.auditor):
        return [e.facts["why"] for e in Event.objects.permitted(team.auditor).filter(what=AccountEvent.LOGIN_FAILED)]


def test_the_right_login_opens_a_new_session_for_the_page_they_came_for(client, team, there, acting_as):
    client.get(LOGIN)
    address = begin(client, team, next=PROFILE)
    before = client.session.session_key
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) >= 43
    assert asked["scope"] == "openid", "no more is asked for than who it is"
    assert come_back(client, there.log_in(address, "lead-at-work")).url == PROFILE
    assert client.session.session_key != before
    assert client.get(PROFILE).status_code == 200
    with acting_as(team.auditor):
        (event,) = Event.objects.permitted(team.auditor).filter(what=AccountEvent.LOGGED_IN)
    assert (event.actor_id, event.facts) == (team.lead.pk, {"how": "work_account"})
    assert Session.objects.get(pk=client.session.session_key).method == "work_account"


def test_the_login_page_offers_it_and_the_password_is_turned_away(client, team):
    page = client.get(f"{LOGIN}?next={PROFILE}").content.decode()
    assert "Logg inn med jobbkonto" in page
    assert f"/konto/jobbkonto/{team.provider.pk}/?next=/konto/profil/" in page
    given = {"email": team.lead.email, "password": "prøve-passord-123"}
    assert "Kommunen din bruker jobbkonto" in client.post(LOGIN, given).content.decode()
    set_emergency(team.lead, emergency=True, by=None)
    assert client.post(LOGIN, given).status_code == 302


def test_without_local_login_only_emergency_accounts_have_passwords(client, settings):
    settings.NM_LOCAL_LOGIN = False
    team = Team()
    given = {"email": team.lead.email, "password": "prøve-passord-123"}
    assert "bruker jobbkonto" in client.post(LOGIN, given).content.decode()
    set_emergency(team.lead, emergency=True, by=None)
    assert client.post(LOGIN, given).status_code == 302


def test_what_the_person_adds_to_the_address_is_not_passed_on(client, team):
    address = begin(client, team, auth_params="acr_values=low", acr_values="low", prompt="none", scope="admin")
    asked = parse_qs(urlsplit(address).query)
    assert not {"acr_values", "prompt", "auth_params"} & set(asked)
    assert asked["scope"] == ["openid"]


YESTERDAY = int(time.time()) - 86400


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ({"iss": "https://evil.example"}, "issuer"),
        ({"aud": "another-client"}, "audience"),
        ({"aud": [CLIENT, "another-client"]}, "azp"),
        ({"azp": "another-client"}, "azp"),
        ({"nonce": "guessed"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": YESTERDAY}, "expired"),
        ({"exp": None}, "signature"),
        ({"acr": "low"}, "acr"),
        ({"amr": ["pwd"]}, "amr"),
        ({"amr": None}, "amr"),
        ({"auth_time": YESTERDAY}, "auth_time"),
        ({"auth_time": None}, "auth_time"),
        ({"auth_time": 4_000_000_000}, "auth_time"),
        ({"auth_time": "now"}, "auth_time"),
    ],
)
def test_a_token_that_is_wrong_in_one_thing_is_refused(client, team, there, acting_as, lie, why):
    provider_of(team.municipality, there, acr="high substantial", amr="mfa", max_age=3600)
    team.provider.refresh_from_db()
    there.lie = {"acr": "high", "amr": ["pwd", "mfa"], "auth_time": int(time.time())} | lie
    response = log_in(client, team, there)
    assert ONE_SENTENCE in told(client, response)
    assert client.get(PROFILE).status_code == 302
    assert failures(team, acting_as) == [why]


def test_what_is_asked_for_and_given_is_let_in(client, team, there):
    provider_of(team.municipality, there, acr="high substantial", amr="mfa", max_age=3600)
    right = {"acr": "high", "amr": ["pwd", "mfa"], "auth_time": int(time.time()), "aud": [CLIENT], "azp": CLIENT}
    assert log_in(client, team, there, **right).url == "/"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_a_signature_of_theirs_is_refused(client, team, there, acting_as, algorithm):
    there.algorithm = algorithm
    assert ONE_SENTENCE in told(client, log_in(client, team, there))
    assert failures(team, acting_as) == ["algorithm"]


def test_a_key_nobody_published_is_refused_and_a_new_one_works(client, team, there, acting_as):
    assert log_in(client, team, there).url == "/"
    first, thief = there.keys[0], Client()
    there.keys = [there.new_key("first")]  # signs with a key of its own under a name we know
    assert ONE_SENTENCE in told(thief, log_in(thief, team, there))
    there.keys = [first, there.new_key("second")]
    assert log_in(Client(), team, there).url == "/", "a key changed at the provider is found"
    assert failures(team, acting_as) == ["signature"]


def test_another_tenants_subject_is_nobody_here(client, team, there, acting_as):
    """The same subject from another issuer, with an issuer of its own that is a provider here too."""
    other = Provider()
    try:
        elsewhere = Team()
        elsewhere.provider = provider_of(elsewhere.municipality, other)
        response = log_in(client, elsewhere, other)
        assert UNKNOWN in told(client, response)
        assert failures(elsewhere, acting_as) == ["unknown"]
    finally:
        other.stop()


def test_a_provider_opens_only_its_own_municipality(client, team, there, acting_as):
    elsewhere = Team()
    elsewhere.provider = provider_of(elsewhere.municipality, there)
    assert "Du har ingen rolle" in told(client, log_in(client, elsewhere, there))
    assert client.get(PROFILE).status_code == 302


def test_an_unknown_a_closed_and_a_roleless_person_are_told_what_to_do(client, team, there, acting_as):
    assert UNKNOWN in told(client, log_in(client, team, there, subject="stranger"))
    set_active(team.lead, active=False, municipality=team.municipality, by=team.administrator)
    assert "Brukeren din er stengt" in told(client, log_in(client, team, there))
    set_active(team.lead, active=True, municipality=team.municipality, by=team.administrator)
    Membership.objects.filter(user=team.lead).update(valid_to="2020-01-01", valid_from="2020-01-01")
    assert "Du har ingen rolle" in told(client, log_in(client, team, there))
    assert sorted(failures(team, acting_as)) == ["closed", "unknown"]


def test_a_used_code_a_used_state_and_anothers_state_are_refused(client, team, there, acting_as):
    brought = there.log_in(begin(client, team), "lead-at-work")
    assert come_back(client, brought).url == "/"
    client.logout()
    assert ONE_SENTENCE in told(client, come_back(client, brought)), "the state was used"
    again = {"code": brought["code"], "state": there.log_in(begin(client, team), "x")["state"]}
    assert ONE_SENTENCE in told(client, come_back(client, again)), "the code was used"
    victim, thief = Client(), Client()
    stolen = there.log_in(begin(thief, team), "lead-at-work")
    assert ONE_SENTENCE in told(victim, come_back(victim, stolen)), "the state is another browser's"
    for brought in ({}, {"state": "x", "code": "y"}, {"error": "access_denied"}):
        assert ONE_SENTENCE in told(client, come_back(client, brought))
    assert failures(team, acting_as) == ["code"], "the others name no municipality"


def test_a_mixed_up_issuer_and_a_cancelled_login_are_refused(client, team, there, acting_as):
    brought = there.log_in(begin(client, team), "lead-at-work")
    assert ONE_SENTENCE in told(client, come_back(client, brought | {"iss": "https://evil.example"}))
    state = there.log_in(begin(client, team), "x")["state"]
    assert ONE_SENTENCE in told(client, come_back(client, {"state": state, "error": "access_denied"}))
    assert sorted(failures(team, acting_as)) == ["cancelled", "issuer"]


def test_a_provider_that_says_it_names_itself_must_do_so(client, team, there, acting_as):
    """RFC 9207."""
    there.extra = {"authorization_response_iss_parameter_supported": True}
    brought = there.log_in(begin(client, team), "lead-at-work")
    assert ONE_SENTENCE in told(client, come_back(client, brought))
    brought = there.log_in(begin(client, team, next=PROFILE), "lead-at-work")
    assert come_back(client, brought | {"iss": there.issuer}).url == PROFILE
    assert failures(team, acting_as) == ["issuer"]


def test_a_login_that_took_too_long_begins_again(client, team, there):
    with time_machine.travel(time.time(), tick=False) as clock:
        brought = there.log_in(begin(client, team), "lead-at-work")
        clock.shift(timedelta(minutes=16))
        assert ONE_SENTENCE in told(client, come_back(client, brought))


@pytest.mark.parametrize(
    "extra",
    [
        {"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)  # fmt: skip
def test_a_description_that_does_not_hold_is_not_followed(client, team, there, extra):
    there.extra = extra
    response = client.get(f"/konto/jobbkonto/{team.provider.pk}/")
    assert ONE_SENTENCE in told(client, response)


def test_a_provider_that_is_away_is_said_in_a_sentence(client, team, there, monkeypatch):
    provider_of(team.municipality, there, issuer="http://127.0.0.1:9", client_id="x")
    away = LoginProvider.objects.active().get(municipality=team.municipality)
    assert ONE_SENTENCE in told(client, client.get(f"/konto/jobbkonto/{away.pk}/"))
    assert client.get(f"/konto/jobbkonto/{team.provider.pk}/").status_code == 404, "switched off"
    monkeypatch.delenv("NM_OIDC_TEST")


def test_an_invitation_links_the_work_account_once(
    client, team, there, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(tasks.send_password_link, "delay", tasks.send_password_link)
    with django_capture_on_commit_callbacks(execute=True):
        anne = add_colleague(
            team.municipality, email="anne@example.test", name="Anne", role=Role.COORDINATOR, by=team.administrator
        )
    (letter,) = mail.outbox
    assert "jobbkontoen din" in letter.body
    address = urlsplit(next(word for word in letter.body.split() if "/invitasjon/" in word)).path
    assert "Velkommen, Anne" in client.get(address).content.decode()
    assert log_in(client, team, there, subject="anne-at-work").url == "/"
    assert client.get(address).status_code == 410, "an invitation is good once"
    assert log_in(Client(), team, there, subject="anne-at-work").url == "/"
    thief = Client()
    assert thief.get(address).status_code == 410
    assert UNKNOWN in told(thief, log_in(thief, team, there, subject="thief"))
    with transaction.atomic(), pytest.raises(Refused, match="alt koblet"):
        link_identity(anne, issuer=there.issuer, subject="lead-at-work", by=anne)


def test_a_work_account_that_is_anothers_is_not_taken_over_by_an_invitation(client, team, there):
    client.get(urlsplit(invitation_link(team.coordinator)).path)
    assert log_in(client, team, there, subject="lead-at-work").url == "/"
    assert client.get(PROFILE).context["user"] == team.lead, "the account's owner comes in as themselves"
    assert client.get("/konto/invitasjon/x/y/").status_code == 410


def test_an_administrator_takes_a_work_account_away(client, team, there, acting_as):
    inside = Client()
    log_in(inside, team, there)
    set_emergency(team.administrator, emergency=True, by=None)
    client.force_login(team.administrator)
    page = f"/konto/brukere/{team.lead.pk}/"
    assert "Fjern jobbkontoen" in client.get(page).content.decode()
    assert client.post(f"{page}jobbkonto/").url == page
    assert "Fjern jobbkontoen" not in client.get(page).content.decode()
    assert inside.get(PROFILE).status_code == 302
    assert UNKNOWN in told(inside, log_in(inside, team, there))


def test_stepping_up_asks_for_a_login_made_just_now_by_the_same_person(client, team, there, acting_as):
    with transaction.atomic():
        link_identity(team.administrator, issuer=there.issuer, subject="admin-at-work", by=team.administrator)
    log_in(client, team, there, subject="admin-at-work")
    new = "/konto/brukere/ny/"
    asked = client.get(new)
    assert asked.url.startswith("/konto/bekreft/"), "a login the provider did not date is not fresh"
    page = client.get(asked.url).content.decode()
    assert "Bekreft med jobbkonto" in page
    assert 'name="password"' not in page
    step = {"bekreft": "1", "next": new}
    address = begin(client, team, **step)
    assert {"max_age": ["0"], "prompt": ["login"]}.items() <= parse_qs(urlsplit(address).query).items()
    now = int(time.time())
    for subject, claims in (
        ("admin-at-work", {}),
        ("admin-at-work", {"auth_time": now - 600}),
        ("lead-at-work", {"auth_time": now}),
    ):
        assert ONE_SENTENCE in told(client, log_in(client, team, there, subject, step, **claims))
        assert client.get(new).status_code == 302
    # Their clock is half a minute ahead of ours.
    assert log_in(client, team, there, "admin-at-work", step, auth_time=now + 30).url == new
    assert client.get(new).status_code == 200
    assert sorted(failures(team, acting_as)) == ["auth_time", "auth_time", "other_person"]


def test_a_first_login_by_a_clock_ahead_of_ours_is_fresh(client, team, there):
    with transaction.atomic():
        link_identity(team.administrator, issuer=there.issuer, subject="admin-at-work", by=team.administrator)
    log_in(client, team, there, subject="admin-at-work", auth_time=int(time.time()) + 30)
    assert client.get("/konto/brukere/ny/").status_code == 200


def test_a_provider_may_ask_for_shorter_days(client, team, there):
    provider_of(team.municipality, there, longest=7200)
    log_in(client, team, there)
    assert client.session["nm_longest"] == 7200


def test_private_key_jwt_shows_who_we_are(client, team, there, tmp_path):
    there.client_key = RSAKey.generate_key(2048)
    path = tmp_path / "key.pem"
    path.write_bytes(there.client_key.as_pem(private=True))
    for kind in ("ansattporten", "entra"):
        provider_of(team.municipality, there, kind=kind, client_auth="private_key_jwt", secret_ref=f"file:{path}")
        assert log_in(Client(), team, there).url == "/"


def test_logging_out_offers_the_way_out_there_too(client, team, there):
    log_in(client, team, there)
    client.post("/konto/logg-ut/")
    page = client.get(LOGIN).content.decode()
    assert f"{there.issuer}/logout?id_token_hint=" in page
    assert "id_token_hint" not in client.get(LOGIN).content.decode(), "once"


def test_nobody_reads_anothers_work_account(team, acting_as):
    for person, seen in ((None, 0), (team.coordinator, 0), (team.lead, 1), (team.administrator, 1)):
        with acting_as(person):
            assert Identity.objects.count() == seen
    with acting_as(team.coordinator), pytest.raises(Exception, match="row-level"), transaction.atomic():
        Identity.objects.create(user=team.lead, issuer="x", subject="y")
    with pytest.raises(Refused) as refusal:
        link_identity(team.lead, issuer="x", subject="y", by=team.coordinator)
    assert refusal.value.rule == "own_identity"


def test_the_operator_sets_shows_and_removes_a_provider(team, there, monkeypatch):
    number, out = team.municipality.number, StringIO()
    usual = ["--kind", "ansattporten", "--issuer", "https://ansattporten.no", "--client-id", "c"]
    call_command("login_provider", number, *usual, "--secret", "env:NM_OIDC_TEST", stdout=out)
    row = LoginProvider.objects.active().get(municipality=team.municipality)
    assert (row.client_auth, row.longest, row.acr) == ("private_key_jwt", 7200, "high")
    call_command("login_provider", stdout=out)
    call_command("login_link", team.coordinator.email, stdout=out)
    call_command("login_link", team.coordinator.email, "--emergency", stdout=out)
    call_command("login_provider", number, "--remove", stdout=out)
    said = out.getvalue()
    for words in ("/konto/jobbkonto/ferdig/", "https://ansattporten.no", "/invitasjon/", "/passord/", "med passord"):
        assert words in said
    common = ["--kind", "entra", "--issuer", "https://login.microsoftonline.com/common/v2.0", "--client-id", "c"]
    for wrong in ([], usual, [*common, "--secret", "env:X"], [*usual, "--secret", "the secret itself"]):
        with pytest.raises(CommandError), transaction.atomic():
            call_command("login_provider", number, *wrong)
    for arguments in (["login_provider", "0000x"], ["login_link", "nobody@example.test"]):
        with pytest.raises(CommandError):
            call_command(*arguments)


def test_the_database_holds_the_rules_for_providers(team, there):
    for wrong, name in (
        ({"secret_ref": "the secret itself"}, "login_provider_secret_by_name"),
        ({"longest": 90_000}, "login_provider_longest_a_day"),
        ({"pk": uuid4()}, "login_provider_one_per_municipality"),
    ):
        row = LoginProvider.objects.get(pk=team.provider.pk)
        for field, value in wrong.items():
            setattr(row, field, value)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert="pk" in wrong)
    with pytest.raises(ValidationError):
        provider_of(team.municipality, there, longest=0)


def test_the_database_holds_the_rules_for_identities(team, there, acting_as):
    for person, subject, name in (
        (team.lead, "another", "identity_one_per_issuer"),
        (team.coordinator, "lead-at-work", "identity_subject_once"),
    ):
        with acting_as(person), pytest.raises(IntegrityError, match=name), transaction.atomic():
            Identity.objects.create(user=person, issuer=there.issuer, subject=subject)
