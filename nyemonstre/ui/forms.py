"""Forms: plain language, nothing lost, and the same frame everywhere (crispy pack "designsystemet")."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

# Years a date may have. Outside them it is a slip of the finger, and a calendar of five years would run away with it.
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Where a field says nothing itself: about four pages of text.
LONG_TEXT = 10_000

_DAY_FIRST = re.compile(r"(\d{1,2})\s*[.\-/ ]\s*(\d{1,2})\s*[.\-/ ]\s*(\d{4})\.?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[.\-/ ]\s*\d{1,2}\s*[.\-/ ]\s*\d{2}")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})")

# Directional overrides can make a name read as another one; marks (LRM, RLM) and joiners are part of real scripts and
# stay.
_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])

NUL_MESSAGE = _("Teksten har et tegn som ikke kan lagres. Skriv den på nytt, eller lim inn som ren tekst.")
TOO_LONG = _("Teksten er på %(show_value)d tegn. Det er plass til %(limit_value)d.")

DateLimit = date | Callable[[], date] | None


def plain(text: str) -> str:
    """Text as people meant it:

    composed letters, no control characters but line breaks and tabs. NUL is kept for its error.
    """
    composed = unicodedata.normalize("NFC", text).translate(_OVERRIDES)
    return "".join(c for c in composed if c in "\n\t\0" or unicodedata.category(c) != "Cc")


class PlainTextField(forms.CharField):
    """Text that people write: any script and emoji, at most `max_length` characters, NUL refused in words."""

    def __init__(self, *, long: bool = False, max_length: int | None = None, **kwargs: Any) -> None:
        if long:
            kwargs.setdefault("widget", forms.Textarea)
        super().__init__(max_length=max_length or (LONG_TEXT if long else 200), **kwargs)

    def to_python(self, value: Any) -> str:
        """The cleaned text; see `plain`."""
        if isinstance(value, str):
            value = plain(value.replace("\r\n", "\n").replace("\r", "\n"))
        return super().to_python(value)


class NorwegianDateInput(forms.DateInput):
    """A text input with a number keyboard: no browser calendar that says 11/21/2026 to somebody."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", "size": 12, **(attrs or {})}, "%d.%m.%Y")


class NorwegianDateField(forms.DateField):
    """A date typed as 21.11.2026 (also 21/11-2026, 21 11 2026, 21112026 and 2026-11-21). Years 1900-2100.

    A year of two digits is refused instead of guessed: 26 is a birth date in 1926 and a meeting in 2026.
    `earliest` and `latest` are dates or callables that give one, checked with a sentence each.
    """

    widget = NorwegianDateInput
    default_error_messages = {
        "invalid": _("Skriv datoen slik: 21.11.2026"),
        "short_year": _("Skriv året med fire sifre, slik: 21.11.2026"),
        "no_such_day": _("Denne dagen finnes ikke. Sjekk dag og måned."),
        "year": _("Årstallet må være mellom 1900 og 2100."),
        "too_early": _("Datoen kan ikke være før %(limit)s."),
        "too_late": _("Datoen kan ikke være etter %(limit)s."),
    }

    def __init__(self, *, earliest: DateLimit = None, latest: DateLimit = None, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("dd.mm.åååå"))
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """The date, or None for nothing. Raises ValidationError with what to do."""
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        text = str(value).strip()
        if not text:
            return None
        if match := _YEAR_FIRST.fullmatch(text):
            year, month, day = match.groups()
        elif match := _DAY_FIRST.fullmatch(text) or _TOGETHER.fullmatch(text):
            day, month, year = match.groups()
        else:
            raise self._error("short_year" if _SHORT_YEAR.fullmatch(text) else "invalid")
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise self._error("year")
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise self._error("no_such_day") from None

    def validate(self, value: date | None) -> None:
        """Also checks `earliest` and `latest`."""
        super().validate(value)
        if value is None:
            return
        earliest, latest = (limit() if callable(limit) else limit for limit in (self.earliest, self.latest))
        if earliest and value < earliest:
            raise self._error("too_early", earliest)
        if latest and value > latest:
            raise self._error("too_late", latest)

    def _error(self, code: str, limit: date | None = None) -> forms.ValidationError:
        params = {"limit": limit.strftime("%d.%m.%Y")} if limit else None
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


