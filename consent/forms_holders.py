"""The form for who holds foreldreansvar for a child."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, PlainTextField


class HoldersForm(NMForm, forms.Form):
    people = forms.MultipleChoiceField(
        label=_("Hvem i familien har foreldreansvar?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    elsewhere = PlainTextField(
        label=_("Forelder som bor et annet sted"), required=False, max_length=160,
        help_text=_("Navnet, når en som ikke står i familien, har foreldreansvar."),
    )  # fmt: skip

    def __init__(self, *args: Any, adults: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adults = {str(adult.pk): adult for adult in adults}
        self.fields["people"].choices = [(pk, adult.full_name) for pk, adult in self.adults.items()]

    def chosen(self) -> list[Any]:
        return [self.adults[pk] for pk in self.cleaned_data["people"]]
