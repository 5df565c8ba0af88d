"""What a municipality has decided for itself, by its administrator."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires
from nyemonstre.accounts.actions import keep_identity_numbers, set_intake_rules
from nyemonstre.accounts.forms import MunicipalityForm
from nyemonstre.accounts.models import Municipality


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_USERS)
def municipality(request, municipality_id):
    place = get_visible_or_404(Municipality, request, Permission.MANAGE_USERS, pk=municipality_id)
    sent = request.POST if request.method == "POST" else None
    now = {name: getattr(place, name) for name in MunicipalityForm.base_fields}
    form = MunicipalityForm(sent, initial=now)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
        keep_identity_numbers(place, keep=chosen["keeps_identity_numbers"], by=request.user)
        needed, only = chosen["intake_sectors_needed"], chosen["intake_only_in_meetings"]
        set_intake_rules(place, sectors_needed=needed, only_in_meetings=only, by=request.user)
        messages.success(request, _("Lagret."))
        return redirect("accounts:user_list")
    status = 422 if form.errors else 200
    return render(request, "accounts/municipality.html", {"form": form, "place": place}, status=status)
