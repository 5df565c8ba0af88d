"""Forms about a family, its people, its path and who follows it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from .enums import AssignmentKind, MemberRole
from .models import Family, Household, Member
from .places import Places

today = timezone.localdate
REASON = {"max_length": 300, "widget": forms.Textarea(attrs={"rows": 3})}


class VersionForm(forms.Form):
    """Carries the version that was read, so that a second save is told (nyemonstre/versioned.py)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class FamilyForm(NMForm, VersionForm):
    name = PlainTextField(label=gettext_lazy("Familienavn"), max_length=120)
    life_phase = PlainTextField(
        label=gettext_lazy("Livsfase ved oppstart"), max_length=200, required=False,
        help_text=gettext_lazy("For eksempel: venter barn, barn i barneskolen, første uker i kommunen."),
    )  # fmt: skip

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        names = ("name", "life_phase", "version")
        super().__init__(*args, initial={name: getattr(family, name) for name in names}, **kwargs)


class SnoozeForm(NMForm, forms.Form):
    """Puts off something in one's own list."""

    submit_text = gettext_lazy("Utsett")
    until = NorwegianDateField(label=gettext_lazy("Når skal det komme tilbake?"))
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor utsetter du det?"),
        help_text=gettext_lazy("For eksempel: familien er bortreist. Ikke skriv noe om helse."),
        **REASON,
    )


