"""When something or somebody gets in the way: a colleague was first, the login ran out, a server is away."""

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from .forms import today
from .walking import Visitor
from .world import sent_by, stands_in

# Seconds anybody may have to wait for a page while a server is away.
AT_ONCE = 5.0


@pytest.fixture
def team(db):
    from tests.factories import Team

    return Team()


def followed(team, step="consent"):
    from tests.factories import family_at

    with transaction.atomic():
        return family_at(step, team, name="Bakken")


def logged_in(user, **kwargs) -> Client:
    client = Client(**kwargs)
    client.force_login(user)
    return client


def members(family, user):
    from families.models import Member
    from nyemonstre.access.wall import acting_as

    with acting_as(user), transaction.atomic():
        return {m.first_name: m for m in Member.objects.filter(family=family).select_related("family__municipality")}


def add_goal(family, by, **facts):
    from plans import actions

    whose = [members(family, by)["Jente"]]
    with transaction.atomic():
        return actions.add_goal(family, outcome="rm3", words="Lese sammen", whose=whose, by=by, **facts)


def goals(family, user):
    from nyemonstre.access.wall import acting_as
    from plans.models import Goal

    with acting_as(user), transaction.atomic():
        return list(Goal.objects.filter(family=family).order_by("words"))


# ── A colleague was first ──


@pytest.mark.parametrize(("what", "field"), [("goal", "words"), ("member", "relation")])
def test_the_second_of_two_editors_sees_both_and_loses_nothing(team, what, field):
    from families import assignments

    family = followed(team)
    assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind="second", reason="To hjem", by=team.lead
    )
    if what == "goal":
        address = reverse("plans:goal_edit", args=[family.pk, add_goal(family, team.coordinator).pk])
    else:
        address = reverse("families:member_edit", args=[family.pk, members(family, team.coordinator)["Far"].pk])
    first, second = logged_in(team.coordinator), logged_in(team.second_coordinator)
    why = {"reason": "Vi snakket om det på nytt"} if what == "goal" else {}
    one, other = (sent_by(client.get(address), field) | why for client in (first, second))
    assert first.post(address, one | {field: "Den første skrev dette"}).status_code == 302
    answer = second.post(address, other | {field: "Den andre skrev dette"})
    assert answer.status_code == 422
    assert "Den første skrev dette" in BeautifulSoup(answer.content, "html.parser").get_text()
    assert stands_in(answer)[field] == {"Den andre skrev dette"}
    # Where the form asks, field by field, what shall count.
    again = sent_by(answer, field) | {f"gjelder_{field}": "mitt"}
    assert second.post(address, again).status_code == 302
    assert "Den andre skrev dette" in first.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["plans:goal_new", "plans:journal_quick", "plans:own_words_new"])
def test_a_double_click_is_two_requests_at_once_and_one_row(team, address, monkeypatch):
    """Both look before either has saved."""
    from nyemonstre.access.wall import acting_as
    from plans.actions import goals as goal_actions
    from plans.actions import journal, words
    from plans.models import Goal, JournalEntry, OwnWords

    family = followed(team)
    child = str(members(family, team.coordinator)["Jente"].pk)
    client = logged_in(team.coordinator)
    typed = {
        "plans:goal_new": (Goal, {"words": "Ro", "whose": child, "outcome": "rm3"}),
        "plans:journal_quick": (JournalEntry, {"text": "Ringte", "kind": "phone"}),
        "plans:own_words_new": (OwnWords, {"member": child, "text": "Ro", "said_on": today(), "seen_by": "both"}),
    }
    model, data = typed[address]
    data["key"] = str(uuid4())
    both = threading.Barrier(2)
    for module in (goal_actions, journal, words):
        looked = module.refuse_twice

        def look_together(rows, key, looked=looked):
            both.wait(10)
            looked(rows, key)
            time.sleep(0.3)

        monkeypatch.setattr(module, "refuse_twice", look_together)
    answers = []

    def click():
        mine = Client(raise_request_exception=False)
        mine.cookies = client.cookies
        try:
            answers.append(mine.post(reverse(address, args=[family.pk]), data).status_code)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert answers == [302, 302]
    with acting_as(team.coordinator), transaction.atomic():
        assert model.objects.filter(family=family).count() == 1


# ── The login ran out, or the stamp is missing ──


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_login_that_ran_out_in_a_long_form_costs_nothing_typed(team, live_server, new_page):
    from nyemonstre.accounts.models import Session

    family = followed(team)
    coordinator = Visitor(new_page(), live_server.url).sign_in(team.coordinator)
    coordinator.open(reverse("plans:journal_new", args=[family.pk]))
    coordinator.write("Hva skjedde?", "Lang samtale på kjøkkenet. 🧶 مرحبا ŋ")
    coordinator.sees("Lagret kl.")
    with transaction.atomic():
        Session.objects.all().delete()
    coordinator.press("Lagre i journalen")
    coordinator.sees("Du er logget ut")
    coordinator.write("E-postadresse", team.coordinator.email)
    coordinator.write("Passord", "prøve-passord-123")
    coordinator.press("Logg inn")
    expect(coordinator.field("Hva skjedde?")).to_have_value("Lang samtale på kjøkkenet. 🧶 مرحبا ŋ")
    coordinator.press("Lagre i journalen")
    coordinator.is_told("Linjen står i journalen.")
    coordinator.sees("Lang samtale på kjøkkenet.")


