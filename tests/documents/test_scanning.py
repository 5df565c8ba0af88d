"""The virus scanner asked by the worker, in its own database role: clean, found, away, and asked again by the clock."""

from contextlib import contextmanager

import pytest
from django.db import transaction

from documents import jobs, tasks
from documents.actions import add_document, withdraw_document
from documents.enums import Kind, Scan
from documents.models import Document
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.files.clamd import ScannerAway, Verdict
from tests.factories import Team, a_file, family_at
from tests.families.test_jobs import as_worker

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def seen_by(user):
    with acting_as(user), transaction.atomic():
        yield


def test_the_worker_asks_writes_and_tells(settings, monkeypatch, mailoutbox):
    settings.NM_CLAMD = "127.0.0.1:1"
    team, asked, answers = Team(), [], {}
    by = team.coordinator
    with transaction.atomic():
        family = family_at(Step.INTAKE, team)

    def add(content: bytes) -> Document:
        return add_document(family, file=a_file(content), kind=Kind.OTHER, title="Ark", by=by)

    def reply(file, address: str) -> Verdict:
        content = file.read()
        asked.append((content, address))
        if content not in answers:
            raise ScannerAway("TimeoutError")
        return Verdict(answers[content])

    monkeypatch.setattr(tasks, "scan", reply)
    soon = []
    monkeypatch.setattr(tasks.scan_document, "delay", soon.append)
    clean, found, later, gone = (add(content) for content in (b"rent", b"smitte", b"siden", b"borte"))
    assert soon == [str(document.pk) for document in (clean, found, later, gone)]
    withdraw_document(gone, reason="Feil ark", by=by)
    answers |= {b"rent": "", b"smitte": "Eicar-Test"}
    monkeypatch.setattr("families.tasks.mail_news.delay", lambda *told: told)
    with as_worker():
        assert jobs.scan_waiting() == 2
        answers[b"siden"] = ""
        assert jobs.scan_waiting() == 1
        assert jobs.scan_waiting() == 0
        assert tasks.scan_document(str(clean.pk)) == ""
        settings.NM_CLAMD = ""
        assert jobs.scan_waiting() == 0
    assert [content for content, _address in asked].count(b"siden") == 2
    assert {address for _content, address in asked} == {"127.0.0.1:1"}
    with seen_by(by):
        states = dict(Document.objects.values_list("pk", "scan"))
    wanted = {clean: Scan.CLEAN, found: Scan.INFECTED, later: Scan.CLEAN, gone: Scan.WAITING}
    assert states == {document.pk: scan for document, scan in wanted.items()}


def test_whoever_uploaded_it_is_told(settings, monkeypatch, mailoutbox):
    settings.NM_CLAMD = "127.0.0.1:1"
    team = Team()
    with transaction.atomic():
        family = family_at(Step.INTAKE, team, name="Hemmelig")
    monkeypatch.setattr(tasks.scan_document, "delay", lambda _document: None)
    document = add_document(family, file=a_file(), kind=Kind.OTHER, title="Ark", by=team.coordinator)
    monkeypatch.setattr(tasks, "scan", lambda _file, _address: Verdict("Eicar-Test"))
    with as_worker():
        from families.tasks import mail_news

        monkeypatch.setattr(mail_news, "delay", mail_news.run)
        assert tasks.scan_document(str(document.pk)) == Scan.INFECTED
    (mail,) = mailoutbox
    assert mail.to == [team.coordinator.email]
    assert "er stanset" in mail.subject
    assert "Hemmelig" not in mail.subject + mail.body
