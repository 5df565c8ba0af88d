"""Printing by a real worker: what the person sees meanwhile, and that it prints only for who still sees the family."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection, transaction

from families import assignments
from nyemonstre.audit.models import Event
from nyemonstre.celery import app
from plans import actions, printing
from plans.enums import DocumentState, PlanEvent
from plans.models import PlanDocument

from .conftest import HTMX, a_team_and_its_family, reading, url
from .test_printing import WORKER_NUMBER, latest, order, text_of, use_broker

# Seconds a test waits for a worker on a busy machine.
PATIENCE = 90


@pytest.fixture
def walked(db):
    with transaction.atomic():
        return a_team_and_its_family()


@pytest.fixture(scope="module")
def listening(django_db_setup):
    """A Celery worker of its own process and its own database role, on these tests' database; the broker it hears."""
    address = settings.REDIS_URL.rpartition("/")[0] + f"/{9 + WORKER_NUMBER}"
    environment = os.environ | {
        "NM_DATABASE_ROLE": "worker", "NM_DATABASE_NAME": connection.settings_dict["NAME"], "NM_REDIS_URL": address,
    }  # fmt: skip
    command = [sys.executable, "-m", "celery", "-A", "nyemonstre", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    process = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle"], env=environment, cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process, address
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def worker(transactional_db, listening, monkeypatch):
    """The worker, ready for what this test sends."""
    process, address = listening
    use_broker(monkeypatch, address)
    deadline = time.monotonic() + PATIENCE
    while not printing.worker_answers():
        assert process.poll() is None, process.stdout.read().decode()
        assert time.monotonic() < deadline, "the worker does not answer"
    return process


def test_a_worker_makes_it_and_the_page_follows(worker, client, family, goal, line, by):
    page = order(client, family)
    document = latest(family, by)
    assert not document.straight
    assert "<progress" in page or "Last ned planen" in page
    status = url("pdf_status", family, document.pk)
    deadline, seen = time.monotonic() + PATIENCE, set()
    while True:
        answer = client.get(status, **HTMX).content.decode()
        seen.add(latest(family, by).progress)
        if "Last ned planen" in answer:
            break
        assert f'hx-get="{status}"' in answer
        assert time.monotonic() < deadline, (latest(family, by).state, seen)
        time.sleep(0.05)
    # A reload finds the same document, finished.
    assert "Last ned planen" in client.get(url("family_tab", family)).content.decode()
    answer = client.get(url("pdf_download", family, document.pk))
    assert "En jobb ryggen tåler" in text_of(answer.content)
    with reading(by):
        whats = list(Event.objects.filter(family_id=family.pk).values_list("what", flat=True).order_by("at"))
    assert [w for w in whats if w.startswith("pdf_")] == [
        PlanEvent.PDF_ORDERED,
        PlanEvent.PDF_MADE,
        PlanEvent.PDF_DOWNLOADED,
    ]


def test_a_worker_makes_nothing_for_somebody_who_lost_access_meanwhile(worker, team, family, by):
    document = actions.order_pdf(family, straight=False, by=by)
    assignments.hand_over(family, to=team.second_coordinator, reason="Permisjon", by=team.lead)
    app.send_task(printing.TASK, [str(document.pk), str(by.pk), "nb"], ignore_result=True)
    other = actions.order_pdf(family, straight=False, by=team.second_coordinator)
    app.send_task(printing.TASK, [str(other.pk), str(team.second_coordinator.pk), "nb"], ignore_result=True)
    deadline = time.monotonic() + PATIENCE
    while latest(family, team.second_coordinator).under_way and time.monotonic() < deadline:
        time.sleep(0.1)
    with reading(team.second_coordinator):
        states = dict(PlanDocument.objects.values_list("pk", "state"))
    assert states == {document.pk: DocumentState.QUEUED, other.pk: DocumentState.DONE}
