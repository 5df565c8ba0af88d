"""Forms for consents, agreements, contacts and services. Choices are the family's own, so a foreign id is an error."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.forms import FileForm
from families.calendar import add_months
from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField
from nyemonstre.ui.once import OnceForm

from . import ages
from .actions.consents import Shown
from .enums import BY_HAND, CORE, SILENT, YES, Answer, Direction, How, Purpose, Sector, Topic
from .holders import Holder, needs_both, signers_for
from .models import AgreementLine, Service

PHONE = RegexValidator(
    r"^\+?[\d ]{3,19}$", gettext_lazy("Skriv telefonnummeret med bare tall, for eksempel 400 00 000.")
)
ANSWERS = [
    (Answer.GIVEN, gettext_lazy("Ja")),
    (Answer.REFUSED, gettext_lazy("Nei")),
    (Answer.RENEWED, gettext_lazy("Ja, fortsatt (fornyer et samtykke)")),
    (Answer.ASKED, gettext_lazy("Spurt, men ikke svart ennå")),
]


def _by_id(rows: Iterable[Any]) -> dict[str, Any]:
    return {str(row.pk): row for row in rows}


def _person(member: Any) -> str:
    return _("%(name)s, %(age)s år") % {"name": member.first_name, "age": member.age()}


def _checkboxes(label: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple, **kwargs)


def _radios(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)


def _today(label: Any) -> NorwegianDateField:
    return NorwegianDateField(label=label, initial=timezone.localdate, latest=timezone.localdate)


# Said beside the question to a child, by what its age asks for (consent/ages.py).
HEARD = {
    ages.View.HEARD: gettext_lazy("Barn fra 7 år skal få si hva de mener. Skriv det med barnets egne ord."),
    ages.View.WEIGHS: gettext_lazy("Fra 12 år skal barnets mening veie tungt. Skriv den med barnets egne ord."),
    ages.View.ALONE: gettext_lazy("Snakk med den unge alene først. Skriv svaret med den unges egne ord."),
}
NOTE_HELP = gettext_lazy("Må fylles ut når svaret var muntlig: hvem sa hva, og hvem hørte det.")


def _purposes(extras: Iterable[Any]) -> list[tuple[str, Any]]:
    """The two everybody is asked about, and those the municipality has switched on, by their ids."""
    return [(purpose.value, purpose.label) for purpose in CORE] + [(str(extra.pk), extra.name) for extra in extras]


class ShownForm(forms.Form):
    """How the text was met: in which language, read aloud, with an interpreter."""

    language = forms.ChoiceField(
        label=gettext_lazy("Språket på teksten"), choices=settings.LANGUAGES,
        help_text=gettext_lazy("Samtykket skrives ut på dette språket."),
    )  # fmt: skip
    read_aloud = forms.BooleanField(label=gettext_lazy("Teksten ble lest høyt"), required=False)
    interpreter = PlainTextField(
        label=gettext_lazy("Tolk"), required=False, max_length=80,
        help_text=gettext_lazy("Språket det ble tolket til, når tolk var med."),
    )  # fmt: skip

    SHOWN = ("language", "read_aloud", "interpreter")

    def shown(self) -> Shown:
        return Shown(**{name: self.cleaned_data[name] for name in self.SHOWN})


class ConsentForm(NMForm, ShownForm, OnceForm):
    """One answer from one or several persons to one purpose."""

    members = _checkboxes(gettext_lazy("Hvem svarer?"))
    purpose = _radios(gettext_lazy("Hva gjelder det?"), [])
    answer = _radios(gettext_lazy("Svaret"), ANSWERS)
    answered_on = _today(gettext_lazy("Når svarte de?"))
    how = _radios(gettext_lazy("Hvordan?"), BY_HAND)
    parents = _checkboxes(
        gettext_lazy("Hvem svarer for barna?"), required=False,
        help_text=gettext_lazy("De som har foreldreansvar. Trengs når barn er krysset av over."),
    )  # fmt: skip
    other_parent = PlainTextField(
        label=gettext_lazy("Forelder som ikke står i familien"), required=False, max_length=120
    )
    one_parent_reason = PlainTextField(
        label=gettext_lazy("Hvorfor holder det at én forelder svarer?"), required=False, max_length=300
    )
    valid_until = NorwegianDateField(
        label=gettext_lazy("Gjelder til og med"), required=False,
        help_text=gettext_lazy(
            "dd.mm.åååå. La det stå tomt når svaret gjelder til det trekkes. Ja fra foreldre slutter uansett av seg "
            "selv når barnet blir gammelt nok til å svare."
        ),
    )  # fmt: skip
    note = PlainTextField(label=gettext_lazy("Merknad"), required=False, max_length=500, help_text=NOTE_HELP, long=True)

    submit_text = gettext_lazy("Lagre svaret")

    def __init__(
        self, *args: Any, asked: Iterable[Any], adults: Iterable[Any], extras: Iterable[Any] = (),
        known: dict[Any, list[Holder]], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.people, self.extras, self.known = _by_id(asked), _by_id(extras), known
        self.holders = {child.pk: signers_for(child, adults, known) for child in self.children}
        self.adults = _by_id(person for people in self.holders.values() for person in people)
        self.fields["members"].choices = [(pk, _person(member)) for pk, member in self.people.items()]
        self.fields["parents"].choices = [(pk, member.full_name) for pk, member in self.adults.items()]
        self.fields["purpose"].choices = _purposes(self.extras.values())
        for member in self.people.values():
            self._ask_child(member)
        if not self.children:
            for name in ("parents", "other_parent", "one_parent_reason"):
                del self.fields[name]
        elif all(child.pk in known for child in self.children):
            del self.fields["other_parent"]  # one who lives elsewhere is among those to choose from
        last = (*self.SHOWN, "valid_until", "note")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def _ask_child(self, member: Any) -> None:
        """What the child says, from 7 years; and its own no to research, while somebody else answers."""
        if ages.is_heard(member):
            self.fields[f"heard_{member.pk}"] = PlainTextField(
                label=_("Hva sier %(name)s selv?") % {"name": member.first_name}, required=False, max_length=500,
                help_text=HEARD[ages.rule_for(member).view],
            )  # fmt: skip
        if not ages.answers_for_self(member, Purpose.RESEARCH):
            self.fields[f"no_{member.pk}"] = forms.BooleanField(
                label=_("%(name)s vil selv ikke være med i forskning") % {"name": member.first_name}, required=False,
                help_text=_("Da er svaret nei, uansett hva de voksne sier. Gjelder bare forskning."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Whoever does not answer alone needs a parent who does, and a reason when it is only one."""
        data = super().clean() or self.cleaned_data
        chosen, purpose = self.chosen(), data.get("purpose")
        if not purpose or "parents" not in self.fields or data.get("answer") in SILENT:
            return data
        day = data.get("answered_on")
        for child in [m for m in chosen if not ages.answers_for_self(m, self._purpose(), day)]:
            names = self._parents(child)
            if not names and "parents" not in self.errors:
                self.add_error("parents", _("Velg hvem som svarer for %(name)s.") % {"name": child.first_name})
            lacks_reason = data.get("answer") in YES and not data.get("one_parent_reason")
            lacks_reason = lacks_reason and "one_parent_reason" not in self.errors
            if len(names) == 1 and needs_both(child, self.known) and lacks_reason:
                self.add_error("one_parent_reason", _("Skriv hvorfor det holder at én forelder svarer."))
        return data

    @property
    def children(self) -> list[Any]:
        return [member for member in self.people.values() if not member.is_adult]

    def chosen(self) -> list[Any]:
        return [self.people[pk] for pk in self.cleaned_data.get("members", ())]

    def _purpose(self) -> Purpose:
        value = self.cleaned_data["purpose"]
        return Purpose.EXTRA if value in self.extras else Purpose(value)

    def _parents(self, child: Any) -> list[str]:
        """The names of those chosen who may answer for this child; one who is only typed counts while nobody asked."""
        chosen = self.cleaned_data.get("parents", ())
        names = [person.full_name for person in self.holders[child.pk] if str(person.pk) in chosen]
        typed = "" if child.pk in self.known else self.cleaned_data.get("other_parent", "")
        return [*names, typed] if typed else names

    def facts(self) -> dict[str, Any]:
        """What record_consents takes."""
        data, purpose, given_by, heard = self.cleaned_data, self._purpose(), {}, {}
        for member in self.chosen():
            alone = ages.answers_for_self(member, purpose, data["answered_on"])
            names = [] if alone else self._parents(member)
            given_by[member.pk] = ", ".join(names)[:500] or member.full_name
            heard[member.pk] = data.get(f"heard_{member.pk}", "")
        research = purpose == Purpose.RESEARCH and data["answer"] not in SILENT
        refusing = {member.pk for member in self.chosen() if research and data.get(f"no_{member.pk}")}
        return {
            "members": self.chosen(), "given_by": given_by, "child_heard": heard, "key": data["key"],
            "refusing": refusing, "purpose": purpose, "extra": self.extras.get(data["purpose"]),
            "on": data["answered_on"], "one_parent_reason": data.get("one_parent_reason", ""), "shown": self.shown(),
            "valid_until": data["valid_until"] if data["answer"] in YES else None,
            **{name: data[name] for name in ("answer", "how", "note")},
        }  # fmt: skip


