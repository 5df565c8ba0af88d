"""Days in words, as each language writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from nyemonstre.formats import short_day

AT = datetime(2026, 11, 6, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day", "short", "moment"),
    [
        ("nb", "6. november 2026", "6. november", "6. november 2026 kl. 14:05"),
        ("nn", "6. november 2026", "6. november", "6. november 2026 kl. 14:05"),
        ("en", "6 November 2026", "6 November", "6 November 2026, 14:05"),
    ],
)
def test_days_are_written_as_the_language_does(language, day, short, moment):
    page = Template('{{ at|date:"DATE_FORMAT" }}|{{ at|date:"MONTH_DAY_FORMAT" }}|{{ at|date:"DATETIME_FORMAT" }}')
    with translation.override(language):
        assert page.render(Context({"at": AT})).split("|") == [day, short, moment]


def test_a_day_of_another_year_says_which():
    near, far = date(2026, 1, 3), date(2027, 1, 3)
    assert [short_day(day, date(2026, 12, 30)) for day in (near, far)] == ["3. januar", "3. januar 2027"]
    # Twenty to one at night here is the year before in the clock of the database.
    late = datetime(timezone.localdate().year - 1, 12, 31, 23, 40, tzinfo=UTC)
    page = Template("{% load ui %}{{ at|short_day }}|{{ old|short_day }}")
    old = late - timedelta(days=1)
    assert page.render(Context({"at": late, "old": old})).split("|") == ["1. januar", f"31. desember {old.year}"]
