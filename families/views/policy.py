"""Hvem kan se hva: the table of roles in words, and who in the municipality has which role."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import EVERYWHERE, GRANTED, ON_CALL, Permission, Role
from nyemonstre.access.views import requires, signed_in
from nyemonstre.accounts import actions
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.postgres.sorting import norwegian_key

# Who sees the names beside the roles: those who answer for who has them.
NAMED = (Role.AUDITOR, Role.LEAD, Role.ADMINISTRATOR)


@require_safe
@signed_in
def roles(request: HttpRequest) -> HttpResponse:
    """Everybody who is logged in may read what each role sees; names are for the auditor, leads and administrators."""
    named = [m.municipality for m in request.user.live_memberships if m.role in NAMED]
    people = _people(named)
    manages = [m.municipality for m in request.user.live_memberships if m.role == Role.ADMINISTRATOR]
    context = {
        "rows": [
            {
                "role": role,
                "everywhere": _words(EVERYWHERE[role]),
                "granted": _words(GRANTED[role]),
                "people": sorted({m.user.name for m in people[role]}, key=norwegian_key),
            }
            for role in Role
        ],
        "table": [{"permission": p, "cells": [_cell(role, p) for role in Role]} for p in Permission],
        "heads": list(Role),
        "named": bool(named),
        "on_call": _words(ON_CALL),
        "municipalities": list({m.pk: m for m in named}.values()),
        "watch": [(m, m.municipality) for m in people[Role.COORDINATOR]] if manages else [],
        "manages": list({m.pk: m for m in manages}.values()),
    }
    return render(request, "families/roles.html", context)


def _people(municipalities: list[Any]) -> dict[str, list[Membership]]:
    people: dict[str, list[Membership]] = defaultdict(list)
    rows = Membership.objects.live().filter(municipality__in=municipalities, user__is_active=True)
    for membership in rows.select_related("user", "municipality").order_by("user__name", "pk"):
        people[membership.role].append(membership)
    return people


def _words(permissions: Any) -> list[str]:
    return [str(p.label) for p in Permission if p in permissions]


def _cell(role: Role, permission: Permission) -> str:
    if permission in EVERYWHERE[role]:
        return "everywhere"
    return "granted" if permission in GRANTED[role] else ""


@require_POST
@requires(Permission.MANAGE_USERS)
@fresh_login()
def on_call(request: HttpRequest) -> HttpResponse:
    """The administrator says who is on call, and whether those may open a family in need."""
    mine = [m.municipality_id for m in request.user.live_memberships if m.role == Role.ADMINISTRATOR]
    on = request.POST.get("on") == "1"
    if key := _uuid(request.POST.get("membership", "")):
        rows = Membership.objects.live().filter(municipality__in=mine, role=Role.COORDINATOR)
        membership = get_object_or_404(rows.select_related("municipality", "user"), pk=key)
        actions.set_on_call(membership, on=on, by=request.user)
        messages.success(request, _("Vakta er endret for %(name)s.") % {"name": membership.user.name})
    else:
        municipality = get_object_or_404(
            Municipality.objects.filter(pk__in=mine),
            pk=_uuid(request.POST.get("municipality", "")),
        )
        actions.allow_break_glass_on_call(municipality, allowed=on, by=request.user)
        messages.success(request, _("Regelen for vakta er endret."))
    return redirect("families:roles")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
