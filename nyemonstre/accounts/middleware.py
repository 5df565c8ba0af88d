"""Each request is done in the name of the person who is logged in, and in their language."""

from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from nyemonstre.access.fresh import FreshLoginNeeded
from nyemonstre.access.wall import acting_as

from .actions import discard_draft, hold_form
from .actions_login import session_ran_out
from .drafts import is_secret
from .second_factor import NEEDED
from .sessions import keep, seconds_left


class ActorMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user if request.user.is_authenticated else None
        language = self.language(request, user)
        request.LANGUAGE_CODE = language
        with acting_as(user), translation.override(language):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()  # a template rendered after this point would read without an actor
        response.headers.setdefault("Content-Language", language)
        return response

    @staticmethod
    def language(request, user):
        """The person's own choice, then the visitor's cookie, then the municipality's, then bokmål."""
        known = dict(settings.LANGUAGES)
        chosen = (user.language if user else "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in known:
            return chosen
        home = user.home_municipality if user else None
        return home.language if home else settings.LANGUAGE_CODE


class SessionTimes:
    """Keeps a session that is used, and ends one that has lasted as long as it may, or whose person has no role.

    Idle ones end alone.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and (why := self._over(request)):
            session_ran_out(request.user, why=why, by=request.user)
            logout(request)
        keep(request)
        return self.get_response(request)

    @staticmethod
    def _over(request):
        if seconds_left(request) <= 0:
            return "longest"
        return "" if request.user.live_memberships else "no_role"


class SecondFactorFirst:
    """Leads those who must have a second factor to making one, before anything else."""

    ALLOWED = {
        "accounts:second_list", "accounts:second_totp", "accounts:second_passkey", "accounts:second_codes",
        "accounts:confirm", "accounts:passkey", "accounts:logout", "accounts:language_set", "accounts:stay",
    }  # fmt: skip

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.user.is_authenticated and request.session.get(NEEDED):
            match = request.resolver_match
            if match.view_name not in self.ALLOWED:
                return redirect("accounts:second_list")
        return None


class NoStoreMiddleware:
    """Pages of somebody who is logged in stay in no cache, so that "back" after logging out shows nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response


class LoginRequired(LoginRequiredMiddleware):
    """Sends people to the login page, and afterwards back to a page they can stand on.

    A form's or a fragment's own address is no such page; the page they were on is.
    """

    def handle_no_permission(self, request, view_func):
        page = request.get_full_path()
        if request.headers.get("HX-Request") or request.method not in ("GET", "HEAD"):
            page = page_of(request) or "/"
        return redirect_to_login(page, self.get_login_url(view_func), self.get_redirect_field_name(view_func))


class FreshLogin:
    """Asks for a new login where a view needs one, and keeps the form that was sent meanwhile."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "POST" and 300 <= response.status_code < 400 and HELD in request.POST:
            # A form that was held has now been sent, and was taken.
            discard_draft(request.POST[HELD][:200], by=request.user)
        return response

    def process_exception(self, request, exception):
        if not isinstance(exception, FreshLoginNeeded):
            return None
        address = f"{reverse('accounts:confirm')}?{urlencode({'next': self._way_back(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)

    @staticmethod
    def _way_back(request):
        """The page itself; or, for a form already sent, a page that shows it ready to be sent again."""
        if request.method in ("GET", "HEAD"):
            return page_of(request) or "/" if request.headers.get("HX-Request") else request.get_full_path()
        page = page_of(request) or "/"
        if request.FILES or HELD in request.POST:
            return request.POST.get(HELD) or page  # files are not kept; the form they came from opens again
        key = reverse("accounts:held", args=[uuid4()])
        fields = {name: values for name, values in request.POST.lists() if not is_secret(name)}
        hold_form(key, data={"to": request.get_full_path(), "page": page, "fields": fields}, by=request.user)
        return key


# The field that says which held form is being sent.
HELD = "nm-held"


def page_of(request):
    """The path of the page a request was sent from, when it is one of ours; else an empty string."""
    url = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if url.netloc != request.get_host() or not url.path.startswith("/"):
        return ""
    return unquote(url.path)
