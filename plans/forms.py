"""Forms of the plan, and what they are made of. Choices are the family's own: a foreign id is a plain error there."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.outcomes import Outcome
from consent.models import AgreementLine, Service
from consent.rules import answers_by_service, contactable_services
from families.marks import MAY_KEEP_FROM, Homes, Mark
from families.models import Family, Member
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, when
from nyemonstre.ui.newer import TwoEditorsForm
from nyemonstre.ui.once import OnceForm

from .actions.measures import CHANGEABLE
from .beside import choices, language_of
from .enums import (
    FINISHED,
    Doer,
    GoalState,
    MeasureKind,
    MeasureState,
)
from .models import Goal, Measure
from .papers import papers

Text = str | Promise
NOT_ASKED = _("Ikke spurt om")
ASK = _("Fra 12 år kan den unge selv be om at foreldrene ikke får se det. Spør, og skriv det de sier.")


class People(forms.ModelMultipleChoiceField):
    """Some of the family's people, by first name."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, member: Member) -> str:
        return member.first_name


class Together(People):
    """Those who sat together. Others named in words may stand in for them, so whether somebody did is the form's."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if value else self.queryset.none()


class Person(forms.ModelChoiceField):
    """One of the family's people."""

    widget = forms.RadioSelect

    def label_from_instance(self, member: Member) -> str:
        return member.first_name


class Somebody(forms.ModelChoiceField):
    """One of the family's people, or nobody."""

    def label_from_instance(self, member: Member) -> str:
        return member.first_name


def people_of(family: Family) -> Any:
    return Member.objects.filter(family=family)


def day(label: Text, **kwargs: Any) -> NorwegianDateField:
    """A day that has come: today unless something else is written."""
    kwargs.setdefault("initial", timezone.localdate)
    return NorwegianDateField(label=label, latest=timezone.localdate, **kwargs)


def radios(label: Text, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)


