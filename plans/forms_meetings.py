"""Forms of meetings: the appointment, why it does not hold any more, the minutes, and what was decided."""

from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.enums import Topic
from consent.models import AgreementLine
from consent.rules import answers_by_service
from families.models import Family, Household, Member
from nyemonstre.accounts.models import User
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, clock
from nyemonstre.ui.newer import TwoEditorsForm
from nyemonstre.ui.once import OnceForm

from .actions.meetings import Terms
from .asked import lasts_until
from .enums import MeetingKind
from .forms import FamilyForm, MarkedForm, People, Somebody, VersionForm, mark_facts, radios
from .models import Goal, Meeting
from .papers import live_lines

CASE = 200  # characters of one case on the agenda


def a_year_ago() -> date:
    return timezone.localdate() - timedelta(days=365)


def in_a_year() -> date:
    return timezone.localdate() + timedelta(days=365)


class Lines(forms.ModelMultipleChoiceField):
    """Agreement lines, each by its service and contact."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, line: AgreementLine) -> str:
        return named(line)


def named(line: AgreementLine) -> str:
    return f"{line.service.name}, {line.contact.name}" if line.contact else line.service.name


class AgendaField(PlainTextField):
    """Cases in order, one on each line, as text (`cases` makes the list)."""

    default_error_messages = {"case_too_long": _("Sak %(number)s er for lang. Det er plass til 200 tegn i hver.")}

    def validate(self, value: str) -> None:
        super().validate(value)
        for number, case in enumerate(cases(value), 1):
            if len(case) > CASE:
                raise forms.ValidationError(
                    self.error_messages["case_too_long"], code="case_too_long", params={"number": number}
                )


def cases(text: str) -> list[str]:
    """Without empty lines, and without the dashes people put before them."""
    lines = (line.strip().lstrip("-–•*").strip() for line in text.split("\n"))
    return [line for line in lines if line]


class MeetingForm(MarkedForm, OnceForm):
    """Kind, time, place, who is asked, and the agenda. `live` are the lines of today, which alone can be picked."""

    submit_text = _("Lagre møtet")

    kind = radios(_("Hva slags møte?"), MeetingKind.choices)
    day = NorwegianDateField(label=_("Dag"), earliest=a_year_ago, latest=in_a_year)
    at = clock(_("Fra klokka"), help_text=_("For eksempel 10:30."))
    until = clock(_("Til klokka"))
    home = forms.ModelChoiceField(
        label=_("Hjemme hos familien?"), queryset=Household.objects.none(), required=False,
        empty_label=_("Nei, et annet sted"),
    )  # fmt: skip
    place = PlainTextField(label=_("Sted, når det ikke er hjemme"), max_length=160, required=False)
    members = People(label=_("Hvem i familien er bedt?"), queryset=Member.objects.none(), required=False)
    lines = Lines(
        label=_("Hvilke tjenester er bedt?"), queryset=AgreementLine.objects.none(), required=False,
        help_text=_(
            "Bare de familien har en gyldig avtale med. De får e-post om tid og sted ett minutt etter at du lagrer, "
            "aldri om hvem det gjelder."
        ),
    )  # fmt: skip
    coordinator = forms.ModelChoiceField(
        label=_("Koordinator som kommer"), queryset=User.objects.none(), required=False, empty_label=_("Jeg kommer")
    )
    instead_of = forms.ModelChoiceField(queryset=Meeting.objects.none(), required=False, widget=forms.HiddenInput)
    agenda = AgendaField(
        label=_("Saker"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Én sak på hver linje, i den rekkefølgen dere tar dem."),
    )  # fmt: skip

    def __init__(self, *args: Any, family: Family, by: User, **kwargs: Any) -> None:
        super().__init__(*args, family=family, **kwargs)
        self.by = by
        self.fields["members"].queryset = Member.objects.filter(family=family, moved_out_on=None)
        self.fields["home"].queryset = Household.objects.filter(family=family)
        if "instead_of" in self.fields:
            self.fields["instead_of"].queryset = Meeting.objects.filter(family=family)
        following = family.assignments.live().exclude(user=by).values("user_id")
        self.fields["coordinator"].queryset = User.objects.filter(pk__in=following).order_by("name")
        self.live = live_lines(family)
        self._limit_lines()
        self.helper.layout = self._laid_out()

    def _limit_lines(self) -> None:
        """Any line is understood, so that the rule can say why not; those that hold can be picked."""
        field = self.fields["lines"]
        field.queryset = AgreementLine.objects.filter(family=self.family).select_related("service", "contact")
        may = answers_by_service(self.family)
        field.widget.choices = [(line.pk, f"{named(line)}. {may.get(line.service_id, '')}") for line in self.live]
        if not self.live and "lines" not in self.data:
            del self.fields["lines"]  # one that was sent with a line that has ended since is told so

    def _laid_out(self) -> Layout:
        """The clock beside the day."""
        rest = [name for name in self.fields if name not in ("kind", "day", "at", "until")]
        return Layout("kind", Div("day", "at", "until", css_class="nm-when"), *rest)

    def clean(self) -> dict[str, Any]:
        """Also that there is one place, and that it ends after it begins."""
        data = super().clean() or self.cleaned_data
        if "place" in data and "home" in data and not data["place"] and not data["home"]:
            self.add_error("place", gettext("Skriv stedet, eller velg et hjem."))
        if data.get("at") and data.get("until") and data["until"] <= data["at"]:
            self.add_error("until", gettext("Møtet må slutte etter at det begynner."))
        return data

    @property
    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            kind=data["kind"], starts_at=_moment(data["day"], data["at"]), ends_at=_moment(data["day"], data["until"]),
            coordinator=data["coordinator"] or self.by, members=list(data["members"]),
            lines=list(data.get("lines", [])), agenda=cases(data["agenda"]), home=data["home"], place=data["place"],
            mark=data.get("mark"),
        )  # fmt: skip


def _moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def begun(family: Family, kind: str = "") -> dict[str, Any]:
    """What a new meeting begins with: the next whole day at ten, with all who live in the family."""
    homes = list(Household.objects.filter(family=family).order_by("name", "pk"))
    at_home = kind == MeetingKind.HOME_VISIT and len(homes) == 1
    return {
        "kind": kind if kind in MeetingKind.values else "", "at": time(10), "until": time(11),
        "members": list(Member.objects.filter(family=family, moved_out_on=None).values_list("pk", flat=True)),
        "home": homes[0].pk if at_home else None,
    }  # fmt: skip


def anew(meeting: Meeting) -> dict[str, Any]:
    """A new time for one that came to nothing: all as it was, but for the day."""
    facts = MeetingEditForm.of(meeting)
    return {name: value for name, value in facts.items() if name not in ("day", "reason")} | {"instead_of": meeting.pk}


class MeetingEditForm(TwoEditorsForm, MeetingForm):
    key = instead_of = None
    submit_text = _("Lagre endringen")
    reason = PlainTextField(
        label=_("Hvorfor flyttes møtet?"), max_length=300, required=False, help_text=_("Når du endrer tiden.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = self._laid_out()

    def meet(self, newer: Meeting) -> None:
        super().meet(newer)
        self.helper.layout = self._laid_out()

    def facts(self, row: Meeting) -> dict[str, Any]:
        return {name: value for name, value in self.of(row).items() if name in self.fields} | mark_facts(self, row)

    @staticmethod
    def of(row: Meeting) -> dict[str, Any]:
        """The meeting as the form shows it."""
        begins, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
        guests = list(row.guests.order_by("pk").values_list("member", "line"))
        live = {line.pk for line in live_lines(row.family) if lasts_until(line, begins.date())}
        return {
            "kind": row.kind, "day": begins.date(), "at": begins.time(), "until": ends.time(), "home": row.home_id,
            "place": row.place, "coordinator": row.coordinator_id, "reason": "",
            "members": [member for member, _line in guests if member],
            "lines": [line for _member, line in guests if line in live],
            "agenda": "\n".join(row.items.order_by("number").values_list("title", flat=True)),
        }  # fmt: skip


class CancelMeetingForm(VersionForm, FamilyForm):
    submit_text = _("Avlys møtet")
    reason = PlainTextField(
        label=_("Hvorfor avlyses møtet?"), max_length=300,
        help_text=_("Står bare her. Tjenestene som er bedt, får e-post om at møtet er avlyst, uten grunnen."),
    )  # fmt: skip
    told_by = PlainTextField(label=_("Hvem ga beskjed?"), max_length=120, required=False)


class MissedMeetingForm(VersionForm, FamilyForm):
    submit_text = _("Lagre")
    told_by = PlainTextField(
        label=_("Hvem ga beskjed?"), max_length=120, required=False, help_text=_("Tomt når ingen ga beskjed.")
    )
    reason = PlainTextField(
        label=_("Hva kom i veien?"), max_length=300, required=False, help_text=_("Ingen trenger å gi en grunn.")
    )


class FinishForm(VersionForm):
    """Sent by the button under the minutes."""


class SendMinutesForm(FamilyForm):
    """Which of the services that may read it. Any line is understood, so that the rule can say why not."""

    submit_text = _("Send om ett minutt")
    lines = Lines(
        label=_("Hvem skal ha referatet?"), queryset=AgreementLine.objects.none(),
        help_text=_("Hver får bare det avtalen deres dekker. E-posten sier ikke hvem det gjelder."),
    )  # fmt: skip

    def __init__(self, *args: Any, family: Family, may: list[AgreementLine], **kwargs: Any) -> None:
        super().__init__(*args, family=family, **kwargs)
        field = self.fields["lines"]
        field.queryset = AgreementLine.objects.filter(family=family).select_related("service", "contact")
        field.widget.choices = [(line.pk, named(line)) for line in may]


class OpenMinutesForm(NMForm, forms.Form):
    submit_text = _("Åpne referatet")
    code = forms.CharField(
        label=_("Koden du fikk av koordinatoren"), max_length=20, help_text=_("Åtte sifre."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "size": 10}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_error_title = _("Referatet ble ikke åpnet")


class AddendumForm(FamilyForm, OnceForm):
    """What was wrong, or forgotten; and as a case, which services may read it."""

    submit_text = _("Lagre tillegget")
    text = PlainTextField(
        label=_("Hva var feil, eller glemt?"), max_length=2000, long=True,
        help_text=_("Referatet står som det var. Tillegget står under, med navn og dato."),
    )  # fmt: skip
    topic = forms.ChoiceField(
        label=_("Tema"), choices=[("", _("Bare for familien")), *Topic.choices], required=False,
        help_text=_("Tjenester som har fått referatet, får beskjed når avtalen deres dekker temaet og personen."),
    )  # fmt: skip
    about = Somebody(
        label=_("Hvem gjelder det?"), queryset=Member.objects.none(), required=False, empty_label=_("Hele familien")
    )


class PlanDecisionForm(FamilyForm):
    submit_text = _("Legg det i planen")
    goal = forms.ModelChoiceField(
        label=_("Hvilket mål hører det til?"), queryset=Goal.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, goals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].queryset = goals
        if len(goals) == 1:
            self.initial["goal"] = goals[0].pk
