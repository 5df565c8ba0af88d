"""How far it has come: for whoever sent it, by the link and the number of the receipt."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from nyemonstre.access.limits import limited, sends
from nyemonstre.access.views import public
from referrals.enums import Progress
from referrals.forms.sending import ProgressForm
from referrals.progress import progress


@public
@never_cache
@require_http_methods(["GET", "POST"])
@limited("progress", times=20, seconds=3600, when=sends)
def referral_progress(request: HttpRequest, secret: str) -> HttpResponse:
    """Asks for the number, then says one of three words. The number stands in no address."""
    form = ProgressForm(request.POST if request.method == "POST" else None)
    found, status = None, 200
    if form.is_bound:
        if form.is_valid():
            found = progress(secret, form.cleaned_data["number"])
            if found is None:
                form.add_error(None, _("Vi finner ingen henvendelse med dette nummeret og denne lenken."))
        status = 200 if found else 422
    steps = list(Progress)
    reached = steps.index(found) if found else -1
    context = {"form": form, "found": found, "steps": [(step, at <= reached) for at, step in enumerate(steps)]}
    return render(request, "referrals/referral_progress.html", context, status=status)
