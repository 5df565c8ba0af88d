"""FIT on somebody's own phone: the code, and one page of questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import Service
from nyemonstre.ui.forms import NMForm, PlainTextField, speak_plainly

from .codes import normalise
from .enums import Missing
from .instruments import FIT, Question, instrument

INSTEAD = (Missing.UNKNOWN, Missing.UNWILLING)


class FitCodeForm(NMForm, forms.Form):
    submit_text = gettext_lazy("Gå videre")
    code = PlainTextField(
        label=gettext_lazy("Koden du fikk"), max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=gettext_lazy("Tolv bokstaver og tall, for eksempel ABCD-EFGH-2345."),
    )  # fmt: skip

    def clean_code(self) -> str:
        code = normalise(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("Koden er på tolv bokstaver og tall. Se etter om noe mangler."))
        return code


def service_field() -> forms.ModelChoiceField:
    """Which service the meeting was with, of those the family has agreed to work with. Its queryset is set later."""
    return forms.ModelChoiceField(
        label=gettext_lazy("Møtet var med"), queryset=Service.objects.none(), required=False,
        empty_label=gettext_lazy("ingen bestemt tjeneste"),
        help_text=gettext_lazy("Spørsmålet gjelder all hjelpen. Tjenesten sier bare hvilket møte det var."),
    )  # fmt: skip


class FitInviteForm(NMForm, forms.Form):
    """Beside the buttons that give a code: which meeting it is after."""

    form_tag = False
    service = service_field()

    def __init__(self, *args: Any, services: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_code_%s", **kwargs)
        self.fields["service"].queryset = services


def _choices(question: Question, language: str) -> list[tuple[str, str]]:
    """What may be chosen, and then what may be said instead of an answer."""
    scale = question.scale
    if scale.kind == "choice":
        found = [(option.value, option.text.read(language)) for option in scale.options]
    else:
        words = {value: text.read(language) for value, text in scale.words}
        numbers = range(scale.low, scale.high + 1)
        found = [(str(n), words.get(n, str(n)) if scale.kind in ("status", "degree") else str(n)) for n in numbers]
    return found + [(code.value, str(code.label)) for code in INSTEAD]


class FitLinkForm(NMForm, forms.Form):
    """S0's question, which must have an answer or a reason for none, and the municipality's own, which need not."""

    form_tag = False
    value = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": gettext_lazy("Velg et svar.")})
    comment = PlainTextField(label=gettext_lazy("Vil du si noe mer?"), long=True, required=False, max_length=1000)

    def __init__(
        self, *args: Any, own: list[tuple[str, Question]], age: int | None, language: str, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        question = instrument(FIT)["fit"]
        self.fields["value"].label = question.as_put_to(age).text.read(language)
        self.fields["value"].choices = _choices(question, language)
        self.own = own
        for number, (_key, asked) in enumerate(own):
            field = forms.ChoiceField(
                label=asked.as_put_to(age).text.read(language), choices=_choices(asked, language), required=False,
                widget=forms.RadioSelect,
            )  # fmt: skip
            speak_plainly(field)
            self.fields[f"own_{number}"] = field

    @property
    def own_fields(self) -> list[Any]:
        return [self[f"own_{number}"] for number in range(len(self.own))]

    def given(self) -> dict[str, Any]:
        """Arguments for `actions.answer_by_code`."""
        value, missing = self._parted(self.cleaned_data["value"])
        more = {key: self._parted(self.cleaned_data[f"own_{number}"]) for number, (key, _q) in enumerate(self.own)}
        return {"value": value, "missing": missing, "comment": self.cleaned_data["comment"], "more": more}

    @staticmethod
    def _parted(chosen: str) -> tuple[str | None, str]:
        return (None, chosen) if chosen in Missing.values else (chosen or None, "")
