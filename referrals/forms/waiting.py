"""While a family waits: note contact, offer a place, note the answer."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.places import Places
from nyemonstre.accounts.models import User
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from referrals.enums import ContactHow, OfferAnswer

# What a family usually gets to answer in.
DAYS = 14


class ContactForm(NMForm, forms.Form):
    form_tag = False

    on = NorwegianDateField(label=_("Dato"), latest=timezone.localdate, initial=timezone.localdate)
    how = forms.ChoiceField(label=_("Hvordan?"), choices=ContactHow.choices, widget=forms.RadioSelect)
    note = PlainTextField(label=_("Hva ble sagt?"), long=True, max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["rows"] = 3


class OfferForm(NMForm, forms.Form):
    """A place with one of those who have room. `places` are all coordinators with what they have."""

    form_tag = False

    coordinator = forms.ModelChoiceField(
        label=_("Hos hvem?"), queryset=User.objects.none(), empty_label=_("Velg koordinator")
    )
    answer_by = NorwegianDateField(label=_("Siste dag for svar"), earliest=timezone.localdate)

    def __init__(self, *args: Any, places: list[Places], **kwargs: Any) -> None:
        kwargs["initial"] = {"answer_by": timezone.localdate() + timedelta(days=DAYS)}
        super().__init__(*args, **kwargs)
        free = {row.user.pk: row.free for row in places if not row.full}
        self.has_room = bool(free)
        field = self.fields["coordinator"]
        field.queryset = User.objects.filter(pk__in=free).order_by("name")
        field.label_from_instance = lambda user: _("%(name)s, %(free)d ledig") % {
            "name": user.name, "free": free[user.pk],
        }  # fmt: skip


class AnswerForm(NMForm, forms.Form):
    form_tag = False

    answer = forms.ChoiceField(
        label=_("Hva svarte familien?"), widget=forms.RadioSelect,
        choices=[
            (OfferAnswer.YES.value, OfferAnswer.YES.label), (OfferAnswer.NO.value, OfferAnswer.NO.label),
            (OfferAnswer.WITHDRAWN.value, _("Vi tar tilbudet tilbake")),
        ],
    )  # fmt: skip
    note = PlainTextField(
        label=_("Merknad"), max_length=300, required=False, help_text=_("Skriv hvorfor når dere tar tilbudet tilbake.")
    )
