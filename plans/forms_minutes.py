"""The form of the minutes: case by case what was said, and row by row what was decided."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.enums import Sector, Topic
from consent.models import Service
from consent.rules import contactable_services
from families.models import Family, Member
from nyemonstre.ui.forms import NorwegianDateField, PlainTextField, asks_for_row, speak_plainly
from nyemonstre.ui.newer import TwoEditorsForm, as_sent

from .actions.decisions import Decided
from .actions.minutes import Said
from .asked import called
from .enums import Doer
from .forms import MarkedForm, Somebody, mark_facts
from .forms_meetings import CASE
from .models import Goal, Meeting, MeetingDecision, MeetingGuest, MeetingItem

# The button that asks for one more row (nyemonstre.ui.forms.asks_for_row), and new rows in one form.
ADD, MOST_NEW = "beslutning-add", 20
NEW = re.compile(r"what_new(\d{1,2})")
# Of a row, in the order they stand; the last two are folded.
PARTS = ("what", "doer", "due", "item", "who", "goal")


class Guests(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, guest: MeetingGuest) -> str:
        return guest.member.first_name if guest.member else guest.line.service.name


class Doers:
    """Who can do what was decided, as one list to choose from: the family, one of them, a service, and so on.

    Any service of the municipality is understood, so that the rule can say why not; those of live lines are offered.
    """

    def __init__(self, family: Family) -> None:
        self.members = {str(one.pk): one for one in Member.objects.filter(family=family).order_by("birth_date", "pk")}
        services = Service.objects.filter(municipality=family.municipality_id).order_by("name", "pk")
        self.services = {str(one.pk): one for one in services}
        self.live = {str(one.pk) for one in contactable_services(family)}

    def field(self, kept: str) -> forms.ChoiceField:
        """`kept` is what stands in the row, which can stay even if it is not offered any more."""
        members = [(key, one.first_name) for key, one in self.members.items()]
        services = [(key, one.name) for key, one in self.services.items()]
        plain = [(one.value, one.label) for one in (Doer.COORDINATOR, Doer.FAMILY, Doer.VOLUNTEER, Doer.NOBODY)]
        first = [("", gettext("Velg")), plain[0], plain[1], *members]
        field = forms.ChoiceField(
            label=gettext("Hvem gjør det?"), choices=[*first, *services, *plain[2:]], required=False
        )
        offered = [(key, name) for key, name in services if key in self.live or key == kept]
        field.widget.choices = [*first, *offered, *plain[2:]]
        return field

    @staticmethod
    def of(row: MeetingDecision | None) -> str:
        """How what stands in a row is chosen."""
        if row is None:
            return ""
        return str(row.service_id or row.member_id or row.done_by)

    def meant(self, chosen: str, row: MeetingDecision | None) -> dict[str, Any]:
        """Who does it, for the action. A voluntary organisation is a service, and a volunteer."""
        if row is not None and chosen == self.of(row):
            return {"done_by": row.done_by, "service": row.service, "member": row.member}
        if service := self.services.get(chosen):
            volunteers = service.sector == Sector.VOLUNTARY
            return {"done_by": Doer.VOLUNTEER if volunteers else Doer.SERVICE, "service": service}
        if member := self.members.get(chosen):
            return {"done_by": Doer.MEMBER, "member": member}
        return {"done_by": chosen}


def _one_of(label: str, rows: Any, choices: list[tuple[Any, str]]) -> forms.ModelChoiceField:
    """A row of these, or none. `choices` are read once for all the fields that offer them."""
    field = forms.ModelChoiceField(label=label, queryset=rows, required=False)
    field.widget.choices = choices
    return field


def new_rows(known: Mapping[str, Any]) -> list[str]:
    """The names of the rows for what is new: those that were sent or kept, one at least, one more when it is asked."""
    numbers = {int(found[1]) for name in known if (found := NEW.fullmatch(name))}
    numbers = {number for number in numbers if number < MOST_NEW} or {0}
    if asks_for_row(known):
        numbers.add(min(max(numbers) + 1, MOST_NEW - 1))
    return [f"new{number}" for number in sorted(numbers)]


class MinutesForm(TwoEditorsForm, MarkedForm):
    """One text for each case, and a row for each decision that is no measure yet, kept while one types."""

    submit_text = _("Lagre referatet")
    came = Guests(label=_("Hvem var med?"), queryset=MeetingGuest.objects.none(), required=False)
    others = PlainTextField(
        label=_("Andre som var med"), max_length=300, required=False, help_text=_("Navn med komma mellom.")
    )
    more = PlainTextField(
        label=_("Kom det opp en sak til?"), max_length=CASE, required=False,
        help_text=_("Skriv hva den heter og lagre, så får den sitt eget felt."),
    )  # fmt: skip

    def __init__(self, *args: Any, family: Family, row: Meeting, goals: Any = (), **kwargs: Any) -> None:
        self.items = list(row.items.order_by("number", "pk").select_related("about"))
        decided = list(row.decisions.order_by("made_at", "pk").select_related("service", "member", "measure"))
        self.planned = [one for one in decided if one.measure_id]
        sent = args[0] if args else kwargs.get("data")
        self.rows: dict[str, MeetingDecision | None] = {str(one.pk): one for one in decided if not one.measure_id}
        self.rows |= dict.fromkeys(new_rows(sent or kwargs.get("initial") or {}))
        self.goals, self.doers = goals, Doers(family)
        super().__init__(*args, row=row, family=family, **kwargs)
        guests = MeetingGuest.objects.filter(meeting=row).select_related("member", "line__service")
        self.fields["came"].queryset = guests.order_by(F("line").asc(nulls_first=True), "member__birth_date", "pk")
        following = f"#rad-new{int(list(self.rows)[-1].removeprefix('new')) + 1}"
        more = Submit(ADD, gettext("En beslutning til"), data_variant="secondary", formaction=following)
        self.helper.add_input(more)
        self.helper.layout = self._laid_out()

    def _add_cases(self) -> None:
        about = Member.objects.filter(family=self.family)
        people = [("", gettext("Hele familien")), *((key, one.first_name) for key, one in self.doers.members.items())]
        for number, item in enumerate(self.items, 1):
            self.fields[f"text_{item.pk}"] = PlainTextField(
                label=item.title, max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 5})
            )
            self.fields[f"topic_{item.pk}"] = forms.ChoiceField(
                label=gettext("Sak %(number)s: tema") % {"number": number}, required=False,
                choices=[("", gettext("Bare for familien")), *Topic.choices],
            )  # fmt: skip
            self.fields[f"about_{item.pk}"] = Somebody(
                label=gettext("Sak %(number)s: hvem den gjelder") % {"number": number}, queryset=about, required=False,
                empty_label=gettext("Hele familien"),
            )  # fmt: skip
            self.fields[f"about_{item.pk}"].widget.choices = people

    def _add_rows(self) -> None:
        items = MeetingItem.objects.filter(meeting=self.row).order_by("number", "pk")
        cases = [("", gettext("Ingen av dem")), *((item.pk, item.title) for item in self.items)]
        goals = [("", gettext("Ikke i planen ennå")), *((goal.pk, str(goal)) for goal in self.goals)]
        for key, row in self.rows.items():
            asked = gettext("Tøm feltet for å ta bort beslutningen.") if row else ""
            fields = {
                "what": PlainTextField(
                    label=gettext("Hva er bestemt?"), max_length=300, required=False, help_text=asked,
                    widget=forms.Textarea(attrs={"rows": 2}),
                ),
                "doer": self.doers.field(self.doers.of(row)),
                "due": NorwegianDateField(label=gettext("Innen, dd.mm.åååå"), required=False, help_text=""),
                "item": _one_of(gettext("Hvilken sak?"), items, cases),
                "who": PlainTextField(
                    label=gettext("Navn"), max_length=120, required=False,
                    help_text=gettext("Den frivillige, eller den dere snakker med."),
                ),
            }  # fmt: skip
            if len(self.goals):
                fields["goal"] = _one_of(gettext("Tiltak under hvilket mål?"), self.goals, goals)
            for part, field in fields.items():
                self.fields[f"{part}_{key}"] = field

    def _parts(self, key: Any, *parts: str) -> list[str]:
        return [name for part in parts if (name := f"{part}_{key}") in self.fields]

    def facts(self, row: Meeting) -> dict[str, Any]:
        if not any(name.startswith("what_") for name in self.fields):
            before = set(self.fields)
            self._add_cases()
            self._add_rows()
            for name in set(self.fields) - before:
                speak_plainly(self.fields[name])
        known = {"came": self._came(row), "others": row.others}
        for item in row.items.all():
            if f"text_{item.pk}" in self.fields:
                known |= {f"text_{item.pk}": item.text, f"topic_{item.pk}": item.topic}
                known[f"about_{item.pk}"] = item.about_id
        for one in row.decisions.all():
            if str(one.pk) in self.rows:
                facts = {
                    "what": one.what,
                    "doer": Doers.of(one),
                    "due": one.due_on,
                    "item": one.item_id,
                    "who": one.who,
                }
                known |= {f"{part}_{one.pk}": value for part, value in facts.items()}
        return known | mark_facts(self, row)

    def _came(self, row: Meeting) -> list[Any]:
        """Before anything is written: those who were asked and may come. Then those who came."""
        guests = list(row.guests.order_by("pk").values_list("pk", "came"))
        if any(came is not None for _pk, came in guests):
            return [pk for pk, came in guests if came]
        reread = Meeting.objects.with_company().get(pk=row.pk)
        return [one.guest.pk for one in called(reread) if not one.why_not]

    def clean(self) -> dict[str, Any]:
        """Also that a row says what and who."""
        data = super().clean() or self.cleaned_data
        for number, (key, row) in enumerate(self.rows.items(), 1):
            which = {"number": number}
            what, doer = data.get(f"what_{key}"), data.get(f"doer_{key}")
            if what and not doer and f"doer_{key}" not in self.errors:
                self.add_error(f"doer_{key}", gettext("Beslutning %(number)s: velg hvem.") % which)
            if row is None and not what and any(data.get(f"{part}_{key}") for part in ("doer", "due", "who", "goal")):
                self.add_error(f"what_{key}", gettext("Beslutning %(number)s: skriv hva.") % which)
        return data

    def _laid_out(self) -> Layout:
        """Who may read a case is folded under it, until it is wanted; the decisions come last."""
        words = escape(gettext("Hvilke tjenester kan få lese denne saken?"))
        cases: list[Any] = []
        for item in self.items:
            who = self._parts(item.pk, "topic", "about")
            names = self._parts(item.pk, "text")
            cases += [*names, *self._fold(words, who, opened=False), *self._asks([*names, *who])]
        keys = {*(str(item.pk) for item in self.items), *self.rows}
        rest = [name for name in self.fields if name.split("_")[-1] not in keys]
        first = [name for name in rest if "came" in name or "others" in name]
        later = [name for name in rest if name not in first]
        return Layout(*first, *cases, *later, *self._decisions())

    def _decisions(self) -> Iterable[Any]:
        yield HTML("{% include 'plans/_decided_before.html' %}")
        for number, key in enumerate(self.rows, 1):
            legend = escape(gettext("Beslutning %(number)s") % {"number": number})
            yield HTML(f"<fieldset class='nm-decrow' id='rad-{key}'><legend class='nm-strong'>{legend}</legend>")
            yield from self._parts(key, "what")
            yield Div(*self._parts(key, "doer", "due", "item"), css_class="nm-when")
            goals = "goal" in {name.partition("_")[0] for name in self.fields}
            words = gettext("Navn, eller gjør det til et tiltak i planen") if goals else gettext("Skriv et navn")
            more = self._parts(key, "who", "goal")
            yield from self._fold(escape(words), more, opened=any(self[name].value() for name in more))
            yield from self._asks(self._parts(key, *PARTS))
            yield HTML("</fieldset>")

    def _fold(self, words: str, names: list[str], *, opened: bool) -> list[Any]:
        is_open = " open" if opened or any(self[name].errors for name in names) else ""
        fold = HTML(f"<details class='nm-fold nm-casefold'{is_open}><summary>{words}</summary>")
        return [fold, Div(*names, css_class="nm-when"), HTML("</details>")]

    def _asks(self, names: list[str]) -> list[str]:
        """The questions of two editors about these."""
        return [ask for name in names if (ask := f"gjelder_{name}") in self.fields]

    def meet(self, newer: Meeting) -> None:
        """What the other one added, and this form has never seen, stands as it is and is not asked about."""
        theirs, data = self.facts(newer), self.data.copy()
        for key in (*(str(item.pk) for item in self.items), *self.rows):
            if f"what_{key}" in data or f"text_{key}" in data:
                continue
            for name in [name for name in theirs if name.endswith(f"_{key}")]:
                field = self.fields[name]
                data.setlist(name, as_sent(field, theirs[name]))
                self.cleaned_data[name] = field.clean(theirs[name])
        self.data = data
        super().meet(newer)
        self.helper.layout = self._laid_out()

    @property
    def said(self) -> dict[Any, Said]:
        data = self.cleaned_data
        return {
            item.pk: Said(data[f"text_{item.pk}"], data[f"topic_{item.pk}"], data[f"about_{item.pk}"])
            for item in self.items
        }

    @cached_property
    def decided(self) -> list[Decided]:
        """The rows for the action. Nothing was said of a row that was not sent."""
        data, found = self.cleaned_data, []
        for key, row in self.rows.items():
            if f"what_{key}" not in self.data or not (row or data[f"what_{key}"]):
                continue
            found.append(
                Decided(
                    data[f"what_{key}"], who=data[f"who_{key}"], due_on=data[f"due_{key}"], item=data[f"item_{key}"],
                    goal=data.get(f"goal_{key}"), row=row, mark=key, **self.doers.meant(data[f"doer_{key}"], row),
                )
            )  # fmt: skip
        return found

    def service_at(self, field: str) -> Service | None:
        """Which service was chosen in the row of this field, for the way to the agreement that lacks."""
        mark = field.partition("_")[2]
        return next((one.service for one in self.decided if one.mark == mark), None)


def goals_of(meeting: Meeting) -> Any:
    """The goals a decision can become a measure under."""
    return Goal.objects.filter(family=meeting.family_id).active().order_by("outcome", "position", "created_at")
