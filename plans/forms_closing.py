"""The form of the last meeting with a family."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.calendar import why_not_five_years
from families.enums import ExitReason
from families.models import Family
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, when
from nyemonstre.ui.once import OnceForm

from .actions.closing import NOBODY_PRESENT
from .forms import day, radios


class CloseFollowUpForm(NMForm, OnceForm):
    submit_text = _("Avslutt oppfølgingen")
    met_on = NorwegianDateField(
        label=_("Når var avslutningsmøtet?"), required=False, latest=timezone.localdate,
        help_text=_("La stå tomt når det ikke ble noe møte."),
    )  # fmt: skip
    present = when(
        _("(når det ble et møte)"), PlainTextField(label=_("Hvem var med på møtet?"), max_length=300, required=False)
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

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if why_not_five_years(family.baseline_on, timezone.localdate()):
            reasons = [choice for choice in ExitReason.choices if choice[0] != ExitReason.FIVE_YEARS]
            self.fields["because"].choices = reasons  # type: ignore[attr-defined]  # a choice field has these
        elif not self.is_bound:
            self.initial.setdefault("because", ExitReason.FIVE_YEARS)

    def clean(self) -> dict[str, Any]:
        """Also that a meeting had somebody at it: told with the rest that is wrong."""
        data = super().clean() or self.cleaned_data
        if data.get("met_on") and not data.get("present") and "present" not in self.errors:
            self.add_error("present", str(NOBODY_PRESENT))
        return data
