"""What a researcher, the data protection officer and the lead see, what they are refused, and in how many queries."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.research import actions, figures
from assessments.research.models import DataSet, Opening, Project
from assessments.research.rows import Rows
from assessments.research.telling import change, goals
from nyemonstre.access.wall import acting_as
from tests.assessments.research.arrange import APPROVAL, a_study, browser, page, url
from tests.assessments.research.making import made
from tests.consent.arrange import days
from tests.factories import Team

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(shared_rows):
    with shared_rows():
        team = Team()
        project, dataset, opening, _texts = a_study(team)
        return SimpleNamespace(team=team, project=project, dataset=dataset, opening=opening, other=Team())


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_lists_ask_as_much_for_many_as_for_one(world):
    researcher, auditor = browser(world.team.researcher), browser(world.team.auditor)
    project = url("project_detail", world.project)
    pages = [(researcher, url("project_list")), (researcher, project), (auditor, url("oversight"))]
    for client, address in pages:
        client.get(address)
    before = [queries(*one) for one in pages]
    for n in range(3):
        facts = {**APPROVAL, "approval": str(n), "keep_until": days(400), "keys_open_on": days(0)}
        project = actions.add_project(world.team.municipality, by=world.team.researcher, **facts)
        for one in (project, world.project):
            actions.order_set(one, why=f"Nummer {n}", keep_until=days(9), by=world.team.researcher)
            actions.ask_opening(one, reason="Register", by=world.team.researcher)
    assert [queries(*one) for one in pages] == before


def test_who_comes_in(world):
    assert page(browser(world.team.researcher).get("/", follow=True)).startswith("Forskning")
    for name in ("project_list", "project_new"):
        assert browser(world.team.lead).get(url(name)).status_code == 403
        assert browser(world.team.auditor).get(url(name)).status_code == 403
    for name, row in (("project_detail", world.project), ("set_detail", world.dataset), ("set_new", world.project)):
        assert browser(world.other.researcher).get(url(name, row)).status_code == 404
    assert "En artikkel" not in page(browser(world.other.auditor).get(url("oversight")))
    with acting_as(world.other.researcher):
        assert not Project.objects.exists()
        facts = {"municipality": world.other.municipality, "ordered_by": world.other.researcher, "why": "x"}
        forged = DataSet(project_id=world.project.pk, keep_until=days(9), **facts)
        with pytest.raises(Error, match="row-level security"), transaction.atomic():
            forged.save()


def test_a_project_is_entered_and_what_is_wrong_comes_back(world):
    client, address = browser(world.team.researcher), url("project_new")
    filled = {
        **APPROVAL,
        "approval": "77/1",
        "keep_until": "31.12.2020",
        "keys_open_on": "01.01.2050",
        "key": str(uuid4()),
    }
    assert "Godkjenningen har gått ut" in page(client.post(address, filled), 422)
    again = client.post(address, {**filled, "keep_until": "32.13.2040", "purpose": ""})
    words = page(again, 422)
    assert "Denne dagen finnes ikke" in words
    assert "77/1" in again.content.decode(), "what was typed is still there"
    right = {**filled, "keep_until": f"{days(300):%d.%m.%Y}"}
    assert "Nå kan du lage et uttrekk" in page(client.post(address, right, follow=True))
    client.post(address, right)
    with acting_as(world.team.researcher):
        assert Project.objects.filter(approval="77/1").count() == 1, "sent twice is one"
    assert "alt lagt inn" in page(client.post(address, {**right, "key": str(uuid4())}), 422)


def test_the_key_is_agreed_to_by_the_officer(world):
    officer, researcher = browser(world.team.auditor), browser(world.team.researcher)
    assert "Godkjenn at nøkkelen åpnes" in page(officer.get(url("oversight")))
    assert browser(world.team.researcher).post(url("opening_approve", world.opening)).status_code == 403
    assert "ikke åpnet ennå" in page(researcher.get(url("opening_file", world.opening), follow=True))
    assert "Godkjent. Nøkkelen lages nå" in page(officer.post(url("opening_approve", world.opening), follow=True))
    assert "alt godkjent" in page(officer.post(url("opening_approve", world.opening), follow=True))
    assert "Godkjent. Filen lages." in page(researcher.get(url("project_detail", world.project)))


def test_the_database_itself_keeps_the_key(world):
    with connection.cursor() as cursor:
        cursor.execute(
            "select has_any_column_privilege('nm_web', 'research_link', verb)"
            " from unnest(array['select', 'insert', 'update']) verb"
        )
        assert cursor.fetchall() == [(False,)] * 3
    facts = {**APPROVAL, "approval": "sen", "keep_until": days(400), "keys_open_on": days(30)}
    late = actions.add_project(world.team.municipality, by=world.team.researcher, **facts)
    client = browser(world.team.researcher)
    asked = client.post(url("opening_new", late), {"reason": "x", "key": str(uuid4())})
    assert "kan tidligst åpnes" in page(asked, 422)
    with acting_as(world.team.researcher):
        forced = Opening.objects.create(
            municipality=world.team.municipality, project=late, reason="x", asked_by=world.team.researcher
        )
    with acting_as(world.team.auditor), pytest.raises(Error, match="the key opens later"), transaction.atomic():
        Opening.objects.filter(pk=forced.pk).update(approved_by=world.team.auditor, approved_at=timezone.now())
    with acting_as(world.team.auditor), pytest.raises(Error, match="opening_four_eyes"), transaction.atomic():
        Opening.objects.filter(pk=world.opening.pk).update(
            approved_by=world.opening.asked_by_id, approved_at=timezone.now()
        )


# ── Figures ──


def test_no_figure_is_about_fewer_than_five(world):
    few = figures.figures(made(families=2), world.team.municipality, days(0))
    shown = [cell for cells in few["lines"].values() if isinstance(cells, list) for cell in cells]
    assert all(cell["held"] or cell["n"] is None or cell["n"] == 0 or cell["n"] >= 5 for cell in shown)
    assert all(not cell["value"] for cell in shown if cell["held"])
    ways = [found for found in few["lines"].values() if isinstance(found, dict)]
    assert all(found["n"] is None for found in ways if found["n"] != 0 and found["higher"] is None)
    assert change({"n": 12, "missing": 0, "higher": None, "same": 7, "lower": None}) == (
        "Av 12 vurdert både ved start og senere: 7 likt. Holdt tilbake: høyere, lavere."
    )
    empty = figures.figures(Rows({}, {}, [], []), world.team.municipality, days(0))
    assert all(not row.cells for goal in goals(empty, world.team.municipality, days(0)) for row in goal.rows)