class HomeForm(NMForm, OnceForm):
    name = PlainTextField(label=gettext_lazy("Hva dere kaller hjemmet"), max_length=80)
    address = PlainTextField(label=gettext_lazy("Adresse"), max_length=200, required=False)
    postcode = PlainTextField(
        label=gettext_lazy("Postnummer"), max_length=4, required=False,
        validators=[RegexValidator(r"^\d{4}$", gettext_lazy("Et postnummer har fire siffer."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
    )  # fmt: skip
    town = PlainTextField(label=gettext_lazy("Poststed"), max_length=80, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, home: Household | None = None, **kwargs: Any) -> None:
        names = ("name", "address", "postcode", "town", "version")
        initial = {name: getattr(home, name) for name in names} if home else {}
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "address", "postcode", "town")}


def add_shares(form: forms.Form, homes: list[Household], now: dict[Any, int] | None = None) -> None:
    """One field for each home: how much of the time, in percent."""
    for home in homes:
        form.fields[f"home_{home.pk}"] = field = forms.IntegerField(
            label=_("%(home)s, prosent av tiden") % {"home": home.name}, required=False,
            initial=(now or {}).get(home.pk, ""),
            validators=[
                MinValueValidator(0, _("Skriv et tall fra 0 til 100.")),
                MaxValueValidator(100, _("Skriv et tall fra 0 til 100.")),
            ],
            error_messages={"invalid": _("Skriv et tall fra 0 til 100.")},
            widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
        )  # fmt: skip
        field.error_messages["null_characters_not_allowed"] = _("Skriv et tall fra 0 til 100.")


def shares_in(form: forms.Form, homes: list[Household]) -> dict[Any, int]:
    return {home.pk: form.cleaned_data[f"home_{home.pk}"] or 0 for home in homes}


class MoveForm(NMForm, forms.Form):
    """Where one person lives from a day on."""

    submit_text = gettext_lazy("Lagre hvor de bor")
    on = NorwegianDateField(label=gettext_lazy("Fra hvilken dag?"), latest=today, initial=today)

    def __init__(self, *args: Any, family: Family, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = list(family.households.order_by("name"))
        add_shares(self, self.homes, {r.household_id: r.share for r in member.residences.order_by("pk")})
        self.order_fields([*(f"home_{home.pk}" for home in self.homes), "on"])

    @property
    def shares(self) -> dict[Any, int]:
        return shares_in(self, self.homes)


class MemberForm(NMForm, OnceForm):
    """One person, and for each of the family's homes how much of the time they live there."""

    FACTS = ("first_name", "last_name", "birth_date", "role", "relation", "language", "needs_interpreter")

    first_name = PlainTextField(label=gettext_lazy("Fornavn"), max_length=80)
    last_name = PlainTextField(label=gettext_lazy("Etternavn"), max_length=80)
    birth_date = NorwegianDateField(label=gettext_lazy("Fødselsdato"), latest=today)
    role = forms.ChoiceField(
        label=gettext_lazy("Voksen eller barn"), choices=MemberRole.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("Et tilknyttet barn bor mindre enn halve tiden her."),
    )  # fmt: skip
    relation = PlainTextField(
        label=gettext_lazy("I familien"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For eksempel mor, far, sønn."),
    )
    language = PlainTextField(label=gettext_lazy("Språk"), max_length=40, required=False)
    needs_interpreter = forms.BooleanField(label=gettext_lazy("Trenger tolk"), required=False)
    moved_out_on = NorwegianDateField(label=gettext_lazy("Flyttet ut"), required=False, latest=today)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, family: Family, member: Member | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(member, name) for name in (*self.FACTS, "moved_out_on", "version")} if member else {}
        super().__init__(*args, initial={"role": MemberRole.CHILD} | initial | kwargs.pop("initial", {}), **kwargs)
        # Where somebody lives changes on a day, on a page of its own.
        self.homes = [] if member else list(family.households.order_by("name"))
        add_shares(self, self.homes)
        if member is None:
            del self.fields["moved_out_on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("needs_interpreter") and not data.get("language"):
            self.add_error("language", _("Skriv hvilket språk det trengs tolk i."))
        moved, born = data.get("moved_out_on"), data.get("birth_date")
        if moved and born and moved < born:
            self.add_error("moved_out_on", _("Datoen er før fødselsdatoen."))
        return data

    @property
    def facts(self) -> dict[str, Any]:
        names = [*self.FACTS, *(["moved_out_on"] if "moved_out_on" in self.fields else [])]
        return {name: self.cleaned_data[name] for name in names}

    @property
    def shares(self) -> dict[Any, int]:
        return shares_in(self, self.homes)


class ReachForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Før steget")
    on = NorwegianDateField(label=gettext_lazy("Hvilken dag?"), latest=today)


class UndoForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Angre steget")
    reason = PlainTextField(
        label=gettext_lazy("Hvorfor angres steget?"),
        help_text=gettext_lazy("Grunnen blir stående i historikken."),
        **REASON,
    )


class PauseForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Sett på pause")
    reason = PlainTextField(label=gettext_lazy("Hvorfor ønsker familien pause?"), **REASON)
    until = NorwegianDateField(
        label=gettext_lazy("Pausen varer til"), required=False,
        help_text=gettext_lazy("dd.mm.åååå. Da minner vi deg på å ta kontakt igjen."),
    )  # fmt: skip

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        if until and until > today() + timedelta(days=2 * 366):
            raise ValidationError(_("En pause kan vare høyst to år om gangen."))
        return until


class ReopenForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Ta opp igjen")
    reason = PlainTextField(label=gettext_lazy("Hvorfor tas oppfølgingen opp igjen?"), **REASON)


def end_of(day: date) -> datetime:
    """The moment the day is over in Norway: the end of an assignment that lasts «til og med»."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class CoordinatorForm(NMForm, forms.Form):
    """Who, with how many places each has; the reason to go over them is asked for only when it is needed."""

    submit_text = gettext_lazy("Velg koordinator")
    coordinator = forms.ChoiceField(label=gettext_lazy("Koordinator"), widget=forms.RadioSelect)
    reason = PlainTextField(label=gettext_lazy("Grunn"), required=False, **REASON)
    override_reason = PlainTextField(
        label=gettext_lazy("Hvorfor over plassene?"), required=False,
        help_text=gettext_lazy("Bare når koordinatoren alt har alle plassene i bruk."), **REASON,
    )  # fmt: skip

    def __init__(self, *args: Any, places: list[Places], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(row.user.pk): row.user for row in places}
        self.fields["coordinator"].choices = [(str(row.user.pk), place_words(row)) for row in places]  # type: ignore[attr-defined]

    def clean_coordinator(self) -> Any:
        return self.people[self.cleaned_data["coordinator"]]


def place_words(row: Places) -> str:
    words = _("%(name)s, %(taken)d av %(limit)d plasser i bruk")
    if row.full:
        words = _("%(name)s, %(taken)d av %(limit)d plasser i bruk, ingen ledige")
    return words % {"name": row.user.name, "taken": row.taken, "limit": row.limit}


class AssignForm(CoordinatorForm):
    kind = forms.ChoiceField(label=gettext_lazy("Som"), choices=AssignmentKind.choices, widget=forms.RadioSelect)
    valid_until = NorwegianDateField(
        label=gettext_lazy("Til og med"),
        required=False,
        help_text=gettext_lazy("dd.mm.åååå. En vikar må ha en sluttdato."),
    )
    field_order = ("coordinator", "kind", "valid_until", "reason", "override_reason")

    def __init__(self, *args: Any, has_responsible: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = has_responsible
        if not has_responsible:
            self.fields["reason"].help_text = _("En vikar og en andre koordinator må ha en grunn.")
        if has_responsible:  # a new one comes by handing over
            responsible = AssignmentKind.RESPONSIBLE
            self.fields["kind"].choices = [c for c in AssignmentKind.choices if c[0] != responsible]  # type: ignore[attr-defined]

    def clean_valid_until(self) -> datetime | None:
        day = self.cleaned_data["valid_until"]
        return end_of(day) if day else None


class EndAssignmentForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Avslutt oppdraget")
    reason = PlainTextField(label=gettext_lazy("Hvorfor avsluttes oppdraget?"), **REASON)


class HandOverForm(CoordinatorForm):
    submit_text = gettext_lazy("Overfør familien")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].label = _("Ny ansvarlig koordinator")
        self.fields["reason"].label = _("Hvorfor får familien ny koordinator?")
        self.fields["reason"].required = True
