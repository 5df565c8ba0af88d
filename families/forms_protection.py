"""Forms about a protected address, and about the places that keep it unseen."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.accounts.models import Membership
from nyemonstre.ui.forms import NMForm, PlainTextField

from .actions_places import MOST
from .enums import Protection
from .forms import REASON, VersionForm
from .models import Family, Household, Member


class ProtectionForm(NMForm, VersionForm):
    """For whom, how strict, and why; what will happen stands beside it and must be read."""

    submit_text = gettext_lazy("Endre adressesperren")
    of = forms.ChoiceField(label=gettext_lazy("Hvem gjelder det?"), widget=forms.RadioSelect)
    protection = forms.ChoiceField(
        label=gettext_lazy("Adressesperre"), choices=Protection.choices, widget=forms.RadioSelect
    )
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor, og hvem har dere det fra?"),
        help_text=gettext_lazy("Skriv aldri adressen her."),
        **REASON,
    )
    hold_place = forms.BooleanField(
        label=gettext_lazy("Hold av plassen, så ingen ser at det ble en ledig"), required=False, initial=True,
    )  # fmt: skip
    understood = forms.BooleanField(label=gettext_lazy("Jeg har lest hva som skjer"))

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, initial={"of": "all", "version": family.version}, **kwargs)
        self.parts: dict[str, Member | Household | None] = {"all": None}
        labels = {"all": _("Hele familien")}
        for member in family.members.order_by("birth_date", "first_name", "pk"):
            self.parts[f"member:{member.pk}"], labels[f"member:{member.pk}"] = member, member.full_name
        for home in family.households.order_by("name", "pk"):
            self.parts[f"home:{home.pk}"] = home
            labels[f"home:{home.pk}"] = _("Hjemmet «%(home)s»") % {"home": home.name}
        self.fields["of"].choices = list(labels.items())  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the action, from a valid form."""
        data = {name: self.cleaned_data[name] for name in ("protection", "reason", "hold_place", "version")}
        return data | {"of": self.parts[self.cleaned_data["of"]]}


def _number(label: Any, *, least: int, **kwargs: Any) -> forms.IntegerField:
    words = _("Skriv et tall fra %(least)d til %(most)d.") % {"least": least, "most": MOST}
    field = forms.IntegerField(
        label=label, min_value=least, max_value=MOST, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words), **kwargs,
    )  # fmt: skip
    for validator in field.validators:
        validator.message = words
    return field


class PlacesForm(NMForm, forms.Form):
    """A coordinator's own number of places."""

    submit_text = gettext_lazy("Lagre antallet")

    def __init__(self, *args: Any, role: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = role.municipality.places_per_coordinator
        help_text = _("La feltet stå tomt for det vanlige her: %(usual)d.") % {"usual": usual}
        self.fields["places"] = _number(
            _("Antall plasser"), least=1, required=False, initial=role.places, help_text=help_text
        )
        self.fields["reason"] = PlainTextField(
            label=_("Hvorfor?"), initial=role.places_reason,
            help_text=_("For eksempel deltid, opplæring, eller familier som trenger mer."), **REASON,
        )  # fmt: skip


class HoldForm(NMForm, forms.Form):
    """How many places are kept free of new families. Nobody is asked why."""

    submit_text = gettext_lazy("Hold av")

    def __init__(self, *args: Any, role: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held"] = _number(
            _("Plasser som holdes av"), least=0, initial=role.places_held,
            help_text=_("De regnes ikke som ledige. Du trenger ikke skrive hvorfor."),
        )  # fmt: skip
