"""What the views of this room share."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from consent.enums import Purpose
from consent.models import AgreementLine, Consent
from consent.overview import answers_in
from consent.rules import is_live
from families.models import Family, Member
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.drafts import draft_for


def people_of(family: Family) -> list[Member]:
    """Those who live in the family now, the eldest first."""
    rows = family.members.filter(moved_out_on=None).order_by("birth_date", "first_name", "pk")
    members = list(rows)
    for member in members:
        member.family = family
    return members


def history_of(family: Family) -> list[Consent]:
    """Every answer, the newest first: what `answers_in` expects."""
    rows = Consent.objects.filter(family=family).select_related("member", "recorded_by", "extra")
    return list(rows.order_by("-answered_on", "-recorded_at", "pk"))


def back(family: Family, sentence: str = "", *, anchor: str = "", info: bool = False, request: Any = None) -> Any:
    """To the tab, with a sentence about what was done."""
    if sentence:
        (messages.info if info else messages.success)(request, sentence)
    return redirect(reverse("consent:family_tab", args=[family.pk]) + anchor)


def form_page(
    request: HttpRequest, family: Family, form: BaseForm, template: str = "consent/form.html", **extra: Any
) -> HttpResponse:
    """A form on a page of its own under the family's header; 422 when it comes back with errors."""
    context = {
        **family_context(request, family, "consent"), "form": form, "heading": "", "lead": "", "drafted": False,
        "newer": [], "follows": [], "texts": [], "danger": False, "table": [], **extra,
    }  # fmt: skip
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def keep_draft(request: HttpRequest, form: Any) -> bool:
    """What is typed in this form is saved while one types. Says whether an earlier draft was put back."""
    form.save_drafts(reverse("accounts:draft_save"), str(request.user.pk))
    return draft_for(request) is not None and not form.is_bound


def planned_with(request: HttpRequest, family: Family, ending: Iterable[AgreementLine]) -> list[str]:
    """What is planned with services nobody may contact once these lines end, one sentence each. The rooms above know
    (settings.NM_PLANNED_WITH)."""
    ending = list(ending)
    going_on = AgreementLine.objects.live().filter(family=family).exclude(pk__in=[line.pk for line in ending])
    gone = {line.service_id for line in ending} - set(going_on.values_list("service_id", flat=True))
    planned: Callable[..., list[tuple[str, str]]] = import_string(settings.NM_PLANNED_WITH)
    return [
        _("Hva skal skje med «%(what)s», som er planlagt %(day)s?") % {"what": what, "day": day}
        if day
        else _("Hva skal skje med «%(what)s», som står i planen?") % {"what": what}
        for what, day in planned(request.user, family, gone)
    ]


def open_to_change(request: HttpRequest, family_id: UUID) -> Family:
    """The family, for a page that writes. Reading was logged by the tab, writing is logged by the action."""
    return open_family(request, family_id, Permission.CHANGE_CONSENT, quiet=True)


def with_newer_version(form: Any, version: int) -> None:
    """The form as it was sent, now against the newer version: saving once more means «mine»."""
    form.data = form.data.copy()
    form.data["version"] = str(version)


def taking_part(history: list[Consent]) -> bool:
    """Whether somebody has a live consent to participation, from a history that was already read."""
    return any(is_live(row) for row in answers_in(history)[Purpose.PARTICIPATION].values())
