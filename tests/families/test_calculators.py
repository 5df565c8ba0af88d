"""Every vector of the domain's calculators, and what must hold whatever the numbers. The thresholds are invented."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families.calculators import OECD, SURVEY, Year, consumption_units, crowded, persistent_low_income

THRESHOLDS = (250_000, 260_000, 270_000)


def three(ages, incomes, thresholds=THRESHOLDS):
    """Years 2021–2023. `ages` is one household, or one for each year."""
    homes = ages if isinstance(ages[0], list) else [ages] * 3
    return persistent_low_income(
        [Year(2021 + n, homes[n], incomes[n], thresholds[n]) for n in range(3)]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ages", "units"),
    [
        ([40], "1.0"), ([40, 5], "1.3"), ([40, 5, 9], "1.6"), ([40, 38, 5, 9], "2.1"), ([40, 38, 5, 9, 16], "2.4"),
        ([40, 38, 5, 9, 17], "2.6"), ([40, 38, 20, 5], "2.3"), ([16], "1.0"), ([16, 14], "1.3"),
    ],
)  # fmt: skip
def test_weights_of_a_household(ages, units):
    assert consumption_units(ages) == Fraction(units)


def test_eurostat_and_oecd_are_parameters():
    assert consumption_units([40, 16], child_under=14) == Fraction("1.5")
    assert consumption_units([40, 38, 5], scale=OECD) == Fraction("2.2")


@pytest.mark.parametrize("ages", [[], [-1], [40, -3]])
def test_an_impossible_household_is_refused(ages):
    with pytest.raises(ValueError, match=r"household|negative"):
        consumption_units(ages)


@pytest.mark.parametrize(
    ("ages", "incomes", "equivalents", "average", "each"),
    [
        ([40, 38, 5, 9, 15], (600_000, 610_000, 620_000), ("250000", "254166.67", "258333.33"), True, False),
        ([30], (200_000, 280_000, 250_000), ("200000", "280000", "250000"), True, False),
        ([30], (260_000, 260_000, 260_000), ("260000", "260000", "260000"), False, False),
        (
            [[35, 33, 3], [36, 34, 4, 0], [37, 35, 5, 1]], (480_000, 500_000, 560_000),
            ("266666.67", "238095.24", "266666.67"), True, False,
        ),
        ([30], (249_999, 259_999, 269_999), ("249999", "259999", "269999"), True, True),
    ],
)  # fmt: skip
def test_three_years_by_both_readings(ages, incomes, equivalents, average, each):
    found = three(ages, incomes)
    assert [f"{float(year.equivalent):.2f}".removesuffix(".00") for year in found.years] == list(equivalents)
    assert (found.by_average, found.each_year) == (average, each)


def test_means_are_exact():
    found = three([40, 38, 5, 9, 15], (600_000, 610_000, 620_000))
    assert round(found.mean_equivalent, 2) == Fraction("254166.67")
    assert found.mean_threshold == 260_000
    assert round(
        three([[35, 33, 3], [36, 34, 4, 0], [37, 35, 5, 1]], (480_000, 500_000, 560_000)).mean_equivalent, 2
    ) == (Fraction("257142.86"))


def test_the_limits_of_2015():
    assert Year(2015, [40, 38, 9, 5], None, 212_000).limit == 445_200
    assert Year(2015, [40, 9, 5], None, 212_000).limit == 339_200


def test_what_nobody_knows_is_said_and_not_guessed():
    found = three([30], (200_000, None, 200_000), (250_000, None, 270_000))
    assert (found.by_average, found.each_year) == (None, None)
    assert found.missing == [(2022, "income"), (2022, "threshold")]
    # One year above the limit answers the strict reading, whatever the missing year holds.
    assert three([30], (300_000, None, 200_000)).each_year is False


@pytest.mark.parametrize("years", [[], [2021, 2022], [2021, 2022, 2024], [2021, 2021, 2022], [2020, 2021, 2022, 2023]])
def test_only_three_years_in_a_row(years):
    with pytest.raises(ValueError, match="in a row"):
        persistent_low_income([Year(year, [30], 1, 1) for year in years])


@given(
    st.lists(st.tuples(st.integers(0, 2_000_000), st.integers(1, 600_000)), min_size=3, max_size=3),
    st.lists(st.integers(0, 100), min_size=1, max_size=12),
)
def test_each_year_low_means_low_on_average(rows, ages):
    found = persistent_low_income([Year(2021 + n, ages, *row) for n, row in enumerate(rows)])
    assert found.by_average is not None
    assert not found.each_year or found.by_average
    assert consumption_units(ages) == consumption_units(list(reversed(ages)))


@pytest.mark.parametrize(
    ("home", "register"),
    [
        ((5, 4, 90), True), ((5, 4, 130), False), ((5, 5, 90), False), ((1, 1, 24), True), ((1, 1, 25), False),
        ((4, None, 90), True), ((4, 3, None), True), ((4, 4, None), False), ((4, None, None), None),
        ((5, 4, 110), True),
    ],
)  # fmt: skip
def test_crowding_by_the_register_rule(home, register):
    assert crowded(*home) is register


def test_crowding_by_the_survey_rule():
    assert crowded(5, 4, 110, rule=SURVEY) is False
    assert crowded(5, 4, 99, rule=SURVEY) is True


@pytest.mark.parametrize("home", [(0, 1, 20), (2, 0, 20), (2, 1, 0), (-1, None, None)])
def test_impossible_homes_are_refused(home):
    with pytest.raises(ValueError, match="above zero"):
        crowded(*home)
