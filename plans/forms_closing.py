"""The form of the last meeting with a family."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.enums import ExitReason
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .forms import day, radios


class CloseFollowUpForm(NMForm, OnceForm):
    submit_text = _("Avslutt oppfølgingen")
    met_on = NorwegianDateField(
        label=_("Når var avslutningsmøtet?"), required=False, latest=timezone.localdate,
        help_text=_("La stå tomt når det ikke ble noe møte."),
    )  # fmt: skip
    present = PlainTextField(
        label=_("Hvem var med?"), max_length=300, required=False, help_text=_("Skriv det når det ble et møte.")
    )
    said = PlainTextField(
        label=_("Hva sier familien om tiden som er gått?"), max_length=2000, required=False, long=True
    )
    continues = PlainTextField(
        label=_("Hvem følger opp videre?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    because = radios(_("Hvorfor avsluttes oppfølgingen?"), ExitReason.choices)
    reason = PlainTextField(label=_("Grunnen med ord"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    on = day(_("Siste dag"))
