"""What is said after meetings with a service: nothing of fewer than five, nothing to reckon out, nothing told twice."""

from datetime import date
from itertools import combinations

import pytest

from assessments.research.cells import SMALLEST, held_together
from assessments.research.services import NO_SERVICE, by_service, quarter_of, quarters
from tests.assessments.research.making import fits_after, some_id

SCHOOL, NAV, CLUB = (some_id("service", n) for n in range(3))
ON = date(2026, 5, 10)
DAY = date(2026, 2, 3)


def test_a_quarter_is_told_when_it_is_over_and_has_settled():
    assert [quarter_of(date(2026, month, 1)) for month in (1, 3, 4, 6, 7, 9, 10, 12)] == [
        "2026-1", "2026-1", "2026-2", "2026-2", "2026-3", "2026-3", "2026-4", "2026-4"
    ]  # fmt: skip
    assert quarters(date(2026, 4, 14))[-1] == "2025-4"
    assert quarters(date(2026, 4, 15)) == [
        "2024-2", "2024-3", "2024-4", "2025-1", "2025-2", "2025-3", "2025-4", "2026-1"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "shown", "total"),
    [
        # Enough of both.
        ([(SCHOOL, range(5)), (NAV, range(5, 11))], {SCHOOL: 5, NAV: 6}, 11),
        # Four with NAV would be all less the school's: both are held back, and the sum stands.
        ([(SCHOOL, range(6)), (NAV, range(6, 10))], {}, 10),
        # Two small ones of six people hide each other, and the large one may be shown.
        ([(SCHOOL, range(9)), (NAV, range(9, 12)), (CLUB, range(12, 15))], {SCHOOL: 9}, 15),
        # Two small ones that are the same three people do not.
        ([(SCHOOL, range(9)), (NAV, range(9, 12)), (CLUB, range(9, 12))], {}, 12),
        # The smallest of those that are large enough goes too: two with NAV.
        ([(SCHOOL, range(9)), (None, range(9, 14)), (NAV, range(14, 16))], {SCHOOL: 9}, 16),
        # Fewer than five in all.
        ([(SCHOOL, range(3)), (NAV, range(3, 4))], {}, None),
        # Answers without a number count nowhere.
        ([(SCHOOL, range(5), [7, 7, 7, 7, None]), (NAV, range(5, 11))], {}, 10),
        ([], {}, 0),
    ],
)
def test_nothing_of_fewer_than_five_and_nothing_to_reckon_out(given, shown, total):
    fits = [fit for one in given for fit in fits_after(DAY, *one)]
    found = by_service(fits, ON, {})["2026-1"]
    assert found["all"]["n"] == total
    told = {key: cell["n"] for key, cell in found["services"].items() if cell["value"]}
    assert told == {str(key): n for key, n in shown.items()}
    assert all(cell == {"n": None, "missing": 0, "value": "", "held": True} for key, cell in found["services"].items()
               if key not in told)  # fmt: skip
    # Whatever is taken from the total, what is left is nobody or at least five.
    people = {str(one[0] or NO_SERVICE): set(one[1]) for one in given}
    everybody = set().union(*people.values()) if people else set()
    for size in range(1, len(told) + 1):
        for some in combinations(told, size):
            rest = everybody - set().union(*(people[key] for key in some))
            assert not rest or len(rest) >= SMALLEST


def test_a_person_counts_once_and_what_was_told_stands():
    fits = fits_after(DAY, SCHOOL, range(5), [2] * 5) + fits_after(date(2026, 3, 1), SCHOOL, range(5), [8] * 5)
    found = by_service(fits, ON, {})
    assert found["2026-1"]["services"][str(SCHOOL)] == {"n": 5, "missing": 0, "value": "8.0", "held": False}
    late = [*fits, *fits_after(DAY, SCHOOL, [9], [0])]
    assert by_service(late, ON, found) == found
    assert by_service(late, ON, {}) != found
    assert held_together({"a": {1, 2}, "b": set()}) == {"a"}
