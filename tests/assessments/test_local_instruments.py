"""A municipality's instruments: switched on and off, its own added or refused with the line, and kept by a sitting."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.enums import AssessmentEvent
from assessments.instruments import instrument
from assessments.models import Assessment, LocalInstrument, Response
from assessments.sheets import sheet_of
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused

from .test_actions import refused

pytestmark = pytest.mark.django_db

EXAMPLE = Path(__file__).parents[2] / "templates" / "assessments" / "_example.yaml"


def own(old="", new=""):
    """The example that stands on the page, which so is proven to be right."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new) if old else text


def on(team, name, **more):
    return actions.switch_on(team.municipality, name=name, rights="Fri å bruke", by=team.administrator, **more)


def add(team, text):
    return actions.add_instrument(
        team.municipality, definition=text, file="hverdag.yaml", rights="Egne spørsmål", by=team.administrator
    )


def words(name):
    return {key: {"nb": f"Tekst {key}"} for key, _where in instrument(name).asked_for}


def test_off_by_default_and_on_from_the_next_sitting(team, family, people, sitting):
    assert sitting.packs == []
    rows = [on(team, name) for name in ("who-5-1", "ors-1")]
    on(team, "gse-10-1", texts=words("gse-10-1"))
    by, mor = team.coordinator, people["Mor"]
    with acting_as(by):
        assert [p.key for p in sheet_of(sitting).parts] == ["self", "life", "status", "coordinator"]
    actions.abandon(sitting, reason="På nytt", by=by)
    begun = actions.start(family, kind="baseline", by=by)
    for number, value in enumerate([2, 2, 3, 3, 2], 1):
        actions.answer(begun, question=f"who-5-1.q{number}", member=mor, value=value, by=by)
    with acting_as(by):
        asked = {row.name: {c.part.key for c in row.cells if c.items} for row in sheet_of(begun).rows}
    packs = {"who-5-1", "ors-1", "gse-10-1"}
    assert {name: found & packs for name, found in asked.items()} == {
        "Mor": packs, "Far": packs, "Jente": {"who-5-1", "ors-1"}, "Gutt": {"ors-1"}, "Hele familien": set(),
    }  # fmt: skip
    # Switched off, and other words on another day: what has begun keeps what it began with.
    actions.switch_off(rows[0], by=team.administrator)
    on(team, "gse-10-1", texts=words("gse-10-1") | {"q1": {"nb": "Nye ord"}})
    with acting_as(by):
        sheet = sheet_of(Assessment.objects.get(pk=begun.pk))
        assert sheet.item(mor.pk, "gse-10-1.q1").text("nb") == "Tekst q1"
        assert sheet.item(mor.pk, "who-5-1.q1").answer("nb") == "2, Mindre enn halvparten av tiden"


def test_reasons_not_to_switch_on(team):
    refused("unknown_instrument", on, team, "who-9-1")
    refused("texts", on, team, "gse-10-1")
    refused("texts", on, team, "gse-10-1", texts=words("gse-10-1") | {"step.4": {"nb": " "}})
    refused("rights", actions.switch_on, team.municipality, name="who-5-1", rights=" ", by=team.administrator)
    row = on(team, "who-5-1")
    refused("on_already", on, team, "who-5-1")
    actions.switch_off(row, by=team.administrator)
    refused("off_already", actions.switch_off, row, by=team.administrator)
    assert on(team, "who-5-1", key=(key := uuid4())).pk == key
    with acting_as(team.administrator):
        assert LocalInstrument.objects.in_use(team.municipality).count() == 1
    with acting_as(team.auditor):
        told = Event.objects.filter(what=AssessmentEvent.INSTRUMENT_SWITCHED_ON, municipality_id=team.municipality.pk)
        assert told.count() == 2


