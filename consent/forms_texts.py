"""The lead's forms: a new version of a text, and one more purpose."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import CORE, Purpose


class TextForm(NMForm, OnceForm):
    """A whole new version, which begins as a copy of the one in force."""

    language = forms.ChoiceField(label=_("Språk"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    version = PlainTextField(label=_("Versjon"), max_length=20, help_text=_("Et kort navn, for eksempel 2027-1."))
    heading = PlainTextField(label=_("Overskrift"), max_length=120)
    body = PlainTextField(
        label=_("Teksten"), max_length=6000, long=True,
        help_text=_("Ett punkt på hver linje: hva det er, hvem som får vite noe, hvor lenge, og at det kan trekkes."),
    )  # fmt: skip
    valid_from = NorwegianDateField(label=_("Gjelder fra"), initial=timezone.localdate, earliest=timezone.localdate)
    approved_by = PlainTextField(
        label=_("Godkjent av"), max_length=160, help_text=_("Navn og stilling, eller møtet og datoen.")
    )
    submit_text = _("Lagre ny versjon")
    FACTS = ("language", "version", "heading", "body", "valid_from", "approved_by")

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.FACTS}


class PurposeForm(NMForm, OnceForm):
    """One more thing to ask about, with its first text to follow."""

    name = PlainTextField(
        label=_("Hva skal dere spørre om?"), max_length=80, help_text=_("For eksempel «Bilder på nettsiden».")
    )
    submit_text = _("Legg til formålet")


def purpose_of(key: str, extras: Iterable[Any]) -> tuple[Purpose, Any] | None:
    """The purpose named in an address: participation, research, or the id of an extra one. None for anything else."""
    if key in [purpose.value for purpose in CORE]:
        return Purpose(key), None
    extra = next((extra for extra in extras if str(extra.pk) == key), None)
    return (Purpose.EXTRA, extra) if extra else None
