"""The coordinator's forms: the appointment, and what came of it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from families.models import Family, Household, Member
from nyemonstre.accounts.models import User
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, clock
from nyemonstre.ui.once import OnceForm
from referrals.enums import MeetingOutcome, Told, TurnReason
from referrals.models import SITUATION_LENGTH, InformationMeeting


def a_year_ago() -> date:
    return timezone.localdate() - timedelta(days=365)


def in_a_year() -> date:
    return timezone.localdate() + timedelta(days=365)


class BookForm(NMForm, OnceForm):
    """One time or up to three to choose among, where, and who comes. Only the family's own people and homes."""

    submit_text = _("Lagre avtalen")

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    day = NorwegianDateField(label=_("Dag"), earliest=a_year_ago, latest=in_a_year)
    at = clock(_("Klokkeslett"), help_text=_("For eksempel 10:30."))
    day_2 = NorwegianDateField(
        label=_("Annet forslag, dag"), earliest=a_year_ago, latest=in_a_year, required=False, help_text=""
    )
    at_2 = clock(_("Annet forslag, klokkeslett"), required=False)
    day_3 = NorwegianDateField(
        label=_("Tredje forslag, dag"), earliest=a_year_ago, latest=in_a_year, required=False, help_text=""
    )
    at_3 = clock(_("Tredje forslag, klokkeslett"), required=False)
    home = forms.ModelChoiceField(
        label=_("Hjemme hos familien?"), queryset=Household.objects.none(), required=False,
        empty_label=_("Nei, et annet sted"),
    )  # fmt: skip
    place = PlainTextField(label=_("Sted, når det ikke er hjemme"), max_length=160, required=False)
    members = forms.ModelMultipleChoiceField(
        label=_("Hvem i familien kommer?"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    coordinator = forms.ModelChoiceField(
        label=_("Koordinator som kommer"), queryset=User.objects.none(), required=False, empty_label=_("Jeg kommer")
    )
    referrer_comes = forms.BooleanField(label=_("Den som henvendte seg, kommer"), required=False)
    interpreter = PlainTextField(
        label=_("Tolk på hvilket språk?"), max_length=40, required=False, help_text=_("Tomt når ingen trenger tolk.")
    )
    interpreter_ordered = forms.BooleanField(label=_("Tolk er bestilt"), required=False)
    why = forms.ChoiceField(
        label=_("Hvorfor flyttes samtalen?"), choices=[("", _("Tiden er som før")), *TurnReason.choices],
        required=False, help_text=_("Når du endrer tiden. Brevet sier det i en setning, uten merknaden under."),
    )  # fmt: skip
    note = PlainTextField(
        label=_("Merknad om flyttingen"), max_length=300, required=False,
        help_text=_("For dere som følger familien. Den står ikke i noe brev."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, family: Family, by: User, meeting: InformationMeeting | None = None, by_family: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """`by_family`: the henvendelse was the family's own, or there is none."""
        kwargs["initial"] = {**_of(meeting), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["members"].queryset = Member.objects.filter(family=family, moved_out_on=None)
        self.fields["home"].queryset = Household.objects.filter(family=family)
        if meeting is None:
            del self.fields["why"], self.fields["note"]
        if by_family:
            del self.fields["referrer_comes"]  # whoever sent it is among the family's own people
        following = family.assignments.live().exclude(user=by).values("user_id")
        self.fields["coordinator"].queryset = User.objects.filter(pk__in=following).order_by("name")
        if meeting is None and "members" not in self.initial:
            people = list(self.fields["members"].queryset)
            self.initial["members"] = [member.pk for member in people]
            languages = sorted({member.language for member in people if member.needs_interpreter})
            self.initial["interpreter"] = ", ".join(languages)[:40]
        self.helper.layout = self._laid_out()

    def _laid_out(self) -> Layout:
        """The time first, day and clock beside each other; more times to choose among are folded away until wanted."""
        more = [Div(f"day_{n}", f"at_{n}", css_class="ref-time") for n in (2, 3)]
        wanted = any(
            self[f"{name}_{n}"].value() or self[f"{name}_{n}"].errors for name in ("day", "at") for n in (2, 3)
        )
        words = escape(_("La familien velge mellom flere tider"))
        opened = HTML(f"<details class='ref-more'{' open' if wanted else ''}><summary>{words}</summary>")
        rest = [name for name in self.fields if name not in ("day", "at", "day_2", "at_2", "day_3", "at_3")]
        return Layout(Div("day", "at", css_class="ref-time"), opened, *more, HTML("</details>"), *rest)

    def clean(self) -> dict[str, Any]:
        """Also that each proposal has both day and time, and that there is one place."""
        data = super().clean() or self.cleaned_data
        for number in ("_2", "_3"):
            day, at = f"day{number}", f"at{number}"
            if day in data and at in data and bool(data[day]) != bool(data[at]):
                missing = at if data[day] else day
                self.add_error(missing, _("Fyll ut både dag og klokkeslett for forslaget."))
        if "place" in data and "home" in data and not data["place"] and not data["home"]:
            self.add_error("place", _("Skriv stedet, eller velg et hjem."))
        return data

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the actions, but for key and version."""
        data = self.cleaned_data
        pairs = [(data[f"day{n}"], data[f"at{n}"]) for n in ("", "_2", "_3")]
        times = sorted({timezone.make_aware(datetime.combine(day, at)) for day, at in pairs if day})
        names = ("place", "home", "members", "referrer_comes", "interpreter", "interpreter_ordered", "why", "note")
        return {
            "starts_at": times[0] if len(times) == 1 else None,
            "proposals": times if len(times) > 1 else [],
            "coordinator": data["coordinator"] or self.by,
            "referrer_comes": False,
            **{name: data[name] for name in names if name in data},
        }


def _of(meeting: InformationMeeting | None) -> dict[str, Any]:
    if meeting is None:
        return {"at": time(10), "referrer_comes": True}
    names = ("version", "place", "home", "coordinator", "referrer_comes", "interpreter", "interpreter_ordered")
    times = {}
    for number, moment in zip(("", "_2", "_3"), meeting.times, strict=False):
        local = timezone.localtime(moment)
        times |= {f"day{number}": local.date(), f"at{number}": local.time()}
    return {
        **{name: getattr(meeting, name) for name in names}, **times,
        "members": [row.member_id for row in meeting.invited.all()],
    }  # fmt: skip


class ChooseForm(forms.Form):
    """Which of the proposed times; sent by the button of one."""

    version = forms.IntegerField()
    starts_at = forms.DateTimeField()


class CancelForm(NMForm, forms.Form):
    submit_text = _("Avlys samtalen")

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.ChoiceField(
        label=_("Hvorfor avlyses samtalen?"), choices=TurnReason.choices, widget=forms.RadioSelect,
        help_text=_("Brevet til familien sier det i en setning."),
    )  # fmt: skip
    note = PlainTextField(
        label=_("Merknad"), max_length=300, required=False,
        help_text=_("For dere som følger familien. Den står ikke i noe brev."),
    )  # fmt: skip


class RecordForm(NMForm, forms.Form):
    """What was told, what they asked, and the answer."""

    submit_text = _("Lagre samtalen")

    version = forms.IntegerField(widget=forms.HiddenInput)
    held_on = NorwegianDateField(label=_("Dag"), latest=timezone.localdate)
    told = forms.MultipleChoiceField(
        label=_("Hva har du fortalt om?"), choices=Told.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    questions = PlainTextField(
        label=_("Hva spurte familien om?"), long=True, max_length=SITUATION_LENGTH, required=False
    )
    outcome = forms.ChoiceField(
        label=_("Hva svarte familien?"), widget=forms.RadioSelect,
        choices=[choice for choice in MeetingOutcome.choices if choice[0] != MeetingOutcome.CANCELLED],
        help_text=_("Et ja her er ja til å være med. Samtykkene føres for hver person i neste steg. Et nei avslutter "
                    "oppfølgingen, og plassen blir ledig."),
    )  # fmt: skip
    remind_on = NorwegianDateField(
        label=_("Spør igjen, hvis familien vil tenke på det"), latest=in_a_year, required=False,
        help_text=_("Dagen kommer i Å gjøre. Tomt felt betyr om to uker."),
    )  # fmt: skip
    reason = PlainTextField(
        label=_("Hva sa familien, hvis de takket nei?"), long=True, max_length=200, required=False,
        help_text=_("Ingen trenger å gi en grunn."),
    )  # fmt: skip
