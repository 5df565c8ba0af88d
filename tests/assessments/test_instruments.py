"""The question files: which questions fit whom, and what is said about a file that is wrong."""

from dataclasses import replace
from datetime import date

import pytest
import yaml

from assessments.instruments import (
    CURRENT,
    FIT,
    FOLDER,
    BadAnswer,
    InstrumentError,
    available,
    family_questions,
    instrument,
    packs,
    questions_for,
)
from assessments.instruments.loader import load
from assessments.outcomes import Outcome
from families.models import Member


@pytest.mark.parametrize("name", available())
def test_every_file_loads_and_says_what_it_is(name):
    found = instrument(name)
    assert found.id == name
    assert found.licence
    assert found.source
    assert "diagnose" in found.note["nb"]
    if name in (CURRENT, FIT):  # what others own stands in the languages they wrote it in
        scales = {q.scale.key: q.scale for q in found.questions}.values()
        words = [text for scale in scales for text in (*(o.text for o in scale.options), *dict(scale.words).values())]
        words += [text for q in found.questions for text in (q.text, q.label, q.help or q.text)]
        assert all({"nb", "nn", "en"} == set(text) for text in (*words, *(part.title for part in found.parts)))


def test_fit_asks_the_programmes_own_question():
    assert instrument(FIT)["fit"].text["nb"] == (
        "I hvilken grad opplevde du at hjelpeapparatets totale innsats ivaretok familiens behov på en god måte?"
    )


def test_children_and_the_young_are_asked_in_words_of_their_own():
    fit, ladder = instrument(FIT)["fit"], instrument(CURRENT)["ladder"]
    for question in (fit, ladder, instrument(CURRENT)["thriving_self"]):
        told = [question.as_put_to(age).text for age in (12, 13, 17, 18, None)]
        assert told[0] == question.child.text
        assert told[1] == told[2] == question.youth.text
        assert told[3] == told[4] == question.text
        assert all({"nb", "nn", "en"} == set(words) for words in told[:3])
    assert replace(fit, child=None).as_put_to(9).text == fit.text
    assert ladder.as_put_to(9).help["nb"].startswith("Tenk deg en stige. På toppen")
    assert fit.as_put_to(14).help is None


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.id)
def test_what_is_somebody_elses_is_asked_as_it_is_and_says_what_was_checked(pack):
    assert not [q.key for q in pack.questions if q.child or q.youth]
    assert pack.checked.day >= date(2026, 11, 26)
    assert pack.checked.unconfirmed
    assert all(words.get("nn") for words in (*pack.checked.unconfirmed, *(what for what, _s in pack.checked.agrees)))


def test_a_file_that_does_not_exist():
    with pytest.raises(LookupError, match="nm-2026-1"):
        instrument("nm-1999-1")


SETS = ("ladder", "thriving_parent", "thriving_self", "kindergarten", "after_school", "activities", "work")


@pytest.mark.parametrize(
    ("years", "months", "asked"),
    [
        (0, 0, {"kindergarten"}),
        (2, 11, {"kindergarten"}),
        (3, 11, {"kindergarten", "activities"}),
        (4, 0, {"kindergarten", "activities", "thriving_parent"}),
        (5, 0, {"kindergarten", "after_school", "activities", "thriving_parent"}),
        (7, 0, {"after_school", "activities", "thriving_parent"}),
        (8, 0, {"after_school", "activities", "thriving_parent", "ladder"}),
        (10, 0, {"activities", "thriving_parent", "ladder"}),
        (11, 0, {"activities", "thriving_parent", "thriving_self", "ladder"}),
        (12, 0, {"activities", "thriving_self", "ladder"}),
        (17, 11, {"activities", "thriving_self", "ladder"}),
        (18, 0, {"ladder", "work"}),
        (80, 0, {"ladder", "work"}),
    ],
)
@pytest.mark.parametrize("kind", ["baseline", "yearly"])
def test_age_decides_what_is_asked(years, months, asked, kind):
    day = date(2026, 11, 22)
    born = date(2026 - years - (months > 10), (11 - months) % 12 or 12, 22)
    age = Member(birth_date=born).age(day)
    assert age == years
    assert {q.key for q in questions_for(age, kind)} & set(SETS) == asked


