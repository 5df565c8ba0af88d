"""«Legg ved»: one of the family's documents, chosen from a list."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from families.models import Family
from nyemonstre.ui.forms import NMForm

from .models import Goal


class AttachForm(NMForm, forms.Form):
    submit_text = _("Legg ved")
    document = forms.ChoiceField(label=_("Et av familiens dokumenter"))

    def __init__(self, *args: Any, documents: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {str(document.pk): document for document in documents}
        rows = [(key, f"{one.title}, {date_format(one.dated_on)}") for key, one in self.documents.items()]
        # A choice field has choices; mypy knows it as any field.
        self.fields["document"].choices = [("", _("Velg et dokument")), *rows]  # type: ignore[attr-defined]

    def clean_document(self) -> Document:
        return self.documents[self.cleaned_data["document"]]


class AttachToPlanForm(AttachForm):
    goal = forms.ModelChoiceField(
        label=_("Hvor hører det til?"), queryset=Goal.objects.none(), required=False, empty_label=_("Hele planen")
    )

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals = Goal.objects.filter(family=family).alive().order_by("outcome", "position", "created_at")
        self.fields["goal"].queryset = goals  # type: ignore[attr-defined]  # a choice field has these
