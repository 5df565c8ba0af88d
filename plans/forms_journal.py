"""The forms of the journal. The text comes first and is the largest: it is typed, or spoken into the field.

Voice input pastes whole sentences, and says «new line» as Enter: nothing here is sent by a key in the large field, and
what is typed or pasted is kept as a draft after a second.
"""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.models import Contact, Service
from consent.rules import live_contacts
from families.enums import Audience
from families.marks import Homes, Mark
from families.models import Family, Member
from nyemonstre.ui.forms import PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import ChildHelp, JournalKind, Moment, Support
from .forms import FamilyForm, MarkedForm, People, Somebody, day, mark_field, radios
from .rules import NO_SUCH_CONTACT


def speakable(field: forms.Field) -> None:
    """What phones and dictation go by: the language of the page, capitals after a full stop, and the speller on."""
    field.widget.attrs |= {"lang": get_language(), "autocapitalize": "sentences", "spellcheck": "true"}


class Contacts(forms.ModelMultipleChoiceField):
    """Some of the people in the services, each with the service they are from."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, contact: Contact) -> str:
        return f"{contact.name}, {contact.service.name}"

    def offer(self, family: Family, user: Any) -> None:
        """The contacts of the live lines of this family."""
        self.queryset = live_contacts(family, user).select_related("service").order_by("name", "pk")

    def clean(self, value: Any) -> Any:
        """One sentence for whatever is not among them, which never says a name."""
        try:
            return super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError(NO_SUCH_CONTACT, code="invalid_choice") from None


class JournalForm(MarkedForm, OnceForm):
    submit_text = _("Lagre i journalen")
    text = PlainTextField(
        label=_("Hva skjedde?"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Skriv, eller snakk den inn. Det du skriver, tas vare på som utkast underveis."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Hva slags?"), choices=JournalKind.choices,
        help_text=_(
            "Krise eller trygghet: linjen kan bare leses av deg, av familiens koordinatorer nå, og av en teamleder som "
            "er sluppet inn med en grunn. Den kommer aldri på papir."
        ),
    )  # fmt: skip
    happened_on = day(_("Når?"))
    members = People(label=_("Hvem i familien var med?"), queryset=Member.objects.none(), required=False)
    contacts = Contacts(
        label=_("Hvem fra tjenestene var med?"), queryset=Contact.objects.none(), required=False,
        help_text=_("De avtalen om samarbeid gjelder for nå."),
    )  # fmt: skip
    service = forms.ModelChoiceField(
        label=_("Tjeneste"), queryset=Service.objects.none(), required=False,
        help_text=_("Bare tjenester familien har en gyldig avtale om samarbeid med."),
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("Minutter"), required=False, min_value=1, max_value=1440)
    support = forms.MultipleChoiceField(
        label=_("Hva slags støtte?"), choices=Support.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    need_of = Somebody(
        label=_("Hvem sitt behov var det?"),
        queryset=Member.objects.none(),
        required=False,
        empty_label=_("Hele familiens"),
    )
    child_help = forms.ChoiceField(
        label=_("Ble et barn hjulpet?"), choices=[("", _("Ikke denne gangen")), *ChildHelp.choices], required=False
    )
    moment = radios(_("Er det et øyeblikk å ta vare på?"), [("", _("Nei")), *Moment.choices], required=False)

    def __init__(self, *args: Any, family: Family, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, family=family, **kwargs)
        speakable(self.fields["text"])
        self.limit_services()
        contacts = self.fields["contacts"]
        contacts.offer(family, user)
        # Sent with names whose agreement has ended meanwhile, the field stays, and says so.
        if "contacts" not in self.data and not contacts.queryset:
            del self.fields["contacts"]


class QuickLineForm(FamilyForm, OnceForm):
    """One line, now: what most entries are."""

    submit_text = _("Lagre linjen")
    kind = forms.ChoiceField(label=_("Hva slags?"), choices=JournalKind.choices, initial=JournalKind.PHONE)
    text = PlainTextField(label=_("Hva skjedde?"), max_length=500)

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, family=family, **kwargs)
        speakable(self.fields["text"])
        homes = Homes(family)
        if homes.two or homes.young:
            self.fields["seen_by"] = mark_field(homes, first=_("Ingen, til du sier noe annet"), help_text="")

    def clean(self) -> dict[str, Any]:
        """Nobody gets the line until somebody has said so. One home with only small children is not asked."""
        data = super().clean() or self.cleaned_data
        if "seen_by" in data:
            data["mark"] = Mark.parse(data.pop("seen_by") or Audience.NOBODY)
        return data
