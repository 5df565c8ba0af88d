"""Forms about who may see a family: let in, shut out, open in need, go through afterwards."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.access.roles import COORDINATOR_GRANT, READER_GRANT
from nyemonstre.accounts.models import User
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField

from .emergencies import LEAST_CHARACTERS
from .forms import REASON, end_of


class PersonForm(NMForm, forms.Form):
    """Chooses one of `people`."""

    user = forms.ChoiceField(label=gettext_lazy("Hvem?"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.fields["user"].choices = [("", _("Velg en person")), *((key, u.name) for key, u in self.people.items())]  # type: ignore[attr-defined]

    def clean_user(self) -> User:
        return self.people[self.cleaned_data["user"]]


class GrantForm(PersonForm):
    submit_text = gettext_lazy("Gi tilgang")
    LEVELS = {"read": READER_GRANT, "write": COORDINATOR_GRANT}
    level = forms.ChoiceField(
        label=gettext_lazy("Hva får personen?"), widget=forms.RadioSelect, initial="read",
        choices=[("read", gettext_lazy("Lese, ikke endre noe")), ("write", gettext_lazy("Lese og skrive"))],
    )  # fmt: skip
    expires_at = NorwegianDateField(
        label=gettext_lazy("Til og med"), help_text=gettext_lazy("dd.mm.åååå. Tilgangen tar slutt av seg selv.")
    )
    reason = PlainTextField(label=gettext_lazy("Hvorfor?"), **REASON)

    def clean_expires_at(self) -> Any:
        return end_of(self.cleaned_data["expires_at"])

    @property
    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "user": data["user"], "permissions": self.LEVELS[data["level"]], "expires_at": data["expires_at"],
            "reason": data["reason"],
        }  # fmt: skip


class NameLeadForm(PersonForm):
    submit_text = gettext_lazy("Slipp inn teamlederen")
    user = forms.ChoiceField(label=gettext_lazy("Hvilken teamleder?"))
    reason = PlainTextField(label=gettext_lazy("Hvorfor?"), **REASON)


class NameLeadByCodeForm(NameLeadForm):
    code = PlainTextField(label=gettext_lazy("Familiens kode"), max_length=12)
    field_order = ("code", "user", "reason")


class ShutOutForm(PersonForm):
    submit_text = gettext_lazy("Meld inhabil")
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor?"), help_text=gettext_lazy("Kort, for eksempel «nær slekt»."), **REASON
    )


class ReasonForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Opphev")
    reason = PlainTextField(label=gettext_lazy("Hvorfor oppheves det?"), **REASON)


class RevokeForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Ta tilbake tilgangen")
    reason = PlainTextField(label=gettext_lazy("Hvorfor tas tilgangen tilbake?"), **REASON)


class ConflictForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Meld meg inhabil")
    code = PlainTextField(label=gettext_lazy("Familiens kode"), max_length=12)
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor?"), help_text=gettext_lazy("Kort, for eksempel «nær slekt»."), **REASON
    )


class BreakGlassForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Åpne i 60 minutter")
    code = PlainTextField(label=gettext_lazy("Familiens kode"), max_length=12)
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor må du inn nå?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("En hel setning, minst %(least)d tegn. Personvernombudet og koordinatoren leser den.")
        self.fields["reason"].help_text = words % {"least": LEAST_CHARACTERS}


class ReviewForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Ferdig gjennomgått")
    note = PlainTextField(
        label=gettext_lazy("Hva fant du?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Var grunnen god nok, og ble det lest mer enn det trengtes?"),
    )  # fmt: skip
