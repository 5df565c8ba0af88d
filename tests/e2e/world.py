"""Two families with everything in one municipality, and the forms of the table filled in for the first of them."""

import re
from typing import Any
from uuid import uuid4

from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from .forms import Day, Form, Row, today

# Reading leaves a line in the log too. Any other new line means that something was done.
READING = ("viewed", "list_opened", "refused", "not_found", "action_refused", "login_failed")


class World:
    """`rows` are the family's own ids by name, `others` those of another family that the same people may see."""

    def __init__(self) -> None:
        from tests.factories import Team, family_at
        from tests.factories.everything import family_with_everything
        from tests.referrals.making import sent

        self.team = team = Team()
        stranger = Team()
        self.rows = self._ids(family_with_everything(team, "Egen"))
        self.others = self._ids(family_with_everything(team, "Annen"))
        new = family_at("intake", team, name="Ny")
        self.rows |= {
            "new_family": new.pk, "new_member": self._member(new).pk, "referral": sent(team, "Henvist").pk,
            "municipality": team.municipality.pk, "coordinator": team.coordinator.pk,
            "coordinator2": team.second_coordinator.pk, "step": "feedback", "round": 1,
        }  # fmt: skip
        self.others |= {
            "new_member": self.others["member"], "municipality": uuid4(), "coordinator": stranger.coordinator.pk,
            "coordinator2": stranger.coordinator.pk, "service": self._service(stranger),
        }  # fmt: skip

    def _member(self, family: Any) -> Any:
        from families.models import Member
        from nyemonstre.access.wall import acting_as

        with acting_as(self.team.coordinator), transaction.atomic():
            return Member.objects.select_related("family__municipality").get(family=family, first_name="Mor")

    def _ids(self, family: Any) -> dict[str, Any]:
        from consent import actions
        from consent.models import AgreementLine, Contact
        from families.models import Household
        from nyemonstre.access.wall import acting_as
        from plans.models import Goal, Measure

        by, member = self.team.coordinator, self._member(family)
        with acting_as(by), transaction.atomic():
            line = AgreementLine.objects.select_related("service").get(family=family)
            contact = Contact.objects.get(family=family)
            draft = actions.draft_line(
                family, service=line.service, members=[member], topics=["work"], valid_from=timezone.localdate(), by=by
            )
            return {
                "family": family.pk, "member": member.pk, "service": line.service_id, "line": line.pk,
                "draft": f"{draft.pk}:{draft.version}", "contact": contact.pk,
                "goal": Goal.objects.get(family=family).pk, "measure": Measure.objects.get(family=family).pk,
                "home": Household.objects.filter(family=family).order_by("name").first().pk,
                "lives": member.households.order_by("name").first().pk,
            }  # fmt: skip

    def _service(self, stranger: Any) -> Any:
        from consent import actions

        return actions.add_service(
            stranger.municipality, name="Skolen deres", sector="school", by=stranger.coordinator
        ).pk

    def client(self, form: Form) -> Client:
        """A browser with the form's person logged in."""
        client = Client(HTTP_ACCEPT_LANGUAGE="nb")
        if form.who:
            client.force_login(getattr(self.team, form.who))
        return client

    def address(self, form: Form) -> str:
        return reverse(form.address, args=[self.rows[name] for name in form.rows]) + form.query

    def name(self, field: str) -> str:
        """The name of a field in HTML: ids of rows stand in some."""
        return re.sub(r"MEMBER|GOAL|HOME|LIVES", lambda found: str(self.rows[found[0].lower()]), field)

    def good(self, form: Form) -> dict[str, Any]:
        """What a person types."""
        typed = {}
        for name, field in form.fields.items():
            value = field.good or (today() if isinstance(field, Day) else "")
            typed[self.name(name)] = str(self.rows[field.name]) if isinstance(field, Row) else value
        if form.name == "beslutning":
            typed["sectors"] = ["nav", "health"]
        return typed

    def filled(self, form: Form, client: Client) -> dict[str, Any]:
        """What the browser sends: what stands on the page, and what was typed over it."""
        page = self.address(form)
        if form.name in ("vurdering", "tillegg", "beslutning"):  # forms on the page of the case
            page = reverse("referrals:referral_detail", args=[self.rows["referral"]])
        answer = client.get(page)
        assert answer.status_code == 200, (form.name, answer.status_code)
        return sent_by(answer, self.name(next(iter(form.fields)))) | self.good(form)

    def done(self) -> int:
        """How many things have been done, as the auditor counts them."""
        from nyemonstre.access.wall import acting_as
        from nyemonstre.audit.models import Event

        with acting_as(self.team.auditor), transaction.atomic():
            return Event.objects.exclude(what__in=READING).count()


def soup(answer: Any) -> BeautifulSoup:
    """The page, read once however often it is asked."""
    if not hasattr(answer, "soup"):
        answer.soup = BeautifulSoup(answer.content, "html.parser")
    return answer.soup


def sent_by(answer: Any, field: str) -> dict[str, Any]:
    """What a browser would send of the form that has this field, untouched."""
    control = next((one for one in controls(answer) if one["name"] == field), None)
    assert control is not None, f"no field {field}"
    found: dict[str, Any] = {}
    for one in controls(answer):
        if form_of(one) is not form_of(control) or one.name == "button" or one.get("type") == "submit":
            continue
        if one.get("type") in ("radio", "checkbox") and not one.has_attr("checked"):
            continue
        if one.name == "select":
            chosen = one.select("option[selected]") or one.select("option")[:1]
            values = [option.get("value", "") for option in chosen]
        else:
            ticked = "on" if one.get("type") == "checkbox" else ""
            values = [one.get_text() if one.name == "textarea" else one.get("value", ticked)]
        found.setdefault(one["name"], []).extend(values)
    return found


def controls(answer: Any) -> list[Any]:
    """Everything with a name that belongs to a form, also where it stands outside of it."""
    return [one for one in soup(answer).select("form [name], [form][name]") if form_of(one) is not None]


def form_of(control: Any) -> Any:
    """The form a control is sent with: the one it names, else the one around it."""
    if control.get("form"):
        return control.find_parent("html").find("form", id=control["form"])
    return control.find_parent("form")


def stands_in(answer: Any) -> dict[str, set[str]]:
    """Every value the page gives back, by field."""
    found: dict[str, set[str]] = {}
    for one in controls(answer):
        kept = one.get_text().removeprefix("\n") if one.name == "textarea" else one.get("value", "")
        if one.name == "select":
            found.setdefault(one["name"], set()).update(o.get("value", "") for o in one.select("option[selected]"))
        elif one.get("type") not in ("radio", "checkbox") or one.has_attr("checked"):
            found.setdefault(one["name"], set()).add(kept)
    return found


def complained_about(answer: Any) -> set[str]:
    """The names of the fields the page marks as wrong."""
    page = soup(answer)
    marked = page.select('[aria-invalid="true"], [data-invalid] [name]')
    linked = [page.find(id=link["href"][1:]) for link in page.select("ds-error-summary a")]
    return {one["name"] for one in [*marked, *linked] if one is not None and one.get("name")}


def said(answer: Any) -> str:
    """The page's error summary, for the text of a failure."""
    return " | ".join(
        e.get_text(" ", strip=True) for e in soup(answer).select("ds-error-summary li, .ds-validation-message")
    )
