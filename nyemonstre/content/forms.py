"""The form of one rate, link or law text."""

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import Kind, Unit
from .models import LOW_INCOME, Fact

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "ae", "Ø": "o", "Å": "a"})


class FactForm(NMForm, OnceForm):
    """Name the fact by hand or keep the short name it has; the short name is what the programme looks for."""

    municipality = forms.ModelChoiceField(label=_("Kommune"), queryset=Fact.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Hva er det?"), choices=Kind.choices, widget=forms.RadioSelect)
    title = PlainTextField(label=_("Navn"), max_length=120)
    value = forms.DecimalField(
        label=_("Tall"), required=False, min_value=0, max_digits=12, decimal_places=2, localize=True,
        widget=forms.TextInput({"inputmode": "decimal"}), help_text=_("Uten mellomrom, for eksempel 250000 eller 6,5."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Enhet"), choices=[("", _("Ingen")), *Unit.choices], required=False)
    month = forms.TypedChoiceField(
        label=_("Måned"), required=False, coerce=int, empty_value=None,
        choices=[("", _("Hver måned")), *MONTHS.items()],
        help_text=_("For en frist som kommer én gang i året."),
    )  # fmt: skip
    text = PlainTextField(label=_("Forklaring"), long=True, max_length=3000, required=False)
    url = forms.URLField(label=_("Lenke"), required=False, max_length=300, assume_scheme="https")
    source = PlainTextField(label=_("Kilde"), max_length=200, help_text=_("Hvor du fant det, for eksempel SSB tabell."))
    valid_from = NorwegianDateField(label=_("Gjelder fra"))
    valid_until = NorwegianDateField(
        label=_("Gjelder til og med"),
        required=False,
        help_text=_("La det stå tomt når det gjelder til noe nytt kommer."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submit_text = _("Lagre")

    def __init__(self, *args: Any, municipalities: Any, fact: Fact | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact = fact
        self.fields["municipality"].queryset = municipalities
        self.only_one = fact.municipality if fact else municipalities[0] if len(municipalities) == 1 else None
        if self.only_one:
            del self.fields["municipality"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("value") is not None and not data.get("unit"):
            self.add_error("unit", gettext("Velg hva tallet er, for eksempel kroner i året."))
        if data.get("month") and data.get("unit") != Unit.DAY_OF_MONTH:
            self.add_error("month", gettext("En måned velges bare for en dag i måneden."))
        if data.get("kind") == Kind.LINK and not data.get("url") and "url" not in self.errors:
            self.add_error("url", gettext("Skriv lenken."))
        if data.get("kind") == Kind.THRESHOLD:
            self._clean_threshold(data)
        return data

    def _clean_threshold(self, data: dict[str, Any]) -> None:
        """A limit is one number for one calendar year; half a year would be averaged as a whole one."""
        if data.get("value") is None and "value" not in self.errors:
            self.add_error("value", gettext("Skriv grensen i kroner."))
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and (
            not last or (first.month, first.day, last.month, last.day) != (1, 1, 12, 31) or first.year != last.year
        ):
            self.add_error(
                "valid_until", gettext("Grensen gjelder et helt kalenderår, fra 1. januar til 31. desember.")
            )

    def place(self) -> Any:
        """The municipality the fact belongs to."""
        return self.only_one or self.cleaned_data["municipality"]

    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        kept = ("kind", "title", "value", "unit", "month", "text", "url", "source", "valid_from", "valid_until")
        facts = {name: self.cleaned_data.get(name) for name in kept}
        if facts["kind"] == Kind.THRESHOLD:
            return {**facts, "key": LOW_INCOME}
        key = self.fact.key if self.fact else slugify(facts["title"].translate(LETTERS))[:40] or "uten-navn"
        return {**facts, "key": key}
