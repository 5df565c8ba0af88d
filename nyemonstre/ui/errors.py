"""Error pages:

what happened, what is safe, what you can do. 500 and 503 need neither database nor context processors.
"""

import logging
import sys
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from nyemonstre.ui.context import bare

logger = logging.getLogger(__name__)

# SQLSTATE classes that mean "the server is away or full": connection, resources, shutdown. Others are faults of a
# query.
_AWAY = ("08", "53", "57P")

_LAST_RESORT = """<!doctype html><html lang="nb"><meta charset="utf-8"><title>Noe gikk galt – Nye Mønstre</title>
<h1>Noe gikk galt hos oss</h1><p>Det du har lagret, er trygt. Vent litt og last siden på nytt.</p></html>"""


def is_database_down(error: BaseException | None) -> bool:
    """Whether an exception means that the database cannot be reached, as opposed to a query that failed."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(_AWAY)


def _page(request: HttpRequest | None, template: str, status: int, **values: Any) -> HttpResponse:
    """A full page when the template can be drawn, else plain words: an error page must not fail."""
    try:
        html = render_to_string(template, {**bare(), **values})
    except Exception:
        logger.exception("The error page %s could not be drawn", template)
        html = _LAST_RESORT
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})


def _with_navigation(request: HttpRequest, template: str, status: int, **values: Any) -> HttpResponse:
    """An error page inside the usual frame, so that the way on is one click; the bare page if the frame fails."""
    request.refused = True  # type: ignore[attr-defined]  # read by nyemonstre.ui.context
    try:
        html = render_to_string(template, values, request=request)
    except Exception:
        return _page(request, template, status, **values)
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})


def _sentence(exception: Exception | None) -> str:
    """The sentence a rule raised for people to read, or "" for Django's own technical text."""
    text = str(exception) if exception is not None and exception.args else ""
    return text if text and " " in text and text[0].isupper() and text.endswith((".", "?")) else ""


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The browser sent something we cannot read."""
    return _page(request, "400.html", 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Your role may not do this. A sentence given by the rule is shown; technical text is not."""
    return _with_navigation(request, "403.html", 403, sentence=_sentence(exception))


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or not for you to know. Both look the same on purpose."""
    return _with_navigation(request, "404.html", 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """A fault of ours; a database that is away is told as 503 instead."""
    if is_database_down(sys.exc_info()[1]):
        return database_down(request)
    return _page(request, "500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's stamp is too old or cookies are off (settings.CSRF_FAILURE_VIEW)."""
    return _page(request, "csrf.html", 403)


class _Untouched(SessionBase):
    """Stands in for the session when the database is away: keeps the cookie and asks nothing."""

    def load(self) -> dict[str, Any]:
        return {}

    def is_empty(self) -> bool:
        return not self.session_key


def database_down(request: HttpRequest) -> HttpResponse:
    """503 with words and Retry-After.

    The session is put aside, so that the middleware does not wait for the database again.
    """
    if hasattr(request, "session"):
        request.session = _Untouched(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    response = _page(request, "503.html", 503)
    response["Retry-After"] = "30"
    return response


class DatabaseDownMiddleware:
    """Answers 503 in words when a view cannot reach the database.

    What fails outside a view reaches handler500 above.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503 page for a database that is away; None (the usual handling) for everything else."""
        if not is_database_down(exception):
            return None
        logger.error("The database cannot be reached: %s", type(exception).__name__)
        return database_down(request)
