"""The letter about a decision, before it is made."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from nyemonstre.ui.forms import NMForm, PlainTextField
from nyemonstre.ui.once import OnceForm
from referrals import decision_letter
from referrals.enums import Outcome
from referrals.models import IntakeDecision

OWN_WORDS = 1500


class LetterForm(NMForm, OnceForm, forms.Form):
    """In which language, to whom, and what the writer adds. Everything else is the decision's."""

    form_tag = False

    language = forms.ChoiceField(label=_("Språk"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    to = forms.MultipleChoiceField(label=_("Til"), widget=forms.CheckboxSelectMultiple)
    own_words = PlainTextField(
        label=_("Eget avsnitt"), long=True, max_length=OWN_WORDS, required=False,
        help_text=_("Det dere vil si til akkurat denne familien. Det kan stå tomt."),
    )  # fmt: skip
    turn_to = PlainTextField(
        label=_("Hvem kan familien snakke med?"), long=True, max_length=OWN_WORDS,
        help_text=_("Navn og telefon på tjenester som kan hjelpe med det familien trenger nå."),
    )  # fmt: skip

    def __init__(self, *args: Any, decision: IntakeDecision, **kwargs: Any) -> None:
        adults = decision_letter.adults_of(decision.referral)
        names = [person.full_name for person in adults]
        apart = decision_letter.live_apart(adults)
        kwargs["initial"] = {
            "language": decision_letter.first_language(decision.referral),
            "to": [] if apart else names,
            "turn_to": decision_letter.help_elsewhere(decision),
        }
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(name, name) for name in names]
        if apart:
            self.fields["to"].help_text = _("De voksne bor hver for seg. Lag ett brev til hver, og se på ordene.")
        if decision.outcome != Outcome.DECLINED:
            del self.fields["turn_to"]
        for name in {"own_words", "turn_to"} & set(self.fields):
            self.fields[name].widget.attrs["rows"] = 5

    def chosen(self) -> decision_letter.Chosen:
        """What was chosen, from a valid form."""
        return decision_letter.Chosen(**{name: value for name, value in self.cleaned_data.items() if name != "key"})

    def suggested(self) -> decision_letter.Chosen:
        """What the form begins with, so that the wording can be looked at before anything is chosen."""
        start = self.initial
        return decision_letter.Chosen(language=start["language"], to=start["to"], turn_to=start["turn_to"])
