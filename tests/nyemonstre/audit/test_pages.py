"""The log page: what is shown, to whom, how it is narrowed, and that reading it is logged."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.audit import views
from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Event
from nyemonstre.audit.presenters import event_groups, words_for
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db
URL = "/logg/"


@pytest.fixture
def team():
    return Team()


def read(client, team, query=""):
    client.force_login(team.auditor)
    return client.get(URL + query)


def lines(response):
    return response.context["lines"]


def test_the_auditor_reads_who_did_what_to_which_family(client, team):
    family = family_at(Step.CONSENT, team, name="Kanarifugl")
    response = read(client, team)
    html = response.content.decode()
    assert family.code in html
    assert team.coordinator.name in html
    assert "Registrerte familien" in html
    assert "Samtykke" in html
    assert "Kanarifugl" not in html


def test_another_municipalitys_auditor_sees_nothing_of_it(client, team):
    family = family_at(Step.INTAKE, team)
    other = Team()
    html = read(client, other).content.decode()
    assert family.code not in html
    assert team.intake.name not in html
    assert "Ingen familie i kommunen" in read(client, other, f"?familie={family.code}").content.decode()
    response = read(client, other, f"?hvem={team.intake.pk}")
    assert response.status_code == 422
    assert not lines(response)


def test_filters_live_in_the_url(client, team):
    first, second = family_at(Step.INTAKE, team), family_at(Step.CONSENT, team)
    assert {line.family_code for line in lines(read(client, team, f"?familie={first.code.lower()}"))} == {first.code}
    assert {line.who for line in lines(read(client, team, f"?hvem={team.intake.pk}"))} == {team.intake.name}
    found = lines(read(client, team, "?hva=consent_given"))
    assert {(line.what, line.family_code) for line in found} == {("Førte samtykke", second.code)}


def test_days_are_norwegian_days_both_included(client, team):
    family_at(Step.INTAKE, team)
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    assert lines(read(client, team, f"?fra={today:%d.%m.%Y}&til={today:%d.%m.%Y}"))
    assert not lines(read(client, team, f"?til={yesterday:%d.%m.%Y}"))
    wrong = read(client, team, f"?fra={today:%d.%m.%Y}&til={yesterday:%d.%m.%Y}")
    assert wrong.status_code == 422
    assert "før «Fra»" in wrong.content.decode()


@pytest.mark.parametrize(
    "query",
    ["?hvem=x", "?hva=finnes-ikke", "?fra=i+går", "?familie=%00", "?familie=🧶🧶🧶🧶🧶🧶🧶🧶🧶🧶🧶🧶🧶",
     "?eldre=x_y", "?eldre=99999999999999999999999999_0", "?familie='%20or%201=1"],
)  # fmt: skip
def test_wrong_input_gives_words_and_no_error(client, team, query):
    assert read(client, team, query).status_code in (200, 422)


def test_pages_follow_each_other_without_gaps_or_repeats(client, team, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 7)
    family_at(Step.CONSENT, team)
    with acting_as(team.auditor):
        expected = [e.pk for e in Event.objects.permitted(team.auditor).exclude(what=AuditEvent.LOG_OPENED)]
    seen, query = [], ""
    for _page in range(20):
        response = read(client, team, query)
        seen += [line.event.pk for line in lines(response) if line.event.what != AuditEvent.LOG_OPENED]
        if not response.context["older"]:
            break
        query = f"?eldre={response.context['older']}"
    assert [pk for pk in seen if pk in expected] == expected


def test_reading_is_logged_with_what_was_looked_for(client, team):
    family = family_at(Step.INTAKE, team)
    read(client, team, f"?familie={family.code}")
    with acting_as(team.auditor):
        event = Event.objects.permitted(team.auditor).get(what=AuditEvent.LOG_OPENED)
    assert event.facts == {"familie": str(family.pk)}


def test_the_file_holds_the_same_lines_and_is_logged(client, team):
    family = family_at(Step.INTAKE, team)
    type(team.intake).objects.filter(pk=team.intake.pk).update(name="=cmd|' /C calc'!A0")
    client.force_login(team.auditor)
    response = client.get(f"{URL}fil/?familie={family.code}")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Tidspunkt"
    assert {row[5] for row in rows[1:]} == {family.code}
    assert "'=cmd|' /C calc'!A0" in {row[1] for row in rows}
    with acting_as(team.auditor):
        event = Event.objects.permitted(team.auditor).get(what=AuditEvent.LOG_EXPORTED)
    assert event.facts["rows"] == len(rows) - 1


def test_nothing_found_says_what_to_do(client, team):
    assert "Ingen hendelser passer" in read(client, team, "?hva=family_closed").content.decode()


def queries(client, team):
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    return len(captured)


def test_the_number_of_queries_does_not_follow_the_number_of_lines(client, team):
    client.force_login(team.auditor)
    client.get(URL)
    counts = []
    for families in (1, 3, 5):
        for _family in range(families):
            family_at(Step.CONSENT, team)
        counts.append(queries(client, team))
    assert counts[0] == counts[1] == counts[2]


def test_every_event_has_words():
    values = [value for _app, events in event_groups() for value, _words in events]
    assert len(values) == len(set(values)), "two apps use the same name for an event"
    assert words_for("family_registered") == "Registrerte familien"
    assert words_for("from_an_older_version") == "from_an_older_version"


def test_an_event_from_an_older_version_is_still_shown(client, team):
    with acting_as(team.lead):
        event = record("gone", by=team.lead, facts={"user": "no-id", "step": "no_step", "why": "new"})
        old = Event(what="gone", actor_id=team.lead.pk, municipality_id=event.municipality_id, target_type="gone.model")
        old.save(force_insert=True)
    assert {"gone.model", ""} <= {line.about for line in lines(read(client, team))}


def test_protected_families_are_logged_like_others_and_only_by_code(client, team):
    family = family_at(Step.INTAKE, team, protection="strictly_confidential", name="Kanarifugl")
    html = read(client, team, f"?familie={family.code}").content.decode()
    assert family.code in html
    assert "Kanarifugl" not in html
