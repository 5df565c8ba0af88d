"""A service confirms that a henvendelse is theirs, by the link in the mail. Nothing of the henvendelse is shown.

The intake team sends the link again.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from nyemonstre.access.limits import limited, sends
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import public, requires
from nyemonstre.refusals import Refused
from referrals.actions import ask_sender_again, confirm_sender
from referrals.sender import find
from referrals.views.intake import again, open_referral


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


@require_http_methods(["GET", "POST"])
@requires(Permission.DECIDE_REFERRAL)
@limited("referral_sender_again", times=30, seconds=3600, when=sends)
def sender_ask(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Send the link once more. What is typed elsewhere on the page stands."""
    referral = open_referral(request, referral_id, Permission.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    try:
        ask_sender_again(referral, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("Lenken sendes på nytt, og virker i sju dager."))
    return again(request, referral, "")
