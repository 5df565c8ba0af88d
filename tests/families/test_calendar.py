"""R-P3: always counted from the anchor, clamped to the month's end, never chained. Vectors from DOMAIN.md 1.3."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from families.calendar import (
    add_months,
    due_text,
    end_of_follow_up,
    half_years,
    next_milestone,
    register_study_from,
    step_label,
    step_line,
    window_state,
    windows_opened_by,
    year_of,
)
from families.stages import ORDER, Step


def rounds(step: str, anchor: date) -> list[date]:
    return [window.due_on for window in windows_opened_by(Step.BASELINE, anchor) if window.step == step]


def test_a_leap_day_and_its_five_years():
    anchor = date(2024, 2, 29)
    assert rounds(Step.REVIEW, anchor)[0] == date(2024, 8, 29)
    assert rounds(Step.YEARLY, anchor) == [
        date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28),
    ]  # fmt: skip
    assert end_of_follow_up(anchor) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("anchor", "six_months"),
    [
        (date(2024, 2, 29), date(2024, 8, 29)),
        (date(2023, 8, 31), date(2024, 2, 29)),
        (date(2022, 8, 31), date(2023, 2, 28)),
    ],
)
def test_six_months_is_clamped_to_the_months_end(anchor, six_months):
    assert rounds(Step.REVIEW, anchor)[0] == six_months


def test_a_31st_comes_back_after_a_short_month():
    """Chained from the clamped day it would have stayed on the 28th."""
    assert rounds(Step.REVIEW, date(2022, 8, 31))[:2] == [date(2023, 2, 28), date(2023, 8, 31)]


def test_five_years_end_and_the_register_study_begins():
    assert end_of_follow_up(date(2026, 1, 15)) == date(2031, 1, 15)
    assert register_study_from(date(2031, 1, 15)) == date(2046, 1, 15)


def test_the_five_years_are_ten_reviews_and_five_yearly_ones():
    anchor = date(2026, 1, 15)
    assert len(rounds(Step.REVIEW, anchor)) == 10
    assert len(rounds(Step.YEARLY, anchor)) == 5
    assert rounds(Step.REVIEW, anchor)[-1] == rounds(Step.YEARLY, anchor)[-1] == end_of_follow_up(anchor)


def test_a_window_lies_around_its_day():
    window = next(w for w in windows_opened_by(Step.BASELINE, date(2026, 1, 15)) if w.step == Step.REVIEW)
    assert (window.due_from, window.due_on, window.due_until) == (
        date(2026, 7, 1),
        date(2026, 7, 15),
        date(2026, 7, 31),
    )


@pytest.mark.parametrize(
    ("step", "opened"),
    [
        (Step.REFERRAL, {}),
        (Step.INTAKE, {Step.INFORMATION: 14}),
        (Step.INFORMATION, {Step.CONSENT: 14}),
        (Step.CONSENT, {Step.BASELINE: 30}),
        (Step.COLLABORATION, {}),
        (Step.PLAN, {}),
        (Step.FEEDBACK, {}),
    ],
)
def test_what_each_single_step_opens(step, opened):
    on = date(2026, 3, 1)
    assert {w.step: (w.due_until - on).days for w in windows_opened_by(step, on)} == opened


def test_the_baseline_opens_collaboration_and_plan_too():
    single = {w.step: (w.due_until - date(2026, 3, 1)).days for w in windows_opened_by(Step.BASELINE, date(2026, 3, 1))}
    assert (single[Step.COLLABORATION], single[Step.PLAN]) == (30, 45)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -12, date(2025, 1, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_added_and_clamped(day, months, expected):
    assert add_months(day, months) == expected


FROM, UNTIL = date(2026, 11, 10), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 9, 25), "ahead"),  # 46 days before
        (date(2026, 9, 26), "soon"),  # 45 days before
        (date(2026, 11, 9), "soon"),
        (date(2026, 11, 10), "now"),
        (date(2026, 11, 30), "now"),
        (date(2026, 12, 1), "after"),
    ],
)
def test_a_window_on_the_days_at_its_edges(today, state):
    assert window_state(FROM, UNTIL, today) == state
    assert window_state(FROM, UNTIL, today, paused=True) == "pause"


def test_words_on_the_chip():
    assert due_text(FROM, UNTIL, date(2026, 11, 12)) == "nå, til 30. november"
    assert due_text(FROM, UNTIL, date(2026, 12, 1)) == "vinduet gikk til 30. november, ta det når det passer"
    assert due_text(FROM, UNTIL, date(2026, 1, 1)) == "mellom 10. november og 30. november"
    assert due_text(FROM, UNTIL, date(2025, 12, 1)) == "mellom 10. november 2026 og 30. november 2026"
    assert due_text(None, None, date(2026, 1, 1)) == "når det passer"


@dataclass
class Row:
    step: str
    number: int = 1
    reached_on: date | None = None
    due_from: date | None = None
    due_until: date | None = None


TODAY = date(2026, 11, 22)


def states(*rows: Row, paused: bool = False) -> list[str]:
    return [stitch.state for stitch in step_line(rows, TODAY, paused=paused)]


def test_the_line_of_a_new_family():
    line = states(
        Row(Step.REFERRAL, reached_on=TODAY), Row(Step.INTAKE, reached_on=TODAY),
        Row(Step.INFORMATION, due_from=TODAY, due_until=TODAY + timedelta(days=14)),
    )  # fmt: skip
    assert line == ["done", "done", "now"] + ["ahead"] * 7


def test_the_first_step_that_is_neither_reached_nor_open_is_next():
    assert states(Row(Step.REFERRAL, reached_on=TODAY))[1:3] == ["next", "ahead"]


def test_a_repeating_step_is_done_until_a_round_opens_or_passes():
    done = Row(Step.REVIEW, 1, reached_on=TODAY - timedelta(days=170))
    far = Row(Step.REVIEW, 2, due_from=TODAY + timedelta(days=1), due_until=TODAY + timedelta(days=30))
    at = ORDER.index(Step.REVIEW)
    assert states(done, far)[at] == "done"
    assert states(done, Row(Step.REVIEW, 2, due_from=TODAY, due_until=TODAY))[at] == "now"
    yesterday = TODAY - timedelta(days=1)
    assert states(done, Row(Step.REVIEW, 2, due_from=yesterday, due_until=yesterday))[at] == "after"


def test_a_paused_family_waits_where_it_was():
    waits = Row(Step.INFORMATION, due_from=TODAY, due_until=TODAY)
    assert (
        states(Row(Step.REFERRAL, reached_on=TODAY), Row(Step.INTAKE, reached_on=TODAY), waits, paused=True)[2]
        == "pause"
    )


def test_next_is_the_window_that_closes_first():
    late, early = (
        Row(Step.YEARLY, n, due_from=TODAY, due_until=TODAY + timedelta(days=d)) for n, d in ((1, 9), (2, 3))
    )
    assert next_milestone([late, early]) is early
    assert next_milestone([Row(Step.YEARLY, reached_on=TODAY)]) is None


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 1, 15), 1),
        (date(2027, 1, 14), 1),
        (date(2027, 1, 15), 2),
        (date(2031, 1, 15), 5),
        (date(2040, 1, 1), 5),
    ],
)
def test_which_of_the_five_years(today, year):
    assert year_of(date(2026, 1, 15), today) == year
    assert year_of(None, today) is None


def test_rounds_in_words():
    assert [half_years(n) for n in (1, 2, 3, 4, 10)] == ["6 md", "1 år", "1½ år", "2 år", "5 år"]
    assert step_label(Step.YEARLY, 3) == "Årlig kartlegging, år 3"
    assert step_label(Step.REVIEW, 3) == "6-månedersevaluering, 1½ år"
    assert step_label(Step.PLAN, 1) == "Familiens plan"
