"""The form of a leave: when, why in few words, and who follows each family meanwhile."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.accounts.models import User
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField

from .forms import end_of
from .models import Family


class LeaveForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Se hva som skjer")
    starts_on = NorwegianDateField(label=gettext_lazy("Første dag"))
    ends_on = NorwegianDateField(label=gettext_lazy("Siste dag"))
    reason = PlainTextField(
        label=gettext_lazy("Grunn"), max_length=300,
        help_text=gettext_lazy("For eksempel ferie. Ikke skriv noe om helse.")
    )  # fmt: skip
    everybody = forms.ChoiceField(label=gettext_lazy("Vikar for alle familiene"), required=False)

    def __init__(self, *args: Any, families: list[Family], people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.families, self.people = families, {str(user.pk): user for user in people}
        choices = [(key, user.name) for key, user in self.people.items()]
        self.fields["everybody"].choices = [("", _("Velg for hver familie under")), *choices]  # type: ignore[attr-defined]
        for family in families:
            self.fields[f"family_{family.pk}"] = forms.ChoiceField(
                label=_("Vikar for %(family)s") % {"family": family.name}, required=False,
                choices=[("", _("Som for alle")), *choices],
            )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        first = timezone.make_aware(datetime.combine(data["starts_on"], time.min))
        chosen = {family.pk: data[f"family_{family.pk}"] or data["everybody"] for family in self.families}
        return {
            "starts_at": max(first, timezone.now()), "ends_at": end_of(data["ends_on"]), "reason": data["reason"],
            "substitutes": {pk: self.people[key] for pk, key in chosen.items() if key},
        }  # fmt: skip
