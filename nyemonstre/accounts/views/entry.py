"""In, out, and the language of the page."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from nyemonstre.access.limits import limited, sends
from nyemonstre.access.views import public
from nyemonstre.accounts.actions import change_password, choose_language
from nyemonstre.accounts.actions_login import send_forgotten_link
from nyemonstre.accounts.entry import LOG_OUT_THERE, WAS_HERE, after_password, leave, safe_next, why_not_enter
from nyemonstre.accounts.forms import EmailForm, LoginForm, NewPasswordForm
from nyemonstre.accounts.models import LoginProvider, User


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request):
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = LoginForm(request.POST or None)
    if form.is_valid():
        user, sentence = why_not_enter(request, **{key: form.cleaned_data[key] for key in ("email", "password")})
        if user:
            return after_password(request, user)
        form.add_error(None, sentence)
    context = {
        "form": form,
        "next": safe_next(request),
        "log_out_there": request.session.pop(LOG_OUT_THERE, ""),
        "providers": LoginProvider.objects.active().select_related("municipality"),
        "was_here": WAS_HERE in request.COOKIES and not form.is_bound,
    }
    return render(request, "accounts/login.html", context, status=422 if form.is_bound else 200)


@public
@require_POST
def logout(request):
    response = leave(request)
    messages.success(request, _("Du er logget ut."))
    return response


@public
@never_cache
@limited("password_forgot", times=20, seconds=3600, when=sends)
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgot(request):
    """The same answer whoever asks, so that nobody learns who works here."""
    form = EmailForm(request.POST or None)
    if form.is_valid():
        send_forgotten_link(form.cleaned_data["email"].lower(), by=None)
        return render(request, "accounts/password_sent.html")
    return render(request, "accounts/password_forgot.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@never_cache
@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password_set(request, uid, token):
    """Where the mailed link leads. A link that was used, is too old or was never made gets the same words."""
    user = _owner(uid)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "accounts/password_link_old.html", status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if form.is_valid():
        change_password(user, password=form.cleaned_data["new"], by=user)
        messages.success(request, _("Passordet er lagret. Logg inn med det."))
        return redirect("accounts:login")
    return render(request, "accounts/password_set.html", {"form": form}, status=422 if form.is_bound else 200)


def _owner(uid):
    try:
        return User.objects.filter(pk=urlsafe_base64_decode(uid).decode(), is_active=True).first()
    except (ValueError, ValidationError):  # not base64, or no UUID in it
        return None


@public
@require_POST
def language_set(request):
    """Keep the chosen language: in the browser, and on the profile of somebody who is logged in."""
    response = HttpResponseRedirect(safe_next(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            choose_language(request.user, language=language, by=request.user)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, httponly=True, samesite="Lax",
            secure=settings.SECURE,
        )  # fmt: skip
    return response
