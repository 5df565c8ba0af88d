"""How each language writes days and moments in words. `date:"DATE_FORMAT"` and its sisters ask here."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def narrow() -> str:
    """A format of day and month for narrow places: «6. nov», or "6 Nov" in English."""
    return "j M" if (get_language() or "").startswith("en") else "j. b"


def short_day(value: date, today: date | None = None) -> str:
    """A day without its year while it is of this year, else with it. In templates: `{{ day|short_day }}`."""
    today = today or timezone.localdate()
    return date_format(value, "MONTH_DAY_FORMAT" if value.year == today.year else "DATE_FORMAT")
