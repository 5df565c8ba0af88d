"""Adressesperre: what it means, who it hides the family from, and changing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from families import pages
from families.actions_protection import change_protection, may_change_protection
from families.forms_protection import ProtectionForm
from families.history import ProtectionChange
from families.models import Family
from families.protection import is_strict
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused, Stale

CHANGE = Permission.CHANGE_FAMILY


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def family_protection(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """How to handle the protection, its history, and the form for those who may change it. A warning comes first."""
    family = pages.open_family(request, family_id, CHANGE)
    may = may_change_protection(family, request.user)
    form = ProtectionForm(request.POST or None, family=family)
    if request.method == "POST":
        if not may:
            raise PermissionDenied(_("Adressesperren endres av den ansvarlige koordinatoren, eller av en leder."))
        if form.is_valid():
            try:
                changed = change_protection(family, by=request.user, **form.facts)
            except Stale as stale:
                form = pages.with_version(form, stale.current.version)
                say(form, stale)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _saved(changed))
                return redirect(reverse("families:family_protection", args=[family.pk]))
    context = pages.family_context(request, family, "members") | {
        "form": form if may else None,
        "strict": is_strict(family.protection),
        **_before_and_after(family),
        "changes": _history(family),
    }
    return render(request, "families/family_protection.html", context, status=422 if form.errors else 200)


def _before_and_after(family: Family) -> dict[str, list[str]]:
    """Names of those who see the family when it is strictly protected, and of the leads who do not."""
    groups = pages.who_may_see(family)
    stay = [opener.user for group in ("following", "in_need", "let_in") for opener, _way in groups[group]]
    leads = [row.user.name for row in pages.leads_of(family) if row.user not in stay]
    return {"seers": [user.name for user in stay], "leads": leads}


def _saved(family: Family) -> str:
    if is_strict(family.protection):
        return _("Lagret. Fra nå av ser bare de som er satt opp ved navn, at familien finnes her.")
    return _("Lagret.")


def _history(family: Family) -> list[Any]:
    rows = ProtectionChange.objects.filter(family=family).select_related("member", "household", "changed_by")
    return list(rows.order_by("-changed_at", "pk"))
