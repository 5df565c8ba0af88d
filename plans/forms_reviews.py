"""The forms of a 6-month review: its head, and one for each goal beside what was said then."""

from typing import Any

from crispy_forms.layout import HTML, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from consent.models import Contact
from consent.rules import live_contacts
from families.models import Family, Member
from nyemonstre.accounts.models import User
from nyemonstre.ui.forms import NMForm, PlainTextField

from .enums import Verdict
from .forms import FamilyForm, People, VersionForm, day, people_of, radios, why_it_matters, zero_to_ten
from .forms_journal import Contacts
from .models import Goal, ReviewGoal
from .rules import NO_SUCH_CONTACT


class Colleagues(forms.ModelMultipleChoiceField):
    """Those who follow the family."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, user: User) -> str:
        return user.name


class ReviewForm(VersionForm, FamilyForm):
    """The head of a review; the goals are forms of their own beside it."""

    form_tag = False
    held_on = day(_("Når snakket dere sammen?"))
    members = People(label=_("Hvem i familien var med?"), queryset=Member.objects.none(), required=False)
    coordinators = Colleagues(label=_("Hvem av koordinatorene var med?"), queryset=User.objects.none(), required=False)
    contacts = Contacts(
        label=_("Hvem fra tjenestene var med?"), queryset=Contact.objects.none(), required=False,
        help_text=_("De avtalen om samarbeid gjelder for nå."),
        error_messages={"invalid_choice": NO_SUCH_CONTACT, "invalid_pk_value": NO_SUCH_CONTACT},
    )  # fmt: skip
    with_interpreter = forms.BooleanField(label=_("Tolk var med"), required=False)
    present = PlainTextField(
        label=_("Andre som var med"), max_length=300, required=False, help_text=_("Navn med komma mellom.")
    )
    ahead = PlainTextField(
        label=_("Hva skal de neste seks månedene brukes til?"), max_length=2000, required=False, long=True
    )
    with_whom = PlainTextField(label=_("Hvem er med videre?"), max_length=300, required=False)
    note = PlainTextField(label=_("Noe mer dere vil ta vare på?"), max_length=2000, required=False, long=True)

    def __init__(self, *args: Any, family: Family, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, family=family, **kwargs)
        self.helper.form_show_errors = False  # the page has one summary for all its forms
        following = family.assignments.live().values("user_id")
        self.fields["coordinators"].queryset = User.objects.filter(pk__in=following).order_by("name", "pk")
        contacts = self.fields["contacts"]
        contacts.queryset = live_contacts(family, user).select_related("service").order_by("name", "pk")
        # Sent with names whose agreement has ended meanwhile, the field stays, and says so.
        if "contacts" not in self.data and not contacts.queryset:
            del self.fields["contacts"]


class ReviewGoalForm(NMForm, forms.Form):
    """One goal in a review; its prefix is the goal's id. Why, first sign and whose stand there as they are now."""

    form_tag = False
    rating = zero_to_ten(_("Hvor er dere nå, fra 0 til 10?"))
    rating_by_coordinator = zero_to_ten(_("Hvor ser koordinatoren at dere er?"))
    helped = PlainTextField(label=_("Hva hjalp?"), max_length=1000, required=False, long=True)
    hindered = PlainTextField(label=_("Hva sto i veien?"), max_length=1000, required=False, long=True)
    verdict = radios(_("Hva gjør vi med målet?"), Verdict.choices, required=False)
    new_words = PlainTextField(
        label=_("Slik skal målet stå nå"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Bare når dere endrer det."),
    )  # fmt: skip
    new_why = why_it_matters()
    new_first_sign = PlainTextField(label=_("Et første tegn"), max_length=300, required=False)
    new_whose = People(label=_("Hvem er det for?"), queryset=Member.objects.none(), required=False)

    def __init__(self, *args: Any, goal: Goal, said: ReviewGoal | None, typed: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, prefix=str(goal.pk), **kwargs)
        self.goal = goal
        self.about = f"«{goal.words}»"
        self.helper.form_show_errors = False
        self.fields["new_whose"].queryset = people_of(goal.family)
        now = self._now()
        kept = {name: getattr(said, name) for name in self.fields if getattr(said, name, None) is not None}
        written = {name: typed[key] for name in self.fields if (key := self.add_prefix(name)) in typed}
        self.initial = {**now, **kept, **written}
        # Open where something in it is another thing than it was, or is wrong.
        is_open = self.is_bound or any(self.initial[name] != now[name] for name in now)
        fold = f'<details class="nm-more"{" open" if is_open else ""}><summary>'
        names = list(self.fields)
        more = names.index("new_why")
        self.helper.layout = Layout(
            *names[:more], HTML(fold), HTML(_("Endre hvorfor, første tegn eller hvem")), HTML("</summary>"),
            *names[more:], HTML("</details>"),
        )  # fmt: skip

    def _now(self) -> dict[str, Any]:
        whose = [member.pk for member in self.goal.whose.all()]
        return {"new_why": self.goal.why, "new_first_sign": self.goal.first_sign, "new_whose": whose}

    def clean(self) -> dict[str, Any]:
        """What stands as it stood is no change: None. Nothing is, in a form that did not ask (an older page)."""
        data = super().clean() or self.cleaned_data
        now = self._now()
        asked = self.add_prefix("new_why") in self.data
        for name in ("new_why", "new_first_sign"):
            if not asked or data.get(name) == now[name]:
                data[name] = None
        whose = [member.pk for member in data.get("new_whose", [])]
        data["new_whose"] = whose if asked and set(whose) != set(now["new_whose"]) else None
        return data