def test_the_day_before_a_birthday_and_the_day_itself():
    member = Member(birth_date=date(2018, 11, 22))
    assert "ladder" not in {q.key for q in questions_for(member.age(date(2026, 11, 21)), "baseline")}
    assert "ladder" in {q.key for q in questions_for(member.age(date(2026, 11, 22)), "baseline")}


def test_each_outcome_has_both_views_of_the_family_and_four_have_them_per_child():
    for respondent in ("family", "coordinator"):
        assert [q.goal for q in family_questions("baseline") if q.respondent == respondent] == Outcome.values
        child = [q.goal for q in questions_for(9, "baseline") if q.goal and q.respondent == respondent]
        assert child == ["rm1", "rm2", "rm3", "rm4a", "rm4b"]
    assert not [q for q in questions_for(18, "baseline") if q.goal]


def test_a_language_is_offered_when_every_question_is_written_in_it():
    assert instrument(CURRENT).languages == instrument(FIT).languages == {"nb", "nn", "en"}
    assert instrument("kidscreen-10-1").languages == set()


def test_words_fall_back_to_bokmaal_and_take_a_name():
    question = instrument(CURRENT)["kindergarten"]
    assert question.text.read("en", name="Elias") == "Does Elias go to kindergarten?"
    assert question.text.read("se", name="Elias") == "Går Elias i barnehage?"
    assert instrument(CURRENT)["rm3"].text.read("nn").endswith("skulen for barna?")


@pytest.mark.parametrize(
    ("question", "raw", "stored"),
    [
        ("ladder", "0", 0),
        ("ladder", 10, 10),
        ("rm1", "5", 5),
        ("rooms", " 4 ", 4),
        ("work", "part", "part"),
        ("income", ["social", "wages"], ["wages", "social"]),
        ("income", ["none"], ["none"]),
    ],
)
def test_an_answer_that_fits(question, raw, stored):
    assert instrument(CURRENT)[question].scale.clean(raw) == stored


@pytest.mark.parametrize(
    ("question", "raw", "rule"),
    [
        ("ladder", "11", "range"),
        ("ladder", "-1", "number"),
        ("ladder", "6,5", "number"),
        ("ladder", "٣", "number"),
        ("ladder", True, "number"),
        ("ladder", None, "number"),
        ("ladder", ["5"], "number"),
        ("ladder", "9" * 5000, "number"),
        ("rm1", "0", "range"),
        ("rm1", "6", "range"),
        ("work", "chef", "choice"),
        ("work", "a\0b", "text"),
        ("work", "x" * 501, "text"),
        ("work", "", "text"),
        ("work", 3, "text"),
        ("income", ["wages", "gold"], "choice"),
        ("income", [], "choice"),
        ("income", [1], "choice"),
        ("income", "wages", "choice"),
        ("income", ["wages", "none"], "exclusive"),
    ],
)
def test_an_answer_that_does_not_fit(question, raw, rule):
    with pytest.raises(BadAnswer) as caught:
        instrument(CURRENT)[question].scale.clean(raw)
    assert caught.value.rule == rule


def test_answers_in_words():
    found = instrument(CURRENT)
    assert found["rm1"].scale.say(2) == "2, krevende"
    assert found["ladder"].scale.say(7) == "7"
    assert found["income"].scale.say(["wages", "aap"]) == "Lønn eller eget firma, AAP"
    assert found["work"].scale.say("part", "nn") == "I arbeid på deltid"


class Plain(yaml.SafeDumper):
    """Writes a thing twice that stands twice, and not a reference to it."""

    def ignore_aliases(self, data):
        return True


def change(path, edit):
    content = yaml.safe_load((FOLDER / "fit-1.yaml").read_text())
    edit(content)
    file = path / "fit-1.yaml"
    file.write_text(yaml.dump(content, Dumper=Plain, allow_unicode=True))
    return file


