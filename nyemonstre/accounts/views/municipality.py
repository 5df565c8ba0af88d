"""What a municipality has decided for itself, by its administrator."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.actions import (
    keep_identity_numbers,
    set_escalation,
    set_fit_limits,
    set_intake_rules,
    set_letter_rules,
    set_service_domains,
)
from nyemonstre.accounts.forms import MunicipalityForm
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_USERS)
def municipality(request, municipality_id):
    place = get_visible_or_404(Municipality, request, Permission.MANAGE_USERS, pk=municipality_id)
    sent = request.POST if request.method == "POST" else None
    now = {name: getattr(place, name) for name in MunicipalityForm.base_fields}
    lines = {name: "\n".join(now[name]) for name in ("intake_own_sectors", "service_domains")}
    now["escalate_after_days"] = place.escalate_after_days or 0
    form = MunicipalityForm(sent, initial=now | lines)
    if form.is_bound and form.is_valid():
        try:
            _save(place, form, request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret."))
            return redirect("accounts:user_list")
    status = 422 if form.errors else 200
    return render(request, "accounts/municipality.html", {"form": form, "place": place}, status=status)


@transaction.atomic
def _save(place: Municipality, form: MunicipalityForm, by: User) -> None:
    """All of the form or nothing of it."""
    chosen = form.cleaned_data
    keep_identity_numbers(place, keep=chosen["keeps_identity_numbers"], by=by)
    set_intake_rules(
        place, sectors_needed=chosen["intake_sectors_needed"], only_in_meetings=chosen["intake_only_in_meetings"],
        own_sectors=form.own_sectors(), by=by,
    )  # fmt: skip
    set_letter_rules(
        place, makes_vedtak=chosen["intake_makes_vedtak"], appeal_weeks=chosen["intake_appeal_weeks"], by=by
    )
    set_fit_limits(place, fall=chosen["fit_fall"], still=chosen["fit_still"], by=by)
    set_escalation(place, after_days=chosen["escalate_after_days"], by=by)
    set_service_domains(place, domains=chosen["service_domains"].splitlines(), by=by)
