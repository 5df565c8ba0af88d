"""A henvendelse that is begun and not sent, and the files that come after: found by secrets, read by nobody else."""

import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core import mail as outbox
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.audit.models import Event
from nyemonstre.files.clamd import Verdict
from referrals import actions, drafts, jobs
from referrals.models import Attachment, Referral, ReferralDraft
from referrals.progress import secret_of
from tests.factories import Team

from .making import decided, sent
from .test_decisions import rule_of

pytestmark = pytest.mark.django_db
NEW = reverse("referrals:referral_new")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PNG += b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
WORDS = "Vi trenger én å ringe til"


def file(content=PNG, name="C:\\fakepath\\skjema.exe"):
    found = BytesIO(content)
    found.name = name
    return found


def shut(answer):
    """The file of an answer, without the end of a request, which would close the test's own connection."""
    for close in getattr(answer, "_resource_closers", ()):
        close()


def typed(**more):
    return {
        "keep": "1", "family_name": "Rahimi", "own_words": WORDS, "referrer_email": "ikke en adresse",
        "people-TOTAL_FORMS": "3", "people-INITIAL_FORMS": "0", "people-0-first_name": "Amal",
        "people-2-birth_date": "31.02.2020", **more,
    }  # fmt: skip


def test_a_draft_comes_back_as_it_was_and_is_found_by_its_link_alone(client):
    answer = client.post(NEW, typed())
    secret = re.search("/utkast/([^/]+)/", answer.url)[1]
    assert len(secret) == 43
    page = client.get(answer.url).content.decode()
    for value in ("Rahimi", WORDS, "ikke en adresse", "Amal", "31.02.2020", answer.url):
        assert value in page
    assert "aria-invalid" not in page, "nothing is judged before it is sent"
    for wrong in (secret[:-1] + ("A" if secret[-1] != "A" else "B"), "x", drafts.digest(secret).hex()):
        assert Client().get(reverse("referrals:referral_resume", args=[wrong])).status_code == 404

    answer = client.post(answer.url, typed(family_name="Karimi"))
    assert secret in answer.url, "the same link goes on"
    assert "Karimi" in client.get(answer.url).content.decode()
    with connection.cursor() as cursor:  # the wall: nobody lists them, and what lies there is sealed
        cursor.execute("select count(*) from referrals_referraldraft")
        assert cursor.fetchone()[0] == 0
    team = Team()
    with acting_as(team.intake), transaction.atomic():
        assert not ReferralDraft.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select sealed from sec.referral_draft(%s)", [drafts.digest(secret)])
        assert WORDS.encode() not in bytes(cursor.fetchone()[0])
    assert client.post(NEW, typed(own_words="x" * 400_000)).status_code == 422


def test_the_link_by_mail_says_nothing_else(client):
    url = client.post(NEW, typed()).url
    page = client.post(url, {"send_link": "1", "email": "tull"})
    assert page.status_code == 422
    assert "Rahimi" in page.content.decode()
    assert client.post(url, {"send_link": "1", "email": "meg@skolen.example"}).url == url
    (letter,) = outbox.outbox
    assert letter.to == ["meg@skolen.example"]
    assert url in letter.body
    assert not [word for word in ("Rahimi", "Amal", WORDS) if word in letter.subject + letter.body]


def test_sent_or_run_out_a_draft_is_gone(client):
    from .test_views_sending import filled

    team = Team()
    url = client.post(NEW, typed()).url
    answer = client.post(url, filled(team))
    assert "/kvittering/" in answer.url
    assert client.get(url).status_code == 404
    with acting_as(team.intake), transaction.atomic():
        assert Referral.objects.get().family_name == "Rahimi"

    secret = actions.keep_draft(drafts.QueryDict("family_name=Berg"), by=None)
    with connection.cursor() as cursor:
        until = timezone.now() - timezone.timedelta(seconds=1)
        cursor.execute("select sec.keep_referral_draft(%s, %s, %s)", [drafts.digest(secret), b"x", until])
    assert drafts.find(secret) is None


@pytest.fixture
def case(db):
    team = Team()
    return team, sent(team, "Rahimi")


def attach(referral, content=PNG, **facts):
    actions.attach(secret_of(referral.pk), **{"number": referral.reference, "file": file(content), "by": None, **facts})


