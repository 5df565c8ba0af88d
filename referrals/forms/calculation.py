"""Two small forms: low income over three years, and crowding. The household is drawn from the people sent in."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, speak_plainly
from referrals.basis import years_until
from referrals.enums import PersonRole
from referrals.models import Referral, ReferredPerson
from referrals.people import HALF, share_here

# How far back the last of the three years may lie.
YEARS_BACK = 5
MOST_KRONER, MOST_ROOMS, MOST_AREA = 100_000_000, 50, 1000


def last_years() -> list[int]:
    """Years that can be the last of the three, the latest full one first."""
    latest = timezone.localdate().year - 1
    return list(range(latest, latest - YEARS_BACK, -1))


def wanted_year(text: str) -> int:
    """The year in a link, when it can be the last of the three; else the latest full one."""
    years = last_years()
    return int(text) if text.isascii() and text.isdigit() and int(text) in years else years[0]


class WholeNumberField(forms.IntegerField):
    """A whole number written as people do: 412 000, 412.000 kr."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = "".join(value.lower().removesuffix(",-").replace("kr", "").replace(".", "").split())
        return super().to_python(value)


class HouseholdForm(NMForm, forms.Form):
    """Those in the home: to begin with the adults, and the children who live here at least half the time (R-E5)."""

    submit_text = _("Regn ut og lagre")

    people = forms.ModelMultipleChoiceField(
        label=_("Hvem bor i husholdningen?"),
        queryset=ReferredPerson.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        everybody = list(referral.people.all())
        here = [p.pk for p in everybody if p.role == PersonRole.ADULT or share_here(p, everybody) >= HALF]
        kwargs["initial"] = {"people": here, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = referral.people.all()
        self.fields["people"].label_from_instance = lambda p: f"{p.full_name}, {p.birth_date:%d.%m.%Y}"


class LowIncomeForm(HouseholdForm):
    """Income after tax for each of three years; a year nobody knows is left empty."""

    def __init__(self, *args: Any, last: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix="income", **kwargs)
        self.years = years_until(last)
        for year in self.years:
            self.fields[f"year_{year}"] = field = WholeNumberField(
                label=_("Inntekt i %(year)d, hele kroner") % {"year": year}, required=False, min_value=0,
                max_value=MOST_KRONER,
            )  # fmt: skip
            speak_plainly(field)

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the action, from a valid form."""
        data = self.cleaned_data
        return {"people": list(data["people"]), "incomes": {year: data[f"year_{year}"] for year in self.years}}


class CrowdingForm(HouseholdForm):
    rooms = WholeNumberField(
        label=_("Antall rom"), required=False, min_value=1, max_value=MOST_ROOMS,
        help_text=_("Ikke kjøkken, bad og gang, og ikke rom under 6 m²."),
    )  # fmt: skip
    area = WholeNumberField(label=_("Areal i m² (p-rom)"), required=False, min_value=1, max_value=MOST_AREA)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="home", **kwargs)

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the action, from a valid form."""
        return {**self.cleaned_data, "people": list(self.cleaned_data["people"])}
