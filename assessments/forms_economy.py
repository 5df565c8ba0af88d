"""What may be typed about a family's economy, and about what a municipality asks for."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.newer import TwoEditorsForm
from nyemonstre.ui.once import OnceForm

from .economy import Item
from .economy.checklist import HAS
from .enums import EconomyStatus, Per
from .models import EconomyAnswer, LocalEconomyItem


class KronerField(forms.DecimalField):
    """Kroner as people write them: «3 200», «3200,50», «kr 3.200». At most 99 999 999,99."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "size": 12}))
        super().__init__(max_digits=10, decimal_places=2, min_value=0, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"(?i)\s|\u00a0|kr\.?|,-$", "", value)
            value = re.sub(r"\.(?=\d{3}(\D|$))", "", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """A whole number without its decimals."""
        if isinstance(value, str) or value is None:
            return value
        return str(int(value)) if value == int(value) else f"{value:.2f}".replace(".", ",")


class EconomyForm(TwoEditorsForm, NMForm, forms.Form):
    """How one thing stands. The row is the newest version, or an empty one of version 0."""

    submit_text = gettext_lazy("Lagre")
    status = forms.ChoiceField(
        label=gettext_lazy("Hvordan står det?"), choices=EconomyStatus.choices, widget=forms.RadioSelect
    )
    choice = forms.ChoiceField(label=gettext_lazy("Svar"), required=False)
    on = NorwegianDateField(label=gettext_lazy("Dato"), latest=timezone.localdate)
    amount = KronerField(
        label=gettext_lazy("Beløp i kroner"), required=False,
        help_text=gettext_lazy("Hvis dere vet det. Føres når noe er søkt eller innvilget."),
    )  # fmt: skip
    per = forms.ChoiceField(label=gettext_lazy("Hvor ofte?"), required=False, choices=[("", "–"), *Per.choices])
    note = PlainTextField(label=gettext_lazy("Merknad"), long=True, required=False, max_length=500)
    url = forms.URLField(
        label=gettext_lazy("Lenke"), required=False, max_length=300, assume_scheme="https",
        help_text=gettext_lazy("For eksempel til søknaden."),
    )  # fmt: skip

    def __init__(self, *args: Any, item: Item, row: EconomyAnswer, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.initial["on"] = timezone.localdate()
        language = get_language() or "nb"
        if item.choices:
            self.fields["choice"].choices = [("", "–"), *((key, words.read(language)) for key, words in item.choices)]
            for name in ("amount", "per", "url"):
                del self.fields[name]
        else:
            del self.fields["choice"]
        known = {EconomyStatus.GRANTED: _("Vet svaret") if item.choices else HAS if item.income else None}
        self.fields["status"].choices = [
            (value, known.get(value) or label) for value, label in EconomyStatus.choices
            if not (item.choices and value in (EconomyStatus.APPLIED, EconomyStatus.REFUSED))
        ]  # fmt: skip

    def facts(self, row: EconomyAnswer) -> dict[str, Any]:
        names = ("status", "choice", "on", "amount", "per", "note", "url")
        return {name: getattr(row, name) for name in names if name in self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("amount") is not None and not data.get("per") and "per" in self.fields:
            self.add_error("per", _("Velg om beløpet er i måneden, i året eller én gang."))
        return data


class OwnEconomyItemForm(NMForm, OnceForm):
    """Something the municipality asks about besides the programme's list."""

    submit_text = gettext_lazy("Legg til")
    title = PlainTextField(label=gettext_lazy("Hva spør dere om?"), max_length=120)
    about = forms.ChoiceField(
        label=gettext_lazy("Hvem gjelder det?"), choices=LocalEconomyItem.About.choices, widget=forms.RadioSelect,
        initial=LocalEconomyItem.About.FAMILY,
    )  # fmt: skip
    help = PlainTextField(label=gettext_lazy("Forklaring"), long=True, required=False, max_length=500)
    url = forms.URLField(label=gettext_lazy("Lenke"), required=False, max_length=300, assume_scheme="https")
