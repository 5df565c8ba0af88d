"""The open form. Anybody fills it in, so every field has a limit and every error a sentence."""

import re
from typing import Any

from crispy_forms.layout import HTML, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.enums import Sector as ServiceSector
from nyemonstre.accounts.models import Municipality
from nyemonstre.files.forms import UploadField, what_is_taken
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, RowsFormSet, speak_plainly
from nyemonstre.ui.once import OnceForm
from referrals.actions import NewPerson, NewReferral
from referrals.enums import AddressAnswer, Criterion, CriterionValue, PersonRole, ReferrerKind, Situation
from referrals.models import SITUATION_LENGTH
from referrals.people import same

PEOPLE_PREFIX = "people"
# A household of more is a slip or an attack.
MOST_PEOPLE = 20
HOME = _("Hjemme")
OF_AGE = 18

phone_number = RegexValidator(r"^\+?[\d\s()-]{5,20}$", _("Skriv telefonnummeret med sifre, slik: 38 00 00 00"))


# What a family that writes for itself is asked: field -> label and help, criterion -> question.
OWN_WORDS = {
    "municipality": (_("Kommunen dere bor i"), ""),
    "referrer_phone": (_("Telefon"), _("Skriv telefon eller e-post, eller begge. Så vet vi hvordan vi får tak i deg.")),
    "family_name": (_("Hva heter familien?"), _("Som regel etternavnet.")),
    "own_words": (_("Hva ønsker dere hjelp med?"), _("Skriv med egne ord. Det kan være kort.")),
    "protection": (
        _("Har noen av dere hemmelig adresse?"),
        _("Da er det få som får se henvendelsen. Skriv aldri adressen i dette skjemaet."),
    ),
}
OWN_QUESTIONS = {
    Criterion.LOW_INCOME: _("Har dere hatt lite penger i tre år eller mer?"),
    Criterion.STRUGGLES: _("Er det vanskelig med arbeid, bolig, penger eller å være med på ting?"),
    Criterion.CONCERN: _("Er dere redde for at barna skal få det like vanskelig?"),
    Criterion.RESIDENCE_PERMIT: _("Har dere lov til å bo i Norge?"),
    Criterion.CHILDREN_AT_HOME: _("Bor barna hos dere minst halve tiden?"),
    Criterion.SERVICES: _("Har dere kontakt med skole, barnehage, helsestasjon, Nav eller en annen tjeneste?"),
}