@pytest.mark.parametrize(
    ("edit", "place", "reason"),
    [
        (lambda c: c.pop("licence"), "top", "«licence» mangler"),
        (lambda c: c.update(colour="blue"), "colour", "ukjent nøkkel «colour»"),
        (lambda c: c.update(version="2"), "top", "fit-2"),
        (lambda c: c.update(version=1), "version", "skal være tekst"),
        (lambda c: c.update(questions=[]), "questions", "skal være en liste med noe i"),
        (lambda c: c["questions"].append(dict(c["questions"][0])), "questions[1]", "«fit» er brukt to ganger"),
        (lambda c: c["questions"][0].update(scale="length"), "questions[0].scale", "skal være en av: grade"),
        (lambda c: c["questions"][0].update(ages=[9, 8]), "questions[0].ages", "skal være [fra] eller [fra, til]"),
        (lambda c: c["questions"][0].update(ages=["8"]), "questions[0].ages[0]", "skal være et helt tall"),
        (lambda c: c["questions"][0].pop("ages"), "questions[0]", "«ages» mangler"),
        (lambda c: c["questions"][0].update(kinds=["weekly"]), "questions[0].kinds[0]", "skal være en av: baseline"),
        (lambda c: c["questions"][0].update(goal="rm9"), "questions[0].goal", "skal være en av: rm1"),
        (lambda c: c["questions"][0]["text"].pop("nb"), "questions[0].text", "«nb» mangler"),
        (lambda c: c["questions"][0]["text"].update(se="x"), "questions[0].text.se", "ukjent nøkkel «se»"),
        (lambda c: c["questions"][0].update(part="x"), "questions[0].part", "skal være en av: fit"),
        (lambda c: c["questions"][0]["child"].pop("text"), "questions[0].child", "«text» mangler"),
        (lambda c: c["questions"][0]["youth"].update(tone="x"), "questions[0].youth.tone", "ukjent nøkkel «tone»"),
        (lambda c: c["questions"][0].update(ages=[18]), "questions[0].child", "ingen på 0–12 år svarer selv"),
        (
            lambda c: c["questions"][0].update(answered_by="family"),
            "questions[0].child",
            "ingen på 0–12 år svarer selv",
        ),
        (lambda c: c.update(attribution="En annen"), "questions[0].child", "skjemaer som er andres"),
        (lambda c: c["checked"].update(day="i går"), "checked.day", "skal være en dag i hermetegn"),
        (lambda c: c["checked"]["agrees"][0].pop("source"), "checked.agrees[0]", "«source» mangler"),
        (lambda c: c["scales"]["grade"].update(low=10), "scales.grade", "low skal være 0 eller mer"),
        (lambda c: c["scales"]["grade"].update(kind="dial"), "scales.grade.kind", "skal være en av: ladder"),
        (lambda c: c["scales"]["grade"]["words"].update({11: {"nb": "x"}}), "scales.grade.words.11", "«11» er ikke på"),
        (lambda c: c["scales"]["grade"].update(kind="status"), "scales.grade.words", "ord for hvert tall"),
        (
            lambda c: c["scales"].update(s={"kind": "choice", "options": [{"value": True, "nb": "ja"}]}),
            "scales.s.options[0].value",
            "skal være tekst",
        ),
        (
            lambda c: c["scales"].update(s={"kind": "choice", "options": [{"value": "a", "nb": "x"}] * 2}),
            "scales.s.options",
            "to svar har samme value",
        ),
    ],
)
def test_a_wrong_file_is_named_with_line_place_and_reason(tmp_path, edit, place, reason):
    file = change(tmp_path, edit)
    with pytest.raises(InstrumentError) as caught:
        load(file)
    assert (caught.value.file, caught.value.place) == ("fit-1.yaml", place)
    assert reason in caught.value.reason
    line = caught.value.line
    assert str(caught.value).startswith(f"fit-1.yaml:{line}: {place}: ")
    if place != "top":
        written = file.read_text().split("\n")[line - 1]
        assert place.rpartition(".")[2].partition("[")[0] in written or written.strip().startswith("-")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("id: fit\nid: fit\n", "står to ganger"),
        ("id: [\n", r"expected"),
        ("- a\n", "skal ha nøkler og verdier"),
        ("", "skal ha nøkler og verdier"),
        ("a: &x [1]\nb: *x\n", "henvisninger"),
        ("a: " + "[" * 2000, "YAML|expected"),
        ("id: 2026-99-99", "YAML"),
        ("x: " + "y" * 200_001, "for stor"),
        ("id: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
    ],
)
def test_a_file_that_is_no_question_file(tmp_path, content, reason):
    file = tmp_path / "fit-1.yaml"
    file.write_text(content)
    with pytest.raises(InstrumentError, match=reason):
        load(file)


