"""What a municipality has decided for itself, by its administrator."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.accounts.forms import MunicipalityForm
from nyemonstre.accounts.models import Municipality


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_USERS)
def municipality(request, municipality_id):
    place = get_visible_or_404(Municipality, request, Permission.MANAGE_USERS, pk=municipality_id)
    sent = request.POST if request.method == "POST" else None
    form = MunicipalityForm(sent, initial={"keeps_identity_numbers": place.keeps_identity_numbers})
    if form.is_bound and form.is_valid():
        keep_identity_numbers(place, keep=form.cleaned_data["keeps_identity_numbers"], by=request.user)
        messages.success(request, _("Lagret."))
        return redirect("accounts:user_list")
    return render(request, "accounts/municipality.html", {"form": form, "place": place})