class ReferralForm(NMForm, OnceForm):
    """Everything but the people. Draw the criteria from `criteria` and the situation from `situation`."""

    form_tag = False

    municipality = forms.ModelChoiceField(
        label=_("Kommunen familien bor i"), queryset=Municipality.objects.none(), empty_label=_("Velg kommune")
    )
    referrer_kind = forms.ChoiceField(
        label=_("Hvem henvender seg?"), choices=ReferrerKind.choices, widget=forms.RadioSelect
    )
    referrer_name = PlainTextField(label=_("Navnet ditt"), max_length=120)
    referrer_service = PlainTextField(
        label=_("Tjenesten du kommer fra"), max_length=120, help_text=_("For eksempel Øvre skole."),
        error_messages={"required": _("Skriv hvilken tjeneste du kommer fra.")},
    )  # fmt: skip
    referrer_sector = forms.ChoiceField(
        label=_("Slags tjeneste"), choices=[("", _("Velg")), *ServiceSector.choices],
        error_messages={"required": _("Velg slags tjeneste.")},
    )  # fmt: skip
    referrer_role = PlainTextField(label=_("Stillingen din"), max_length=80, required=False)
    referrer_phone = PlainTextField(
        label=_("Telefon"), max_length=20, required=False, validators=[phone_number],
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("Skriv telefon eller e-post, eller begge."),
    )  # fmt: skip
    referrer_email = forms.EmailField(
        label=_("E-post"), max_length=254, required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )
    family_agrees = forms.BooleanField(
        label=_("Familien vet om henvendelsen og er enig i den"),
        error_messages={
            "required": _(
                "Familien må vite om henvendelsen og være enig. Snakk med familien først, og kom tilbake hit."
            )
        },
    )
    family_name = PlainTextField(label=_("Familiens navn"), max_length=120, help_text=_("Som regel etternavnet."))
    own_words = PlainTextField(
        label=_("Hva ønsker dere hjelp med?"), long=True, max_length=SITUATION_LENGTH, required=False,
        help_text=_("Med familiens egne ord, så langt det går."),
    )  # fmt: skip
    protection = forms.ChoiceField(
        label=_("Har noen i familien adressesperre?"), choices=AddressAnswer.choices, widget=forms.RadioSelect,
        help_text=_("Da er det få som får se henvendelsen. Skriv aldri adressen i dette skjemaet."),
    )  # fmt: skip

    def __init__(self, *args: Any, municipalities: list[Municipality], own: bool = False, **kwargs: Any) -> None:
        """`own`: the family writes for itself, and is asked in plainer words."""
        super().__init__(*args, **kwargs)
        self.own = own
        self.fields["municipality"].queryset = Municipality.objects.all()
        self.only_one = municipalities[0] if len(municipalities) == 1 else None
        if self.only_one:
            del self.fields["municipality"]
        if self.is_bound and self.data.get("referrer_kind") != ReferrerKind.SERVICE:
            self.fields["referrer_service"].required = self.fields["referrer_sector"].required = False
        for criterion in Criterion:
            self.fields[f"criterion_{criterion}"] = forms.ChoiceField(
                label=criterion.label, choices=CriterionValue.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note_{criterion}"] = PlainTextField(
                label=_("Merknad om: %(what)s") % {"what": criterion.label}, max_length=500, required=False
            )
        for part in Situation:
            self.fields[part.value] = PlainTextField(
                label=part.label, long=True, max_length=SITUATION_LENGTH, required=False,
                widget=forms.Textarea({"rows": 3}),
            )  # fmt: skip
        for name in [n for n in self.fields if n.startswith(("criterion_", "note_", "situation_"))]:
            speak_plainly(self.fields[name])
        if own:
            self._ask_the_family()

    def _ask_the_family(self) -> None:
        """The same questions, said to those they are about; what only a service is asked is left out."""
        self.fields["referrer_kind"].widget = forms.HiddenInput()
        self.initial["referrer_kind"] = ReferrerKind.FAMILY
        for name in ("referrer_service", "referrer_sector", "referrer_role"):
            del self.fields[name]
        agrees = self.fields["family_agrees"]
        agrees.label = _("Vi er enige om å sende henvendelsen")
        agrees.error_messages["required"] = gettext("Kryss av når dere er enige om å sende henvendelsen.")
        for name, (label, help_text) in OWN_WORDS.items():
            if name in self.fields:  # with one municipality nobody is asked which
                self.fields[name].label, self.fields[name].help_text = label, help_text
        for criterion, question in OWN_QUESTIONS.items():
            self.fields[f"criterion_{criterion}"].label = question

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """One row per criterion: its question and its note."""
        return [{"value": self[f"criterion_{c}"], "note": self[f"note_{c}"]} for c in Criterion]

    @property
    def situation(self) -> list[forms.BoundField]:
        return [self[part.value] for part in Situation]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("referrer_kind") == ReferrerKind.FAMILY:
            data |= {"referrer_service": "", "referrer_sector": "", "referrer_role": ""}
        reached = data.get("referrer_phone") or data.get("referrer_email")
        if not reached and not {"referrer_phone", "referrer_email"} & set(self.errors):
            self.add_error("referrer_phone", gettext("Skriv telefon eller e-post, så inntaksteamet kan svare deg."))
        return data

    def municipality_chosen(self) -> Municipality:
        return self.only_one or self.cleaned_data["municipality"]

    def new_referral(self) -> NewReferral:
        """What the action wants, from a valid form. A criterion nobody answered is «vet ikke»."""
        data = self.cleaned_data
        plain = {name: data[name] for name in data if name in NewReferral.__dataclass_fields__}
        return NewReferral(
            **plain,
            situation={part.value: data[part.value] for part in Situation},
            criteria={
                c.value: (data[f"criterion_{c}"] or CriterionValue.UNKNOWN, data[f"note_{c}"]) for c in Criterion
            },
        )


class PersonForm(NMForm, forms.Form):
    """One person in the family. A row nobody has written in is no person."""

    form_tag = False

    role = forms.ChoiceField(label=_("Voksen eller barn"), choices=PersonRole.choices)
    first_name = PlainTextField(label=_("Fornavn"), max_length=80)
    last_name = PlainTextField(label=_("Etternavn"), max_length=80)
    birth_date = NorwegianDateField(label=_("Fødselsdato"), latest=timezone.localdate)
    relation = PlainTextField(
        label=_("I familien"), max_length=40, required=False, help_text=_("For eksempel mor, far, sønn.")
    )
    language = PlainTextField(label=_("Språk"), max_length=40, required=False, help_text=_("Hvis det ikke er norsk."))
    needs_interpreter = forms.BooleanField(label=_("Trenger tolk"), required=False)
    home = PlainTextField(
        label=_("Bor hos"), max_length=80, required=False,
        help_text=_("For eksempel «Hos mor». La stå tomt når alle bor sammen."),
    )  # fmt: skip
    share = forms.IntegerField(
        label=_("Hvor mye av tiden? (prosent)"), min_value=1, max_value=100, required=False,
        help_text=_("100 når personen alltid bor der. 50 er halve tiden."),
    )  # fmt: skip
    other_home = PlainTextField(label=_("Bor også hos"), max_length=80, required=False)
    other_share = forms.IntegerField(
        label=_("Hvor mye av tiden der? (prosent)"), min_value=1, max_value=99, required=False
    )

    # What a row has before anybody writes in it.
    GIVEN = ("role", "share")

    def has_changed(self) -> bool:
        return any(name not in self.GIVEN for name in self.changed_data)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("needs_interpreter") and not data.get("language"):
            self.add_error("language", gettext("Skriv hvilket språk tolken skal kunne."))
        self._check_age(data)
        self._check_homes(data)
        return data

    def _check_age(self, data: dict[str, Any]) -> None:
        birth, today = data.get("birth_date"), timezone.localdate()
        if birth and data.get("role") == PersonRole.CHILD:
            age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
            if age >= OF_AGE:
                self.add_error("role", gettext("Personen er over 18 år. Velg voksen, eller rett fødselsdatoen."))

    def _check_homes(self, data: dict[str, Any]) -> None:
        other, other_share = data.get("other_home"), data.get("other_share")
        if other and not other_share and "other_share" not in self.errors:
            self.add_error("other_share", gettext("Skriv hvor mye av tiden personen bor der."))
        if other_share and not other and "other_home" not in self.errors:
            self.add_error("other_home", gettext("Skriv hvor personen bor resten av tiden."))
        if not data.get("share") and "share" not in self.errors:
            data["share"] = 100 - (other_share or 0)
        if (data.get("share") or 0) + (other_share or 0) > 100:
            self.add_error("other_share", gettext("Til sammen blir det over 100 prosent av tiden."))
        elif data.get("role") == PersonRole.CHILD and other_share and data["share"] + other_share != 100:
            self.add_error("other_share", gettext("Et barn i to hjem har 100 prosent av tiden i dem til sammen."))
        if other and data.get("home") and same(other) == same(data["home"]):
            self.add_error("other_home", gettext("Dette er samme hjem som det første."))


