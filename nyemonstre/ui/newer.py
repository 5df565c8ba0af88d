"""Two people filled in the same form. The second one sees both versions and chooses what shall stand, where both
changed the same thing; what only one of them changed is kept by itself, and is said."""

import hashlib
from typing import Any

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from .forms import speak_plainly

MINE, THEIRS = "mitt", "deres"
# What comes before the name of a field in the name of its question.
ASKS = "gjelder_"


class TwoEditorsForm(forms.Form):
    """Mixin before NMForm for the form of a row with a version (nyemonstre/versioned.py).

    The form says in `facts` how a row looks in it, and carries a mark of each field as it was opened. When saving
    raises Stale, the view says so and calls `meet(stale.current)`: what one of the two has changed alone stands in the
    form and is named in a sentence, and under each field both have changed is asked what shall count. Nothing is chosen
    beforehand, and what was typed stays until it is. A third editor in between only makes it ask anew. Nothing is saved
    that nobody has seen as a whole.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # The names of the fields that are asked about, with a space between.
    differ = forms.Field(widget=forms.HiddenInput, required=False)
    # name:mark of each field as it was when the form was opened.
    opened = forms.Field(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Any, **kwargs: Any) -> None:
        self.row = row
        super().__init__(*args, **kwargs)
        facts = self.facts(row)
        # A draft brings its own version along. One that does not say how it was opened is asked about all that differs.
        opened = "" if "version" in self.initial else self._marks(facts)
        self.initial = {**facts, "version": row.version, "opened": opened, **self.initial}
        if self.is_bound:
            self._ask(str(self.data.get("differ", "")).split())

    def facts(self, row: Any) -> dict[str, Any]:
        """The row as the form shows it, by field name."""
        raise NotImplementedError

    def meet(self, newer: Any) -> None:
        """Somebody saved `newer` first. Call it on a form that was valid, after the refusal has been told."""
        self.row = newer
        theirs = self.facts(newer)
        opened = dict(one.partition(":")[::2] for one in str(self.data.get("opened", "")).split())
        data, kept, taken, asked = self.data.copy(), [], [], []
        for name, field in self.fields.items():
            if name not in theirs or name.startswith(ASKS):
                continue
            mine = self.cleaned_data.get(name, self[name].value() or "")
            if in_words(field, mine) == in_words(field, theirs[name]):
                continue
            if mark_of(field, theirs[name]) == opened.get(name):
                # Nobody has changed theirs; it may have been chosen a moment ago, when a third editor came between.
                (taken if self.data.get(ASKS + name) == THEIRS else kept).append(name)
            elif mark_of(field, mine) == opened.get(name):
                taken.append(name)
            else:
                asked.append(name)
        for name in taken:
            data.setlist(name, as_sent(self.fields[name], theirs[name]))
            if not data.getlist(name):
                del data[name]
        for name in [key for key in data if key.startswith(ASKS)]:
            del data[name]
        data["version"], data["differ"], data["opened"] = str(newer.version), " ".join(asked), self._marks(theirs)
        self.data = data
        self._ask(asked)
        self._tell(kept, taken, asked)

    def clean(self) -> dict[str, Any]:
        """Where «theirs» was chosen, the value is theirs, and what is wrong with one's own no longer matters."""
        if self.cleaned_data.get("version") == self.row.version:
            theirs = self.facts(self.row)
            for name in list(theirs):
                if self.cleaned_data.get(ASKS + name) == THEIRS:
                    self.errors.pop(name, None)
                    self.cleaned_data[name] = self.fields[name].clean(theirs[name])
        data = super().clean() or self.cleaned_data
        for name in [key for key in data if key.startswith(ASKS) or key in ("differ", "opened")]:
            del data[name]
        return data

    def _marks(self, facts: dict[str, Any]) -> str:
        return " ".join(f"{name}:{mark_of(self.fields[name], facts[name])}" for name in facts if name in self.fields)

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

    def _tell(self, kept: list[str], taken: list[str], asked: list[str]) -> None:
        """What was put together by itself in one line, and a way to each question."""
        self.helper.form_error_title = _("Noen andre lagret først")  # type: ignore[attr-defined]  # NMForm has it
        told = []
        if taken:
            told.append(_("Bare den andre har endret %(fields)s, og det er tatt med.") % {"fields": self._named(taken)})
        if kept:
            told.append(
                _("Bare du har endret %(fields)s, og det står som du skrev det.") % {"fields": self._named(kept)}
            )
        if told:
            self.add_error(None, " ".join(told))
        for name in asked:
            self.add_error(ASKS + name, _("Dere har begge endret dette. Velg hva som skal gjelde."))

    def _named(self, names: list[str]) -> str:
        labels = [f"«{str(self.fields[name].label).rstrip('?')}»" for name in names]
        return get_text_list(labels, _("og"))


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


def as_sent(field: Any, value: Any) -> list[str]:
    """A value of the field as a browser sends it; nothing for an empty one."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    shown = field.prepare_value(value.all() if hasattr(value, "all") else value)
    if not isinstance(shown, list | tuple):
        shown = field.widget.format_value(shown)
    rows = shown if isinstance(shown, list | tuple) else [shown]
    return [str(one).strip() for one in rows if one not in (None, "")]


def mark_of(field: Any, value: Any) -> str:
    """Says whether two values of the field are the same, and nothing else: what was there need not travel along."""
    sent = "\0".join(sorted(as_sent(field, value)))
    return hashlib.blake2b(sent.encode(), digest_size=8).hexdigest()


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