class WithdrawForm(NMForm, forms.Form):
    """Taking a consent back: as easy as giving it, so only one thing has to be written."""

    note = PlainTextField(
        label=gettext_lazy("Hva ble sagt?"), max_length=500, long=True,
        help_text=gettext_lazy("Ingen trenger å gi en grunn. Skriv hvem som sa det, og hvem som hørte det."),
    )  # fmt: skip
    given_by = _radios(gettext_lazy("Hvem trekker samtykket?"), [])
    how = _radios(gettext_lazy("Hvordan?"), BY_HAND, initial=How.ORAL)
    answered_on = _today(gettext_lazy("Når?"))

    submit_text = gettext_lazy("Trekk samtykket")

    def __init__(self, *args: Any, who: Iterable[str], **kwargs: Any) -> None:
        """`who` are the names of those who may take it back. The only one is chosen already."""
        super().__init__(*args, **kwargs)
        names = list(who)
        field = self.fields["given_by"]
        field.choices = [(name, name) for name in names]
        if len(names) == 1:
            field.initial = names[0]
        else:
            field.help_text = _("For et barn holder det med én av dem som har foreldreansvar.")


class LineForm(NMForm, OnceForm):
    """One line of the samarbeidsavtale, with the person in the service."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Hvilken tjeneste?"), empty_label=gettext_lazy("Velg tjeneste"),
    )  # fmt: skip
    members = _checkboxes(gettext_lazy("Hvem gjelder det?"))
    topics = _checkboxes(gettext_lazy("Hva kan dere snakke om?"), choices=Topic.choices)
    direction = _radios(gettext_lazy("Hvilken vei?"), Direction.choices, initial=Direction.BOTH)
    valid_from = NorwegianDateField(label=gettext_lazy("Gjelder fra"), initial=timezone.localdate)
    valid_to = NorwegianDateField(
        label=gettext_lazy("Gjelder til og med"), required=False,
        help_text=gettext_lazy("dd.mm.åååå. Vi foreslår ett år, så dere snakker om avtalen igjen da."),
    )  # fmt: skip
    what_they_do = PlainTextField(
        label=gettext_lazy("Hva gjør tjenesten?"), required=False, max_length=200,
        help_text=gettext_lazy("For eksempel «lesehjelp to timer i uka». Kontaktens navn hører til under."),
    )  # fmt: skip
    contact_name = PlainTextField(
        label=gettext_lazy("Kontaktens navn"), required=False, max_length=120,
        help_text=gettext_lazy("Vises bare så lenge avtalen gjelder."),
    )  # fmt: skip
    contact_title = PlainTextField(label=gettext_lazy("Stilling"), required=False, max_length=80)
    contact_phone = PlainTextField(label=gettext_lazy("Telefon"), required=False, max_length=20, validators=[PHONE])
    contact_email = forms.EmailField(label=gettext_lazy("E-post"), required=False, max_length=254)

    submit_text = gettext_lazy("Lagre utkastet")
    CONTACT = ("name", "title", "phone", "email")

    def __init__(self, *args: Any, members: Iterable[Any], services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The button for a service that is not on the list stands above the form, and sends it.
        self.helper.form_id = "avtalelinje"
        self.people = _by_id(members)
        self.fields["members"].choices = [(pk, _person(member)) for pk, member in self.people.items()]
        self.fields["service"].queryset = services
        self.fields["valid_to"].initial = lambda: add_months(timezone.localdate(), 12)

    def clean(self) -> dict[str, Any]:
        """Details without a name belong to nobody."""
        data = super().clean() or self.cleaned_data
        details = [name for name in self.CONTACT if data.get(f"contact_{name}")]
        if details and "name" not in details and "contact_name" not in self.errors:
            self.add_error("contact_name", _("Skriv navnet, eller ta bort resten om kontakten."))
        return data

    def facts(self) -> dict[str, Any]:
        """What draft_line and change_draft take."""
        data = self.cleaned_data
        contact = {name: data[f"contact_{name}"] for name in self.CONTACT}
        return {
            "members": [self.people[pk] for pk in data["members"]],
            "contact": contact if contact["name"] else None,
            **{
                name: data[name]
                for name in ("service", "topics", "direction", "valid_from", "valid_to", "what_they_do")
            },
        }


class SignForm(NMForm, forms.Form):
    """Drafts the family has signed. Each choice carries the version that was read, so a changed draft is not signed."""

    lines = _checkboxes(
        gettext_lazy("Hvilke linjer sier familien ja til?"),
        error_messages={
            "invalid_choice": gettext_lazy(
                "En linje er endret eller alt skrevet under. Les gjennom på nytt, og kryss av igjen."
            )
        },
    )
    signed_by = PlainTextField(label=gettext_lazy("Hvem skrev under?"), max_length=160)
    how = _radios(gettext_lazy("Hvordan?"), BY_HAND, initial=How.SIGNED)
    signed_on = _today(gettext_lazy("Når?"))
    note = PlainTextField(label=gettext_lazy("Merknad"), required=False, max_length=500, help_text=NOTE_HELP, long=True)

    submit_text = gettext_lazy("Før underskriften")

    def __init__(self, *args: Any, drafts: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drafts = {f"{thread.line.pk}:{thread.line.version}": thread.line for thread in drafts}
        # NMForm gives choice fields its own sentence; this one says more.
        self.fields["lines"].error_messages["invalid_choice"] = self.base_fields["lines"].error_messages[
            "invalid_choice"
        ]
        self.fields["lines"].choices = [
            (f"{t.line.pk}:{t.line.version}", f"{t.service}: {t.topics}, {_('for')} {t.who}") for t in drafts
        ]

    def facts(self) -> dict[str, Any]:
        """What sign_lines takes, without the lines."""
        data = self.cleaned_data
        return {"how": data["how"], "signed_by": data["signed_by"], "on": data["signed_on"], "note": data["note"]}

    def chosen(self) -> list[Any]:
        return [self.drafts[key] for key in self.cleaned_data["lines"]]


class EndForm(NMForm, forms.Form):
    reason = PlainTextField(label=gettext_lazy("Hvorfor avsluttes den?"), max_length=300)
    submit_text = gettext_lazy("Avslutt avtalen")


class ContactForm(NMForm, forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = PlainTextField(label=gettext_lazy("Navn"), max_length=120)
    title = PlainTextField(label=gettext_lazy("Stilling"), required=False, max_length=80)
    phone = PlainTextField(label=gettext_lazy("Telefon"), required=False, max_length=20, validators=[PHONE])
    email = forms.EmailField(label=gettext_lazy("E-post"), required=False, max_length=254)


class ServiceForm(NMForm, OnceForm):
    name = PlainTextField(label=gettext_lazy("Navn"), max_length=120)
    sector = forms.ChoiceField(label=gettext_lazy("Slags tjeneste"), choices=Sector.choices)
    phone = PlainTextField(label=gettext_lazy("Sentralbord"), required=False, max_length=20, validators=[PHONE])
    website = forms.URLField(
        label=gettext_lazy("Nettsted"), required=False, max_length=200, assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Skriv adressen slik: https://www.kommune.no")},
    )  # fmt: skip

    submit_text = gettext_lazy("Lagre tjenesten")

    def __init__(self, *args: Any, municipalities: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = _by_id(municipalities)
        if len(self.places) > 1:
            choices = [(pk, place.name) for pk, place in self.places.items()]
            self.fields["municipality"] = forms.ChoiceField(label=_("Kommune"), choices=choices)

    def municipality(self) -> Any:
        """The chosen one, or the only one."""
        return (
            self.places[self.cleaned_data["municipality"]] if len(self.places) > 1 else next(iter(self.places.values()))
        )


class ServiceEditForm(ServiceForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    closed = forms.BooleanField(
        label=gettext_lazy("Nedlagt"), required=False,
        help_text=gettext_lazy("Avtaler som finnes, står. Det kan ikke lages nye."),
    )  # fmt: skip


class QuestionForm(NMForm, forms.Form):
    """«May I contact X about Y concerning Z?» Sent by GET: it changes nothing."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Hvem vil du kontakte?"), empty_label=gettext_lazy("Velg tjeneste"),
    )  # fmt: skip
    member = forms.ChoiceField(label=gettext_lazy("Hvem gjelder det?"))
    topic = forms.ChoiceField(label=gettext_lazy("Hva vil dere snakke om?"), choices=Topic.choices)
    way = _radios(
        gettext_lazy("Hva skal du gjøre?"),
        [(Direction.GIVE, gettext_lazy("Fortelle noe")), (Direction.GET, gettext_lazy("Spørre om noe"))],
        initial=Direction.GIVE,
    )

    submit_text = gettext_lazy("Se svaret")
    submit_name = "ask"

    def __init__(self, *args: Any, members: Iterable[Any], services: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_method = "get"
        self.people = _by_id(members)
        self.fields["member"].choices = [(pk, _person(member)) for pk, member in self.people.items()]
        self.fields["service"].queryset = services


class PaperForm(FileForm):
    """A scan of the signed agreement, and the lines that stand on it."""

    lines = forms.MultipleChoiceField(label=gettext_lazy("Avtaler på arket"), widget=forms.CheckboxSelectMultiple)
    field_order = ("file", "photo", "lines", "dated_on")

    def __init__(self, *args: Any, lines: list[AgreementLine], **kwargs: Any) -> None:
        kwargs["initial"] = {"lines": [str(line.pk) for line in lines]} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in lines}
        self.fields["lines"].choices = [(key, str(line.service)) for key, line in self.lines.items()]  # type: ignore[attr-defined]

    def clean_lines(self) -> list[AgreementLine]:
        return [self.lines[key] for key in self.cleaned_data["lines"]]
