"""What the crispy template pack needs of Python:

the one class of Designsystemet on every widget, and what kind of field it is.
"""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def ds_widget(field: BoundField) -> SafeString:
    """The field's input with Designsystemet's class. Django itself writes aria-invalid and aria-describedby."""
    widget = field.field.widget
    classes = widget.attrs.get("class", "").split()
    attrs = {"class": " ".join([*classes, *(["ds-input"] if "ds-input" not in classes else [])])}
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"  # Django's own ten are a page on a phone
    return field.as_widget(attrs=attrs)


@register.simple_tag
def ds_options(field: BoundField) -> list[dict[str, Any]]:
    """The single buttons of a radio or checkbox group: tag, id and label of each."""
    options = []
    for option in field.subwidgets:
        option.data["attrs"]["class"] = "ds-input"
        option.data["attrs"].pop("aria-describedby", None)  # stands on the fieldset
        options.append({"tag": option.tag(), "id": option.id_for_label, "label": option.choice_label})
    return options


@register.filter
def ds_kind(field: BoundField) -> str:
    """How a field is laid out: hidden, group (radios, checkboxes), checkbox, or input."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    return "input"


@register.filter
def ds_optional(field: BoundField) -> str:
    """What stands after the name of a field that may be empty; a field that sometimes may not says in `when` when."""
    if field.field.required:
        return ""
    return str(getattr(field.field, "when", _("(valgfritt)")))


@register.filter
def ds_anchor(field: BoundField) -> str:
    """The id an error summary points at: the input, or the first button of a group."""
    return f"{field.auto_id}_0" if ds_kind(field) == "group" else field.id_for_label


def _lead(field: BoundField) -> str:
    """The field's name before its error: "Navn:", but a question stays a question."""
    label = str(field.label).strip()
    return label if label.endswith(("?", ":", ".")) else f"{label}:"


def _lines(form: forms.BaseForm) -> list[dict[str, str]]:
    """Every error of a form as {anchor, text, label}; the form's own and hidden fields' errors have no anchor."""
    errors: ErrorDict = form.errors
    lines = []
    for name, messages in errors.items():
        field = form[name] if name in form.fields else None
        anchor = ds_anchor(field) if field is not None and not field.is_hidden else ""
        for message in messages:
            lines.append({"anchor": anchor, "text": str(message), "label": _lead(field) if anchor and field else ""})
    return lines


@register.simple_tag
def ds_errors(form: forms.BaseForm) -> list[dict[str, str]]:
    """The lines of a form's error summary, the errors of its `formsets` attribute (if any) after its own."""
    if not form.is_bound:
        return []
    lines = _lines(form)
    for formset in getattr(form, "formsets", ()):
        lines += ds_formset_errors(formset)
    return lines


@register.simple_tag
def ds_errors_of(forms_on_page: Iterable[forms.BaseForm]) -> list[dict[str, str]]:
    """One summary for several forms on one page. Where an error does not say which of them, its form's `about` does."""
    found = []
    for form in forms_on_page:
        about = getattr(form, "about", "")
        for line in ds_errors(form):
            if about and about not in line["text"]:
                line["label"] = f"{about}, {line['label']}" if line["label"] else f"{about}:"
            found.append(line)
    return found


@register.simple_tag
def ds_formset_errors(formset: forms.BaseFormSet) -> list[dict[str, str]]:
    """The lines of a formset's error summary: its own first, which lead to where the rows begin, then form by form."""
    if not formset.is_bound:
        return []
    begins = next((ds_anchor(field) for form in formset.forms[:1] for field in form.visible_fields()), "")
    lines = [{"anchor": begins, "text": str(message), "label": ""} for message in formset.non_form_errors()]
    for form in formset.forms:
        lines += _lines(form)
    return lines
