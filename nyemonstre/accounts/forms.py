"""Forms for logging in, one's own profile, and the people of a municipality."""

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.access.roles import Role
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField

from .enums import APPEAL_WEEKS, ESCALATION_DAYS, FEWEST_SECTORS, FIT_FALL, FIT_STILL, OWN_SECTORS, Sector
from .models import Municipality

PHONE = RegexValidator(
    r"^\+?[\d ]{3,19}$", gettext_lazy("Skriv telefonnummeret med bare tall, for eksempel 400 00 000.")
)


def _email(**kwargs):
    return forms.EmailField(label=gettext_lazy("E-postadresse"), max_length=254, **kwargs)


def _password(label, autocomplete):
    return forms.CharField(
        label=label, strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete})
    )


def _phone():
    return PlainTextField(label=gettext_lazy("Telefon"), max_length=20, required=False, validators=[PHONE])


class LoginForm(NMForm, forms.Form):
    email = _email(widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = _password(gettext_lazy("Passord"), "current-password")

    submit_text = gettext_lazy("Logg inn")


class EmailForm(NMForm, forms.Form):
    email = _email(widget=forms.EmailInput(attrs={"autocomplete": "username"}))

    submit_text = gettext_lazy("Send lenken")


def _code(**kwargs):
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
    return PlainTextField(label=gettext_lazy("Kode"), max_length=20, widget=widget, **kwargs)


class CodeForm(NMForm, forms.Form):
    code = _code()

    submit_text = gettext_lazy("Fortsett")


class PasskeyForm(NMForm, forms.Form):
    """What the browser answers for a passkey, filled in by static/passkey.js."""

    name = PlainTextField(
        label=gettext_lazy("Hva vil du kalle den?"), max_length=60, required=False,
        help_text=gettext_lazy("For eksempel «Jobbmaskinen» eller «Nøkkelen på nøkkelknippet»."),
    )  # fmt: skip
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self):
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise forms.ValidationError(_("Passnøkkelen ble ikke godtatt. Prøv igjen."))
        return credential


class ConfirmForm(NMForm, forms.Form):
    password = _password(gettext_lazy("Passord"), "current-password")
    code = _code(help_text=gettext_lazy("Fra appen, eller en gjenopprettingskode."))

    submit_text = gettext_lazy("Bekreft")

    def __init__(self, *args, with_code, **kwargs):
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]


class ProfileForm(NMForm, forms.Form):
    name = PlainTextField(label=gettext_lazy("Navn"), max_length=120)
    phone = _phone()
    language = forms.ChoiceField(
        label=gettext_lazy("Språk"),
        required=False,
        choices=[("", gettext_lazy("Det kommunen bruker")), *settings.LANGUAGES],
    )


class NewPasswordForm(NMForm, forms.Form):
    """A new password, typed twice. `user` is the one it is for."""

    new = _password(gettext_lazy("Nytt passord"), "new-password")
    again = _password(gettext_lazy("Nytt passord en gang til"), "new-password")

    submit_text = gettext_lazy("Lagre passordet")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new"].help_text = " ".join(str(text) for text in password_validators_help_texts())

    def clean_new(self):
        validate_password(self.cleaned_data["new"], self.user)
        return self.cleaned_data["new"]

    def clean(self):
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", _("De to passordene er ikke like."))
        return self.cleaned_data


class PasswordForm(NewPasswordForm):
    old = _password(gettext_lazy("Passordet du har nå"), "current-password")
    field_order = ["old", "new", "again"]

    def clean_old(self):
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("Dette er ikke passordet du har nå."))
        return self.cleaned_data["old"]


