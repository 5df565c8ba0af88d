"""After the sittings: what stands out and leads to a goal, trends, the column of six months, the schema of files."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.actions import switch_on
from assessments.enums import Kind
from assessments.findings import findings_of
from assessments.instruments import FOLDER, InstrumentError
from assessments.instruments.loader import SCHEMA, parse
from assessments.models import Assessment, StartPicture
from assessments.pictures import pattern_context, points_of
from assessments.rounds import next_round, rounds
from assessments.sheets import sheet_of
from families.actions import pause
from families.models import Family, Member
from nyemonstre.access.wall import acting_as

from .arrange import fill, held
from .test_actions import refused
from .test_local_instruments import own

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(f"assessments:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def text(response):
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def fresh(family, by):
    with acting_as(by):
        return Family.objects.select_related("municipality").with_path().get(pk=family.pk)


def answered(sitting, by, values):
    """{(first name or None, question): value}, the rest not asked; completed."""
    with acting_as(by):
        rows = sheet_of(sitting).rows
    people = {row.name if row.member else None: row.member for row in rows}
    for (name, question), value in values.items():
        actions.answer(sitting, question=question, member=people[name], value=value, by=by)
    return actions.complete(sitting, rest_not_asked=True, by=by)


# ── What stands out ──


def test_what_stands_out_leads_to_a_goal(client, team, family, people):
    by = team.coordinator
    switch_on(team.municipality, name="who-5-1", rights="Fri", by=team.administrator)
    who = {("Mor", f"who-5-1.q{n}"): 4 for n in range(1, 6)}
    first = answered(actions.start(family, kind="baseline", by=by), by, {(None, "rm4a"): 3, **who})
    later = actions.start(fresh(family, by), kind="yearly", number=1, by=by, early_ok=True)
    values = {(None, "rm4a"): 2, (None, "rm4a_coordinator"): 1, (None, "rm6"): 3, ("Gutt", "rm2_child"): 1}
    last = answered(later, by, values | {("Mor", f"who-5-1.q{n}"): 1 for n in range(1, 6)})
    with acting_as(by):
        found = findings_of(fresh(family, by), last, first)
    assert [(one.outcome, one.member and one.member.first_name, one.value, one.by_both) for one in found.low] == [
        ("rm2", "Gutt", 1, False), ("rm4a", None, 2, True),
    ]  # fmt: skip
    (score,) = found.scores
    assert (score.now, score.before, score.notable, score.follow_up) == ("20", "80", True, True)
    assert {one.member.first_name for one in found.silent} >= {"Far", "Jente"}
    client.force_login(by)
    page = client.get(to("findings", family, last))
    assert "Krav på bostøtte" in text(page)
    link = next(a["href"] for a in BeautifulSoup(page.content, "html.parser").select(".nm-list a.ds-button"))
    form = BeautifulSoup(client.get(link).content, "html.parser")
    assert [box["value"] for box in form.select('[name="whose"][checked]')] == [str(people["Gutt"].pk)]
    assert form.select_one('[name="outcome"][checked]')["value"] == "rm2"


def test_nothing_stands_out_and_an_open_sitting_has_no_findings(client, team, family, sitting):
    by = team.coordinator
    client.force_login(by)
    assert client.get(to("findings", family, sitting)).status_code == 404
    fill(sitting, by, 4)
    done = client.post(to("sitting_complete", family, sitting), {"rest_not_asked": "on"})
    assert done.url == to("findings", family, sitting)
    assert "Ingen linjer står på 1 eller 2" in text(client.get(done.url))


# ── Trends ──


def test_trends_are_drawn_for_those_at_the_table(client, team, family, people):
    by = team.coordinator
    client.force_login(by)
    assert "Ingen kartlegging er fullført ennå" in text(client.get(to("trends", family)))
    held(family, by, value=2)
    held(fresh(family, by), by, kind=Kind.YEARLY, number=1, early_ok=True, value=4)
    alone = client.get(to("trends", family), {"ved": "alene"})
    drawn = BeautifulSoup(alone.content, "html.parser")
    assert "Helse og livskvalitet. familien: fra 2 til 4" in str(drawn).replace("\u00ad", "")
    assert "Livsstigen, Mor" in text(alone)
    assert len(drawn.select("figure details summary")) == len(drawn.select("figure svg")) > 0
    assert "style=" not in alone.content.decode().split("<main")[1]
    child = text(client.get(to("trends", family), {"ved": "alene", "hvem": people["Gutt"].pk}))
    assert "Livsstigen, Mor" in child
    together = text(client.get(to("trends", family)))
    assert "Livsstigen, Mor" not in together  # what she answered for herself is hers
    assert "De sju linjene" in together


# ── Six months ──


def test_six_months_are_a_column_of_the_pattern(team, family, people):
    by, today = team.coordinator, timezone.localdate()
    refused("no_baseline", actions.start, family, kind="half", by=by)
    held(family, by, value=2)
    family = fresh(family, by)
    with acting_as(by):
        found = rounds(family, list(Assessment.objects.filter(family=family)))
        assert [one.key for one in found][:2] == ["half-1", "yearly-1"]
        window = found[0].milestone
        assert next_round(found, today).key == "yearly-1"  # nobody is told to wait for it
        assert next_round(found, window.due_on).key == "half-1"
        assert next_round(found, window.due_until + timedelta(days=1)).key == "yearly-1"
    sitting = actions.start(family, kind="half", by=by, early_ok=True)
    with acting_as(by):
        assert {item.question.goal for item in sheet_of(sitting).items} == {
            "rm1", "rm2", "rm3", "rm4a", "rm4b", "rm5", "rm6",
        }  # fmt: skip
    fill(sitting, by, 3)
    actions.complete(sitting, rest_not_asked=True, by=by)
    refused("done", actions.start, fresh(family, by), kind="half", by=by, early_ok=True)
    with acting_as(by):
        family = Family.objects.select_related("municipality").with_path().get(pk=family.pk)
        sittings = list(Assessment.objects.filter(family=family).kept())
        points = points_of(family, sittings)
        assert [point.label for point in points] == ["Start", "6 md.", "1 år", "2 år", "3 år", "4 år", "5 år"]
        assert [bool(point.sitting) for point in points[:3]] == [True, True, False]
        with CaptureQueriesContext(connection) as asked:
            pattern = pattern_context(family, sittings)["pattern"]
        assert len(asked) <= 6
        assert [cell["value"] for cell in pattern.rows[0]["cells"][:2]] == [2, 3]
        assert not [m for m in family.live_milestones if m.step == "yearly" and m.reached_on]


# ── The schema ──


def test_every_file_fits_the_schema_and_it_is_shown(client, team):
    for path in FOLDER.rglob("*.yaml"):
        parse(path.read_text(encoding="utf-8"), path.name)
    client.force_login(team.administrator)
    shown = client.get(to("instrument_schema"))
    assert json.loads(shown.content) == json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert to("instrument_schema") in client.get(to("instrument_new", team.municipality)).content.decode()


def test_what_the_schema_alone_sees_is_refused_with_its_line():
    # Our own checks take any value that is not `true` for no; the schema does not.
    wrong = own(
        "    reversed: [q2]",
        "    reversed: [q2]\n"
        '    norms: [{ages: [18], source: "x", bands: [{from: 2, label: {nb: "x"}, follow_up: 1}]}]',
    )
    with pytest.raises(InstrumentError) as error:
        parse(wrong, Path("hverdag.yaml").name)
    assert "schema.json" in error.value.reason
    assert error.value.line > 1


# ── The start, and before a sitting ──


def test_the_start_is_written_down_and_kept(client, team, family):
    by = team.coordinator
    client.force_login(by)
    url = to("start_picture", family)
    assert "Ingenting er skrevet" not in text(client.get(url))  # the form stands there instead
    sent = {"version": "0", "phases": ["kindergarten"], "risks": ["lone", "no_work"], "note": "Flyttet hit"}
    assert client.post(url, sent).status_code == 302
    assert client.post(url, sent).status_code == 302  # twice is once
    met = client.post(url, {**sent, "note": "Kom i fjor"})
    assert met.status_code == 422
    assert "Det som er lagret: Flyttet hit" in text(met)
    refused("unknown_word", actions.note_start, family, phases=["x"], risks=[], version=1, by=by)
    assert client.post(url, {"version": "1", "phases": ["rakett"]}).status_code == 422
    with acting_as(by):
        row = StartPicture.objects.newest(family)
        assert (row.version, row.phases, row.risks) == (1, ["kindergarten"], ["lone", "no_work"])
        with pytest.raises(IntegrityError, match="start_version_once"), transaction.atomic():
            StartPicture.objects.create(family=family, recorded_by=by)
    assert "Barna merker det" in text(client.get(to("stress_model")))


def test_what_to_think_of_before_a_sitting(client, team, family, people):
    by = team.coordinator
    held(family, by)
    with acting_as(by):
        Member.objects.filter(pk=people["Far"].pk).update(moved_out_on=timezone.localdate())
    pause(fresh(family, by), reason="Trenger ro", by=by)
    client.force_login(by)
    page = text(client.get(to("sitting_start", family)))
    assert "Familien er på pause" in page
    assert "Spør familien om det er for tett" in page
    assert "Flyttet ut og spørres ikke: Far." in page
