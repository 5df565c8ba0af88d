"""Helped on to another service: to whom, what they are told, and the family's yes."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.enums import Sector
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm
from referrals import decision_letter
from referrals.enums import YesHow
from referrals.forward_letter import Onward
from referrals.models import SITUATION_LENGTH, Referral


class ForwardForm(NMForm, OnceForm, forms.Form):
    submit_text = _("Send videre og lag brevet")

    service = PlainTextField(label=_("Hvilken tjeneste?"), max_length=160, help_text=_("For eksempel NAV Midtre By."))
    sector = forms.ChoiceField(label=_("Slags tjeneste"), choices=[("", _("Velg")), *Sector.choices])
    told = PlainTextField(
        label=_("Hva får tjenesten vite?"), long=True, max_length=SITUATION_LENGTH,
        help_text=_("Bare det familien har sagt ja til. Det står ord for ord i brevet til familien."),
    )  # fmt: skip
    yes_by = forms.ChoiceField(label=_("Hvem i familien har sagt ja?"), widget=forms.RadioSelect)
    yes_on = NorwegianDateField(label=_("Når sa de ja?"), latest=timezone.localdate)
    yes_how = forms.ChoiceField(label=_("Hvordan?"), choices=YesHow.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Språket i brevet"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    to = forms.MultipleChoiceField(label=_("Brevet er til"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        adults = decision_letter.adults_of(referral)
        names = [person.full_name for person in adults]
        apart = decision_letter.live_apart(adults)
        kwargs["initial"] = {
            "language": decision_letter.first_language(referral), "to": [] if apart else names,
            "yes_on": timezone.localdate(),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        for name in ("yes_by", "to"):
            self.fields[name].choices = [(adult, adult) for adult in names]
        if apart:
            self.fields["to"].help_text = _("De voksne bor hver for seg. Lag ett brev til hver, og se på ordene.")

    def onward(self) -> Onward:
        """What the action wants, from a valid form."""
        return Onward(**{name: value for name, value in self.cleaned_data.items() if name != "key"})