def test_a_file_goes_to_the_intake_team_and_comes_back_to_nobody_else(client, case):
    team, referral = case
    page = reverse("referrals:referral_progress", args=[secret_of(referral.pk)])
    text = client.post(page, {"number": referral.reference}).content.decode()
    key = re.search('name="key" value="([^"]+)"', text)[1]
    hidden = {
        field["name"] for field in BeautifulSoup(text, "html.parser").select("form[data-upload] input[type=hidden]")
    }
    assert {"attach", "number", "key"} <= hidden, "upload.js sends the fields, and not the button"
    form = {"attach": "1", "number": referral.reference, "key": key}
    assert "Velg en fil" in client.post(page, form).content.decode()
    for content, said in ((b"", "tom"), (b"MZ" + b"\0" * 99, "Filen er"), (b"<html><script>", "Filen er")):
        assert said in client.post(page, form | {"file": file(content)}).content.decode()
    answer = client.post(page, form | {"file": file()})
    assert (answer.status_code, "Filen er lagt ved" in answer.content.decode()) == (200, True)
    assert "skjema" not in answer.content.decode()
    assert "alt lagt ved" in client.post(page, form | {"file": file()}).content.decode()
    assert client.post(page, form | {"number": "H-2020-00000", "file": file()}).status_code == 422

    client.force_login(team.intake)
    detail = client.get(reverse("referrals:referral_detail", args=[referral.pk])).content.decode()
    link = re.search(r'href="([^"]+/vedlegg/[^"]+)"', detail)[1]
    given = client.get(link)
    assert b"".join(given.streaming_content) == PNG
    shut(given)
    assert 'filename="skjema.png"' in given["Content-Disposition"]
    stranger = Team()
    for who, status in ((stranger.intake, 404), (team.coordinator, 404), (team.lead, 200)):
        client.force_login(who)
        answer = client.get(link)
        assert answer.status_code in (status, 403)
        shut(answer)


def test_how_many_how_long_and_what_the_scanner_said(case, settings):
    team, referral = case
    settings.NM_CLAMD = ""
    for _number in range(10):
        attach(referral)
    assert rule_of(lambda: attach(referral)) == "takes_no_more"
    assert rule_of(lambda: attach(referral, number="H-2020-00000")) == "no_such_referral"
    other = sent(team, "Berg")
    attach(other)
    with acting_as(team.intake), transaction.atomic():
        row = Attachment.objects.select_related("referral__municipality").get(referral=other)
    settings.NM_CLAMD = "127.0.0.1:3310"
    assert rule_of(lambda: actions.open_attachment(row, by=team.intake)) == "quarantined"
    for verdict, rule in ((Verdict(""), None), (Verdict("Eicar"), "infected")):
        row.scan, row.scan_found = ("infected", "Eicar") if verdict.found else ("clean", "")
        if rule:
            assert rule_of(lambda: actions.open_attachment(row, by=team.intake)) == rule
        else:
            actions.open_attachment(row, by=team.intake).close()
    decision = decided(other, team, coordinator=team.coordinator)
    assert rule_of(lambda: attach(other)) == "takes_no_more"
    with acting_as(team.coordinator), transaction.atomic():
        assert Referral.objects.of_family(decision.family).exists()
        assert not Attachment.objects.exists(), "the family's own people read the henvendelse, not what came with it"
    with acting_as(team.auditor):
        assert Event.objects.filter(what="referral_attachment_sent").count() == 11


def test_what_the_database_holds(case):
    _team, referral = case
    facts = {"referral": referral, "format": "png", "size": 1, "sha256": "0" * 64}
    for change, name in (
        ({"size": 0}, "attachment_has_its_checksum"),
        ({"sha256": "x"}, "attachment_has_its_checksum"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Attachment(key=referral.pk, **facts | change).save(force_insert=True)
    with pytest.raises(IntegrityError, match="attachment_scan_has_time"), transaction.atomic():
        Attachment(key=referral.pk, scan_found="Eicar", **facts).save(force_insert=True)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Attachment(key=referral.pk, scan="clean", scanned_at=timezone.now(), **facts).save(force_insert=True)
    with pytest.raises(ProgrammingError), transaction.atomic(), as_job():
        Attachment.objects.update(scan="clean")
    assert jobs.scan_attachments() == 0
