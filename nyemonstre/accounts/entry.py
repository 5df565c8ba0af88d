"""In and out: one way to begin a session and one way to end it, whoever says who somebody is."""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from nyemonstre.access.limits import count, forget, tries
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.log import record
from nyemonstre.ui.headers import address_of

from .enums import AccountEvent, LoginMethod
from .models import User
from .sessions import METHOD, begin

# Says only "somebody was logged in in this browser", so that the login page can tell why they no longer are.
WAS_HERE = "__Host-nm-was-here" if settings.SECURE else "nm-was-here"
# Failed tries before the form waits: by one person from one address, and from one address in all. Seconds.
TRIES, TRIES_FROM_ADDRESS, WAIT = 5, 40, 15 * 60
BACKEND = "django.contrib.auth.backends.ModelBackend"


def safe_next(request: HttpRequest) -> str:
    """The page to come back to, if it is one of ours; else the front page."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if ours else settings.LOGIN_REDIRECT_URL


def why_not_enter(request: HttpRequest, email: str, password: str) -> tuple[User | None, str]:
    """The user these two belong to, or None and the sentence that says what to do. Failures are counted and logged."""
    email = email.lower()
    where = address_of(request)
    if tries("login", where, email) >= TRIES or tries("login", where) >= TRIES_FROM_ADDRESS:
        _failed(email, "limit")
        return None, _("Det er prøvd for mange ganger. Vent et kvarter, og prøv igjen.")
    user = auth.authenticate(request, username=email, password=password)
    if user is None:
        count("login", where, email, seconds=WAIT)
        count("login", where, seconds=WAIT)
        closed = User.objects.filter(email=email, is_active=False).first()
        if closed and closed.check_password(password):
            _failed(email, "closed")
            return None, _("Brukeren din er stengt. Snakk med administratoren i kommunen.")
        _failed(email, "password")
        return None, _("E-postadressen og passordet hører ikke sammen. Sjekk begge, og prøv igjen.")
    forget("login", where, email)
    if not user.live_memberships:
        _failed(email, "no_role")
        return None, _("Du har ingen rolle akkurat nå. Be administratoren i kommunen om å gi deg en.")
    return user, ""


def why_not_confirmed(request: HttpRequest, password: str) -> str:
    """Empty when this is the password of the one who is logged in; else the sentence that says what to do."""
    user, where = request.user, address_of(request)
    if tries("login", where, user.email) >= TRIES:
        _failed(user.email, "limit", by=user)
        return _("Det er prøvd for mange ganger. Vent et kvarter, og prøv igjen.")
    if not user.check_password(password):
        count("login", where, user.email, seconds=WAIT)
        _failed(user.email, "confirm", by=user)
        return _("Dette er ikke passordet ditt. Prøv igjen.")
    forget("login", where, user.email)
    return ""


def confirmed(request: HttpRequest, *, how: LoginMethod) -> None:
    """They showed once more who they are: a new key for the session, a new time in it, a line in the log."""
    request.session.cycle_key()
    begin(request)
    record(AccountEvent.LOGIN_CONFIRMED, by=request.user, target=request.user, facts={"how": how})


def _failed(email: str, why: str, *, by: User | None = None) -> None:
    user = User.objects.filter(email=email).first()
    home = user.home_municipality if user else None
    record(AccountEvent.LOGIN_FAILED, by=by, target=user, municipality=home, facts={"why": why})


def enter(request: HttpRequest, user: Any, *, how: LoginMethod) -> HttpResponse:
    """Begin the session under a new key, log it, and go on to the page they came for."""
    goes_to = safe_next(request)
    with acting_as(user):
        auth.login(request, user, backend=BACKEND)
        request.session[METHOD] = how
        record(AccountEvent.LOGGED_IN, by=user, target=user, facts={"how": how})
    response = HttpResponseRedirect(goes_to)
    response.set_cookie(WAS_HERE, "1", httponly=True, samesite="Lax", secure=settings.SECURE)
    return response


def leave(request: HttpRequest) -> HttpResponse:
    """End the session and ask the browser to forget what it kept of our pages."""
    if request.user.is_authenticated:
        record(AccountEvent.LOGGED_OUT, by=request.user, target=request.user)
    auth.logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(WAS_HERE)
    return response
