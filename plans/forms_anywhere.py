"""One line in the journal of one of one's families, from any page."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from families.enums import Audience
from families.marks import Homes, Mark
from families.models import Family
from nyemonstre.ui.forms import NMForm, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import JournalKind
from .forms_journal import speakable

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class _FamilyField(forms.ModelChoiceField):
    """By name and code."""

    def label_from_instance(self, family: Family) -> str:
        return f"{family.name}, {family.code}"


class AnyLineForm(NMForm, OnceForm):
    """`before` is the address of the page one came from: where it names one of the families, that one is chosen."""

    submit_text = _("Lagre linjen")
    family = _FamilyField(
        label=_("Familie"), queryset=Family.objects.none(), empty_label=_("Velg familie"),
        widget=forms.Select(attrs={"autofocus": True}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Hva slags?"), choices=JournalKind.choices, initial=JournalKind.PHONE)
    text = PlainTextField(label=_("Hva skjedde?"), max_length=500)
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, families: QuerySet, before: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speakable(self.fields["text"])
        field = self.fields["family"]
        field.queryset = families  # type: ignore[attr-defined]
        named = families.filter(pk__in=[UUID(found) for found in _UUID.findall(before)]).first()
        if named is None and len(only := families[:2]) == 1:
            named = only[0]
        field.initial = named.pk if named else None

    @property
    def facts(self) -> dict[str, Any]:
        """For the action. Where there are two homes, or somebody young, nobody gets it on paper until asked about."""
        data = self.cleaned_data
        homes = Homes(data["family"])
        mark = Mark.parse(Audience.NOBODY) if homes.two or homes.young else Mark()
        return {"kind": data["kind"], "text": data["text"], "key": data["key"], "mark": mark}
