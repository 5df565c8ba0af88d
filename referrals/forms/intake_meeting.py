"""Forms of the intake meeting: plan it, say who is there, decide a case, sign off, add to the minutes."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.enums import Sector
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm
from referrals.actions import Attendance
from referrals.forms.intake import DecisionForm
from referrals.models import NOTE_LENGTH, SITUATION_LENGTH, AgendaItem, IntakeMeeting, Presence, Recusal

# Guests a form has room for at a time.
GUESTS = 2


def team(municipality: Municipality) -> list[Membership]:
    """Those who may decide there, each once, by name; a role in the intake team, which has a sector, before others."""
    rows = Membership.objects.granting(Permission.DECIDE_REFERRAL).filter(municipality=municipality)
    rows = rows.filter(user__is_active=True).select_related("user").order_by(NorwegianOrder("user__name"), "-sector")
    once: dict[Any, Membership] = {}
    for row in rows:
        once.setdefault(row.user_id, row)
    return list(once.values())


class PlanForm(NMForm, OnceForm, forms.Form):
    submit_text = _("Lag sakslisten")

    held_on = NorwegianDateField(label=_("Dato"), earliest=timezone.localdate)
    place = PlainTextField(label=_("Sted"), max_length=160, required=False)
    leader = forms.ModelChoiceField(label=_("Hvem leder møtet?"), queryset=User.objects.none())
    with_waiting_list = forms.BooleanField(
        label=_("Ta med ventelisten"), required=False,
        help_text=_("De som venter, kommer etter de nye, i den rekkefølgen de står."),
    )  # fmt: skip

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [row.user_id for row in team(municipality)]
        self.fields["leader"].queryset = User.objects.filter(pk__in=people).order_by(NorwegianOrder("name"), "pk")


class MoveMeetingForm(NMForm, forms.Form):
    """Another day, place or leader of a meeting that has not begun."""

    submit_text = _("Lagre")

    version = forms.IntegerField(widget=forms.HiddenInput)
    held_on = NorwegianDateField(label=_("Dato"), earliest=timezone.localdate)
    place = PlainTextField(label=_("Sted"), max_length=160, required=False)
    leader = forms.ModelChoiceField(label=_("Hvem leder møtet?"), queryset=User.objects.none())
    why = PlainTextField(
        label=_("Hvorfor flyttes møtet?"), max_length=300, required=False, help_text=_("Når du endrer datoen.")
    )

    def __init__(self, *args: Any, meeting: IntakeMeeting, **kwargs: Any) -> None:
        names = ("version", "held_on", "place", "leader")
        super().__init__(*args, initial={name: getattr(meeting, name) for name in names}, **kwargs)
        people = [row.user_id for row in team(meeting.municipality)]
        self.fields["leader"].queryset = User.objects.filter(pk__in=people).order_by(NorwegianOrder("name"), "pk")


class CancelMeetingForm(NMForm, forms.Form):
    submit_text = _("Avlys møtet")

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = PlainTextField(label=_("Hvorfor avlyses møtet?"), max_length=300)


class PresenceForm(forms.Form):
    """Everybody in the team with their sector, ticked when they are in the room; and a few guests by name."""

    def __init__(self, *args: Any, meeting: IntakeMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = team(meeting.municipality)
        there = list(Presence.objects.filter(meeting=meeting))
        here = {row.user_id for row in there if row.here and row.user_id}
        own = [(name, name) for name in meeting.municipality.intake_own_sectors]
        self.sectors = [("", _("Uten sektor (leder, referent)")), *Sector.choices, *own]
        before = {row.user_id: row.sector for row in there if row.user_id}
        for row in self.people:
            self.fields[f"here_{row.user_id}"] = forms.BooleanField(
                label=row.user.name, required=False, initial=row.user_id in here if there else False
            )
            self.fields[f"sector_{row.user_id}"] = forms.ChoiceField(
                label=_("Sektor for %(name)s") % {"name": row.user.name}, choices=self.sectors, required=False,
                initial=before.get(row.user_id, row.sector),
            )  # fmt: skip
        guests = [row for row in there if row.here and not row.user_id]
        for number in range(len(guests) + GUESTS):
            guest = guests[number] if number < len(guests) else None
            self.fields[f"guest_{number}"] = PlainTextField(
                label=_("Gjest %(number)d") % {"number": number + 1}, max_length=120, required=False,
                initial=guest.name if guest else "",
            )  # fmt: skip
            self.fields[f"guest_sector_{number}"] = forms.ChoiceField(
                label=_("Sektor for gjest %(number)d") % {"number": number + 1}, choices=self.sectors, required=False,
                initial=guest.sector if guest else "",
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"here_{row.user_id}"], self[f"sector_{row.user_id}"]) for row in self.people]

    @property
    def guests(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        names = [name for name in self.fields if name.startswith("guest_") and "sector" not in name]
        return [(self[name], self[name.replace("guest_", "guest_sector_")]) for name in names]

    def attendance(self) -> list[Attendance]:
        """Those who are in the room, from a valid form."""
        data = self.cleaned_data
        people = [
            Attendance(row.user.name, data[f"sector_{row.user_id}"], row.user)
            for row in self.people
            if data[f"here_{row.user_id}"]
        ]
        for name, sector in self.guests:
            if data[name.name]:
                people.append(Attendance(data[name.name], data[sector.name]))
        return people


class CaseForm(DecisionForm):
    """A decision in a meeting: who decides is known from who is in the room."""

    item_version = forms.IntegerField(widget=forms.HiddenInput)
    note = PlainTextField(label=_("Notat fra samtalen"), long=True, max_length=NOTE_LENGTH, required=False)
    dissent = PlainTextField(
        label=_("Hvem var uenig, og hvorfor?"), long=True, max_length=NOTE_LENGTH, required=False,
        help_text=_("Bare når dere ikke er enige. Dere trenger ikke fylle det ut."),
    )  # fmt: skip

    def __init__(self, *args: Any, item: AgendaItem, **kwargs: Any) -> None:
        kwargs["initial"] = {"item_version": item.version, "note": item.note, **(kwargs.get("initial") or {})}
        super().__init__(*args, referral=item.referral, **kwargs)
        for name in ("sectors", "present", "decided_on"):
            del self.fields[name]
        self.fields["note"].widget.attrs["rows"] = 3
        self.fields["dissent"].widget.attrs["rows"] = 2


class RecusalForm(forms.Form):
    """Who leaves the room for this case, and why. `owner` is as in AssessForm."""

    def __init__(
        self, *args: Any, item: AgendaItem, people: list[Presence], out: list[Recusal], owner: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.owner = people, owner
        before = {row.presence_id: row.reason for row in out}
        for person in people:
            self.fields[f"out_{person.pk}"] = forms.BooleanField(
                label=person.name, required=False, initial=person.pk in before
            )
            self.fields[f"why_{person.pk}"] = PlainTextField(
                label=_("Hvorfor er %(name)s inhabil?") % {"name": person.name}, max_length=300, required=False,
                initial=before.get(person.pk, ""),
            )  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"person": person, "out": self[f"out_{person.pk}"], "why": self[f"why_{person.pk}"]}
            for person in self.people
        ]

    def chosen(self) -> dict[Any, str]:
        """{presence id: why}, from a valid form."""
        data = self.cleaned_data
        return {person.pk: data[f"why_{person.pk}"] for person in self.people if data[f"out_{person.pk}"]}


class SignForm(NMForm, forms.Form):
    submit_text = _("Signer og avslutt møtet")

    version = forms.IntegerField(widget=forms.HiddenInput)
    next_on = NorwegianDateField(label=_("Dag for neste møte"), earliest=timezone.localdate, required=False)


class AddendumForm(NMForm, forms.Form):
    submit_text = _("Legg til i protokollen")

    item = forms.ModelChoiceField(
        label=_("Hvilken sak?"), queryset=AgendaItem.objects.none(), empty_label=_("Velg en sak")
    )
    text = PlainTextField(label=_("Hva skal legges til?"), long=True, max_length=SITUATION_LENGTH)
    reason = PlainTextField(label=_("Hvorfor legges det til nå?"), max_length=300)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = lambda item: str(item.referral)