@pytest.mark.parametrize(
    ("old", "new", "rule", "says"),
    [
        ("scale: enig", "scale: uenig", "bad_file", "hverdag.yaml, linje 20, questions[0].scale: er «uenig»"),
        ("key: q2", "key: q1", "bad_file", "linje 22, questions[1]: nøkkelen «q1» er brukt to ganger"),
        ("version:", "versjon:", "bad_file", "linje 2, versjon: ukjent nøkkel «versjon»"),
        ("scales:", "scales: [", "bad_file", "hverdag.yaml, linje"),
        ("id: hverdag", "id: sdq", "reserved", "følger med programmet"),
        ("id: hverdag", "id: nm", "reserved", "følger med programmet"),
        ("version:", "supply: municipality\nversion:", "bad_file", "teksten settes inn av kommunen"),
        ("scale: enig", "scale: enig\n    about: family", "about_family", "about: member"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(team, old, new, rule, says):
    with pytest.raises(Refused) as caught:
        add(team, own(old, new))
    assert caught.value.rule == rule
    assert says in str(caught.value)


def test_an_own_instrument_is_asked_and_replaced_by_its_next_version(team, family, people):
    first = add(team, own())
    refused("version_taken", add, team, own("bråk", "uro"))
    by = team.coordinator
    begun = actions.start(family, kind="baseline", by=by)
    actions.answer(begun, question="hverdag-1.q1", member=people["Mor"], value=3, by=by)
    second = add(team, own('version: "1"', 'version: "2"'))
    with acting_as(by):
        assert [row.name for row in LocalInstrument.objects.in_use(team.municipality)] == ["hverdag-2"]
        assert begun.packs == [first.pk]
    actions.switch_off(second, by=team.administrator)
    assert on(team, "hverdag-1").definition == own()


def test_the_database_keeps_what_was_asked(team, family):
    row = on(team, "who-5-1")

    def broken(constraint, write, by=team.administrator):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), acting_as(by):
            write()

    made = {"municipality": team.municipality, "slug": "x", "name": "x-1", "added_by": team.administrator}
    rows = LocalInstrument.objects.filter(pk=row.pk)
    broken("instrument_is_frozen", lambda: rows.update(rights="Noe annet"))
    broken("instrument_in_use_once", lambda: LocalInstrument.objects.create(**made | {"slug": "who-5"}, rights="x"))
    broken("instrument_says_its_right", lambda: LocalInstrument.objects.create(**made))
    broken("instrument_switched_off_by_somebody", lambda: rows.update(switched_off_at=timezone.now()))
    begun = actions.start(family, kind="baseline", by=team.coordinator)
    sittings = Assessment.objects.filter(pk=begun.pk)
    broken("assessment_is_history", lambda: sittings.update(packs=[]), by=team.coordinator)
    actions.switch_off(row, by=team.administrator)
    broken("instrument_is_frozen", lambda: rows.update(switched_off_at=None, switched_off_by=None))


# --- pages ------------------------------------------------------------------------------------------------------


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def page(name, team, *more):
    return reverse(f"assessments:{name}", args=[team.municipality.pk, *more])


def test_the_administrator_reads_the_licence_and_switches_on(client, team):
    client.force_login(team.administrator)
    listed = text(client.get(reverse("assessments:instrument_list")))
    assert listed.count("CC BY-NC-SA 3.0 IGO") == 1
    assert "Kommunen har ingen egne skjemaer" in listed
    url = page("instrument_detail", team, "who-5-1")
    shown = text(client.get(url))
    for part in ("Olaf Bakke, 2004", "ganger 4", "fra 29 snakk mer om det", "ikke en diagnose", "glad og i godt humør"):
        assert part in shown, part
    data = {"key": str(uuid4()), "rights": "Fri å bruke"}
    assert client.post(url, data).status_code == 422  # not confirmed
    for _twice in range(2):
        assert client.post(url, data | {"confirmed": "on"}).status_code == 302
    assert "på fra" in text(client.get(reverse("assessments:instrument_list")))
    assert client.post(page("instrument_off", team, "who-5-1")).status_code == 302
    assert client.post(page("instrument_off", team, "who-5-1")).status_code == 404
    assert client.get(page("instrument_detail", team, "who-7-1")).status_code == 404


def test_the_words_of_the_municipality_are_kept_when_one_is_missing(client, team):
    client.force_login(team.administrator)
    url = page("instrument_detail", team, "gse-5-1")
    assert "Ordene følger ikke med" in text(client.get(url))
    data = {key: f"Ord {key}" for key, _where in instrument("gse-5-1").asked_for}
    data |= {"key": str(uuid4()), "rights": "Avtale", "confirmed": "on", "intro": "Tenk på vanlige dager."}
    lacking = client.post(url, data | {"q3": ""})
    assert lacking.status_code == 422
    assert "Ord q5" in text(lacking)
    assert client.post(url, data).status_code == 302
    assert "Ord step.4" in text(client.get(url))
    with acting_as(team.coordinator):
        question = LocalInstrument.objects.get().questions["q1"]
    assert (question.text["nb"], question.help["nb"]) == ("Ord q1", "Tenk på vanlige dager.")


def test_a_file_of_ones_own_comes_back_with_what_is_wrong(client, team):
    client.force_login(team.administrator)
    url = page("instrument_new", team)
    data = {"key": str(uuid4()), "rights": "Egne spørsmål"}
    wrong = SimpleUploadedFile("min.yaml", own("key: q2", "key: q1").encode())
    answer = client.post(url, data | {"file": wrong})
    assert answer.status_code == 422
    assert "min.yaml, linje 22" in text(answer)
    assert "Det er ofte bråk" in text(answer).split("<pre")[0]
    assert client.post(url, data | {"file": SimpleUploadedFile("b.yaml", b"\xff\xfe")}).status_code == 422
    assert client.post(url, data).status_code == 422
    right = SimpleUploadedFile("min.yaml", own().replace("\n", "\r\n").encode())
    assert client.post(url, data | {"file": right}).url == page("instrument_detail", team, "hverdag-1")
    assert "Hverdagen hjemme" in text(client.get(reverse("assessments:instrument_list")))


def test_answering_and_reading_a_pack(client, team, family, people):
    for name in ("who-5-1", "ors-1"):
        on(team, name)
    by, mor = team.coordinator, people["Mor"]
    begun = actions.start(family, kind="baseline", by=by)
    client.force_login(by)
    index, hand = (
        reverse("assessments:sitting_member", args=[family.pk, begun.pk, mor.pk, part]) for part in ("who-5-1", "ors-1")
    )
    first = text(client.get(index))
    assert first.index("Hele tiden") < first.index("Ikke i det hele tatt")
    assert "Psykiatrisk Center" in first
    for number, value in enumerate([2, 2, 3, 3, 2], 1):
        client.post(index, {"question": f"who-5-1.q{number}", "value": str(value)})
    given = {"question": "ors-1.result", "figure_total": "23,4", "on": "20.11.2025", "version": "norsk"}
    unfinished = client.post(hand, given)
    assert unfinished.status_code == 422
    assert "23,4" in text(unfinished)
    given |= {"holder": "Kommunen"}
    stored = {"scores": {"total": "23.4"}, "on": "2025-11-20", "version": "norsk", "holder": "Kommunen"}
    for sent, value, missing in (
        (given, stored, ""),
        (given | {"missing": "unwilling"}, None, "unwilling"),
        (given | {"missing": "unwilling"}, stored, ""),  # the radio button could not be let go of
    ):
        assert client.post(hand, sent).status_code == 302
        with acting_as(by):
            row = Response.objects.get(question="ors-1.result")
        assert (row.value, row.missing) == (value, missing)
    assert "20.11.2025" in text(client.get(hand))
    actions.complete(begun, rest_not_asked=True, by=by)
    read = text(client.get(index))
    assert "48" in read
    assert "snakk mer om det" in read
    assert "under grensen" in text(client.get(hand))
