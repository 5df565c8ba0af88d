"""The answers of the kitchen table: the ladder, the status, the yes/no row. Loaded through `{% load ui %}`."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.translation import gettext as _

from nyemonstre.ui.templatetags.ui_family import STATUS_WORDS

register = template.Library()


def _options(field: BoundField) -> list[dict[str, Any]]:
    """The field's choices with what a radio button needs.

    An empty choice ("---") is left out: no answer is no button.
    """
    chosen = field.value()
    chosen = "" if chosen is None else str(chosen)
    options = [(str(value), text) for value, text in field.field.choices if str(value) != ""]
    return [
        {"value": value, "text": text, "id": f"{field.id_for_label or field.auto_id}_{n}", "checked": value == chosen}
        for n, (value, text) in enumerate(options)
    ]


def _common(field: BoundField, labelledby: str) -> dict[str, Any]:
    return {
        "field": field,
        "name": field.html_name,
        "id": field.auto_id,
        "label": field.label,
        "help_text": field.help_text,
        "errors": field.errors,
        "required": field.field.required,
        "labelledby": labelledby,
        "owner": field.field.widget.attrs.get("form", ""),
        "described": " ".join(
            filter(None, [field.help_text and f"{field.auto_id}_helptext", field.errors and f"{field.auto_id}_error"])
        ),
    }


@register.inclusion_tag("components/ladder.html")
def ladder(field: BoundField, low: str = "", high: str = "", labelledby: str = "") -> dict[str, Any]:
    """The life ladder: 0-10 as rungs, knitted up to the answer. Choices that are no number ("vet ikke") stand below it,
    the same size as an answer. `low` and `high` are the words at 0 and 10; `labelledby` points at the question's
    heading.
    """
    options = _options(field)
    rungs = sorted((o for o in options if o["value"].isdigit()), key=lambda o: -int(o["value"]))
    for rung in rungs:
        rung["words"] = {"0": low or _("Det dårligste"), "10": high or _("Det beste livet")}.get(rung["value"], "")
    return {**_common(field, labelledby), "rungs": rungs, "others": [o for o in options if not o["value"].isdigit()]}


@register.inclusion_tag("components/status_choice.html")
def status_choice(field: BoundField, yarn: str = "indigo", labelledby: str = "") -> dict[str, Any]:
    """Status 1-5 with its stitch and words, then the choices that are no number.

    The value 0 or "ikke-vurdert" gets the open stitch.
    """
    options = _options(field)
    for option in options:
        number = int(option["value"]) if option["value"].isdigit() else 0
        known = option["value"].isdigit() and number in STATUS_WORDS
        option["symbol"] = f"m{number}" if known else ("m0" if option["value"] in OPEN_STITCH else "")
        option["number"] = str(number) if known and number else ""
    return {**_common(field, labelledby), "options": options, "yarn": yarn}


OPEN_STITCH = ("ikke-vurdert", "not_assessed", "none", "unknown")


@register.inclusion_tag("components/segments.html")
def segments(field: BoundField, labelledby: str = "") -> dict[str, Any]:
    """A few short answers side by side (ja / nei / vet ikke), one of them chosen. The field's label is the question."""
    return {**_common(field, labelledby), "options": _options(field)}


@register.inclusion_tag("designsystemet/rows.html")
def rows(formset: Any) -> dict[str, Any]:
    """The rows of a RowsFormSet and its "add one more", inside the page's own form. Errors stand at the fields."""
    return {"formset": formset}


@register.inclusion_tag("components/draft_status.html")
def draft_status() -> dict[str, Any]:
    """Where a form with drafts says "Lagret kl. 10:32", or that the text lies safe in the browser. One per page."""
    return {}
