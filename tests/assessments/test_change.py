"""Counting what has changed, in words that neither praise nor blame."""

import pytest

from assessments.change import Reading, count_in_words, difference


@pytest.mark.parametrize(
    ("before", "after", "way", "steps", "said", "short"),
    [
        (Reading(2), Reading(3), "higher", 1, "2 til 3", "1 høyere"),
        (Reading(5), Reading(2), "lower", -3, "5 til 2", "3 lavere"),
        (Reading(1), Reading(1), "same", 0, "står på 1", "som før"),
        (Reading(0), Reading(0), "same", 0, "står på 0", "som før"),
        (Reading(0), Reading(10), "higher", 10, "0 til 10", "10 høyere"),
        (Reading(), Reading(3), "unknown", None, "3, ikke vurdert ved start", ""),
        (Reading(None, "unwilling"), Reading(3), "unknown", None, "3, ikke vurdert ved start", ""),
        (Reading(3), Reading(None, "unknown"), "unknown", None, "vet ikke", ""),
        (Reading(3), Reading(None, "not_asked"), "unknown", None, "ikke spurt", ""),
        (Reading(3), Reading(), "unknown", None, "ikke spurt", ""),
        (Reading("work"), Reading("none"), "other", None, "work til none", "endret"),
        (Reading(["a"]), Reading(["a"]), "same", 0, "står på ['a']", "som før"),
        (Reading(["a"]), Reading(["a", "b"]), "other", None, "['a'] til ['a', 'b']", "endret"),
    ],
)
def test_difference(before, after, way, steps, said, short):
    change = difference(before, after)
    assert (change.way, change.steps, change.say(), change.short()) == (way, steps, said, short)


def changes(*pairs):
    return [difference(Reading(before), Reading(after)) for before, after in pairs]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (
            [(1, 2), (2, 4), (3, 3), (4, 1), (None, 3)],
            "Av 4 linjer: 2 står høyere enn ved start, 1 står likt, 1 står lavere.",
        ),
        ([(1, 1)], "Av 1 linje: 1 står likt."),
        ([(None, 1), (2, None)], "Ingen av linjene er vurdert både ved start og senere."),
        ([], "Ingen av linjene er vurdert både ved start og senere."),
    ],
)
def test_the_sentence_above_the_pattern(pairs, sentence):
    assert count_in_words(changes(*pairs)) == sentence
