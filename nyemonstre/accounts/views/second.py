"""Passkeys and one-time codes: setting them up (logged in), and using them (on the way in)."""

import base64
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, get_totp_secret, validate_totp_code
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.limits import limited, sends
from nyemonstre.access.views import public, signed_in
from nyemonstre.accounts.actions_second import add_passkey, add_totp, remove_factor, renew_recovery_codes
from nyemonstre.accounts.entry import confirmed, enter, safe_next, second_step_failed, why_not_local
from nyemonstre.accounts.enums import LoginMethod
from nyemonstre.accounts.forms import CodeForm, PasskeyForm
from nyemonstre.accounts.second_factor import (
    HALFWAY,
    NEEDED,
    STEP_SECONDS,
    Adapter,
    code_is_right,
    factors,
    halfway,
    passkey_question,
    passkey_user,
    plain,
    waits,
)


@signed_in
@require_safe
def second_list(request):
    """What one has set up, and the ways to set up more."""
    mine = factors(request.user)
    context = {
        "keys": [factor for factor in mine if factor.type != Authenticator.Type.RECOVERY_CODES],
        "codes_left": sum(
            len(f.wrap().get_unused_codes()) for f in mine if f.type == Authenticator.Type.RECOVERY_CODES
        ),
        "needed": NEEDED in request.session,
    }
    return render(request, "accounts/second_list.html", context)


def _codes_left(mine):
    found = [factor for factor in mine if factor.type == Authenticator.Type.RECOVERY_CODES]
    return found[0].wrap().get_unused_codes() if found else []


@signed_in
@fresh_login()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_totp(request):
    """Show the secret once, as a picture and as text; take it when the app gives the right code."""
    form = CodeForm(request.POST or None)
    secret = get_totp_secret(regenerate=not form.is_bound)
    if form.is_valid():
        if validate_totp_code(secret, form.cleaned_data["code"]):
            add_totp(request.user, secret=secret, by=request.user)
            del request.session[SECRET_SESSION_KEY]
            return _set_up(request)
        form.add_error("code", _("Koden stemmer ikke. Vent til appen viser en ny, og prøv igjen."))
    adapter = Adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context = {"form": form, "secret": secret, "picture": base64.b64encode(picture.encode()).decode()}
    return render(request, "accounts/second_totp.html", context, status=422 if form.is_bound else 200)


@signed_in
@fresh_login()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_passkey(request):
    """Make a passkey on this machine or on a security key. Needs script: the browser itself asks the person."""
    form = PasskeyForm(request.POST or None)
    if form.is_valid():
        credential = form.cleaned_data["credential"]
        try:
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        except (forms.ValidationError, KeyError, ValueError, TypeError, AttributeError):
            form.add_error(None, _("Passnøkkelen ble ikke laget. Prøv igjen."))
        else:
            name = form.cleaned_data["name"] or _("Passnøkkel")
            add_passkey(request.user, name=name, credential=credential, by=request.user)
            return _set_up(request)
    options = plain(webauthn.begin_registration(request.user, passwordless=True))
    context = {"form": form, "options": options, "kind": "create"}
    return render(request, "accounts/second_passkey.html", context, status=422 if form.is_bound else 200)


def _set_up(request):
    request.session.pop(NEEDED, None)
    messages.success(request, _("Det er lagret. Ta vare på kodene under, så kommer du inn uten telefon og nøkkel."))
    return redirect("accounts:second_codes")


@signed_in
@fresh_login()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_codes(request):
    """The recovery codes that are left. POST makes ten new ones."""
    if request.method == "POST":
        renew_recovery_codes(request.user, by=request.user)
        messages.success(request, _("Du har fått nye koder. De gamle virker ikke lenger."))
        return redirect("accounts:second_codes")
    mine = factors(request.user)
    if not mine:
        return redirect("accounts:second_list")
    return render(request, "accounts/second_codes.html", {"codes": _codes_left(mine)})


@signed_in
@fresh_login()
@require_POST
def second_remove(request, factor_id):
    mine = {factor.pk: factor for factor in factors(request.user)}
    factor = mine.get(factor_id)
    if factor is None or factor.type == Authenticator.Type.RECOVERY_CODES:
        raise Http404
    remove_factor(factor, by=request.user)
    messages.success(request, _("Den er fjernet."))
    return redirect("accounts:second_list")


@public
@never_cache
@limited("second_step", times=60, seconds=900, when=sends)
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request):
    """After the right password: a code, or a passkey."""
    user = halfway(request)
    if user is None or time.time() - request.session[HALFWAY]["at"] > STEP_SECONDS:
        return redirect("accounts:login")
    how = sentence = ""
    if request.POST.get("credential"):
        form = PasskeyForm(request.POST)
        how = LoginMethod.PASSKEY if form.is_valid() and passkey_user(form.cleaned_data["credential"], user) else ""
        sentence = _("Passnøkkelen ble ikke godtatt. Prøv igjen.")
    elif request.method == "POST":
        how = code_is_right(user, request.POST.get("code", "")[:20])
        sentence = (
            _("Det er prøvd for mange ganger. Vent et kvarter, og prøv igjen.")
            if waits(user)
            else _("Koden stemmer ikke. Vent til appen viser en ny, og prøv igjen.")
        )
    if how:
        goes_to = request.session.pop(HALFWAY)["next"]
        return enter(request, user, how=how, goes_to=goes_to)
    if sentence:
        second_step_failed(user)
    mine = factors(user)
    context = {
        "form": CodeForm(None),
        "sentence": sentence,
        "with_code": any(factor.type == Authenticator.Type.TOTP for factor in mine),
        "options": passkey_question(user) if any(f.type == Authenticator.Type.WEBAUTHN for f in mine) else None,
        "kind": "get",
    }
    return render(request, "accounts/second_step.html", context, status=422 if sentence else 200)


@public
@never_cache
@limited("passkey", times=60, seconds=900, when=sends)
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request):
    """In with a passkey alone; or, for somebody who is logged in, confirm who they are with it."""
    here = request.user if request.user.is_authenticated else None
    form = PasskeyForm(request.POST or None)
    if form.is_bound:
        user = passkey_user(form.cleaned_data["credential"], here) if form.is_valid() else None
        sentence = why_not_local(user) if user else _("Passnøkkelen ble ikke godtatt. Prøv igjen.")
        if not sentence and here:
            confirmed(request, how=LoginMethod.PASSKEY)
            return redirect(safe_next(request))
        if not sentence:
            return enter(request, user, how=LoginMethod.PASSKEY)
        messages.error(request, sentence)
        return redirect(f"{reverse('accounts:passkey')}?next={safe_next(request)}")
    context = {"form": form, "options": passkey_question(here), "kind": "get", "next": safe_next(request)}
    return render(request, "accounts/passkey.html", context)
