"""Forms for identity numbers. What is typed here is kept in no draft (data-never-kept, static/draft.js)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.ui.forms import NMForm, PlainTextField

from .identity import IdentityNumber


def _number_field() -> PlainTextField:
    never = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", "size": 16, "data-never-kept": ""}
    return PlainTextField(label=gettext_lazy("Nummer"), max_length=30, widget=forms.TextInput(attrs=never))


class NumberForm(NMForm, forms.Form):
    """A number to keep. The question about its date is asked only when the date is another one."""

    identity_number = _number_field()
    date_confirmed = forms.BooleanField(
        label=gettext_lazy("Ja, nummeret er sjekket mot kilden og stemmer"), required=False
    )
    asked = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: IdentityNumber | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": row.version if row else None}, **kwargs)
        self.fields["identity_number"].help_text = _("Fødselsnummer eller D-nummer (11 sifre), eller DUF-nummer (12).")
        if not self.data.get("asked"):
            del self.fields["date_confirmed"], self.fields["asked"]


class NoNumberForm(NMForm, forms.Form):
    """Why there is none. It also takes away the one there was."""

    submit_text = gettext_lazy("Lagre uten nummer")
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor er det ikke noe nummer?"), max_length=300,
        help_text=gettext_lazy("For eksempel: nyfødt, venter på nummer, ønsker ikke at det føres."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: IdentityNumber | None = None, **kwargs: Any) -> None:
        first = {"version": row.version, "reason": row.missing_reason} if row else {}
        super().__init__(*args, initial=first, auto_id="none_%s", **kwargs)


class FindNumberForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Finn familien")
    identity_number = _number_field()
