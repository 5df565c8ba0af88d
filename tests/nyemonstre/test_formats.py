"""Days in words, as each language writes them."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

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
