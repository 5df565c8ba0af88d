from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.accounts.models import User
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField

from .models import Alert
from .presenters import KINDS, event_groups, family_with_code


class LogFilterForm(NMForm, forms.Form):
    """What the auditor looks for. Lives in the URL, so that a search can be sent on and gone back to."""

    hvem = forms.ModelChoiceField(
        label=gettext_lazy("Person"), queryset=User.objects.none(), required=False, empty_label=gettext_lazy("Alle")
    )
    hva = forms.ChoiceField(label=gettext_lazy("Hendelse"), required=False)
    familie = PlainTextField(
        label=gettext_lazy("Familiens kode"), required=False, max_length=12, help_text=gettext_lazy("Som KRS-0101.")
    )
    fra = NorwegianDateField(label=gettext_lazy("Fra"), required=False)
    til = NorwegianDateField(label=gettext_lazy("Til og med"), required=False)
    varsel = forms.ModelChoiceField(
        label=gettext_lazy("Varsel"), queryset=Alert.objects.none(), required=False, widget=forms.HiddenInput
    )

    submit_text = gettext_lazy("Vis")
    form_class = "nm-form nm-filterform"

    def __init__(self, *args, auditor, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.form_method = "get"
        self.helper.inputs[0].name = ""
        people = User.objects.permitted(auditor, "view_log")
        self.fields["hvem"].queryset = people.order_by(NorwegianOrder("name"), "pk")
        kinds = [(value, str(label)) for value, (label, _whats) in KINDS.items()]
        self.fields["hva"].choices = [("", _("Alle")), (_("Slags"), kinds), *event_groups()]
        self.fields["varsel"].queryset = Alert.objects.permitted(auditor, "view_log")

    def clean(self):
        first, last = self.cleaned_data.get("fra"), self.cleaned_data.get("til")
        if first and last and last < first:
            self.add_error("til", _("Denne datoen er før «Fra»."))
        if code := self.cleaned_data.get("familie"):
            self.cleaned_data["family_id"] = family_with_code(code)
            if self.cleaned_data["family_id"] is None:
                self.add_error("familie", _("Ingen familie i kommunen har denne koden."))
        return self.cleaned_data

    def narrow(self, events):
        """The events that were asked for. Days begin and end at midnight in Norway."""
        asked = self.cleaned_data
        if asked.get("hvem"):
            events = events.filter(actor_id=asked["hvem"].pk)
        if asked.get("hva") in KINDS:
            events = events.filter(what__in=KINDS[asked["hva"]][1])
        elif asked.get("hva"):
            events = events.filter(what=asked["hva"])
        if asked.get("varsel"):
            events = events.filter(pk__in=asked["varsel"].events)
        if asked.get("family_id"):
            events = events.filter(family_id=asked["family_id"])
        if asked.get("fra"):
            events = events.filter(at__gte=_midnight(asked["fra"]))
        if asked.get("til"):
            events = events.filter(at__lt=_midnight(asked["til"] + timedelta(days=1)))
        return events

    def facts(self):
        """What was looked for, as the log keeps it: ids and days."""
        asked = self.cleaned_data
        kept = {"hvem": getattr(asked.get("hvem"), "pk", None), "hva": asked.get("hva"), "fra": asked.get("fra"),
                "til": asked.get("til"), "familie": asked.get("family_id"),
                "varsel": getattr(asked.get("varsel"), "pk", None)}  # fmt: skip
        return {key: str(value) for key, value in kept.items() if value}


class SignOffForm(NMForm, forms.Form):
    """What the officer found out. Stays with the alert."""

    note = PlainTextField(
        label=gettext_lazy("Hva fant du ut?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kort, og uten navn. Merknaden blir stående."),
    )  # fmt: skip

    submit_text = gettext_lazy("Kvitter varselet")


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