class MunicipalityForm(NMForm, forms.Form):
    """What a municipality has decided for itself."""

    keeps_identity_numbers = forms.BooleanField(
        label=gettext_lazy("Vi fører fødselsnummer på medlemmer"), required=False,
        help_text=gettext_lazy(
            "Bare når kommunen har et behov og et rettslig grunnlag. Numrene forsegles i databasen, vises ett om "
            "gangen, og hver visning føres i innsynsloggen. Slår du dette av, skjules numrene som er ført; de slettes "
            "ikke."
        ),
    )  # fmt: skip
    intake_own_sectors = PlainTextField(
        label=gettext_lazy("Egne sektorer i inntaksteamet"), long=True, max_length=100, required=False,
        help_text=gettext_lazy(
            "En på hver linje, i tillegg til BTI/helsestasjon, barnevern og NAV. For eksempel Skole."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    # The action holds it to no more than there are: with four of three nothing could ever be decided.
    intake_sectors_needed = forms.TypedChoiceField(
        label=gettext_lazy("Sektorer som må være med og bestemme"), coerce=int,
        choices=[(n, f"{n}") for n in range(FEWEST_SECTORS, len(Sector.values) + OWN_SECTORS + 1)],
        help_text=gettext_lazy("Minst to, og ikke flere enn det finnes."),
    )  # fmt: skip
    intake_only_in_meetings = forms.BooleanField(
        label=gettext_lazy("Henvendelser avgjøres bare i inntaksmøter"), required=False
    )
    intake_makes_vedtak = forms.BooleanField(
        label=gettext_lazy("Beslutninger i inntaksteamet er enkeltvedtak"), required=False,
        help_text=gettext_lazy(
            "Da viser brevene til loven og retten til å klage. Teamlederen fører lovtekstene under satser, lenker og "
            "lovtekster."
        ),
    )  # fmt: skip
    intake_appeal_weeks = forms.TypedChoiceField(
        label=gettext_lazy("Uker til å klage"), coerce=int, required=False, empty_value=APPEAL_WEEKS[0],
        choices=[(n, f"{n}") for n in APPEAL_WEEKS],
        help_text=gettext_lazy("Forvaltningsloven § 29 gir tre uker. Kommunen kan gi mer."),
    )  # fmt: skip
    fit_fall = forms.TypedChoiceField(
        label=gettext_lazy("FIT: si fra når et svar er lavere enn sist med"), coerce=int, required=False, empty_value=2,
        choices=[(n, f"{n}" if n else gettext_lazy("aldri")) for n in FIT_FALL],
        help_text=gettext_lazy("Svarene går fra 0 til 10. Koordinatoren får et punkt under «Å gjøre»."),
    )  # fmt: skip
    fit_still = forms.TypedChoiceField(
        label=gettext_lazy("FIT: si fra når så mange svar etter hverandre står likt"), coerce=int, required=False,
        empty_value=4, choices=[(n, f"{n}" if n else gettext_lazy("aldri")) for n in FIT_STILL],
        help_text=gettext_lazy("Gjelder svar under 8 som ligger innenfor ett poeng."),
    )  # fmt: skip

    escalate_after_days = forms.TypedChoiceField(
        label=gettext_lazy("Si fra til teamlederen når et vindu har vært passert"), coerce=int, required=False,
        empty_value=0,
        choices=[
            (days, gettext_lazy("%(days)d dager") % {"days": days} if days else gettext_lazy("aldri"))
            for days in ESCALATION_DAYS
        ],
        help_text=gettext_lazy(
            "Teamlederen får et antall i morgenens e-post, én gang for hvert vindu. Ingen e-post i helger og på "
            "helligdager."
        ),
    )  # fmt: skip

    service_domains = PlainTextField(
        label=gettext_lazy("Tjenestenes e-postdomener"), long=True, required=False,
        help_text=gettext_lazy(
            "Det som står etter @ i adressene til skoler, barnehager og andre tjenester, ett på hver linje. Sender en "
            "tjeneste en henvendelse uten å være logget inn, får adressen en lenke å bekrefte med. Ingen henvendelse "
            "avvises fordi domenet ikke står her."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip

    def own_sectors(self):
        """The names, one a line, from a valid form."""
        return self.cleaned_data["intake_own_sectors"].splitlines()


class RoleForm(NMForm, forms.Form):
    """A role in one of the municipalities the administrator looks after."""

    municipality = forms.ModelChoiceField(label=gettext_lazy("Kommune"), queryset=Municipality.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=[("", gettext_lazy("Velg rolle")), *Role.choices])
    sector = forms.ChoiceField(
        label=gettext_lazy("Sektor"),
        help_text=gettext_lazy("Bare for inntaksteamet."),
        required=False,
        choices=[("", gettext_lazy("Ingen")), *Sector.choices],
    )
    valid_from = NorwegianDateField(label=gettext_lazy("Fra"), initial=timezone.localdate)
    valid_to = NorwegianDateField(
        label=gettext_lazy("Til og med"),
        required=False,
        help_text=gettext_lazy("dd.mm.åååå. La feltet stå tomt når rollen ikke har noen slutt."),
    )

    submit_text = gettext_lazy("Gi rollen")

    def __init__(self, *args, municipalities, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["municipality"]
        field.queryset = municipalities
        places = list(municipalities[:2])
        if len(places) == 1:
            # One municipality: nothing to choose, but the answer is still checked.
            field.initial, field.widget = places[0].pk, forms.HiddenInput()

    def role_facts(self):
        """The municipality, and what accounts.actions asks for about the role."""
        facts = {key: self.cleaned_data[key] for key in ("role", "sector", "valid_from", "valid_to")}
        return self.cleaned_data["municipality"], facts


class NewUserForm(RoleForm):
    name = PlainTextField(label=gettext_lazy("Navn"), max_length=120)
    email = _email(help_text=gettext_lazy("Hit sender vi en lenke der personen lager sitt eget passord."))
    phone = _phone()

    field_order = ["name", "email", "phone", "municipality", "role", "sector", "valid_from", "valid_to"]
    submit_text = gettext_lazy("Legg til brukeren")