def clock(label: Any, **kwargs: Any) -> forms.TimeField:
    """A time of day as people write it: 10:30, 10.30 or 1030."""
    return forms.TimeField(
        label=label, input_formats=["%H:%M", "%H.%M", "%H%M"],
        widget=forms.TimeInput({"inputmode": "numeric", "autocomplete": "off", "size": 6}, format="%H:%M"),
        error_messages={"invalid": _("Skriv klokkeslettet slik: 10:30")}, **kwargs,
    )  # fmt: skip


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when that is nothing at all; None when it is only opened."""
    return request.POST if request.method == "POST" else None


def when(text: Any, field: forms.Field) -> forms.Field:
    """A field that may be empty but not always: `text` stands after its name instead of «(valgfritt)»."""
    field.when = text  # type: ignore[attr-defined]  # drawn by the filter ds_optional
    return field


def as_typed(form: forms.BaseForm) -> dict[str, Any]:
    """What stands in a sent form, right or wrong: `initial` for one that shows it again and does not complain."""
    return {name: form[name].value() for name in form.fields}


_REQUIRED = {
    forms.BooleanField: _("Kryss av her for å gå videre."),
    forms.MultipleChoiceField: _("Velg minst ett svar."),
    forms.ModelMultipleChoiceField: _("Velg minst ett svar."),
    forms.ChoiceField: _("Velg et svar."),
    forms.ModelChoiceField: _("Velg et svar."),
    forms.DateField: _("Skriv en dato."),
    forms.EmailField: _("Skriv en e-postadresse."),
    forms.Field: _("Fyll ut dette feltet."),
}
_MESSAGES = {
    "null_characters_not_allowed": NUL_MESSAGE,
    "invalid_choice": _("Velg ett av svarene i listen."),
    "max_length": TOO_LONG,
}


def speak_plainly(field: forms.Field) -> None:
    """Gives a field our words for its errors, unless the form gave it its own, and a limit to text without one."""
    own = type(field).default_error_messages if "default_error_messages" in vars(type(field)) else {}
    stock = str(forms.Field.default_error_messages["required"])
    if str(field.error_messages.get("required")) == stock:
        field.error_messages["required"] = next(text for kind, text in _REQUIRED.items() if isinstance(field, kind))
    for code, text in _MESSAGES.items():
        if code not in own or code == "invalid_choice":
            field.error_messages[code] = text
    if isinstance(field, forms.EmailField):
        field.error_messages["invalid"] = _("Skriv e-postadressen slik: navn@kommune.no")
        for validator in field.validators:
            if getattr(validator, "code", "") == "invalid":
                validator.message = field.error_messages["invalid"]
    if isinstance(field, forms.IntegerField):
        field.error_messages["invalid"] = _("Skriv et tall.")
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
        if field.max_length is None and not hasattr(field, "choices"):
            field.max_length = LONG_TEXT
            field.validators.append(MaxLengthValidator(LONG_TEXT))
        if isinstance(field.widget, forms.Textarea):
            # the browser would cut a pasted text in silence; we say how much too long it is
            field.widget.attrs.pop("maxlength", None)


def asks_for_row(data: Mapping[str, Any] | None) -> bool:
    """Whether the form was sent by a button "add one more row", and so is not to be judged yet."""
    return bool(data) and any(key.endswith("-add") for key in data or ())


class NMForm:
    """Mixin for every form: `class ReferralForm(NMForm, forms.Form)`. Draw it with `{% crispy form %}`.

    Error summary on top, "(valgfritt)" on optional fields, our words for errors, the browser's own bubbles off.
    `submit_text` is the button ("" for none, when the page has its own); `form_tag = False` when the page writes
    <form>.
    `self.formsets` (a list) makes the errors of formsets on the same page part of the one summary.
    """

    use_required_attribute = False
    submit_text: Any = _("Lagre")
    submit_name = "save"
    form_tag = True
    form_class = "nm-form"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formsets: list[forms.BaseFormSet] = []
        for field in self.fields.values():
            speak_plainly(field)
        self.helper = FormHelper()
        self.helper.form_tag = self.form_tag
        self.helper.form_class = self.form_class
        self.helper.disable_csrf = not self.form_tag
        if self.form_tag and self.submit_text:
            self.helper.add_input(Submit(self.submit_name, self.submit_text))

    def save_drafts(self, url: str, owner: str) -> None:
        """Saves what is typed at `url` (POST, form-encoded) while one types; static/draft.js does it.

        The page draws `{% draft_status %}` and loads draft.js in the block `scripts`. `owner` is an id of the user: a
        text
        that never reached the server is put back for nobody else. The server answers 2xx when the draft is kept.
        """
        self.helper.attrs = {**(self.helper.attrs or {}), "data-draft-url": url, "data-draft-owner": owner}

    def full_clean(self) -> None:
        """Nothing is judged while the user only asks for one more row; what was typed is drawn again."""
        if self.is_bound and asks_for_row(self.data):
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()

    def is_valid(self) -> bool:
        """Never valid while a row is asked for, so the view draws the page again."""
        return super().is_valid() and not asks_for_row(self.data)


class RowsFormSet(forms.BaseFormSet):
    """A formset whose "add one more" works without script: `formset_factory(AdultForm, formset=RowsFormSet, extra=1)`.

    Draw with `{% rows formset %}` inside the page's own form. With htmx only the rows are drawn again.
    `add_text` is the button; `row_text` the heading of a row, with %(number)s.
    """

    add_text: Any = _("Legg til en til")
    row_text: Any = _("Nummer %(number)s")

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        self.adding = asks_for_row(data)
        if data is not None and f"{prefix}-add" in data:
            data = data.copy()
            total = data.get(f"{prefix}-TOTAL_FORMS", "")
            if total.isdecimal() and int(total) < self.max_num:
                data[f"{prefix}-TOTAL_FORMS"] = str(int(total) + 1)
        super().__init__(data, *args, **kwargs)

    @property
    def numbered(self) -> list[tuple[str, forms.BaseForm]]:
        """Each form with the heading of its row."""
        return [(self.row_text % {"number": number}, form) for number, form in enumerate(self.forms, 1)]

    @property
    def has_room(self) -> bool:
        """Whether one more row may be added."""
        return len(self.forms) < self.max_num

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        """Also names the box that takes a row away."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Ta bort denne")
        for field in form.fields.values():
            speak_plainly(field)

    def full_clean(self) -> None:
        """Nothing is judged while a row is asked for."""
        if self.is_bound and self.adding:
            self._errors, self._non_form_errors = [], ErrorList()
            return
        super().full_clean()

    def is_valid(self) -> bool:
        """Never valid while a row is asked for."""
        return not self.adding and super().is_valid()
