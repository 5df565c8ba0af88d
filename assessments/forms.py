"""What may be typed: beginning a sitting, one answer, completing it, and FIT."""

from datetime import date
from typing import Any
from uuid import uuid5

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, speak_plainly
from nyemonstre.ui.once import OnceForm

from .enums import Kind, Missing
from .forms_fit import service_field
from .instruments import CURRENT, FIT, LONGEST_NAME, LONGEST_TEXT, BadAnswer, instrument
from .rounds import Round
from .sheets import Item

# What may be said instead of an answer, by part of the sitting. At the kitchen table: two, the same size as an answer.
INSTEAD = {
    "self": [Missing.UNKNOWN, Missing.UNWILLING],
    "coordinator": [Missing.NOT_ASKED],
}
INSTEAD_ELSEWHERE = [Missing.UNKNOWN, Missing.UNWILLING, Missing.NOT_ASKED]


class RoundField(forms.ChoiceField):
    """Draws the rounds that may be begun. Whether one may be, the action says: it can tell "done" from "unknown"."""

    def valid_value(self, value: str) -> bool:
        kind, _dash, number = value.partition("-")
        return kind in Kind.values and number.isascii() and number.isdigit() and len(number) < 3 and int(number) > 0


class StartForm(NMForm, OnceForm):
    """`found` are the rounds that may be begun; `suggested` the one that comes first."""

    submit_text = gettext_lazy("Begynn kartleggingen")
    round = RoundField(label=gettext_lazy("Hvilken kartlegging"), widget=forms.RadioSelect)
    held_on = NorwegianDateField(label=gettext_lazy("Dato"), latest=timezone.localdate)
    language = forms.ChoiceField(
        label=gettext_lazy("Språk på spørsmålene"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    interpreter = PlainTextField(
        label=gettext_lazy("Tolk i"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Skriv språket hvis en tolk er med, for eksempel arabisk."),
    )
    early_ok = forms.BooleanField(label=gettext_lazy("Vi gjør den nå, selv om vinduet ikke har åpnet"), required=False)

    def __init__(self, *args: Any, found: list[Round], suggested: Round | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].choices = [(r.key, r.name) for r in found]
        spoken = instrument(CURRENT).languages
        self.fields["language"].choices = [(code, name) for code, name in settings.LANGUAGES if code in spoken]
        self.initial.setdefault("round", suggested.key if suggested else "")
        self.initial.setdefault("held_on", timezone.localdate())
        if not any(r.early(timezone.localdate()) for r in found):
            del self.fields["early_ok"]
        if len(found) == 1:
            self.fields["round"].widget = forms.HiddenInput()

    def chosen(self) -> dict[str, Any]:
        """Arguments for `actions.start`."""
        kind, _dash, number = self.cleaned_data["round"].partition("-")
        data = self.cleaned_data
        return {
            "kind": kind, "number": int(number), "on": data["held_on"], "language": data["language"],
            "interpreter": data["interpreter"], "early_ok": data.get("early_ok", False), "key": data["key"],
        }  # fmt: skip


class AnswerForm(NMForm, forms.Form):
    """One answer to one question. `value` is drawn by its scale; `missing` stands beside what is not a radio."""

    form_tag = False
    question = forms.CharField(widget=forms.HiddenInput, max_length=60)
    missing = forms.ChoiceField(required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, item: Item, language: str, own: bool = False, **kwargs: Any) -> None:
        saved = item.stands
        self.own = own  # on the person's own screen, where "not asked" makes no sense
        initial = {"question": item.question.key}
        if saved:
            initial |= {"value": saved.value if not saved.missing else saved.missing, "missing": saved.missing}
        super().__init__(*args, initial=initial, **kwargs)
        self.item, self.saved = item, saved
        self.kind = item.question.scale.kind
        if self.kind == "result":
            self._add_result(item, language)
        else:
            self.fields["value"] = self._value_field(item, language)
        for field in self.fields.values():
            speak_plainly(field)
        self.fields["missing"].choices = [(m.value, m.label) for m in self._instead()]
        if self.radio:
            del self.fields["missing"]

    @property
    def radio(self) -> bool:
        """One choice among answers and missing codes, all in one row of buttons."""
        return self.kind in ("ladder", "status", "degree", "choice")

    @property
    def codes(self) -> list[str]:
        """The values that stand instead of an answer here, drawn in a row of their own."""
        return [m.value for m in self._instead()]

    def _instead(self) -> list[Missing]:
        if self.own:
            return INSTEAD["self"]
        return INSTEAD.get(self.item.question.part, INSTEAD_ELSEWHERE)

    def _instead_choices(self) -> list[tuple[str, str]]:
        outcome = bool(self.item.question.goal)
        return [
            (m.value, _("Ikke vurdert") if outcome and m == Missing.NOT_ASKED else m.label) for m in self._instead()
        ]

    def _value_field(self, item: Item, language: str) -> forms.Field:
        scale = item.question.scale
        label = item.text(language, own=self.own)
        if scale.kind in ("choice", "choices"):
            choices = [(option.value, option.text.read(language)) for option in scale.options]
        elif scale.kind == "degree":
            choices = [(str(value), text.read(language)) for value, text in scale.words]
        elif scale.kind in ("ladder", "status"):
            words = {value: text.read(language) for value, text in scale.words}
            named = scale.kind == "status"
            choices = [(str(n), words[n] if named else str(n)) for n in range(scale.low, scale.high + 1)]
        if self.kind == "choices":
            return forms.MultipleChoiceField(
                label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        if self.radio:
            choices = [*choices, *self._instead_choices()]
            return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)
        if self.kind == "count":
            return forms.CharField(label=label, required=False, max_length=9)
        return PlainTextField(label=label, required=False, max_length=LONGEST_TEXT)

    def _add_result(self, item: Item, language: str) -> None:
        """The fields of a result entered by hand: each figure, and the day, the version and the licence holder."""
        saved = item.stands.value if item.stands and item.stands.value else {}
        for figure in item.question.scale.figures:
            ends = f"{figure.low}–{figure.high}".replace(".", ",")
            value = str(saved.get("scores", {}).get(figure.key, "")).replace(".", ",")
            self.fields[f"figure_{figure.key}"] = forms.CharField(
                label=figure.label.read(language), required=False, max_length=9, initial=value, help_text=ends,
                widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
            )  # fmt: skip
        day = date.fromisoformat(saved["on"]) if saved else None
        self.fields["on"] = NorwegianDateField(
            label=_("Når ble skjemaet fylt ut?"), latest=timezone.localdate, required=False, initial=day
        )
        self.fields["version"] = PlainTextField(
            label=_("Utgave"), required=False, max_length=LONGEST_NAME, initial=saved.get("version", ""),
            help_text=_("Språk og versjon som står på skjemaet."),
        )  # fmt: skip
        self.fields["holder"] = PlainTextField(
            label=_("Hvem har lisensen?"), required=False, max_length=LONGEST_NAME, initial=saved.get("holder", "")
        )

    @property
    def result_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("figure_") or name in ("on", "version", "holder")]

    def _result(self, data: dict[str, Any]) -> dict[str, Any] | None:
        scores = {key.removeprefix("figure_"): text for key, text in data.items() if key.startswith("figure_") and text}
        told = {key: str(data.get(key) or "") for key in ("on", "version", "holder")}
        return {"scores": scores, **told} if scores or any(told.values()) else None

    def clean(self) -> dict[str, Any]:
        """Leaves `given`: the arguments of `actions.answer`, or None when nothing was chosen."""
        data = super().clean() or self.cleaned_data
        value, missing = data.get("value"), data.get("missing", "")
        if self.kind == "result":
            value = self._result(data)
        if self.radio and value in Missing.values and value in dict(self._instead_choices()):
            value, missing = None, value
        value = value or None
        if value and missing:
            value, missing = self._newest(value, missing)
        self.given = {"value": value, "missing": missing} if value or missing else None
        return data

    def _newest(self, value: Any, missing: str) -> tuple[Any, str]:
        """A radio button cannot be let go of, so whichever of the two is not as it was saved is what is meant."""
        saved_value = self.saved.value if self.saved else None
        if self.saved and self.saved.missing == missing:
            return value, ""
        if saved_value is not None and (value in (str(saved_value), saved_value) or self._as_saved(value)):
            return None, missing
        raise forms.ValidationError(_("Gi ett svar, ikke to. Ta bort det ene."))

    def _as_saved(self, value: Any) -> bool:
        """A result that was not touched."""
        try:
            return self.item.question.scale.clean(value) == self.saved.value  # type: ignore[union-attr]
        except BadAnswer:
            return False


class SkipForm(NMForm, forms.Form):
    """Why the rest of a part is left out."""

    form_tag = False
    missing = forms.ChoiceField(label=gettext_lazy("Hvorfor?"), widget=forms.RadioSelect, choices=Missing.choices)


class CorrectionForm(AnswerForm):
    """An answer of a sitting that is over, as it should have been, with the reason."""

    reason = PlainTextField(label=gettext_lazy("Hvorfor rettes svaret?"), max_length=300)


class CodeForm(NMForm, forms.Form):
    """Four digits that the coordinator chooses, and types to get the tablet back."""

    submit_text = gettext_lazy("Gi fra deg nettbrettet")
    code = forms.RegexField(
        r"[0-9]{4}", label=gettext_lazy("Kode på fire sifre"), max_length=4, strip=True,
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Skriv fire sifre.")},
    )  # fmt: skip


class ReturnForm(CodeForm):
    """The same code, when the tablet comes back."""

    submit_text = gettext_lazy("Tilbake til oversikten")


class CompleteForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Fullfør kartleggingen")
    rest_not_asked = forms.BooleanField(label=gettext_lazy("Det som ikke har svar, ble ikke spurt om"), required=False)

    def __init__(self, *args: Any, waiting: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not waiting:
            del self.fields["rest_not_asked"]


class AbandonForm(NMForm, forms.Form):
    reason = PlainTextField(label=gettext_lazy("Hvorfor?"), max_length=300)


class FitForm(NMForm, OnceForm):
    """The same question to everybody who was there. A person left blank was not asked."""

    submit_text = gettext_lazy("Lagre svarene")
    form_tag = False
    asked_on = NorwegianDateField(label=gettext_lazy("Dato"), latest=timezone.localdate)
    after = PlainTextField(
        label=gettext_lazy("Etter hvilket møte"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For eksempel ansvarsgruppemøte eller hjemmebesøk."),
    )

    service = service_field()

    def __init__(self, *args: Any, members: list[Any], services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.fields["service"].queryset = services
        self.initial.setdefault("asked_on", timezone.localdate())
        scale = instrument(FIT)["fit"].scale
        grades = [(str(n), str(n)) for n in range(scale.low, scale.high + 1)]
        choices = [
            *grades,
            (Missing.UNKNOWN.value, Missing.UNKNOWN.label),
            (Missing.UNWILLING.value, Missing.UNWILLING.label),
        ]
        for member in members:
            self.fields[f"value_{member.pk}"] = forms.ChoiceField(
                label=member.first_name, choices=choices, required=False, widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Velg ett av svarene i listen.")},
            )  # fmt: skip
            self.fields[f"comment_{member.pk}"] = PlainTextField(
                label=_("Med egne ord"), long=True, required=False, max_length=1000
            )

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """Member, grade, own words; for drawing."""
        return [(m, self[f"value_{m.pk}"], self[f"comment_{m.pk}"]) for m in self.members]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for member in self.members:
            if data.get(f"comment_{member.pk}") and not data.get(f"value_{member.pk}"):
                self.add_error(f"value_{member.pk}", _("Velg et svar til ordene, eller «Vil ikke svare»."))
        if not self.errors and not any(data.get(f"value_{m.pk}") for m in self.members):
            raise forms.ValidationError(_("Ingen har svart. Velg et svar for minst én person."))
        return data

    def answers(self) -> list[dict[str, Any]]:
        """Arguments for `actions.record_fit`, one per person who was asked, each with a key made from the form's."""
        found = []
        for member in self.members:
            grade = self.cleaned_data[f"value_{member.pk}"]
            if not grade:
                continue
            missing = grade if grade in Missing.values else ""
            found.append(
                {
                    "member": member, "value": None if missing else grade, "missing": missing,
                    "on": self.cleaned_data["asked_on"], "after": self.cleaned_data["after"],
                    "service": self.cleaned_data["service"], "comment": self.cleaned_data[f"comment_{member.pk}"],
                    "key": uuid5(self.cleaned_data["key"], str(member.pk)),
                }
            )  # fmt: skip
        return found
