"""Printing in the request when no worker answers: what the person sees, and who gets the file."""

import io
import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from consent import actions as consent_actions
from nyemonstre.celery import app
from nyemonstre.embedded import free_port
from nyemonstre.refusals import Refused
from plans import actions, printing
from plans.enums import DocumentState
from plans.models import PlanDocument
from tests.factories import Team

from .conftest import HTMX, SECRETS, reading, url

# Seconds a person may wait for a page that finds the broker dead.
AT_ONCE = 4.0
# Each test process has two databases of Valkey: one where a worker listens (test_worker.py), and one where nobody does.
WORKER_NUMBER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 6


def use_broker(monkeypatch, address):
    """This process sends to, and pings at, `address` for the rest of the test."""
    monkeypatch.setattr(app.conf, "broker_url", address)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.fixture
def own_broker(monkeypatch):
    """A database of Valkey that no other test process uses."""
    address = settings.REDIS_URL.rpartition("/")[0] + f"/{3 + WORKER_NUMBER}"
    use_broker(monkeypatch, address)
    return address


@pytest.fixture
def no_worker(own_broker):
    """The broker is there; nobody listens."""


@pytest.fixture
def no_broker(monkeypatch):
    use_broker(monkeypatch, f"redis://127.0.0.1:{free_port()}/0")


def order(client, family, **data):
    return client.post(url("pdf_new", family), {"key": str(uuid4()), **data}, follow=True).content.decode()


def latest(family, by):
    with reading(by):
        return PlanDocument.objects.filter(family=family).order_by("-asked_at").first()


def text_of(content):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_with_no_worker_it_is_made_at_once_and_says_so(no_worker, client, family, goal, by):
    page = order(client, family)
    assert "Last ned planen" in page
    assert "Den ble laget med en gang" in page
    assert latest(family, by).straight


def test_with_no_broker_it_is_made_at_once_and_nobody_waits(no_broker, client, family, goal):
    started = time.monotonic()
    assert printing.worker_answers() is False
    assert time.monotonic() - started < AT_ONCE
    assert "Last ned planen" in order(client, family)


def test_a_broker_that_dies_between_question_and_order(
    no_broker, client, family, by, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(printing, "worker_answers", lambda: True)
    with django_capture_on_commit_callbacks(execute=True):
        order(client, family)
    assert latest(family, by).state == DocumentState.DONE


def test_a_worker_that_died_is_offered_a_way_round(no_worker, client, family, by):
    document = actions.order_pdf(family, straight=False, by=by)
    page = client.get(url("family_tab", family)).content.decode()
    assert 'hx-trigger="every 1s"' in page
    with reading(by):
        PlanDocument.objects.filter(pk=document.pk).update(asked_at=timezone.now() - timedelta(minutes=2))
    page = client.get(url("pdf_status", family, document.pk), **HTMX).content.decode()
    assert "lengre tid" in page
    assert "every 5s" in page
    assert "Last ned planen" in order(client, family, straight="on")


def test_a_fault_in_the_printing_is_told_and_nothing_is_lost(no_worker, client, family, goal, by, monkeypatch, caplog):
    def broken(template, values):
        raise OSError("«En jobb ryggen tåler» kan ikke tegnes")

    monkeypatch.setattr(printing, "render_pdf", broken)
    assert "Planen ble ikke laget" in order(client, family)
    assert latest(family, by).state == DocumentState.FAILED
    assert "ryggen" not in caplog.text


def test_the_same_order_twice_makes_one_file(no_worker, client, family, by):
    data = {"key": str(uuid4())}
    for _ in range(2):
        client.post(url("pdf_new", family), data)
    with reading(by):
        assert PlanDocument.objects.filter(family=family).count() == 1
    assert "Siden var for gammel" in client.post(url("pdf_new", family), {"key": "tull"}, follow=True).content.decode()


def test_the_file_is_given_out_only_through_access(no_worker, client, team, family, other, goal, by):
    order(client, family)
    document = latest(family, by)
    answer = client.get(url("pdf_download", family, document.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith('attachment; filename="familiens-plan-')
    assert "Prøve" not in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-1.7")
    assert len(answer.content) == document.size
    for name in ("pdf_download", "pdf_status"):
        assert client.get(url(name, other, document.pk)).status_code == 404
        assert client.get(url(name, family, uuid4())).status_code == 404
        for person, status in ((Team().coordinator, 404), (team.lead, 404), (team.administrator, 403)):
            client.force_login(person)
            assert client.get(url(name, family, document.pk)).status_code == status
        client.force_login(by)
    with reading(team.lead):
        assert PlanDocument.objects.count() == 0


def test_a_file_with_a_contact_is_not_given_out_when_the_line_has_ended(no_worker, client, family, line, by):
    order(client, family)
    document = latest(family, by)
    assert SECRETS["phone"] in text_of(bytes(document.content))
    consent_actions.end_line(line, reason="Familien vil ikke", by=by)
    page = client.get(url("pdf_download", family, document.pk), follow=True).content.decode()
    assert "gjelder ikke lenger" in page
    with pytest.raises(Refused):
        actions.take_out_pdf(document, by=by)


def test_a_file_that_is_not_finished_is_not_given_out(client, family, by):
    document = actions.order_pdf(family, straight=False, by=by)
    page = client.get(url("pdf_download", family, document.pk), follow=True).content.decode()
    assert "ikke ferdig ennå" in page


@pytest.mark.parametrize(
    "facts",
    [{"progress": 101}, {"state": "done"}, {"state": "done", "progress": 100}, {"content": b"x"}, {"sha256": "x"}],
)
def test_what_the_database_says_about_a_document(family, by, facts):
    document = actions.order_pdf(family, straight=False, by=by)
    with reading(by), pytest.raises(IntegrityError, match="plan_document"), transaction.atomic():
        PlanDocument.objects.filter(pk=document.pk).update(**facts)
