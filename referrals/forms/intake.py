"""The intake team's forms: decide, assess, add, move."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.enums import Protection
from families.places import Places, coordinators
from nyemonstre.access.roles import Role
from nyemonstre.accounts.enums import Sector
from nyemonstre.accounts.models import Membership, User
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, speak_plainly
from referrals.enums import AddressAnswer, Criterion, CriterionValue, Outcome
from referrals.models import SITUATION_LENGTH, Referral


class DecisionForm(NMForm, forms.Form):
    """The right-hand column of the meeting. `places` are the coordinators with what they have room for."""

    form_tag = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("Hva har møtet bestemt?"), choices=Outcome.choices, widget=forms.RadioSelect)
    coordinator = forms.ModelChoiceField(
        label=_("Hos hvem?"), queryset=User.objects.none(), required=False, widget=forms.RadioSelect
    )
    override_reason = PlainTextField(label=_("Hvorfor flere enn plassene?"), max_length=300, required=False)
    reason = PlainTextField(label=_("Begrunnelse"), long=True, max_length=SITUATION_LENGTH)
    decided_on = NorwegianDateField(label=_("Dato"), latest=timezone.localdate)
    sectors = forms.MultipleChoiceField(
        label=_("Hvem bestemmer"), choices=Sector.choices, widget=forms.CheckboxSelectMultiple
    )
    present = PlainTextField(label=_("Navn på dem som var til stede"), max_length=300)
    unanimous = forms.BooleanField(label=_("Enstemmig"), required=False)

    def __init__(self, *args: Any, referral: Referral, places: list[Places], may_override: bool, **kwargs: Any) -> None:
        team = _team(referral)
        kwargs["initial"] = {
            "version": referral.version,
            "decided_on": timezone.localdate(),
            "unanimous": True,
            "present": ", ".join(name for names in team.values() for name in names)[:300],
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["coordinator"].queryset = coordinators(referral.municipality)
        self.places, self.may_override, self.team = places, may_override, team
        if not may_override:
            del self.fields["override_reason"]
        if referral.protection == AddressAnswer.UNKNOWN:
            self.fields["protection"] = forms.ChoiceField(
                label=_("Adressesperre"), choices=[("", _("Ikke funnet ut ennå")), *Protection.choices],
                # Only a place needs the answer.
                required=not self.is_bound or self.data.get("outcome") == Outcome.GRANTED,
                help_text=_("Den som henvendte seg, visste det ikke."),
                error_messages={"required": _("Finn ut om familien har adressesperre før den får plass.")},
            )  # fmt: skip
            speak_plainly(self.fields["protection"])

    @property
    def options(self) -> list[dict[str, Any]]:
        """The four outcomes with their key on the keyboard."""
        return _drawn(self["outcome"], Outcome.choices)

    @property
    def place_rows(self) -> list[dict[str, Any]]:
        """Each coordinator: free places as ten stitches. A full one can only be chosen by whoever may override."""
        chosen = str(self["coordinator"].value() or "")
        return [
            {
                "id": f"id_coordinator_{number}", "value": row.user.pk, "name": row.user.name, "free": row.free,
                "full": row.full, "disabled": row.full and not self.may_override,
                "checked": chosen == str(row.user.pk), "taken": row.taken, "limit": row.limit,
                "stitches": [{"state": "done" if n < row.taken else "ahead", "label": ""} for n in range(row.limit)],
            }
            for number, row in enumerate(self.places)
        ]  # fmt: skip

    @property
    def sector_rows(self) -> list[dict[str, Any]]:
        """The three sectors with the names of those who sit in the team for them."""
        rows = _drawn(self["sectors"], Sector.choices)
        return [row | {"names": ", ".join(self.team.get(row["value"], []))} for row in rows]

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the action, from a valid form."""
        data = dict(self.cleaned_data)
        data["protection"] = data.get("protection") or None
        if data["outcome"] != Outcome.GRANTED:
            data |= {"coordinator": None, "override_reason": ""}
        return data


def _drawn(field: forms.BoundField, choices: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    value = field.value()
    chosen = {str(v) for v in value} if isinstance(value, list | tuple) else {str(value)}
    return [
        {"id": f"id_{field.name}_{n}", "value": key, "text": text, "key": n + 1, "checked": str(key) in chosen}
        for n, (key, text) in enumerate(choices)
    ]


def _team(referral: Referral) -> dict[str, list[str]]:
    """Names of the intake team's members by sector."""
    rows = Membership.objects.live().filter(municipality=referral.municipality_id, role=Role.INTAKE)
    team: dict[str, list[str]] = {sector: [] for sector in Sector.values}
    for row in rows.filter(user__is_active=True).select_related("user").order_by(NorwegianOrder("user__name"), "pk"):
        team.setdefault(row.sector, []).append(row.user.name)
    return team


class AssessForm(NMForm, forms.Form):
    """The target group as the team sees it, filled in with the answers so far.

    `owner`: the id of the decision's form beside it. The two are one to the browser, so that saving one of them brings
    back what is typed in the other.
    """

    form_tag = False

    def __init__(self, *args: Any, referral: Referral, owner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answers, self.owner = referral.criteria, owner
        for criterion in Criterion:
            answer = self.answers.get(criterion)
            self.fields[f"criterion_{criterion}"] = forms.ChoiceField(
                label=criterion.label, choices=CriterionValue.choices, widget=forms.RadioSelect,
                initial=answer.value if answer else CriterionValue.UNKNOWN,
            )  # fmt: skip
            self.fields[f"note_{criterion}"] = PlainTextField(
                label=_("Merknad om: %(what)s") % {"what": criterion.label}, max_length=500, required=False,
                initial=answer.note if answer else "",
            )  # fmt: skip
        for field in self.fields.values():
            speak_plainly(field)
            if owner:
                field.widget.attrs["form"] = owner

    @property
    def criteria(self) -> list[dict[str, Any]]:
        return [
            {"value": self[f"criterion_{c}"], "note": self[f"note_{c}"], "answer": self.answers.get(c)}
            for c in Criterion
        ]

    def chosen(self) -> dict[str, tuple[str, str]]:
        data = self.cleaned_data
        return {c.value: (data[f"criterion_{c}"], data[f"note_{c}"]) for c in Criterion}


class AdditionForm(NMForm, forms.Form):
    form_tag = False

    came_from = PlainTextField(label=_("Hvem kommer opplysningene fra?"), max_length=160)
    text = PlainTextField(label=_("Hva er nytt?"), long=True, max_length=SITUATION_LENGTH)

    def __init__(self, *args: Any, owner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        for field in self.fields.values():
            if owner:
                field.widget.attrs["form"] = owner


class MoveForm(NMForm, forms.Form):
    submit_text = _("Flytt")

    version = forms.IntegerField(widget=forms.HiddenInput)
    to = forms.IntegerField(label=_("Ny plass på listen"), min_value=1)
    reason = PlainTextField(label=_("Hvorfor flyttes familien?"), max_length=300)

    def __init__(self, *args: Any, last: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].help_text = _("Fra 1 til %(last)d.") % {"last": last}
