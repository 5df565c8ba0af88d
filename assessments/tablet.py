"""While one member holds the tablet, the browser's session opens their own questions and nothing else.

What is handed over stands in the session, which lies on the server: the sitting, the member, and the code, hashed. The
address of a question names nobody, so there is no other person to guess. Five wrong codes end the login.
"""

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from families.models import Member

from .models import Assessment

KEY = "handed_over"
TRIES = 5
# What the member's screen may ask for. Leaving altogether is always possible: it ends the login.
OPEN = {
    "assessments:own_question", "assessments:own_return", "assessments:sitting_sync",
    "accounts:logout", "accounts:stay",
}  # fmt: skip


def give(request: HttpRequest, sitting: Assessment, member: Member, code: str) -> None:
    request.session[KEY] = {
        "family": str(sitting.family_id), "sitting": str(sitting.pk), "member": str(member.pk),
        "code": make_password(code), "tries": 0,
    }  # fmt: skip


def held(request: HttpRequest) -> dict[str, Any] | None:
    """What was handed over in this browser, or None."""
    return request.session.get(KEY)


def is_right(request: HttpRequest, code: str) -> bool:
    """Whether the code gives the tablet back. The fifth wrong one ends the login; the caller sees an anonymous user."""
    given = request.session[KEY]
    if check_password(code, given["code"]):
        del request.session[KEY]
        return True
    given["tries"] += 1
    request.session.modified = True
    if given["tries"] >= TRIES:
        logout(request)
    return False


class HandedOver:
    """Leads every other address back to the member's own question."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or held(request) is None:
            return None
        name = request.resolver_match.view_name  # type: ignore[union-attr]
        return None if name in OPEN else redirect("assessments:own_question")
