"""Forms of templates, of other plans around a family, and of words that should not stand there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.outcomes import Outcome
from consent.models import Service
from families.models import Member
from nyemonstre.accounts.models import Municipality
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, when
from nyemonstre.ui.newer import TwoEditorsForm
from nyemonstre.ui.once import OnceForm

from .enums import MeasureKind, OtherKind, RedactionState, TemplateOf
from .forms import FamilyForm, Somebody, radios
from .models import OtherPlan


class TemplateForm(NMForm, OnceForm):
    """`places` are the municipalities one may add to; None when the template has one already."""

    submit_text = _("Lagre malen")
    municipality = forms.ModelChoiceField(label=_("Kommune"), queryset=Municipality.objects.none(), empty_label=None)
    of = radios(_("Hva er den en mal for?"), TemplateOf.choices)
    outcome = radios(_("Hva handler det om?"), Outcome.choices)
    words = PlainTextField(
        label=_("Ordene å begynne med"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Familien bytter dem ut med sine egne."),
    )  # fmt: skip
    first_sign = PlainTextField(label=_("Et første tegn"), max_length=300, required=False, help_text=_("Bare for mål."))
    kind = radios(
        _("Hva slags tiltak er det?"), [("", _("Sier ikke noe om det")), *MeasureKind.choices], required=False,
        help_text=_("Bare for tiltak."),
    )  # fmt: skip
    retired = forms.BooleanField(label=_("Ikke i bruk lenger"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = list(places) if places is not None else []
        if places is None or len(self.places) < 2:
            del self.fields["municipality"]
        else:
            self.fields["municipality"].queryset = places  # type: ignore[attr-defined]
        if places is None:
            self.fields["key"].required = False
        else:
            del self.fields["retired"]

    def place(self) -> Municipality:
        """The municipality chosen, or the only one there is to choose."""
        return self.cleaned_data.get("municipality") or self.places[0]


class OtherPlanForm(FamilyForm, OnceForm):
    submit_text = _("Lagre")
    kind = radios(_("Hva er det?"), OtherKind.choices)
    member = Somebody(
        label=_("Hvem gjelder det?"), queryset=Member.objects.none(), required=False, empty_label=_("Hele familien")
    )
    led_by = forms.ModelChoiceField(
        label=_("Hvem leder det?"), queryset=Service.objects.none(), required=False,
        help_text=_("Tjenestene familien har en gyldig avtale med. Kontaktpersonen står i avtalen."),
    )  # fmt: skip
    note = PlainTextField(label=_("Merknad"), max_length=300, required=False)
    since = NorwegianDateField(label=_("Fra"), required=False)
    until = NorwegianDateField(label=_("Til"), required=False, help_text=_("La stå tomt så lenge det gjelder."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit_services(field_name="led_by")


class OtherPlanEditForm(TwoEditorsForm, OtherPlanForm):
    key = None

    def __init__(self, *args: Any, row: OtherPlan, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.limit_services(row.led_by, field_name="led_by")

    def meet(self, newer: OtherPlan) -> None:
        self.limit_services(newer.led_by, field_name="led_by")
        super().meet(newer)

    def facts(self, row: OtherPlan) -> dict[str, Any]:
        names = ("kind", "note", "since", "until")
        return {"member": row.member_id, "led_by": row.led_by_id, **{name: getattr(row, name) for name in names}}


class RedactionForm(NMForm, OnceForm):
    submit_text = _("Spør personvernombudet")
    passage = PlainTextField(
        label=_("Hva skal bort?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Skriv det nøyaktig slik det står. Det blir borte overalt i planen og journalen."),
    )  # fmt: skip
    reason = PlainTextField(label=_("Hvorfor skal det ikke stå der?"), max_length=300)


class DecideForm(NMForm, forms.Form):
    submit_text = _("Avgjør")
    decision = radios(
        _("Hva skal skje med ordene?"),
        [(RedactionState.DONE, _("De fjernes overalt")), (RedactionState.DECLINED, _("De kan stå"))],
    )
    answer = when(
        _("(når ordene kan stå)"), PlainTextField(label=_("Svar til den som spurte"), max_length=300, required=False)
    )
