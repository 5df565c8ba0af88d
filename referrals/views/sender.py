"""A service confirms that a henvendelse is theirs, by the link in the mail. Nothing of the henvendelse is shown."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from nyemonstre.access.limits import limited
from nyemonstre.access.views import public
from nyemonstre.refusals import Refused
from referrals.actions import confirm_sender
from referrals.sender import find


@public
@never_cache
@require_http_methods(["GET", "POST"])
@limited("referral_sender", times=40, seconds=3600)
def sender_confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """One button. Opening the page confirms nothing, since mail scanners open links; the button does."""
    known, confirmed_at = find(secret)
    if request.method == "POST" and known and not confirmed_at:
        try:
            confirm_sender(secret, by=request.user if request.user.is_authenticated else None)
        except Refused as refusal:  # the other of two clicks came first
            messages.info(request, refusal.sentence)
        return redirect("referrals:sender_confirm", secret=secret)
    context = {"known": known, "confirmed_at": confirmed_at}
    return render(request, "referrals/sender_confirm.html", context, status=200 if known else 404)
