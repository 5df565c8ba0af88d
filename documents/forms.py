"""Forms about documents."""

from typing import Any

from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from families.models import Member
from nyemonstre.files.forms import UploadField, what_is_taken
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import Kind

# A signed agreement shows people outside the family: it is added, and opened, beside its lines (consent).
CHOOSABLE = [choice for choice in Kind.choices if choice[0] != Kind.AGREEMENT]


class FileForm(NMForm, OnceForm):
    """A file, chosen or photographed. On a tablet the second field opens the camera."""

    submit_text = gettext_lazy("Last opp")

    file = UploadField()
    photo = UploadField(
        label=gettext_lazy("Eller ta bilde av arket"), required=False,
        attrs={"accept": "image/*", "capture": "environment"},
    )  # fmt: skip
    dated_on = NorwegianDateField(label=gettext_lazy("Dokumentets dato"), latest=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"dated_on": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = what_is_taken()
        self.fields["file"].required = not self.files.get("photo")
        self.helper.attrs = {"data-upload": ""}
        self.helper.layout = Layout(*self.fields, HTML("{% include 'documents/_upload_status.html' %}"))

    @property
    def chosen(self) -> Any:
        """The one file: what was chosen, else the photograph."""
        return self.cleaned_data["file"] or self.cleaned_data["photo"]


class DocumentForm(FileForm):
    kind = forms.ChoiceField(label=gettext_lazy("Slags dokument"), choices=CHOOSABLE, widget=forms.RadioSelect)
    title = PlainTextField(
        label=gettext_lazy("Tittel"), max_length=120, help_text=gettext_lazy("For eksempel: Vedtak om barnehageplass.")
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Hvem gjelder det?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("La stå tomt når det gjelder hele familien."),
    )  # fmt: skip
    field_order = ("file", "photo", "kind", "title", "dated_on", "members")

    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(member.pk): member for member in members}
        self.fields["members"].choices = [(key, member.first_name) for key, member in self.people.items()]  # type: ignore[attr-defined]

    def only_consent(self) -> None:
        """All that may be added to a case that is only read: on paper too one may come back, or say that one leaves."""
        self.fields["kind"].choices = [choice for choice in CHOOSABLE if choice[0] == Kind.CONSENT]  # type: ignore[attr-defined]

    def clean_members(self) -> list[Member]:
        return [self.people[key] for key in self.cleaned_data["members"]]


class WithdrawForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Trekk tilbake")
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor trekkes dokumentet tilbake?"), max_length=300,
        help_text=gettext_lazy("Grunnen blir stående. Ingen kan laste ned filen etterpå."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