def test_a_file_in_another_encoding(tmp_path):
    file = tmp_path / "fit-1.yaml"
    file.write_bytes("title: bøk".encode("latin-1"))
    with pytest.raises(InstrumentError):
        load(file)


A_SCORE = {"key": "s", "label": {"nb": "s"}, "of": ["fit"]}


def with_score(**more):
    return lambda content: content.update(scores=[A_SCORE | more])


def norm(ages, *starts):
    return {"ages": ages, "source": "x", "bands": [{"from": n, "label": {"nb": "x"}} for n in starts]}


FIGURES = [{"key": "a", "label": {"nb": "x"}, "low": 2, "high": 1}]


@pytest.mark.parametrize(
    ("edit", "place", "reason"),
    [
        (with_score(of=["fet"]), "scores[0].of[0]", "skal være en av: fit"),
        (with_score(of=["fit", "fit"]), "scores[0].of[1]", "brukt to ganger"),
        (with_score(reversed=["q9"]), "scores[0].reversed[0]", "skal være en av: fit"),
        (with_score(method="max"), "scores[0].method", "skal være en av: sum, mean"),
        (with_score(times=0), "scores[0].times", "fra 1 til 100"),
        (with_score(may_miss=1), "scores[0].may_miss", "method: mean"),
        (with_score(may_miss=1, method="mean"), "scores[0].may_miss", "mindre enn antall"),
        (lambda c: c.update(scores=[A_SCORE, A_SCORE]), "scores[1]", "«s» er brukt to ganger"),
        (with_score(norms=[norm([8, 12], 0), norm([12, 17], 0)]), "scores[0].norms[1].ages", "alderen overlapper"),
        (with_score(norms=[norm([8], 1)]), "scores[0].norms[0].bands", "skal begynne på 0 og stige"),
        (with_score(norms=[norm([8], 0, 5, 5)]), "scores[0].norms[0].bands", "skal begynne på 0 og stige"),
        (with_score(norms=[norm([8], 0, 7, 3)]), "scores[0].norms[0].bands", "skal begynne på 0 og stige"),
        (with_score(norms=[norm([8], 0, 11)]), "scores[0].norms[0].bands", "skal begynne på 0 og stige"),
        (lambda c: c.update(supply="by_hand"), "questions[0].scale", "skalaen result"),
        (lambda c: c.update(supply="municipality"), "questions[0].scale", "degree"),
        (lambda c: c.update(id="Fit"), "id", "små bokstaver"),
        (lambda c: c["scales"].update({"Å": {"kind": "text"}}), "scales.Å", "små bokstaver"),
        (
            lambda c: c["scales"].update(r={"kind": "result", "figures": FIGURES}),
            "scales.r.figures[0]",
            "low skal være",
        ),
    ],
)
def test_a_wrong_score_is_named_with_line_and_reason(tmp_path, edit, place, reason):
    with pytest.raises(InstrumentError) as caught:
        load(change(tmp_path, edit))
    assert caught.value.place == place
    assert reason in caught.value.reason
    assert caught.value.line > 1 or place == "id"


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ({"scores": {"total": "23,4"}}, {"total": "23.4"}),
        ({"scores": {"total": 24.0}}, {"total": 24}),
        ({"scores": {"total": "41"}}, "range"),
        ({"scores": {"total": "23.45"}}, "number"),
        ({"scores": {"total": "NaN"}}, "number"),
        ({"scores": {"total": "1e1"}}, "number"),
        ({"scores": {}}, "result"),
        ({"scores": {"total": 3}, "holder": ""}, "result"),
        ({"scores": {"total": 3}, "on": "i går"}, "result"),
        ({"scores": {"total": 3}, "version": "x" * 121}, "result"),
        ("24", "result"),
    ],
)
def test_a_result_entered_by_hand(raw, stored):
    scale = instrument("ors-1")["result"].scale
    told = {"on": "2026-11-20", "version": "norsk, 2008", "holder": "Kommunen"}
    given = told | raw if isinstance(raw, dict) else raw
    if isinstance(stored, dict):
        assert scale.clean(given) == told | {"scores": stored}
        assert scale.say(scale.clean(given)).startswith("Sum, 0 til 40 2")
    else:
        with pytest.raises(BadAnswer) as caught:
            scale.clean(given)
        assert caught.value.rule == stored
