"""«Legg ved»: one of the family's documents, chosen from a list."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from documents.models import Document, DocumentQuerySet
from families.models import Family
from nyemonstre.ui.forms import NMForm

from .models import Goal

# So many can be chosen at once; the rest are found by their title.
SHOWN = 25


class Documents(forms.ModelChoiceField):
    def label_from_instance(self, document: Document) -> str:
        return f"{document.title}, {date_format(document.dated_on)}"


class AttachForm(NMForm, forms.Form):
    """`documents` are those that may be chosen; the list has the newest, or the newest with `find` in their title."""

    submit_text = _("Legg ved")
    document = Documents(label=_("Et av familiens dokumenter"), queryset=Document.objects.none())

    def __init__(self, *args: Any, documents: DocumentQuerySet, find: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.find = find.replace("\0", "").strip()[:100]
        found = list((documents.filter(title__icontains=self.find) if self.find else documents)[: SHOWN + 1])
        self.shown, self.has_more = found[:SHOWN], len(found) > SHOWN
        field: Any = self.fields["document"]
        field.queryset = documents
        if (chosen := self.data.get("document")) and chosen not in {str(one.pk) for one in self.shown}:
            # It was found by its title, and stays chosen when the form comes back.
            self.shown += [one for one in documents if str(one.pk) == chosen]
        rows = [(str(one.pk), field.label_from_instance(one)) for one in self.shown]
        field.widget.choices = [("", _("Velg et dokument")), *rows]


class AttachToPlanForm(AttachForm):
    goal = forms.ModelChoiceField(
        label=_("Hvor hører det til?"), queryset=Goal.objects.none(), required=False, empty_label=_("Hele planen")
    )

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals = Goal.objects.filter(family=family).alive().order_by("outcome", "position", "created_at")
        self.fields["goal"].queryset = goals  # type: ignore[attr-defined]  # a choice field has these
