"""Forms for what is told without consent, and for releasing it to the family."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family
from nyemonstre.content.enums import Kind
from nyemonstre.content.models import Fact
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import DisclosureKind


class LawField(forms.ModelChoiceField):
    def label_from_instance(self, law: Any) -> str:
        """The title, since when (the list is dated), and whether anybody has compared its text with the source."""
        facts = {"title": law.title, "day": f"{law.valid_from:%d.%m.%Y}"}
        if law.checked_on is None:
            return _("%(title)s (fra %(day)s, ikke kontrollert ennå)") % facts
        return _("%(title)s (fra %(day)s)") % facts


class DisclosureForm(NMForm, OnceForm):
    """What, to whom, when, why, by which law; and the family. Laws of the municipality's own dated list."""

    submit_text = _("Lagre")

    kind = forms.ChoiceField(label=_("Hva slags?"), choices=DisclosureKind.choices, widget=forms.RadioSelect)
    law = LawField(label=_("Hjemmel"), queryset=Fact.objects.none(), empty_label=_("Velg lov"))
    told_on = NorwegianDateField(label=_("Når?"), initial=timezone.localdate, latest=timezone.localdate)
    to_whom = PlainTextField(label=_("Til hvem?"), max_length=160, help_text=_("Tjenesten, og personen om du vet det."))
    what = PlainTextField(label=_("Hva fortalte du?"), long=True, max_length=3000)
    why = PlainTextField(
        label=_("Hvorfor?"), long=True, max_length=3000, help_text=_("Det du så eller hørte, ikke det du tror.")
    )
    family_told = forms.ChoiceField(
        label=_("Har familien fått vite det?"), choices=[("yes", _("Ja")), ("no", _("Nei"))], widget=forms.RadioSelect
    )
    family_told_why = PlainTextField(label=_("Hvorfor, eller hvorfor ikke?"), long=True, max_length=1000)

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        laws = Fact.objects.filter(municipality=family.municipality_id, kind=Kind.LAW)
        self.fields["law"].queryset = laws.order_by("title", "-valid_from")  # type: ignore[attr-defined]

    def clean_family_told(self) -> bool:
        return bool(self.cleaned_data["family_told"] == "yes")


class ReleaseForm(NMForm, forms.Form):
    submit_text = _("Frigi for familien")

    on = NorwegianDateField(label=_("Fra og med"), initial=timezone.localdate, latest=timezone.localdate)
    reason = PlainTextField(label=_("Hvorfor frigis det?"), long=True, max_length=300)
