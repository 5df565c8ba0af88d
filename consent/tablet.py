"""What a family signs on the tablet: both questions, what the children say, and a signature from each who answers."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.ui.forms import NMForm, PlainTextField
from nyemonstre.ui.once import OnceForm

from . import ages
from .enums import CORE, YES, Answer, How, Purpose
from .forms import HEARD, ShownForm
from .holders import needs_both, signers_for

STROKES = re.compile(r"([ML]\d{1,3} \d{1,3})*")
LATER = "later"
ANSWERS = [
    (Answer.GIVEN, gettext_lazy("Ja")),
    (Answer.REFUSED, gettext_lazy("Nei")),
    (LATER, gettext_lazy("Vi svarer senere")),
]


class TabletForm(NMForm, ShownForm, OnceForm):
    """One sitting at the tablet. `asked` are the people it is about; `known` is what holders_in says of the family."""

    one_parent_reason = PlainTextField(
        label=gettext_lazy("Hvorfor holder det at én forelder svarer?"), required=False, max_length=300
    )
    form_tag = False
    submit_text = ""

    def __init__(
        self, *args: Any, asked: Iterable[Any], adults: Iterable[Any], known: dict[Any, list[Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked, adults = list(asked), list(adults)
        self.holders = {child.pk: signers_for(child, adults, known) for child in self.children}
        self.both = {child.pk for child in self.children if needs_both(child, known)}
        self.helper.disable_csrf = True
        self.fields["language"].widget = forms.HiddenInput()
        for purpose in CORE:
            self.fields[purpose.value] = forms.ChoiceField(
                label=QUESTIONS[purpose], choices=ANSWERS, widget=forms.RadioSelect,
                error_messages={"required": _("Velg et svar.")},
            )  # fmt: skip
        for member in self.asked:
            self._ask_child(member)
        for person in self.signers:
            self.fields[f"strokes_{person.pk}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, strip=True,
                validators=[RegexValidator(f"^{STROKES.pattern}$"), MaxLengthValidator(20_000)],
            )  # fmt: skip
            self.fields[f"name_{person.pk}"] = PlainTextField(
                label=_("Eller skriv navnet, %(name)s") % {"name": person.first_name}, required=False, max_length=160,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        if not self.both:
            del self.fields["one_parent_reason"]

    @property
    def children(self) -> list[Any]:
        """Those asked about taking part for whom somebody else answers."""
        return [member for member in self.asked if not ages.answers_for_self(member, Purpose.PARTICIPATION)]

    @property
    def signers(self) -> list[Any]:
        """Everybody who answers something here: for themselves, the eldest first, and then for the children."""
        alone = [m for m in self.asked if any(ages.answers_for_self(m, purpose) for purpose in CORE)]
        holders = [person for people in self.holders.values() for person in people]
        return list({person.pk: person for person in [*alone, *holders]}.values())

    def _ask_child(self, member: Any) -> None:
        name = {"name": member.first_name}
        if ages.is_heard(member):
            # Asked for with every yes, and so told in the first round, beside all else that lacks.
            says_yes = not self.is_bound or any(self.data.get(purpose.value) in YES for purpose in CORE)
            self.fields[f"heard_{member.pk}"] = PlainTextField(
                label=_("Hva sier %(name)s selv?") % name, required=says_yes, max_length=500,
                help_text=HEARD[ages.rule_for(member).view],
                error_messages={
                    "required": _("%(name)s er gammel nok til å bli hørt. Skriv hva barnet selv mener.") % name
                },
            )  # fmt: skip
        if not ages.answers_for_self(member, Purpose.RESEARCH):
            self.fields[f"no_{member.pk}"] = forms.BooleanField(
                label=_("%(name)s vil selv ikke være med i forskning") % name, required=False
            )

    def clean(self) -> dict[str, Any]:
        """Whoever answers has signed; for a child those with foreldreansvar, or one of them with a reason."""
        data = super().clean() or self.cleaned_data
        answered = [purpose for purpose in CORE if data.get(purpose.value) not in (None, "", LATER)]
        if not answered and not self.errors:
            self.add_error(None, _("Svar på minst ett av spørsmålene."))
        for member in self.asked:
            for purpose in answered:
                self._check_signed(member, purpose)
        return data

    def _check_signed(self, member: Any, purpose: Purpose) -> None:
        """Each thing that is lacking is said once, however many children it is about."""
        signed = self._answering(member, purpose)
        one_of_two = len(signed) == 1 and signed != [member] and member.pk in self.both
        says_yes = self.cleaned_data.get(purpose.value) in YES
        lacks_reason = says_yes and not self.cleaned_data.get("one_parent_reason")
        lacks_reason = lacks_reason and "one_parent_reason" not in self.errors
        if not signed:
            self._not_signed(member, next(iter(self._responsible(member, purpose)), None))
        elif one_of_two and lacks_reason:
            self.add_error("one_parent_reason", _("Skriv hvorfor det holder at én forelder svarer."))

    def _not_signed(self, member: Any, person: Any | None) -> None:
        if person is None:
            sentence = _("Ingen kan svare for %(name)s. Før hvem som har foreldreansvar først.")
            self.add_error(None, sentence % {"name": member.first_name})
        elif f"name_{person.pk}" not in self.errors:
            sentence = _("%(name)s må skrive under, eller skrive navnet.")
            self.add_error(f"name_{person.pk}", sentence % {"name": person.first_name})

    def _signature(self, person: Any) -> bool:
        return any(self.cleaned_data.get(f"{part}_{person.pk}") for part in ("strokes", "name"))

    def answers(self) -> list[dict[str, Any]]:
        """For each question answered, what record_consents takes; a key of its own for each."""
        data = self.cleaned_data
        strokes = {p.pk: data[f"strokes_{p.pk}"] for p in self.signers if self._signature(p)}
        return [
            {
                "purpose": purpose, "answer": data[purpose.value], "how": How.TABLET, "members": self.asked,
                "shown": self.shown(), "one_parent_reason": data.get("one_parent_reason", ""),
                "child_heard": {m.pk: data.get(f"heard_{m.pk}", "") for m in self.asked},
                "refusing": self._refusing(purpose),
                "given_by": {m.pk: ", ".join(p.full_name for p in self._answering(m, purpose)) for m in self.asked},
                "signatures": {
                    m.pk: {p.full_name: strokes[p.pk] for p in self._answering(m, purpose)} for m in self.asked
                },
            }
            for purpose in CORE
            if data[purpose.value] != LATER
        ]  # fmt: skip

    def _refusing(self, purpose: Purpose) -> set[Any]:
        if purpose != Purpose.RESEARCH:
            return set()
        return {member.pk for member in self.asked if self.cleaned_data.get(f"no_{member.pk}")}

    def _responsible(self, member: Any, purpose: Purpose) -> list[Any]:
        return [member] if ages.answers_for_self(member, purpose) else self.holders[member.pk]

    def _answering(self, member: Any, purpose: Purpose) -> list[Any]:
        return [person for person in self._responsible(member, purpose) if self._signature(person)]


QUESTIONS = {
    Purpose.PARTICIPATION: gettext_lazy("Vil dere delta i Nye mønstre?"),
    Purpose.RESEARCH: gettext_lazy("Kan forskere bruke opplysningene?"),
}
