"""All the papers of a plan at once: each its own, one bar that survives a reload, stopped and gone on with."""

import re

import pytest
from django.db import DatabaseError, transaction

from nyemonstre.access.wall import acting_as
from plans import actions, batches
from plans.batches import Progress
from plans.enums import DocumentState, Problem
from plans.models import PlanBatch, PlanDocument
from plans.papers import papers
from tests.factories import Team

from .conftest import HTMX, key, reading, refused, url


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch):
    """The request makes them itself, and does so at once: what a paper says is tried in test_papers and test_pdf."""
    monkeypatch.setattr(batches, "worker_answers", lambda: False)

    def made(document, *, by, language):
        actions.report_progress(document, progress=40, by=by)
        actions.finish_pdf(document, content=b"%PDF", lines=[], by=by)

    monkeypatch.setattr(batches, "make", made)


def test_one_order_makes_each_paper_and_one_page_has_them_all(client, family, people, line, goal, by):
    sent = {"key": key(), "large": "on"}
    for _ in range(2):
        page = client.post(url("batch_new", family), sent, follow=True).content.decode()
    assert "Alle papirene er ferdige." in page
    assert 'value="100"' in page
    with reading(by):
        batch = PlanBatch.objects.get(family=family)
        made = list(PlanDocument.objects.filter(batch=batch).values_list("reader", "large"))
        wanted = {one.key for one in papers(family)} - {"alene"}
    assert {reader for reader, _large in made} == wanted
    assert len(made) == len(wanted)
    assert all(large for _reader, large in made)
    links = re.findall(r'href="([^"]+/fil/)"', page)
    assert len(links) == len(wanted)
    assert client.get(links[0]).content == b"%PDF"
    plan = client.get(url("family_tab", family)).content.decode()
    assert url("batch_detail", family, batch.pk) in plan
    # The one paper that was made last is still nobody's business of the batch.
    assert "Last ned planen" not in plan


def test_the_bar_survives_a_reload_is_stopped_and_goes_on(client, monkeypatch, family, people, goal, by):
    monkeypatch.setattr(batches, "IN_REQUEST", -1.0)
    answer = client.post(url("batch_new", family), {"key": key()})
    page = client.get(answer.url).content.decode()
    part = client.get(answer.url, **HTMX).content.decode()
    for shown in (page, part):
        assert "1 av " in shown
        assert f'hx-get="{answer.url}"' in shown
        assert "Lag resten nå" in shown
        assert "Stans resten" in shown
    with reading(by):
        batch = PlanBatch.objects.select_related("family").get(family=family)
        first = Progress.of(batch)
        assert 0 < first.percent < 100
    assert client.post(f"{answer.url}videre/", follow=True).content.decode().count("/fil/") == 2
    page = client.post(f"{answer.url}stans/", follow=True).content.decode()
    assert "Du stanset resten." in page
    assert page.count("Stanset før den ble laget.") == len(first.documents) - 2
    assert page.count("/fil/") == 2
    assert "hx-get" not in page.partition('id="papirer"')[2].partition("</div>")[0]
    assert client.post(f"{answer.url}videre/", follow=True).content.decode().count("/fil/") == 2
    with refused("nothing_waits"):
        actions.stop_batch(batch, by=by)
    with reading(by):
        assert PlanDocument.objects.filter(problem=Problem.STOPPED, state=DocumentState.FAILED).exists()


def test_a_batch_is_whoever_ordered_its(client, team, family, people, goal, by):
    batch = actions.order_all_pdfs(family, straight=False, by=by)
    with acting_as(by), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        PlanBatch.objects.create(family=family, made_by=team.second_coordinator)
    other = Team()
    client.force_login(other.coordinator)
    for name in ("batch_detail", "batch_stop", "batch_go_on"):
        ask = client.get if name == "batch_detail" else client.post
        assert ask(url(name, family, batch.pk)).status_code == 404
