"""A service on the municipality's list says that a henvendelse is theirs; nobody is turned away who does not."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.cache import cache
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import set_service_domains
from nyemonstre.audit.models import Event
from referrals import jobs, tasks
from referrals.drafts import digest
from referrals.models import SenderCheck
from referrals.sender import secret_of
from tests.factories import Team

from .making import sent
from .test_views_sending import NEW, filled, stored

pytestmark = pytest.mark.django_db
SCHOOL = "lie@skolen.example"
UNLISTED, ASKED = "E-postadressen er ikke på kommunens liste", "Avsender ikke bekreftet ennå"
UNSENT = "Lenken er ikke sendt ennå"


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def town():
    team = Team()
    set_service_domains(team.municipality, domains=["skolen.example"], by=team.administrator)
    return team


def asked(team, referral, user=None):
    with acting_as(user or team.intake), transaction.atomic():
        return SenderCheck.objects.filter(referral=referral).first()


def said(team, referral):
    inside = Client()
    inside.force_login(team.intake)
    return inside.get(reverse("referrals:referral_detail", args=[referral.pk])).content.decode()


def test_opening_the_link_confirms_nothing_and_its_button_does_once(client, town):
    assert client.post(NEW, filled(town, referrer_email=SCHOOL.upper())).status_code == 302
    (referral,) = stored(town)
    tasks.mail_sender(str(referral.pk))
    assert not outbox.outbox, "the web server may not read what it was sent"
    with acting_as(town.intake):  # as the worker, which reads it
        tasks.mail_sender(str(referral.pk))
    (letter,) = outbox.outbox
    assert letter.to == [referral.referrer_email]
    words = letter.subject + letter.body
    for hidden in ("Rahimi", "Amal", "Leo", "Lie", "Øvre", referral.reference, str(referral.pk)):
        assert hidden not in words
    address = re.search(r"(/henvendelser/avsender/\S+/)", words)[1]
    secret = address.split("/")[-2]
    check = asked(town, referral)
    assert (bytes(check.token_hash), check.expires_at - check.mailed_at) == (digest(secret), timedelta(days=7))
    assert ASKED in said(town, referral)

    for _scanner in range(2):
        page = client.get(address)
        assert (page.status_code, "Ja, jeg har sendt den" in page.content.decode()) == (200, True)
        assert not [word for word in ("Rahimi", "Amal", referral.reference) if word in page.content.decode()]
    assert asked(town, referral).confirmed_at is None
    assert client.post(address).url == address
    assert client.post(address).status_code == 200, "the second of two clicks finds it done"
    page = client.get(address).content.decode()
    today = timezone.localdate().strftime("%d.%m.%Y")
    assert f"Bekreftet {today}" in page
    assert "<form method" not in page.split("<main")[1]
    assert f"Avsender bekreftet {today}" in said(town, referral)
    with acting_as(town.auditor):
        (event,) = Event.objects.filter(what="referral_sender_confirmed")
    assert (event.municipality_id, event.actor_id, event.target_id) == (town.municipality.pk, None, str(check.pk))


def test_who_is_asked_and_what_the_team_reads(client, town):
    for facts, words in (
        ({"referrer_email": SCHOOL}, UNSENT), ({"referrer_email": "lie@andre.skolen.example"}, UNLISTED),
        ({"referrer_email": "skolen.example@epost.example"}, UNLISTED), ({"referrer_email": ""}, UNLISTED),
    ):  # fmt: skip
        referral = sent(town, **facts)
        assert (words in said(town, referral), asked(town, referral) is not None) == (True, words == UNSENT)
    own = {"referrer_kind": "family", "referrer_service": "", "referrer_sector": "", "referrer_email": SCHOOL}
    referral = sent(town, **own)
    assert asked(town, referral) is None, "a family is not asked"
    assert not [word for word in (UNLISTED, "Avsender") if word in said(town, referral)]
    client.force_login(town.coordinator)
    client.post(NEW, filled(town, referrer_email=SCHOOL))
    referral = next(row for row in stored(town) if row.submitted_by_id)
    assert asked(town, referral) is None
    assert "Sendt av en innlogget bruker" in said(town, referral)
    assert asked(town, sent(Team(), referrer_email=SCHOOL), town.intake) is None, "the list is the municipality's own"


def test_a_link_that_ran_out_or_was_made_up(client, town, monkeypatch):
    referral = sent(town, referrer_email=SCHOOL)
    address = reverse("referrals:sender_confirm", args=[secret_of(referral.pk)])
    now = timezone.now()
    monkeypatch.setattr("referrals.sender.timezone.now", lambda: now + timedelta(days=7, seconds=1))
    for link in (address, reverse("referrals:sender_confirm", args=["x" * 64])):
        for answer in (client.get(link), client.post(link)):
            assert (answer.status_code, "Lenken virker ikke lenger" in answer.content.decode()) == (404, True)
    monkeypatch.undo()
    assert asked(town, referral).confirmed_at is None
    assert client.get(address).status_code == 200


def test_what_the_wall_and_the_table_hold(town):
    referral = sent(town, referrer_email=SCHOOL)
    stranger = Team()
    for person in (None, town.coordinator, stranger.intake):
        with acting_as(person), transaction.atomic():
            assert not SenderCheck.objects.exists()
    with acting_as(town.intake), pytest.raises(ProgrammingError), transaction.atomic():
        SenderCheck.objects.update(confirmed_at=timezone.now())
    now = timezone.now()
    again = sent(town)
    with acting_as(town.intake), pytest.raises(ProgrammingError), transaction.atomic():
        SenderCheck(referral=again, token_hash=b"y", asked_at=now, expires_at=now, confirmed_at=now).save(
            force_insert=True
        )
    for days, name in ((-1, "sender_check_confirmed_in_time"), (8, None)):
        with connection.cursor() as cursor:
            facts = [digest(secret_of(referral.pk)), now + timedelta(days=days)]
            if name is None:
                cursor.execute("select * from sec.confirm_sender(%s, %s)", facts)
                assert cursor.fetchall() == []
                continue
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                cursor.execute("select * from sec.confirm_sender(%s, %s)", facts)
    with pytest.raises(IntegrityError, match="sender_check_lasts"), transaction.atomic():
        SenderCheck(referral=referral, token_hash=b"x", asked_at=now, expires_at=now).save(force_insert=True)


def test_the_administrator_keeps_the_list(town):
    page, admin = f"/konto/kommune/{town.municipality.pk}/", Client()
    admin.force_login(town.administrator)
    form = {"intake_sectors_needed": "2"}
    for wrong in (SCHOOL, "@skolen.example", "skolen", "https://skolen.example", "en skole.no", "-a.no"):
        answer = admin.post(page, form | {"service_domains": f"barnehagen.example\n{wrong}"})
        assert (answer.status_code, "er ikke et domene" in answer.content.decode()) == (422, True), wrong
        assert "barnehagen.example" in answer.content.decode()
    many = "\n".join(f"a{number}.example" for number in range(41))
    assert admin.post(page, form | {"service_domains": many}).status_code == 422
    right = " Skolen.Example \n\nskolen.example\nøvre.kommune.no"
    assert admin.post(page, form | {"service_domains": right}).status_code == 302
    town.municipality.refresh_from_db()
    assert town.municipality.service_domains == ["skolen.example", "øvre.kommune.no"]
    assert "øvre.kommune.no" in admin.get(page).content.decode()


def test_a_mail_that_did_not_go_goes_later_and_a_link_is_sent_again(client, town, monkeypatch):
    def travel(**ahead):
        return time_machine.travel(timezone.now() + timedelta(**ahead))

    def ask():
        inside.force_login(town.intake)  # a session does not last for days
        return inside.post(reverse("referrals:sender_ask", args=[referral.pk]), follow=True).content.decode()

    def round_of_the_clock():
        with acting_as(town.intake):  # as the worker, which reads it
            return jobs.mail_senders()

    assert client.post(NEW, filled(town, referrer_email=SCHOOL)).status_code == 302
    (referral,) = stored(town)
    inside = Client()
    inside.force_login(town.intake)
    assert not outbox.outbox, "the broker was away"
    assert "Lenken er ikke sendt ennå" in said(town, referral)
    assert "Send lenken på nytt" not in said(town, referral)
    assert round_of_the_clock() == 0, "the worker that was asked has five minutes"
    with travel(days=2):
        with monkeypatch.context() as away:
            away.setattr("nyemonstre.accounts.mail.send_mail", _away)
            assert round_of_the_clock() == 0
        assert [round_of_the_clock(), round_of_the_clock()] == [1, 0]
        assert len(outbox.outbox) == 1
        row = asked(town, referral)
        assert row.expires_at - row.mailed_at == timedelta(days=7), "seven days from when it went"
        assert ASKED in said(town, referral)
    with travel(minutes=20):
        assert "for under en time siden" in ask()
    with travel(days=10):
        page = said(town, referral)
        assert "Lenken gikk ut uten svar" in page
        assert "Ring avsenderen, eller send lenken på nytt." in page
        assert "virker i sju dager" in ask()
        with acting_as(town.intake):
            tasks.mail_sender(str(referral.pk))
        assert len(outbox.outbox) == 2
        link = re.search(r"(/henvendelser/avsender/\S+/)", outbox.outbox[1].body)[1]
        assert link in outbox.outbox[0].body
        assert client.post(link).url == link
        assert "Avsender bekreftet" in said(town, referral)
        assert "alt bekreftet" in ask()
    with acting_as(town.auditor):
        assert Event.objects.filter(what="referral_sender_asked").get().actor_id == town.intake.pk
    referral = sent(town, referrer_email="lie@andre.example")
    assert "ikke sendt noen lenke" in ask()
    for stranger in (town.coordinator, Team().intake):
        inside.force_login(stranger)
        assert inside.post(reverse("referrals:sender_ask", args=[referral.pk])).status_code in (403, 404)


def _away(*_args, **_kwargs):
    raise ConnectionRefusedError
