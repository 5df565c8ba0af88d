"""Two people filled in the same form. The second one sees both versions and chooses for each field what shall stand."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from .forms import speak_plainly

MINE, THEIRS = "mitt", "deres"
# What comes before the name of a field in the name of its question.
ASKS = "gjelder_"


class TwoEditorsForm(forms.Form):
    """Mixin before NMForm for the form of a row with a version (nyemonstre/versioned.py).

    The form says in `facts` how a row looks in it. When saving raises Stale, the view calls `meet(stale.current)`: the
    form then stands there as it was sent, and under each field that differs is asked what shall count. Nothing is
    chosen beforehand, and what was typed stays until it is. A third editor in between only makes it ask anew.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # The names of the fields that are asked about, with a space between.
    differ = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        self.initial = {**self.facts(row), "version": row.version, **self.initial}
        if self.is_bound:
            self._ask(self.data.get("differ", "").split())

    def facts(self, row: Any) -> dict[str, Any]:
        """The row as the form shows it, by field name."""
        raise NotImplementedError

    def meet(self, newer: Any) -> None:
        """Somebody saved `newer` first. Call it on a form that was valid."""
        self.row = newer
        theirs = self.facts(newer)
        mine = {name: self.cleaned_data.get(name, self[name].value() or "") for name in theirs}
        names = [
            name for name, field in self.fields.items()
            if name in theirs and in_words(field, mine[name]) != in_words(field, theirs[name])
        ]  # fmt: skip
        data = self.data.copy()
        for name in [key for key in data if key.startswith(ASKS)]:
            del data[name]
        data["version"], data["differ"] = str(newer.version), " ".join(names)
        self.data = data
        self._ask(names)

    def clean(self) -> dict[str, Any]:
        """Where «theirs» was chosen, the value is theirs, and what is wrong with one's own no longer matters."""
        if self.cleaned_data.get("version") == self.row.version:
            theirs = self.facts(self.row)
            for name in list(theirs):
                if self.cleaned_data.get(ASKS + name) == THEIRS:
                    self.errors.pop(name, None)
                    self.cleaned_data[name] = self.fields[name].clean(theirs[name])
        data = super().clean() or self.cleaned_data
        for name in [key for key in data if key.startswith(ASKS) or key == "differ"]:
            del data[name]
        return data

    def _ask(self, names: list[str]) -> None:
        """A question under each of the fields, instead of those that were there."""
        theirs = self.facts(self.row)
        for name in [key for key in self.fields if key.startswith(ASKS)]:
            del self.fields[name]
        order = []
        for name in self.fields:
            order.append(name)
            if name in names and name in theirs:
                order.append(ASKS + name)
        for name in [key for key in order if key.startswith(ASKS)]:
            self.fields[name] = _question(self.fields[name.removeprefix(ASKS)], theirs[name.removeprefix(ASKS)])
        self.order_fields(order)


def _question(field: forms.Field, theirs: Any) -> forms.ChoiceField:
    question = forms.ChoiceField(
        label=_("%(field)s: hva skal gjelde?") % {"field": str(field.label).rstrip("?")},
        choices=[
            (MINE, _("Det du skrev, som står i feltet over")),
            (THEIRS, _("Det som er lagret: %(value)s") % {"value": in_words(field, theirs) or _("tomt")}),
        ],
        widget=forms.RadioSelect,
    )
    speak_plainly(question)
    return question


def in_words(field: Any, value: Any) -> str:
    """A value of the field as one reads it, whether it comes from a form or from a row."""
    if isinstance(field, forms.MultipleChoiceField):
        return ", ".join(str(label) for key, label in field.choices if key in value)
    if hasattr(value, "all") or isinstance(value, list):
        rows = {getattr(row, "pk", row) for row in value}
        return ", ".join(sorted(field.label_from_instance(row) for row in field.queryset.filter(pk__in=rows)))
    value = getattr(value, "pk", value)
    if isinstance(field, forms.ModelChoiceField):
        return "".join(field.label_from_instance(row) for row in field.queryset.filter(pk=value))
    choices = dict(getattr(field.widget, "choices", ()))
    if value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    return str(field.widget.format_value(value) or "") if value not in (None, "") else ""
