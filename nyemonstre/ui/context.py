"""What every page shows around its content: navigation, who is logged in, footer, languages."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from nyemonstre.ui import people

# Shown in the footer when the project has such a page: (URL name, text).
FOOTER = (
    ("ui:accessibility", gettext_noop("Tilgjengelighetserklæring")),
    ("ui:privacy", gettext_noop("Personvern og innsyn")),
)
# Seconds before the end of a login from which pages say when it is.
SOON = 15 * 60
# A menu longer than one line shows its first addresses; the rest, what is asked for least, stands under «Mer».
LINE, FRONT = 8, 7
# Names as they stand in a sentence.
LANGUAGE_NAMES = {"nb": "bokmål", "nn": "nynorsk", "en": "English"}


def address(name: str) -> str:
    """The address of a URL name, or "" when there is no such page (an error page must never fail on a link)."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _callable(setting: str) -> Callable[[HttpRequest], Any] | None:
    """The callable a setting names, or None when its module does not exist. A fault inside the module is raised."""
    path = getattr(settings, setting, "")
    module = path.rpartition(".")[0]
    return import_string(path) if module and find_spec(module) else None


def _nav(request: HttpRequest) -> dict[str, Any]:
    """`front` is what stands at the top of the page, `rest` what stands under «Mer», with its own count and mark."""
    items = _callable("NM_NAV")
    if items is None or not request.user.is_authenticated:
        return {}
    drawn = [
        {"icon": "", "key": "", "current": request.path.startswith(item["url"]), **item, "count": _count(request, item)}
        for item in items(request)
    ]
    # the longest matching address is the page we are on
    matching = sorted((item for item in drawn if item["current"]), key=lambda item: len(item["url"]))
    for item in matching[:-1]:
        item["current"] = False
    front = FRONT if len(drawn) > LINE else len(drawn)
    rest = drawn[front:]
    return {
        "front": drawn[:front],
        "rest": rest,
        "rest_count": sum(item["count"] for item in rest),
        "rest_current": any(item["current"] for item in rest),
    }


def _count(request: HttpRequest, item: Mapping[str, Any]) -> int:
    """Nothing is counted for an error page: it is drawn in a hurry, and often for somebody who came the wrong way."""
    count = item.get("count")
    return count() if count and not getattr(request, "refused", False) else 0


def _who(request: HttpRequest) -> dict[str, Any]:
    if not request.user.is_authenticated:
        return {}
    describe = _callable("NM_WHO")
    facts: Mapping[str, Any] = describe(request) if describe else {}
    name = facts.get("name") or str(request.user)
    return {
        "name": name,
        "initials": people.initials(name),
        "role": facts.get("role", ""),
        "municipality": facts.get("municipality", ""),
        "seconds_idle": facts.get("seconds_idle", settings.SESSION_COOKIE_AGE),
        **_ends(facts.get("seconds_left", 0)),
    }


def _ends(seconds: int) -> dict[str, Any]:
    """How long the login lasts: for the warning (static/session.js), and for a line on the page near the end."""
    return {
        "seconds_left": seconds,
        "ends_at": timezone.now() + timedelta(seconds=seconds) if 0 < seconds <= SOON else None,
    }


def bare() -> dict[str, Any]:
    """The same names as `page` with nothing in them: for pages drawn when the database may be down."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return {
        "nav": {},
        "who": {},
        "demo": settings.DEMO,
        "language": language,
        "right_to_left": False,
        "languages": [],
        "home_url": "/",
        "footer_links": [],
        "profile_url": "",
        "logout_url": "",
        "confirm_url": "",
        "stay_url": "",
        "set_language_url": "",
        "current_path": "/",
        "csrf_token": "",
        "messages": [],
    }


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. The navigation (which may count rows) is asked only when a page really draws it.

    settings.NM_NAV names a callable(request) -> list of {label, url, count?: callable, icon?, current?};
    settings.NM_WHO one -> {name, role, municipality}. Both only for people who are logged in.
    """
    base = bare()
    del base["csrf_token"], base["messages"]
    if not hasattr(request, "user"):
        return base
    return {
        **base,
        "right_to_left": getattr(request, "right_to_left", False),
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "who": SimpleLazyObject(lambda: _who(request)),
        "languages": [
            {"code": code, "name": LANGUAGE_NAMES.get(code, name), "current": code == base["language"]}
            for code, name in settings.LANGUAGES
        ],
        "footer_links": [{"url": url, "text": _(text)} for name, text in FOOTER if (url := address(name))],
        "profile_url": address("accounts:profile"),
        "logout_url": address("accounts:logout"),
        "confirm_url": address("accounts:confirm"),
        "stay_url": address("accounts:stay"),
        "set_language_url": address("accounts:language_set"),
        "current_path": request.path,
    }
