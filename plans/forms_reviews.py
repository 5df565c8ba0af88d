"""The forms of a 6-month review: its head, and one for each goal beside what was said then."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, PlainTextField

from .enums import Verdict
from .forms import FamilyForm, VersionForm, day, radios, zero_to_ten


class ReviewForm(VersionForm, FamilyForm):
    """The head of a review; the goals are forms of their own beside it."""

    form_tag = False
    held_on = day(_("Når snakket dere sammen?"))
    present = PlainTextField(label=_("Hvem var med?"), max_length=300, required=False)
    ahead = PlainTextField(
        label=_("Hva skal de neste seks månedene brukes til?"), max_length=2000, required=False, long=True
    )
    with_whom = PlainTextField(label=_("Hvem er med videre?"), max_length=300, required=False)
    note = PlainTextField(label=_("Noe mer dere vil ta vare på?"), max_length=2000, required=False, long=True)


class ReviewGoalForm(NMForm, forms.Form):
    """One goal in a review; its prefix is the goal's id."""

    form_tag = False
    rating = zero_to_ten(_("Hvor er dere nå, fra 0 til 10?"))
    rating_by_coordinator = zero_to_ten(_("Hvor ser koordinatoren at dere er?"))
    helped = PlainTextField(label=_("Hva hjalp?"), max_length=1000, required=False, long=True)
    hindered = PlainTextField(label=_("Hva sto i veien?"), max_length=1000, required=False, long=True)
    verdict = radios(_("Hva gjør vi med målet?"), Verdict.choices, required=False)
    new_words = PlainTextField(
        label=_("Slik skal målet stå nå"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Bare når dere endrer det."),
    )  # fmt: skip
