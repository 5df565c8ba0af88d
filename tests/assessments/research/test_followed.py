"""What the pages tell of what the worker did: how far a set has come, who is to be deleted, the figures of a night."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.research import figures
from assessments.research.models import DataSet, Figures, Participant
from assessments.research.services import by_service, quarters
from consent.actions import add_service
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.audit.models import Event
from nyemonstre.content.actions import add_fact
from tests.assessments.research.arrange import a_study, browser, page, url
from tests.assessments.research.making import fits_after, made
from tests.consent.arrange import days
from tests.factories import Team
from tests.roles import as_worker

pytestmark = pytest.mark.django_db(transaction=True)

FOUND = {
    "persons": 24, "families": 6, "rounds": [[0, 24], [1, 12]], "rounds_held": [2],
    "tables": [["Personer", 24, 9]], "held": [{"table": "Personer", "label": "Fødselsår", "values": ["2 verdier"]}],
}  # fmt: skip


@pytest.fixture
def world():
    with transaction.atomic():
        team = Team()
        project, dataset, opening, _texts = a_study(team)
        return SimpleNamespace(team=team, project=project, dataset=dataset, opening=opening, other=Team())


def as_the_worker_left_it(**facts):
    """What the worker would have written on the row, which the web role may not."""
    with as_worker(), as_job(), transaction.atomic():
        row = DataSet.objects.get(pk=facts.pop("pk"))
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
    return row


def test_a_set_is_ordered_read_and_frozen(world):
    client = browser(world.team.researcher)
    wrong = {"why": "Rapport", "keep_until": f"{days(900):%d.%m.%Y}", "key": str(uuid4())}
    assert "kan ikke beholdes lenger" in page(client.post(url("set_new", world.project), wrong), 422)
    words = page(
        client.post(url("set_new", world.project), {**wrong, "keep_until": f"{days(30):%d.%m.%Y}"}, follow=True)
    )
    assert "telles opp nå" in words
    with acting_as(world.team.researcher), transaction.atomic():
        dataset = DataSet.objects.get(why="Rapport")
    status = client.get(url("set_status", dataset), headers={"HX-Request": "true"})
    assert "<progress" in status.content.decode()
    as_the_worker_left_it(pk=dataset.pk, moved_at=timezone.now() - timedelta(minutes=19))
    assert "svarer ikke akkurat nå" in page(client.get(url("set_detail", dataset)))
    as_the_worker_left_it(pk=dataset.pk, state="counted", progress=100, found=FOUND)
    assert client.get(url("set_status", dataset), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    words = page(client.get(url("set_detail", dataset)))
    for told in ("24 personer", "i 6 familier", "utelatt, færre enn fem", "Fødselsår: 2 verdier", "Frys uttrekket"):
        assert told in words
    assert "fryses nå" in page(client.post(url("set_freeze", dataset), follow=True))
    assert "må telles opp" in page(client.post(url("set_freeze", dataset), follow=True)), "twice is refused in words"
    as_the_worker_left_it(pk=dataset.pk, state="failed", found={"why": "too_few"}, frozen_by=None)
    assert "kunne peke på noen" in page(client.get(url("set_detail", dataset)))
    assert "telles opp nå" in page(client.post(url("set_count", dataset), follow=True))


def test_holders_are_told_and_what_is_over_is_not_given_out(world):
    client = browser(world.team.researcher)
    done = as_the_worker_left_it(
        pk=world.dataset.pk, state="frozen", progress=100, found=FOUND, key=uuid4(), size=9, sha256="a" * 64,
        frozen_at=timezone.now(), frozen_by_id=world.team.researcher.pk,
        manifest={"files": {"sav/persons.sav": {"bytes": 9, "sha256": "b" * 64}}},
    )  # fmt: skip
    with as_worker(), as_job(), transaction.atomic():
        row = {"municipality": world.team.municipality, "dataset": done, "withdrawn_on": days(0)}
        Participant.objects.create(pseudonym="PXXXX2222", **row)
    assert "1 skal slettes" in page(client.get(url("project_list")))
    words = page(client.get(url("set_detail", done)))
    assert "PXXXX2222" in words
    assert "sav/persons.sav" in words
    assert "kan ikke leses" in page(client.get(url("set_file", done), follow=True)), "the file is gone from the store"
    assert client.get(url("set_file", done) + "?navn=../settings.py").status_code == 404
    words = page(client.post(url("set_acknowledge", done), follow=True))
    assert "Bekreftet: 1 person er slettet" in words
    assert "Har trukket seg og er bekreftet slettet" in words
    as_the_worker_left_it(pk=done.pk, keep_until=days(-1))
    assert "kunne lastes ned til og med" in page(client.get(url("set_file", done), follow=True))
    with acting_as(world.team.auditor), transaction.atomic():
        events = set(Event.objects.filter(target_id=str(done.pk)).values_list("what", flat=True))
    assert {"research_withdrawal_acknowledged", "research_set_downloaded"} <= events


def kept(world, rows=None, *, fits=(), day=0):
    """The figures as the worker keeps them, of made-up families."""
    with as_worker(), as_job(), transaction.atomic():
        content = figures.figures(rows or made(families=6), world.team.municipality, days(0))
        content["services"] = by_service(fits, days(0), {})
        return Figures.objects.create(municipality=world.team.municipality, content=content, day=days(day))


def queries(client, *names):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert all(client.get(url(name)).status_code == 200 for name in names)
    return len(found)


def test_what_is_said_after_meetings_with_each_service(world):
    lead, town = browser(world.team.lead), world.team.municipality
    assert "Det er ingen tall ennå" in page(lead.get(url("service_figures")))
    with transaction.atomic():
        first, second, third = (
            add_service(town, name=name, sector="school", by=world.team.coordinator).pk
            for name in ("Øya skole", "Bakken skole", "Ålmo skole")
        )
    year, number = quarters(days(0))[-1].split("-")
    day = date(int(year), 3 * int(number), 1)
    kept(world, fits=[*fits_after(day, first, range(6)), *fits_after(day, second, range(6, 9))], day=-1)
    few = queries(lead, "figures", "service_figures")
    said = [
        *fits_after(day, first, range(6)), *fits_after(day, second, range(6, 11)), *fits_after(day, third, range(3)),
        *fits_after(day, None, range(3, 8), [3] * 5),
    ]  # fmt: skip
    kept(world, made(families=12, rounds=3), fits=said)
    assert queries(lead, "figures", "service_figures") == few, "as many for twelve families as for six"
    words = page(lead.get(url("service_figures")))
    assert (
        words.index("Bakken skole") < words.index("Øya skole") < words.index("Ålmo skole") < words.index("uten en be")
    )
    assert "7,0 (n = 6)" in words
    assert "for få til å vises" in words
    assert f"fit;Øya skole;{year}-{number};7.0;6;0" in lead.get(url("figures_file")).content.decode()
    assert browser(world.team.coordinator).get(url("service_figures")).status_code == 403
    assert "Øya skole" not in page(browser(world.other.lead).get(url("service_figures")))


def test_the_goals_in_numbers_with_what_is_known_of_the_population(world):
    client = browser(world.team.lead)
    assert "Det er ingen tall ennå" in page(client.get(url("figures")))
    assert "ingen tall ennå" in page(client.get(url("figures_file"), follow=True))
    kept(world)
    words = page(client.get(url("figures")))
    for told in (
        "RM4A Boligen",
        "Status 1–5 for hvert barn, gjennomsnitt",
        "(n = 12",
        "holdt tilbake",
        "ikke lagt inn",
    ):
        assert told in words
    assert "Av 6 vurdert både ved start og senere:" in words
    assert not any(word in words.lower() for word in ("på grunn av", "takket være", "førte til", "effekten av"))
    fact = {
        "kind": "rate",
        "key": "befolkning-trangbodd",
        "title": "Befolkning trangbodd",
        "value": 11,
        "unit": "percent",
    }
    add_fact(world.team.municipality, facts={**fact, "source": "SSB", "valid_from": days(-9)}, by=world.team.lead)
    assert "11 % (SSB" in page(client.get(url("figures")))
    asked = client.get(reverse("content:fact_new") + "?navn=Befolkning+trangbodd").content.decode()
    assert 'value="Befolkning trangbodd"' in asked
    sheet = client.get(url("figures_file")).content.decode()
    assert sheet.startswith("\ufeffMål;Linje;Runde;Verdi;n;Mangler")
    assert "rm1;rm1-barn-mean;0;" in sheet
    assert browser(world.team.researcher).get(url("figures")).status_code == 403
    assert "Det er ingen tall ennå" in page(browser(world.other.lead).get(url("figures")))
