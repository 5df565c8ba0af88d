"""The coordinator's forms: the appointment, and what came of it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, Member
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm
from referrals.enums import MeetingOutcome, Told
from referrals.models import SITUATION_LENGTH, InformationMeeting


def a_year_ago() -> date:
    return timezone.localdate() - timedelta(days=365)


def in_a_year() -> date:
    return timezone.localdate() + timedelta(days=365)


class BookForm(NMForm, OnceForm):
    """When, where and who comes. Only the family's own members can be chosen."""

    submit_text = _("Lagre avtalen")

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    day = NorwegianDateField(label=_("Dag"), earliest=a_year_ago, latest=in_a_year)
    at = forms.TimeField(
        label=_("Klokkeslett"), input_formats=["%H:%M", "%H.%M", "%H%M"],
        widget=forms.TimeInput({"inputmode": "numeric", "autocomplete": "off", "size": 6}, format="%H:%M"),
        help_text=_("For eksempel 10:30."), error_messages={"invalid": _("Skriv klokkeslettet slik: 10:30")},
    )  # fmt: skip
    place = PlainTextField(label=_("Sted"), max_length=160)
    members = forms.ModelMultipleChoiceField(
        label=_("Hvem i familien kommer?"), queryset=Member.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    referrer_comes = forms.BooleanField(label=_("Den som henvendte seg, kommer"), required=False)
    interpreter_ordered = forms.BooleanField(label=_("Tolk er bestilt"), required=False)

    def __init__(self, *args: Any, family: Family, meeting: InformationMeeting | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**_of(meeting), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = Member.objects.filter(family=family, moved_out_on=None)
        if meeting is None and "members" not in self.initial:
            self.initial["members"] = [m.pk for m in self.fields["members"].queryset]

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the actions, but for key and version."""
        data = self.cleaned_data
        starts_at = timezone.make_aware(datetime.combine(data["day"], data["at"]))
        names = ("place", "members", "referrer_comes", "interpreter_ordered")
        return {"starts_at": starts_at, **{name: data[name] for name in names}}


def _of(meeting: InformationMeeting | None) -> dict[str, Any]:
    if meeting is None:
        return {"at": time(10), "referrer_comes": True}
    local = timezone.localtime(meeting.starts_at)
    return {
        "version": meeting.version, "day": local.date(), "at": local.time(), "place": meeting.place,
        "members": [row.member_id for row in meeting.invited.all()], "referrer_comes": meeting.referrer_comes,
        "interpreter_ordered": meeting.interpreter_ordered,
    }  # fmt: skip


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
        label=_("Hva svarte familien?"), choices=MeetingOutcome.choices, widget=forms.RadioSelect,
        help_text=_("Et ja her er ja til å være med. Samtykkene føres for hver person i neste steg. Et nei avslutter "
                    "oppfølgingen, og plassen blir ledig."),
    )  # fmt: skip
    reason = PlainTextField(
        label=_("Hva sa familien, hvis de takket nei?"), long=True, max_length=200, required=False,
        help_text=_("Ingen trenger å gi en grunn."),
    )  # fmt: skip
