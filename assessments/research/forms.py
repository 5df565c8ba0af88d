"""What a study is, what a set is for, and why the key is asked for."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.calendar import add_months, register_study_from
from families.stages import YEARS
from nyemonstre.accounts.models import Municipality
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import Approver
from .models import Project


class ProjectForm(NMForm, OnceForm):
    municipality = forms.ModelChoiceField(label=_("Kommune"), queryset=Municipality.objects.none(), empty_label=None)
    title = PlainTextField(label=_("Navn på prosjektet"), max_length=160)
    purpose = PlainTextField(
        label=_("Formål"), long=True, max_length=1000, help_text=_("Slik det står i godkjenningen.")
    )
    responsible = PlainTextField(label=_("Ansvarlig institusjon"), max_length=160)
    approver = forms.ChoiceField(label=_("Godkjent av"), choices=Approver.choices, widget=forms.RadioSelect)
    approval = PlainTextField(label=_("Nummer på godkjenningen"), max_length=40)
    keep_until = NorwegianDateField(
        label=_("Opplysningene kan brukes til og med"),
        help_text=_("Etter denne dagen kan det ikke lages uttrekk, og filene er slettet."),
    )
    keys_open_on = NorwegianDateField(
        label=_("Koblingsnøkkelen kan åpnes fra"),
        help_text=_("Registerstudien er 15 år etter de fem årene. Før denne dagen åpnes nøkkelen ikke for noen."),
    )
    submit_text = _("Legg inn prosjektet")

    def __init__(self, *args: Any, municipalities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].queryset = municipalities
        self.only_one = municipalities[0] if len(municipalities) == 1 else None
        if self.only_one:
            del self.fields["municipality"]
        five_years = add_months(timezone.localdate(), 12 * YEARS)
        self.fields["keys_open_on"].initial = register_study_from(five_years)

    def place(self) -> Municipality:
        """The municipality whose families it is about."""
        return self.only_one or self.cleaned_data["municipality"]

    def facts(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "municipality"}


class SetForm(NMForm, OnceForm):
    why = PlainTextField(
        label=_("Hva skal uttrekket brukes til?"),
        max_length=300,
        help_text=_("For eksempel hvilken artikkel eller rapport."),
    )
    keep_until = NorwegianDateField(
        label=_("Filene slettes etter"), help_text=_("Kopier du har lastet ned, sletter du selv samme dag.")
    )
    submit_text = _("Tell opp hva det inneholder")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep_until"].initial = min(project.keep_until, add_months(timezone.localdate(), 12))


class TextForm(NMForm, OnceForm):
    questions = forms.MultipleChoiceField(
        label=_("Hvilke spørsmål?"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Bare spørsmål som er besvart med egne ord. Spørsmål færre enn fem har svart på, blir utelatt."),
    )  # fmt: skip
    reason = PlainTextField(
        label=_("Hva skal teksten brukes til?"), long=True, max_length=300,
        help_text=_("Personvernombudet leser dette før teksten gis ut."),
    )  # fmt: skip
    approval = PlainTextField(
        label=_("Nummer på godkjenningen som gjelder fritekst"), max_length=40,
        help_text=_("Det kan være en annen enn den for uttrekkene."),
    )  # fmt: skip
    keep_until = NorwegianDateField(
        label=_("Filen slettes etter"), help_text=_("Kopier du har lastet ned, sletter du selv samme dag.")
    )
    submit_text = _("Be om teksten")

    def __init__(self, *args: Any, project: Project, questions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = questions
        self.fields["keep_until"].initial = min(project.keep_until, add_months(timezone.localdate(), 6))


class OpeningForm(NMForm, OnceForm):
    reason = PlainTextField(
        label=_("Hva skal nøkkelen brukes til?"), long=True, max_length=300,
        help_text=_("Personvernombudet leser dette før nøkkelen åpnes."),
    )  # fmt: skip
    submit_text = _("Be om at nøkkelen åpnes")
