"""Switching an instrument on with the words and the right to use them, and adding one of the municipality's own."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, PlainTextField
from nyemonstre.ui.once import OnceForm

from .instruments import Instrument
from .instruments.reading import LONGEST_FILE

NOT_TEXT = _("Filen er ikke ren tekst i UTF-8. Lagre den på nytt, eller lim inn innholdet.")
RIGHTS_HELP = _("For eksempel: fritt tilgjengelig, ordlyden er sammenlignet med det offisielle skjemaet.")


class SwitchOnForm(NMForm, OnceForm):
    """`texts` are the words the municipality supplied last, where it is to supply them."""

    submit_text = _("Slå på i kommunen")
    intro = PlainTextField(label=_("Innledning til spørsmålene"), required=False, max_length=500, long=True)
    rights = PlainTextField(
        label=_("Hva bygger retten til å bruke skjemaet på?"), max_length=300, help_text=RIGHTS_HELP
    )
    confirmed = forms.BooleanField(label=_("Vi har lest lisensen og har lov til å bruke skjemaet slik det står her"))

    def __init__(self, *args: Any, instrument: Instrument, texts: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked_for = instrument.asked_for
        if not self.asked_for:
            del self.fields["intro"]
        for key, _where in self.asked_for:
            self.fields[key] = PlainTextField(label=self._label(key), max_length=300)
        for key in ("intro", *(key for key, _where in self.asked_for)):
            self.initial.setdefault(key, texts.get(key, {}).get("nb", ""))
        last = ["rights", "confirmed", "key"]
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    @staticmethod
    def _label(key: str) -> str:
        scale, _dot, step = key.partition(".")
        if step:
            return gettext("Svaret som gir %(points)s (%(scale)s)") % {"points": step, "scale": scale}
        return gettext("Spørsmål %(number)s") % {"number": key.removeprefix("q")}

    def texts(self) -> dict[str, dict[str, str]]:
        keys = [key for key, _where in self.asked_for] + (["intro"] if "intro" in self.fields else [])
        return {key: {"nb": self.cleaned_data[key]} for key in keys if self.cleaned_data.get(key)}


class OwnInstrumentForm(NMForm, OnceForm):
    """A file, or its content pasted in. What was sent stands in the second field when it comes back."""

    submit_text = _("Kontroller og slå på")
    file = forms.FileField(
        label=_("Fil (.yaml)"), required=False, widget=forms.FileInput({"accept": ".yaml,.yml,text/plain"})
    )
    definition = PlainTextField(
        label=_("Eller lim inn innholdet"), long=True, required=False, max_length=LONGEST_FILE, strip=False
    )
    rights = PlainTextField(
        label=_("Hva bygger retten til å bruke skjemaet på?"), max_length=300,
        help_text=_("For eksempel: egne spørsmål, laget av kommunen."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        self.file_name = file.name if file else gettext("innlimt tekst")
        if file:
            if file.size > LONGEST_FILE:
                self.add_error("file", gettext("Filen er for stor."))
                return data
            try:
                data["definition"] = file.read().decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError:
                self.add_error("file", str(NOT_TEXT))
                return data
            self.data = self.data.copy()
            self.data["definition"] = data["definition"]
        elif not data.get("definition"):
            self.add_error("file", gettext("Velg en fil, eller lim inn innholdet."))
        if "\0" in data.get("definition", ""):
            self.add_error("file", str(NOT_TEXT))
        return data
