"""The published and the computed vectors, one by one."""

from datetime import date

import pytest

from nyemonstre import numbers
from nyemonstre.numbers import BadNumber, Kind, Wrong, identify

OLD, NEW = date(2026, 11, 25), date(2032, 1, 1)
OK = None
FNR, D, FH, DUF = Kind.FNR, Kind.D_NUMBER, Kind.FH, Kind.DUF

# number → by the old rule and by the one of 2032 (None for valid, else what is wrong), kind, synthetic
VECTORS = {
    "10915596784": (OK, OK, FNR, True),
    "12812199631": (OK, OK, FNR, True),
    "10884399853": (OK, OK, FNR, True),
    "13922947702": (OK, OK, FNR, True),
    "50846202355": (OK, OK, D, True),
    "47906701517": (OK, OK, D, True),
    "41814061033": (OK, OK, D, True),
    "41810021827": (OK, OK, D, True),
    "53097248016": (OK, OK, D, False),
    "42059199212": (OK, OK, D, False),
    "67047000642": (OK, OK, D, False),
    "13527248013": (OK, OK, FNR, True),
    "68467038838": (OK, OK, D, True),
    "02013299997": (OK, OK, FNR, False),
    "30108299920": (OK, OK, FNR, False),
    "30108299939": (Wrong.CONTROL, OK, FNR, False),
    "30108299947": (Wrong.CONTROL, OK, FNR, False),
    "30108299955": (Wrong.CONTROL, OK, FNR, False),
    "02013299903": (Wrong.CONTROL, OK, FNR, False),
    "02013299911": (Wrong.CONTROL, OK, FNR, False),
    "12848712009": (Wrong.CONTROL, OK, FNR, True),
    "12848712017": (Wrong.CONTROL, OK, FNR, True),
    "12848712025": (Wrong.CONTROL, OK, FNR, True),
    "13097248032": (Wrong.CONTROL, Wrong.CONTROL, FNR, False),
    "13097248023": (Wrong.CONTROL, Wrong.CONTROL, FNR, False),
    "29029900157": (Wrong.DATE, Wrong.DATE, FNR, False),
    "13932947702": (Wrong.DATE, Wrong.DATE, FNR, False),
    "32127248022": (Wrong.DATE, Wrong.DATE, FNR, False),
    "1234567890": (Wrong.LENGTH, Wrong.LENGTH, FNR, False),
    "1234567891A": (Wrong.DIGITS, Wrong.DIGITS, FNR, False),
    "١٢٨٣٨٧١٢٠٠٠": (Wrong.DIGITS, Wrong.DIGITS, FNR, False),
    "": (Wrong.LENGTH, Wrong.LENGTH, FNR, False),
    # the demo family
    "12838712000": (OK, OK, FNR, True),
    "30918412170": (OK, OK, FNR, True),
    "29820862064": (OK, OK, FNR, True),
    "01871364024": (OK, OK, FNR, True),
    "31921970091": (OK, OK, FNR, True),
    "17852680024": (OK, OK, FNR, True),
    "45819030077": (OK, OK, D, True),
    # without a date
    str(numbers.with_control_digits("812345678")): (OK, OK, FH, False),
    "81234567800": (Wrong.CONTROL, Wrong.CONTROL, FH, False),
    "201512345609": (OK, OK, DUF, False),
    "202000000108": (OK, OK, DUF, False),
    "201512345608": (Wrong.CONTROL, Wrong.CONTROL, DUF, False),
}


@pytest.mark.parametrize(("number", "told"), VECTORS.items())
def test_a_number_by_the_old_rule_and_by_that_of_2032(number, told):
    *wrong, kind, synthetic = told
    for day, why in zip((OLD, NEW), wrong, strict=True):
        if why is None:
            found = identify(number, on=day)
            assert (found.number, found.kind, found.synthetic) == (number, kind, synthetic)
            assert number not in repr(found)
        else:
            with pytest.raises(BadNumber) as refused:
                identify(number, on=day)
            assert refused.value.why == why
            assert not number or number not in str(refused.value)


@pytest.mark.parametrize("written", ["128387 12000", " 12.83.87-12000 ", "128387\u00a012000", "128387–12000"])
def test_people_write_spaces_points_and_dashes(written):
    assert identify(written, on=OLD).number == "12838712000"


@pytest.mark.parametrize(
    ("nine", "valid"), [("290200123", True), ("290204123", True), ("290201123", False), ("310480123", False)]
)
def test_leap_days_by_two_digits_of_the_year(nine, valid):
    number = numbers.with_control_digits(nine) or numbers.with_control_digits(nine[:8] + "5")
    if valid:
        assert identify(number, on=OLD).kind == FNR
    else:
        with pytest.raises(BadNumber, match="date"):
            identify(number, on=OLD)


@pytest.mark.parametrize(
    ("number", "born", "agrees"),
    [
        ("12838712000", date(1987, 3, 12), True),
        ("12838712000", date(1987, 3, 13), False),
        ("45819030077", date(1990, 1, 5), True),
        ("68467038838", date(1970, 6, 28), True),
        ("17852680024", date(2026, 5, 17), True),
        ("17852680024", date(1926, 5, 17), True),  # the century is not in the number
        ("201512345609", date(1987, 3, 12), True),
        (str(numbers.with_control_digits("812345678")), date(1987, 3, 12), True),
    ],
)
def test_the_birth_date_is_compared_and_never_derived(number, born, agrees):
    assert numbers.agrees_with(number, born) is agrees


def test_nine_digits_have_their_control_digits_or_none():
    made = [numbers.with_control_digits(f"1283871{n:02d}") for n in range(100)]
    assert None in made
    assert all(numbers.has_control_digits(number, new_rule=False) for number in made if number)
    assert "12838712000" in made


@pytest.mark.parametrize(
    ("number", "valid"),
    [("123456785", True), ("910000004", True), ("123456784", False), ("12345678", False), ("12345678x", False)],
)
def test_organisation_numbers(number, valid):
    assert numbers.is_organisation_number(number) is valid


@pytest.mark.parametrize(("number", "valid"), [("0301", True), ("4204", True), ("301", False), ("٠٣٠١", False)])
def test_municipality_numbers_have_four_digits(number, valid):
    assert numbers.is_municipality_number(number) is valid


@pytest.mark.parametrize("number", ["201512345609", "202000000108"])
def test_duf(number):
    assert numbers.is_duf(number)
    assert not numbers.is_duf(number[:-1])
    assert not numbers.is_duf(number[:11] + str((int(number[11]) + 1) % 10))