class PeopleRows(RowsFormSet):
    """The people, with room for one more and a button that takes one away."""

    add_text = _("Legg til en person")
    row_text = _("Person %(number)s")

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The first row is made for an adult, the rest for children."""
        role = PersonRole.CHILD if index else PersonRole.ADULT
        return {**super().get_form_kwargs(index), "initial": {"role": role, "share": 100}}

    @property
    def filled(self) -> list[dict[str, Any]]:
        """What was written, of rows that were written in."""
        return [form.cleaned_data for form in self.forms if form.has_changed() and form.is_valid()]

    def clean(self) -> None:
        """At least one adult; and each person's home, where more than one is named."""
        if any(form.errors for form in self.forms):
            return
        if not any(row["role"] == PersonRole.ADULT for row in self.filled):
            raise ValidationError(gettext("Skriv inn minst én voksen i familien."), code="no_adult")
        names = {same(row["home"]): row["home"] for row in self.filled if row["home"]}
        for form in self.forms:
            if not form.has_changed() or form.cleaned_data["home"]:
                continue
            if len(names) > 1:
                form.add_error("home", gettext("Familien har flere hjem. Skriv hvilket denne personen bor i."))
            else:
                form.cleaned_data["home"] = next(iter(names.values()), str(HOME))

    def new_people(self) -> list[NewPerson]:
        return [NewPerson(**row) for row in self.filled]


PeopleFormSet = forms.formset_factory(
    PersonForm, formset=PeopleRows, extra=2, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE
)


def without_row(data: QueryDict) -> QueryDict:
    """The form as it was sent, less the row whose «ta bort» was pressed. The other rows move up; nothing is judged."""
    wanted = data.get(f"{PEOPLE_PREFIX}-remove", "")
    total = data.get(f"{PEOPLE_PREFIX}-TOTAL_FORMS", "")
    if not (re.fullmatch(r"\d{1,2}", wanted) and re.fullmatch(r"\d{1,2}", total) and int(wanted) < int(total)):
        return data
    gone, kept = int(wanted), QueryDict(mutable=True)
    for name, values in data.lists():
        match = re.fullmatch(rf"{PEOPLE_PREFIX}-(\d+)-(.+)", name)
        if match and int(match[1]) == gone:
            continue
        if match and int(match[1]) > gone:
            name = f"{PEOPLE_PREFIX}-{int(match[1]) - 1}-{match[2]}"
        kept.setlist(name, values)
    kept[f"{PEOPLE_PREFIX}-TOTAL_FORMS"] = str(int(total) - 1)
    # Read by nyemonstre.ui.forms.asks_for_row: draw again, do not judge.
    kept[f"{PEOPLE_PREFIX}-removed-add"] = "1"
    return kept


class ProgressForm(NMForm, forms.Form):
    submit_text = _("Se hvor langt den er kommet")

    number = PlainTextField(
        label=_("Nummeret på henvendelsen"), max_length=20, help_text=_("For eksempel H-2026-12345."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class LinkForm(NMForm, forms.Form):
    submit_text = _("Send lenken")
    submit_name = "send_link"

    email = forms.EmailField(
        label=_("Send lenken på e-post"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Det står ikke noe om familien i e-posten."),
    )  # fmt: skip


class AttachForm(NMForm, OnceForm):
    """One more file with a henvendelse that is sent."""

    submit_text = _("Legg ved filen")

    # What kind of form it is stands in a field: static/upload.js sends the fields, and not the button.
    attach = forms.CharField(widget=forms.HiddenInput, initial="1")
    number = forms.CharField(widget=forms.HiddenInput, max_length=20)
    file = UploadField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = what_is_taken()
        self.helper.attrs = {"data-upload": ""}
        self.helper.layout = Layout(*self.fields, HTML("{% include 'documents/_upload_status.html' %}"))
