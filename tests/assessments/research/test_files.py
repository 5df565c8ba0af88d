"""From rows to bytes: labels, codes for no value, small cells, and nothing that says who somebody is."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import pikepdf
import pyarrow.parquet
import pyreadstat
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from assessments.instruments import FIT, instrument
from assessments.instruments.loader import parse
from assessments.research.cells import SMALLEST, held_back, mean, share
from assessments.research.dataset import TooFew, build, months_between
from assessments.research.files import About, bundle
from assessments.research.variables import HELD_BACK, NOT_ASKED, TOO_FEW, UNKNOWN
from tests.assessments.research.making import CANARIES, fits_after, made, names_of

OWN = """
id: mote
version: "1"
use: meeting
title: {nb: "Etter møtet"}
licence: "Egne spørsmål"
source: "Kommunen"
answered_by: {nb: "Hver person"}
note: {nb: "Ikke en diagnose."}
asked: {who: self, ages: [8]}
scales:
  grad: {kind: degree, low: 1, high: 3, words: {1: {nb: "Nei"}, 2: {nb: "Litt"}, 3: {nb: "Ja"}}}
  ord: {kind: text}
questions:
  - {key: hort, scale: grad, text: {nb: "Ble du hørt?"}, label: {nb: "Hørt"}}
  - {key: ord, scale: ord, text: {nb: "Noe mer?"}, label: {nb: "Mer"}}