def test_a_form_without_its_stamp_saves_nothing_and_says_what_to_do(team):
    family = followed(team)
    client = logged_in(team.coordinator, enforce_csrf_checks=True)
    whose = str(members(family, team.coordinator)["Jente"].pk)
    answer = client.post(
        reverse("plans:goal_new", args=[family.pk]),
        {"key": str(uuid4()), "words": "Ro", "whose": whose, "outcome": "rm3"},
    )
    assert answer.status_code == 403
    assert "Skjemaet var for gammelt" in answer.content.decode()
    assert not goals(family, team.coordinator)


# ── Servers that are away ──


@pytest.fixture
def no_valkey(settings, monkeypatch):
    """The cache and Celery's broker at a port where nobody listens."""
    from nyemonstre.celery import app
    from nyemonstre.embedded import free_port

    dead = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": dead}}
    monkeypatch.setattr(app.conf, "broker_url", dead)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


def quickly(ask, *args, **kwargs):
    """The answer, which may not take longer because a server is away."""
    started = time.monotonic()
    answer = ask(*args, **kwargs)
    assert time.monotonic() - started < AT_ONCE
    return answer


def test_without_valkey_every_page_works(team, no_valkey):
    family = followed(team)
    client = logged_in(team.coordinator)
    for name in ("families:family_list", "families:to_do", "families:calendar", "consent:service_list"):
        assert quickly(client.get, reverse(name)).status_code == 200
    for name in ("families:family_detail", "consent:family_tab", "assessments:family_tab", "plans:family_tab"):
        assert quickly(client.get, reverse(name, args=[family.pk])).status_code == 200
    visitor = Client()
    answer = quickly(
        visitor.post, reverse("accounts:login"), {"email": team.lead.email, "password": "prøve-passord-123"}
    )
    assert answer.status_code == 302
    assert quickly(visitor.get, reverse("families:dashboard")).status_code == 200


def test_without_valkey_a_henvendelse_comes_through(team, no_valkey):
    address = reverse("referrals:referral_new")
    data = sent_by(Client().get(address), "family_name") | {
        "municipality": str(team.municipality.pk), "referrer_kind": "family", "referrer_name": "Randi",
        "referrer_phone": "38 00 00 00", "family_agrees": "on", "family_name": "Bakken", "protection": "none",
        "people-0-role": "adult", "people-0-first_name": "Randi", "people-0-last_name": "Bakken",
        "people-0-birth_date": "12.03.1987",
    }  # fmt: skip
    answer = quickly(Client().post, address, data, follow=True)
    assert "Henvendelsen er sendt" in answer.content.decode()


def test_without_valkey_the_plan_is_made_at_once_and_says_so(team, no_valkey):
    family = followed(team)
    add_goal(family, team.coordinator)
    client = logged_in(team.coordinator)
    answer = client.post(reverse("plans:pdf_new", args=[family.pk]), {"key": str(uuid4())}, follow=True)
    assert "Den ble laget med en gang" in answer.content.decode()


def test_without_valkey_the_mails_of_a_hand_over_still_go(team, no_valkey, django_capture_on_commit_callbacks):
    family = followed(team)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        answer = quickly(
            logged_in(team.lead).post, reverse("families:hand_over", args=[family.pk]),
            {"coordinator": str(team.second_coordinator.pk), "reason": "Kortere vei"},
        )  # fmt: skip
    assert answer.status_code == 302
    assert {to for message in mail.outbox for to in message.to} == {
        team.coordinator.email, team.second_coordinator.email,
    }  # fmt: skip


def test_without_a_database_every_page_is_a_clean_503(tmp_path):
    from nyemonstre.embedded import _end_with_parent, free_port

    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "nyemonstre.wsgi", "--worker-class", "gthread", "--threads", "2",
             "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1"],
            env=os.environ | {"NM_DATABASE_PORT": str(free_port())}, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            preexec_fn=_end_with_parent,
        )  # fmt: skip
    try:
        assert first_answer(f"http://127.0.0.1:{port}/helse/", log) == (503, "database")
        # The first has a session to ask for, the second has none.
        for path, cookie in (("/", "nm=0123456789abcdef0123456789abcdef"), ("/henvendelser/ny/", "")):
            status, body = first_answer(f"http://127.0.0.1:{port}{path}", log, cookie)
            assert status == 503, path
            assert "Databasen svarer ikke." in body
            assert "Traceback" not in body
    finally:
        server.terminate()
        server.wait(30)


def first_answer(url, log, cookie="", patience=60):
    """Status and text, as soon as the server listens."""
    limit = time.monotonic() + patience
    request = urllib.request.Request(url, headers={"Cookie": cookie})  # noqa: S310
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            assert time.monotonic() < limit, log.read_text()[-3000:]
            time.sleep(0.2)
