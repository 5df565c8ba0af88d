"""Scores, exact to the worked examples that go with each instrument, and properties that hold for every one of them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.instruments import CURRENT, FOLDER, available, instrument, licence_text, packs, questions_for
from assessments.instruments.scores import Score, ScoredItem, is_notable, score

PACKS = [pack.id for pack in packs()]


def scored(name, key="", answers=(), age=None):
    """The score `key` (the first, unless it is named) of the answers in the order of the file; None is no answer."""
    found = instrument(name)
    definition = next(s for s in found.scores if not key or s.key == key)
    return definition, score(definition, dict(zip((i.key for i in definition.items), answers, strict=False)), age)


# name, score, answers, age → value, word in the band ("" for none), whether somebody should ask more
VECTORS = [
    ("who-5-1", "", [5, 4, 3, 2, 1], None, 60, "over", False),
    ("who-5-1", "", [2, 2, 3, 3, 2], None, 48, "snakk mer", True),
    ("who-5-1", "", [3, 3, 3, 2, 2], None, 52, "over", False),
    ("who-5-1", "", [1, 1, 2, 1, 2], None, 28, "lav", True),
    ("who-5-1", "", [0] * 5, None, 0, "lav", True),
    ("who-5-1", "", [5] * 5, None, 100, "over", False),
    ("who-5-1", "", [5, None, 5, 5, 5], None, None, "", False),
    ("swls-1", "", [4] * 5, None, 20, "midt på", False),
    ("swls-1", "", [7] * 5, None, 35, "svært tilfreds", False),
    ("swls-1", "", [1] * 5, None, 5, "svært lite", False),
    ("swls-1", "", [5, 5, 5, 5, 6], None, 26, "tilfreds", False),
    ("swls-1", "", [None, 5, 5, 5, 6], None, None, "", False),
    ("gse-10-1", "sum", [3] * 10, None, 30, "", False),
    ("gse-10-1", "mean", [3] * 10, None, 3, "", False),
    ("gse-10-1", "sum", [1, 2, 3, 4, 1, 2, 3, 4, 1, 2], None, 23, "", False),
    ("gse-10-1", "mean", [1, 2, 3, 4, 1, 2, 3, 4, 1, 2], None, Fraction(23, 10), "", False),
    ("gse-10-1", "mean", [None] * 3 + [3] * 7, None, 3, "", False),
    ("gse-10-1", "mean", [None] * 4 + [3] * 6, None, None, "", False),
    ("gse-10-1", "sum", [None] * 3 + [3] * 7, None, None, "", False),
    ("gse-5-1", "sum", [2, 3, 3, 4, 3], None, 15, "", False),
    ("gse-5-1", "mean", [2, 3, 3, 4, 3], None, 3, "", False),
    ("kidscreen-10-1", "", [4, 4, 2, 1, 4, 3, 5, 4, 3, 4], None, 40, "", False),
    ("kidscreen-27-1", "physical", [1, 5, 5, 5, 5], None, 25, "", False),
    ("kidscreen-27-1", "psychological", [5, 5, 5, 1, 1, 1, 5], None, 35, "", False),
    ("hscl-10-1", "", [1, 1] + [2] * 8, None, Fraction(9, 5), "under", False),
    ("hscl-10-1", "", [1] + [2] * 9, None, Fraction(19, 10), "snakk mer", True),
    (CURRENT, "ladder", [5], 15, 5, "lav", False),
    (CURRENT, "ladder", [5], 40, 5, "lav", False),
    (CURRENT, "ladder", [6], 15, 6, "høy", False),
    (CURRENT, "ladder", [6], 40, 6, "midt på", False),
    (CURRENT, "ladder", [9], 15, 9, "høy", False),
    (CURRENT, "ladder", [9], 40, 9, "høy", False),
    ("sdq-parent-1", "emotional", [3], 8, 3, "vanlig", False),
    ("sdq-parent-1", "emotional", [4], 8, 4, "på grensen", True),
    ("sdq-parent-1", "emotional", [5], 8, 5, "snakk mer", True),
    ("sdq-parent-1", "conduct", [3], 8, 3, "på grensen", True),
    ("sdq-parent-1", "hyper", [7], 8, 7, "snakk mer", True),
    ("sdq-parent-1", "peer", [2], 8, 2, "vanlig", False),
    ("ors-1", "", ["24.9"], 40, Fraction(249, 10), "under", True),
    ("ors-1", "", [25], 40, 25, "på eller over", False),
    ("ors-1", "", [27], 15, 27, "under", True),
    ("ors-1", "", [31], 8, 31, "under", True),
    ("ors-1", "", [32], 8, 32, "på eller over", False),
    ("srs-1", "", [36], 40, 36, "på eller over", False),
]


@pytest.mark.parametrize(("name", "key", "answers", "age", "value", "word", "follow_up"), VECTORS)
def test_the_worked_examples(name, key, answers, age, value, word, follow_up):
    _definition, result = scored(name, key, answers, age)
    assert result.value == value
    assert result.band.label["nb"].startswith(word) if word else not result.band, result
    assert bool(result.band and result.band.follow_up) is follow_up


def test_where_the_bands_meet():
    words = {n: scored("swls-1", "", [1, 1, 1, 1, 1])[0].norm(30).band(Fraction(n)).label["nb"] for n in range(5, 36)}
    ends = [n for n in range(6, 36) if words[n] != words[n - 1]]
    assert ends == [10, 15, 20, 21, 26, 31]


def test_a_result_in_words_and_a_change_worth_noticing():
    definition, low = scored("who-5-1", "", [2, 2, 3, 3, 2])
    assert (low.say(), scored("who-5-1", "", [None] * 5)[1].say()) == ("48", "–")
    assert scored("gse-10-1", "mean", [1, 2, 3, 4, 1, 2, 3, 4, 1, 2])[1].say() == "2,3"
    assert is_notable(definition, low, scored("who-5-1", "", [5, 4, 3, 2, 1])[1]) is True
    assert is_notable(definition, low, scored("who-5-1", "", [3, 3, 3, 2, 2])[1]) is False
    assert is_notable(definition, low, scored("who-5-1", "", [None] * 5)[1]) is None
    swls, before = scored("swls-1", "", [4] * 5)
    assert is_notable(swls, before, before) is None
    with pytest.raises(ValueError, match="not between"):
        scored("who-5-1", "", [6, 0, 0, 0, 0])


# --- every instrument -------------------------------------------------------------------------------------------

EVERY = [s.under(name) for name in available() for s in instrument(name).scores]


@st.composite
def answered(draw):
    """A score, and answers to some of its items in whole steps."""
    definition = draw(st.sampled_from(EVERY))
    steps = {i.key: st.one_of(st.none(), st.integers(int(i.low), int(i.high))) for i in definition.items}
    return definition, draw(st.fixed_dictionaries(steps))


@settings(max_examples=60, deadline=None)
@given(answered(), st.randoms(use_true_random=False))
def test_bounds_and_order_and_missing(drawn, rng):
    definition, answers = drawn
    result = score(definition, answers, 10)
    shuffled = list(answers.items())
    rng.shuffle(shuffled)
    assert score(definition, dict(shuffled), 10) == result
    missing = sum(value is None for value in answers.values())
    assert (result.missing, result.answered) == (missing, len(answers) - missing)
    assert (result.value is None) == (missing > definition.may_miss or missing == len(answers))
    if result.value is not None:
        assert definition.lowest <= result.value <= definition.highest


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 5), st.integers(1, 6), st.data())
def test_reversing_twice_is_nothing_and_more_is_never_less(low, width, data):
    item = ScoredItem("q", Fraction(low), Fraction(low + width), reversed=True)
    answer = data.draw(st.integers(low, low + width))
    assert item.points(item.points(answer)) == answer
    plain = Score("s", {"nb": "s"}, (ScoredItem("q", Fraction(low), Fraction(low + width)),))
    more = data.draw(st.integers(answer, low + width))
    assert score(plain, {"q": more}).value >= score(plain, {"q": answer}).value


# --- what comes with the programme ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        (3, set()), (4, {"sdq-parent-1"}), (7, {"sdq-parent-1"}), (8, {"sdq-parent-1", "kidscreen-27-1"}),
        (11, {"sdq-parent-1", "sdq-self-1", "kidscreen-27-1"}), (12, {"sdq-self-1", "kidscreen-27-1"}),
        (17, {"sdq-self-1", "kidscreen-27-1"}), (18, {"eq-5d-1", "gse-10-1"}),
    ],
)  # fmt: skip
def test_age_routes_to_the_instruments_of_the_study(age, asked):
    study = ["sdq-parent-1", "sdq-self-1", "kidscreen-27-1", "eq-5d-1", "gse-10-1"]
    joined = instrument(CURRENT).joined_by([instrument(name) for name in study])
    parts = {q.part for q in questions_for(age, "yearly", joined)} - {p.key for p in instrument(CURRENT).parts}
    assert parts == asked
    assert all(q.key.startswith(f"{q.part}.") for q in questions_for(age, "yearly", joined) if q.part in study)


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_has_a_licence_of_its_own_and_ships_no_words_it_may_not(name):
    found = instrument(name)
    assert licence_text(name)
    assert found.supply in ("shipped", "municipality", "by_hand")
    if found.supply == "municipality":
        assert not any(question.text or question.scale.words for question in found.questions)
        assert len(found.asked_for) > len(found.questions)
    if found.supply == "by_hand":
        assert [question.scale.kind for question in found.questions] == ["result"]
    if found.supply == "shipped":
        assert found.attribution
        assert name in ("who-5-1", "swls-1")


def test_nothing_but_the_programmes_own_lies_outside_the_packs():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(available()) - set(PACKS)