class VersionForm(forms.Form):
    """For something two people may edit: which version was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class FamilyForm(NMForm, forms.Form):
    """Every form here knows its family and limits its choices to it."""

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.family = family
        for field in self.fields.values():
            if isinstance(field, People | Person):
                field.queryset = people_of(family)
                field.empty_label = None
            elif isinstance(field, Somebody):
                field.queryset = people_of(family)

    def limit_services(self, kept: Service | None = None, *, field_name: str = "service") -> None:
        """Only services with a live line can be picked. The others are understood, so that the rule can say why not."""
        field = self.fields[field_name]
        field.queryset = Service.objects.filter(municipality=self.family.municipality_id)
        may = answers_by_service(self.family)
        rows = contactable_services(self.family)
        live = {service.pk: f"{service.name}. {may[service.pk]}" for service in rows if service.pk in may}
        if kept is not None:
            live.setdefault(kept.pk, kept.name)
        names = sorted(live.items(), key=lambda pair: pair[1].casefold())
        field.widget.choices = [("", _("Ingen")), *names]


class MarkedForm(FamilyForm):
    """Also asks who may get it on paper, where there is somebody to ask about. The answer is `mark` for the action."""

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, family=family, **kwargs)
        self.homes = Homes(family)
        if self.homes.two or any(not member.is_adult for member in self.homes.members.values()):
            self.fields["seen_by"] = mark_field(self.homes)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["mark"] = Mark.parse(data.pop("seen_by", ""))
        return data


def mark_field(homes: Homes, *, first: Text = NOT_ASKED, help_text: Text = ASK) -> forms.ChoiceField:
    """`first` is what stands there when nobody has chosen."""
    return forms.ChoiceField(
        label=_("Hvem kan få dette på papir?"), choices=[("", first), *homes.choices()], required=False,
        help_text=help_text, error_messages={"invalid_choice": _("Velg ett av svarene i listen.")},
    )  # fmt: skip


def mark_facts(form: forms.Form, row: Any) -> dict[str, str]:
    """The mark that stands, for a form about what is already written; nothing where it is not asked about."""
    if "seen_by" not in form.fields:
        return {}
    return {"seen_by": str(Mark.of(row)) if row.marked_at else ""}


class MarkForm(NMForm, forms.Form):
    """Who may get something that is already written."""

    submit_text = _("Lagre")

    def __init__(self, *args: Any, family: Family, row: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_by"] = mark_field(Homes(family))
        self.initial |= mark_facts(self, row)

    def clean(self) -> dict[str, Any]:
        """Sent without an answer it is no answer: else a mark could be taken away unseen."""
        if "seen_by" not in self.data:
            self.add_error("seen_by", gettext("Velg et svar."))
        return self.cleaned_data

    @property
    def mark(self) -> Mark:
        return Mark.parse(self.cleaned_data["seen_by"])


class WordsForm(MarkedForm, OnceForm):
    submit_text = _("Lagre ordene")
    member = Person(label=_("Hvem sier det?"), queryset=Member.objects.none())
    text = PlainTextField(
        label=_("Hva er viktig for deg nå?"), max_length=1000, long=True, help_text=_("Skriv det slik det blir sagt.")
    )
    said_on = day(_("Når ble det sagt?"))
    told_by = PlainTextField(
        label=_("Fortalt av"),
        max_length=160,
        required=False,
        help_text=_("Når noen andre enn personen selv fortalte det."),
    )

    def clean(self) -> dict[str, Any]:
        """A young person, and an adult with another home beside theirs, are always asked."""
        data, member = super().clean(), self.cleaned_data.get("member")
        if member and data.get("mark") == Mark() and "seen_by" in self.fields:
            ask = ""
            if not member.is_adult and member.age() >= MAY_KEEP_FROM:
                ask = gettext("Spør %(name)s: kan foreldrene få se dette?")
            elif member.is_adult and self.homes.two:
                ask = gettext("Spør %(name)s: kan det andre hjemmet få se dette?")
            if ask:
                self.add_error("seen_by", ask % {"name": member.first_name})
        return data


def why_it_matters() -> PlainTextField:
    return PlainTextField(label=_("Hvorfor er det viktig?"), max_length=300, required=False)


class GoalForm(MarkedForm, OnceForm):
    submit_text = _("Lagre målet")
    words = PlainTextField(label=_("Målet med egne ord"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    whose = People(label=_("Hvem er det for?"), queryset=Member.objects.none())
    outcome = radios(_("Hva handler det om?"), Outcome.choices)
    why = why_it_matters()
    first_sign = PlainTextField(
        label=_("Et første tegn"),
        max_length=300,
        required=False,
        help_text=_("Hva merker dere først når det går rett vei?"),
    )


class GoalEditForm(TwoEditorsForm, MarkedForm):
    submit_text = _("Lagre endringen")
    words = PlainTextField(label=_("Målet med egne ord"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    whose = People(label=_("Hvem er det for?"), queryset=Member.objects.none())
    outcome = radios(_("Hva handler det om?"), Outcome.choices)
    why = why_it_matters()
    first_sign = PlainTextField(label=_("Et første tegn"), max_length=300, required=False)
    reason = when(_("(når selve målet endres)"), PlainTextField(
        label=_("Hva er grunnen til endringen?"), max_length=500, required=False,
        help_text=_("Slik det sto før, blir stående i historikken."),
    ))  # fmt: skip

    def facts(self, row: Goal) -> dict[str, Any]:
        return {
            "words": row.words, "outcome": row.outcome, "why": row.why, "first_sign": row.first_sign,
            "whose": [member.pk for member in row.whose.all()], **mark_facts(self, row),
        }  # fmt: skip


class GoalCloseForm(VersionForm, FamilyForm):
    submit_text = _("Lagre")
    state = radios(_("Hva skjer med målet?"), [choice for choice in GoalState.choices if choice[0] != GoalState.ACTIVE])
    reason = PlainTextField(label=_("Hva er grunnen?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    closed_on = day(_("Når?"))


class GoalReopenForm(VersionForm, FamilyForm):
    submit_text = _("Ta opp målet igjen")
    reason = PlainTextField(label=_("Hvorfor tas det opp igjen?"), max_length=500)


RATING = [("", _("Ikke svart")), *((n, str(n)) for n in range(11))]


def zero_to_ten(label: Text) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=RATING, coerce=int, empty_value=None, required=False)


class GoalRatingForm(FamilyForm, OnceForm):
    submit_text = _("Lagre")
    rating = zero_to_ten(_("Hvor er dere nå, fra 0 til 10?"))
    rating_by_coordinator = zero_to_ten(_("Hvor ser koordinatoren at dere er?"))
    rated_on = day(_("Når?"))


class MeasureForm(MarkedForm, OnceForm):
    submit_text = _("Lagre tiltaket")
    what = PlainTextField(label=_("Hva skal gjøres?"), max_length=300)
    done_by = radios(_("Hvem gjør det?"), Doer.choices)
    service = when(_("(når en tjeneste gjør det)"), forms.ModelChoiceField(
        label=_("Hvilken tjeneste?"), queryset=Service.objects.none(), required=False,
        help_text=_("Tjenestene familien har en gyldig avtale med. Nye avtaler fører du under «Samtykke og avtaler»."),
    ))  # fmt: skip
    member = when(_("(når en i familien gjør det)"), Somebody(
        label=_("Hvem i familien?"), queryset=Member.objects.none(), required=False, empty_label=_("Ingen"),
    ))  # fmt: skip
    who = PlainTextField(
        label=_("Navn"), max_length=120, required=False, help_text=_("Den frivillige, eller den dere snakker med.")
    )
    kind = radios(
        _("Hva slags tiltak er det?"), [("", _("Ikke vurdert ennå")), *MeasureKind.choices], required=False,
        help_text=_("Begge slag trengs. Spør hva som skal til for at dere ikke trenger det kompenserende lenger."),
    )  # fmt: skip
    falls_between = forms.BooleanField(
        label=_("Dette faller mellom tjenestene: ingen har det som sin oppgave"), required=False
    )
    due_from = NorwegianDateField(
        label=_("Tidligst"), required=False, help_text=_("Når det gir mening å begynne. La stå tomt for når som helst.")
    )
    due_on = NorwegianDateField(label=_("Innen"), required=False)
    state = radios(_("Hvor langt er det kommet?"), MeasureState.choices, initial=MeasureState.PLANNED)
    asked_on = NorwegianDateField(
        label=_("Når ble de spurt?"), required=False, help_text=_("Er det tomt når du velger «Spurt», blir det i dag.")
    )
    answered_on = NorwegianDateField(label=_("Når svarte de?"), required=False, help_text=_("Ja eller nei."))
    follow_up = PlainTextField(label=_("Slik går det"), max_length=1000, required=False, long=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limit_services()


class GoalMeasureForm(MeasureForm):
    """A measure whose goal is not given by where one stands."""

    goal = forms.ModelChoiceField(
        label=_("Hvilket mål hører det til?"), queryset=Goal.objects.none(), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, goals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].queryset = goals
        self.has_goals = bool(goals)
        if len(goals) == 1:
            self.initial["goal"] = goals[0].pk
        self.order_fields(["goal"])


class MeasureEditForm(TwoEditorsForm, MeasureForm):
    key = None

    def __init__(self, *args: Any, row: Measure, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.limit_services(row.service)

    def meet(self, newer: Measure) -> None:
        self.limit_services(newer.service)
        super().meet(newer)

    def facts(self, row: Measure) -> dict[str, Any]:
        return {
            "service": row.service_id,
            "member": row.member_id,
            **{name: getattr(row, name) for name in CHANGEABLE - {"service", "member"}},
            **mark_facts(self, row),
        }


class MeasureFinishForm(VersionForm, FamilyForm):
    submit_text = _("Lagre")
    state = radios(
        _("Hvordan gikk det?"), [c for c in MeasureState.choices if c[0] in FINISHED], initial=MeasureState.DONE
    )
    finished_on = day(_("Når?"))
    follow_up = PlainTextField(label=_("Slik gikk det"), max_length=1000, required=False, long=True)


class AgreeForm(FamilyForm, OnceForm):
    submit_text = _("Planen er avtalt")
    members = Together(
        label=_("Hvem i familien var med?"), queryset=Member.objects.none(),
        help_text=_("Kryss av for minst én, eller skriv navnet under «Andre som var med»."),
    )  # fmt: skip
    others = PlainTextField(
        label=_("Andre som var med"), max_length=300, required=False, help_text=_("Navn med komma mellom.")
    )
    agreed_on = day(_("Når ble dere enige?"))
    with_interpreter = forms.BooleanField(label=_("Tolk var med"), required=False)
    language = PlainTextField(
        label=_("Språk"),
        max_length=40,
        required=False,
        help_text=_("Språket dere snakket, eller tolken oversatte til."),
    )

    def present(self) -> list[str]:
        """The names of everybody who was there."""
        others = self.cleaned_data["others"].replace(";", ",").split(",")
        return [member.full_name for member in self.cleaned_data["members"]] + others


class BatchForm(OnceForm):
    """Makes every paper of the plan. The choices are the same for all of them."""

    large = forms.BooleanField(label=_("Stor skrift"), required=False)
    beside = forms.ChoiceField(label=_("Overskrifter også på"), required=False)

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="alle-%s", **kwargs)
        self.fields["beside"].choices = [("", _("Bare norsk")), *choices()]  # type: ignore[attr-defined]
        if "beside" not in self.initial:
            self.initial["beside"] = language_of(family)


class PdfForm(OnceForm):
    """Makes the plan into a file. `straight`: now, in the request, because waiting took too long."""

    straight = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reader = forms.ChoiceField(label=_("Hvem er den til?"), required=False, widget=forms.Select({"class": "ds-input"}))
    large = forms.BooleanField(
        label=_("Stor skrift"), required=False, widget=forms.CheckboxInput({"class": "ds-input"})
    )
    beside = forms.ChoiceField(
        label=_("Overskrifter også på"), required=False, widget=forms.Select({"class": "ds-input"})
    )

    def __init__(self, *args: Any, family: Family, lines: list[AgreementLine] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = papers(family, lines=lines)
        self.has_readers = len(readers) > 1
        # A choice field has choices; mypy knows it as any field.
        self.fields["beside"].choices = [("", _("Bare norsk")), *choices()]  # type: ignore[attr-defined]
        self.initial.setdefault("beside", language_of(family))
        self.fields["reader"].choices = [(r.key, r.name or gettext("Hele familien")) for r in readers]  # type: ignore[attr-defined]