"""
ABOUT = About(
    project="Nye mønster i livet", purpose="Å se hvordan det går", responsible="NORCE", approval="REK 2026/123",
    why="Artikkel om fritid", municipality="Prøvekommune", day=date(2026, 3, 2), keep_until=date(2027, 3, 2),
    language="nb",
)  # fmt: skip


def built(rows):
    return build(rows, names_of(rows), "nb")


@pytest.fixture(scope="module")
def frozen():
    return bundle(built(made()), ABOUT)


@pytest.fixture(scope="module")
def archive(frozen):
    content, manifest = frozen
    return zipfile.ZipFile(io.BytesIO(content)), manifest


def opened(archive, name, tmp_path, **options):
    path = tmp_path / "x.sav"
    path.write_bytes(archive[0].read(f"sav/{name}.sav"))
    return pyreadstat.read_sav(path, output_format="dict", **options)


def test_spss_has_labels_values_and_user_missing(archive, tmp_path):
    values, about = opened(archive, "person_rounds", tmp_path, user_missing=True)
    assert about.number_rows == 6 * 4 * 2
    assert about.column_names_to_labels["ladder"] == "Hvor på stigen er du nå?"
    assert about.column_names_to_labels["rm1_child"].startswith("Hvordan har barnet det nå")
    assert about.column_names_to_labels["rm1_child"].endswith("(familien)")
    assert about.column_names_to_labels["rm1_child_coordinator"].endswith("(koordinatoren)")
    assert about.column_names_to_labels["ors_1_result_total"] == "ORS, hvordan det går – Sum, 0 til 40"
    assert len({*about.column_names_to_labels.values()}) == len(about.column_names), "each says what it is"
    assert about.column_names_to_labels["swls_1_q1"] == "SWLS, tilfredshet med livet, q1", "not the words of others"
    labels = about.variable_value_labels
    assert labels["rm1_child"][1.0] == "svært krevende"
    assert labels["rm1_child"][5.0] == "bra og stabilt"
    assert labels["debt"][3.0] == "Ja, og det er vanskelig å betale"
    assert labels["income_wages"][1.0] == "ja"
    coded = {UNKNOWN: "vet ikke", -98: "vil ikke svare", NOT_ASKED: "ikke spurt"}
    for name in set(about.column_names) - {"person_id", "family_id"}:
        assert about.missing_ranges[name] == [{"lo": -99.0, "hi": -95.0}], name
        assert coded.items() <= labels[name].items(), name
        assert about.column_names_to_labels[name], name
    assert about.variable_measure["rm1_child"] == "ordinal"
    assert about.variable_measure["debt"] == "nominal"
    assert about.variable_measure["months"] == "scale"
    unknown = [name for name in values if UNKNOWN in values[name]]
    assert len(unknown) > 10
    assert None in values["ladder"], "the boy of 7 is not asked: an empty cell, and no code"
    assert {value for value in values["swls_1_sum"] if value} <= {float(n) for n in range(5, 36)} | {TOO_FEW, HELD_BACK}
    assert {"months", "round"} <= set(values)
    assert set(values["months"]) == {-1, 11}, "whole months since the family's own start"
    assert about.creation_time.date() == ABOUT.day
    hidden, _about = opened(archive, "person_rounds", tmp_path)
    assert not any(UNKNOWN in hidden[name] for name in unknown), "SPSS itself takes the codes for missing"
    assert "activities_often" in values
    assert not any("text" in name for name in values)


def test_csv_and_parquet_say_the_same(archive, tmp_path):
    values, _about = opened(archive, "persons", tmp_path, user_missing=True)
    lines = list(csv.DictReader(io.StringIO(archive[0].read("csv/persons.csv").decode())))
    table = pyarrow.parquet.read_table(io.BytesIO(archive[0].read("parquet/persons.parquet")))
    assert [int(line["birth_year"]) for line in lines] == table["birth_year"].to_pylist() == values["birth_year"]
    assert json.loads(table.schema.field("role").metadata[b"values"])["2"] == "Barn"
    assert len({line["person_id"] for line in lines}) == 24


def test_the_codebook_and_the_manifest_tell_of_every_file(archive):
    files, manifest = archive
    book = json.loads(files.read("codebook.json"))
    assert json.loads(files.read("manifest.json")) == manifest
    assert set(manifest["files"]) | {"manifest.json"} == set(files.namelist())
    assert book["set"]["approval"] == "REK 2026/123"
    assert book["set"]["persons"] == 24
    told = {(t["name"], v["name"]): v for t in book["tables"] for v in t["variables"]}
    assert list(told["person_rounds", "swls_1_q1"]["values"]) == [str(n) for n in range(1, 8)]
    assert told["person_rounds", "ladder"]["held_back"] == ["alle svar"]
    assert told["person_rounds", "swls_1_sum"]["made_of"] == [f"swls_1_q{n}" for n in range(1, 6)]
    for table in book["tables"]:
        header = files.read(f"csv/{table['name']}.csv").decode().splitlines()[0].split(",")
        assert header == [variable["name"] for variable in table["variables"]]
    paper = files.read("codebook.pdf")
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert "svært krevende" in words
    assert "REK 2026/123" in words
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root


def test_the_same_freeze_gives_the_same_bytes(frozen):
    with time_machine.travel("2031-07-14 23:59:59"):
        again = bundle(built(made()), ABOUT)
    assert again[1] == frozen[1]
    assert again[0] == frozen[0]


def test_nothing_in_any_file_says_who_somebody_is(archive):
    files, _manifest = archive
    rows = made()
    secret = [*CANARIES, "Trives godt", *map(str, rows.members), *map(str, rows.families), "2024-02", "29.02.2024"]
    for name in files.namelist():
        content = files.read(name)
        if name.endswith(".pdf"):
            content = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode()
        for word in secret:
            assert word.encode() not in content, f"{word} in {name}"
            assert word.encode("utf-16-le") not in content


def test_small_cells_are_held_back_in_the_files_and_told(archive, tmp_path):
    rows = made()
    odd = next(iter(rows.members.values()))
    odd.birth_date = date(1950, 1, 1)
    data = built(rows)
    persons = data.tables[0]
    assert HELD_BACK in [row["birth_year"] for row in persons.rows]
    assert 1950 in persons.held["birth_year"]
    shown = [row["birth_year"] for row in persons.rows if row["birth_year"] != HELD_BACK]
    assert all(shown.count(year) >= SMALLEST for year in shown)
    assert len(persons.rows) - len(shown) >= SMALLEST, "nor can it be reckoned out as what is left"
    for table in data.tables:
        for variable in (v for v in table.variables if v.guarded):
            who: dict = {}
            for row in table.rows:
                who.setdefault(row.get(variable.name), set()).add(row[table.unit])
            for value, people in who.items():
                assert value is None or value < 0 or len(people) >= SMALLEST, (table.name, variable.name, value)


def test_a_score_and_its_answers_are_held_back_together():
    """What is left of a score, its answers and the rest never gives the one that is missing."""
    swls = [f"swls_1_q{n}" for n in range(1, 6)]
    lone = made(families=8)
    for number, one in enumerate(lone.sittings):  # two adults stand out
        for key in one.answers:
            if key[1].startswith("swls-1."):
                one.answers[key] = (2 if number == 0 and key[1].endswith("q1") else 4 if number < 8 else 5, "")
    rounds = next(table for table in built(lone).tables if table.name == "person_rounds")
    adults = [row for row in rounds.rows if row.get("swls_1_sum") is not None]
    held = [row for row in adults if HELD_BACK in [row[name] for name in swls]]
    assert len({row["person_id"] for row in held}) >= 2
    assert all(row["swls_1_sum"] == HELD_BACK for row in held)
    assert all(HELD_BACK in [row[name] for name in swls] for row in adults if row["swls_1_sum"] == HELD_BACK)
    assert any(row["swls_1_sum"] == 25 for row in adults), "what many share is told"
    assert rounds.held["swls_1_q1"][0] == 2
    crowded = [row for row in rounds.rows if row.get("crowded") == HELD_BACK]
    assert all(HELD_BACK in [row.get(n) for n in ("household_size", "rooms", "area")] for row in crowded)


def test_the_wide_file_says_the_same_as_the_long_ones(archive, tmp_path):
    persons, _about = opened(archive, "persons", tmp_path, user_missing=True)
    long, _about = opened(archive, "person_rounds", tmp_path, user_missing=True)
    values, about = opened(archive, "persons_wide", tmp_path, user_missing=True)
    assert values["person_id"] == persons["person_id"]
    assert values["birth_year"] == persons["birth_year"]
    place = {who: number for number, who in enumerate(values["person_id"])}
    for number, (who, round_number) in enumerate(zip(long["person_id"], long["round"], strict=True)):
        for name in ("ladder", "work", "swls_1_sum", "months"):
            assert values[f"{name}_r{round_number:.0f}"][place[who]] == long[name][number]
    assert about.column_names_to_labels["ladder_r1"] == "1 år: Hvor på stigen er du nå?"
    assert about.variable_value_labels["rm1_child_r0"][1.0] == "svært krevende"
    assert about.missing_ranges["ladder_r0"] == [{"lo": -99.0, "hi": -95.0}]
    assert not {"round_r0", "family_id_r0"} & set(values)


def test_the_municipalitys_own_questions_after_meetings_go_along_with_their_words():
    rows = made(families=3)
    own = parse(OWN, "mote-1.yaml")
    fits = fits_after(date(2024, 9, 1), None, [(f, n) for f in range(3) for n in range(2)])
    for number, fit in enumerate(fits):
        fit.member_id, fit.family_id = list(rows.members)[number], rows.members[list(rows.members)[number]].family_id
        fit.more = {
            "mote-1.hort": {"value": 3, "missing": ""},
            "mote-1.ord": {"value": "kanarifritekst", "missing": ""},
        }
    data = built(replace(rows, fits=fits, meetings=instrument(FIT).joined_by([own])))
    table = next(table for table in data.tables if table.name == "fit")
    asked = {variable.name: variable for variable in table.variables}
    assert asked["mote_1_hort"].label == "Ble du hørt?"
    assert asked["mote_1_hort"].values[3] == "Ja"
    assert [row["mote_1_hort"] for row in table.rows] == [3] * 6
    assert "mote_1_ord" not in asked, "what people write in their own words is no part of a set"


def test_a_round_few_have_reached_is_left_out_and_a_set_of_few_is_none():
    rows = made(families=2)
    late = [one for one in rows.sittings if one.round == 0 or one.family_id == next(iter(rows.families))]
    data = built(type(rows)(rows.families, rows.members, late, [], [], {}, rows.yes))
    assert (data.rounds, data.rounds_held) == ({0: 8}, [1])
    assert {row["round"] for row in data.tables[1].rows} == {0}
    with pytest.raises(TooFew):
        built(made(families=1))


@pytest.mark.parametrize(
    ("day", "months"),
    [((2024, 2, 29), 0), ((2024, 3, 28), 0), ((2024, 3, 29), 1), ((2025, 2, 28), 11), ((2024, 1, 31), -1)],
)
def test_months_are_whole(day, months):
    assert months_between(date(2024, 2, 29), date(*day)) == months


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 40), max_size=12))
@settings(max_examples=200, deadline=None)
def test_what_is_held_back_cannot_be_reckoned_out(counts):
    held = held_back(counts)
    there = {value: n for value, n in counts.items() if n}
    assert all(n >= SMALLEST for value, n in there.items() if value not in held)
    if held:
        assert held == set(there) or (len(held) > 1 and sum(there[value] for value in held) >= SMALLEST)
    else:
        assert all(n >= SMALLEST for n in there.values())


def test_shares_and_means_of_few_are_not_shown():
    assert share(4, 20).held
    assert share(16, 20).held, "those who are not among them are four"
    assert share(20, 20).held, "all of them tells about each"
    assert share(5, 20).value == "25"
    assert mean([3, 4, 3, 4]).n is None
    assert (mean([3, 4, 3, 4, 3]).value, mean([3] * 5, missing=3).missing) == ("3.4", None)
    assert share(0, 0).value == "" == mean([]).value
