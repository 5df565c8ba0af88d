"""In and out: one way to begin a session and one way to end it, whoever says who somebody is."""

import time
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from nyemonstre.access.fresh import proved
from nyemonstre.access.limits import count, forget, tries
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.headers import address_of

from .actions_login import link_identity
from .enums import AccountEvent, LoginMethod
from .models import LoginProvider, User
from .oidc import Answer, end_session_url
from .second_factor import HALFWAY, NEEDED, has_second_factor, must_have_one
from .sessions import LONGEST, METHOD, begin
from .tasks import invited_user, may_use_password

# Says only "somebody was logged in in this browser", so that the login page can tell why they no longer are.
WAS_HERE = "__Host-nm-was-here" if settings.SECURE else "nm-was-here"
# Failed tries before the form waits: by one person from one address, and from one address in all. Seconds.
TRIES, TRIES_FROM_ADDRESS, WAIT = 5, 40, 15 * 60
# In the session: the provider and its token, to log out there too; and that address, for the login page after it.
ID_TOKEN, LOG_OUT_THERE = "nm_id_token", "nm_log_out_there"
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
    sentence = why_not_local(user)
    return (None, sentence) if sentence else (user, "")


def why_not_local(user: User) -> str:
    """Empty when `user`, who has shown who they are without a provider, may come in so; else what to do instead."""
    if not user.is_active:
        _failed(user.email, "closed")
        return _("Brukeren din er stengt. Snakk med administratoren i kommunen.")
    if not user.live_memberships:
        _failed(user.email, "no_role")
        return no_role()
    if not may_use_password(user):
        _failed(user.email, "work_account")
        return _("Kommunen din bruker jobbkonto. Logg inn med den, ikke med passord.")
    return ""


def after_password(request: HttpRequest, user: User) -> HttpResponse:
    """The password was right: on to the second factor; or in, and to making one where it is asked of them."""
    if has_second_factor(user):
        request.session.cycle_key()
        request.session[HALFWAY] = {"user": str(user.pk), "at": int(time.time()), "next": safe_next(request)}
        return redirect("accounts:second_step")
    response = enter(request, user, how=LoginMethod.PASSWORD)
    if must_have_one(user):
        request.session[NEEDED] = True
    return response


def second_step_failed(user: User, *, by: User | None = None) -> None:
    """Note in the log that the password was right and the second factor was not."""
    _failed(user.email, "second", by=by)


def no_role() -> str:
    return _("Du har ingen rolle akkurat nå. Be administratoren i kommunen om å gi deg en.")


def enter_with_work_account(request: HttpRequest, answer: Answer) -> tuple[HttpResponse | None, str]:
    """Let in the one the provider vouches for; or None and the sentence that says why not, counted and logged."""
    provider, memory = answer.provider, answer.memory
    user = _user_of(answer) or _invited(answer)
    if user is None:
        refused(request, "unknown", provider)
        return None, _("Jobbkontoen din er ikke koblet til noen bruker her. Be administratoren om en invitasjon.")
    if not user.is_active:
        _failed(user.email, "closed")
        return None, _("Brukeren din er stengt. Snakk med administratoren i kommunen.")
    if not any(membership.municipality_id == provider.municipality_id for membership in user.live_memberships):
        _failed(user.email, "no_role")
        return None, no_role()
    response = enter(request, user, how=LoginMethod.WORK_ACCOUNT, goes_to=memory["next"])
    # A provider that let an old login of its own pass has not shown that the person is here now.
    proved(request, answer.proved_at)
    request.session[LONGEST] = provider.longest
    request.session[ID_TOKEN] = [str(provider.pk), answer.id_token]
    return response, ""


def _user_of(answer: Answer) -> User | None:
    """Asked of the database in one narrow question, because the wall shows nobody's work account to a visitor."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.user_of(%s, %s)", [answer.issuer, answer.subject])
        (found,) = cursor.fetchone()
    return User.objects.filter(pk=found).first() if found else None


def is_same_person(user: User, answer: Answer) -> bool:
    """Does the provider vouch for the one who is logged in?"""
    return _user_of(answer) == user


def _invited(answer: Answer) -> User | None:
    """The first login after an invitation links the work account to the one who was invited."""
    user = invited_user(*answer.memory.get("invited", ("", "")))
    if user is None or not user.is_active:
        return None
    try:
        with acting_as(user):
            link_identity(user, issuer=answer.issuer, subject=answer.subject, by=user)
    except Refused:
        return None
    return user


def refused(request: HttpRequest, why: str, provider: LoginProvider | None) -> str:
    """Note in the log that a login by work account did not hold, and give the one sentence for all such."""
    place = provider.municipality if provider else None
    by = request.user if request.user.is_authenticated else None
    record(AccountEvent.LOGIN_FAILED, by=by, target=place, facts={"why": why, "how": LoginMethod.WORK_ACCOUNT})
    return _("Innloggingen med jobbkonto gikk ikke. Prøv igjen, eller snakk med administratoren i kommunen.")


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


def enter(request: HttpRequest, user: Any, *, how: LoginMethod, goes_to: str = "") -> HttpResponse:
    """Begin the session under a new key, log it, and go on to the page they came for."""
    goes_to = goes_to or safe_next(request)
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
    elsewhere = _logout_elsewhere(request)
    auth.logout(request)
    if elsewhere:
        # A link, because a form may not lead to another site (Content-Security-Policy, form-action).
        request.session[LOG_OUT_THERE] = elsewhere
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(WAS_HERE)
    return response


def _logout_elsewhere(request: HttpRequest) -> str:
    """Where one logs out of the work account too, if that is how one came in."""
    known, token = request.session.get(ID_TOKEN, ("", ""))
    provider = LoginProvider.objects.filter(pk=known).first() if known else None
    return end_session_url(provider, token) if provider else ""
