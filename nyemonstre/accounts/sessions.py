"""Sessions as rows that know whose they are, so that a person sees their own and a closed user's end at once.

settings.SESSION_ENGINE. The times live in the session itself, because only the session is read on every request.
"""

import time
from datetime import UTC, datetime
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone

from nyemonstre.access.fresh import proved

# Seconds since 1970 when the person logged in, and seconds until the session ends whatever they do.
BEGAN_AT, LONGEST = "nm_began_at", "nm_longest"
# How they logged in (enums.LoginMethod), and what their browser calls itself.
METHOD, BROWSER = "nm_method", "nm_browser"
# Seconds in which a session that is used is written once. So an idle one ends that much early at most, never late.
STEP = 60
# Names the session on a page; its key would open it.
NAME = "nm_name"


class SessionStore(DatabaseStore):
    """Django's own store, in a table with a column for the user.

    `ends_at` is when the session that was read ends if nobody uses it; None for one that was not read, or is new.
    """

    ends_at: datetime | None = None

    def _get_session_from_db(self):
        row = super()._get_session_from_db()
        self.ends_at = row.expire_date if row else None
        return row

    @classmethod
    def get_model_class(cls):
        from .models import Session  # noqa: PLC0415  settings name this module before models are ready

        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY) or None
        row.name = data.get(NAME)
        began = data.get(BEGAN_AT)
        row.began_at = datetime.fromtimestamp(began, UTC) if began else None
        row.method = data.get(METHOD, "")
        row.browser = data.get(BROWSER, "")
        return row


def begin(request: HttpRequest) -> None:
    """The person has just shown who they are: all times start again."""
    proved(request)
    request.session[BEGAN_AT] = int(time.time())
    request.session.setdefault(NAME, str(uuid4()))
    request.session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:200]


def keep(request: HttpRequest) -> None:
    """Put off the end of a session that is used. At most once in STEP seconds: reading a page shall write nothing."""
    session = request.session
    if session.ends_at and (session.ends_at - timezone.now()).total_seconds() <= session.get_expiry_age() - STEP:
        session.modified = True


def seconds_left(request: HttpRequest) -> int:
    """Until this session ends however busy its person is. Zero or less: it is over."""
    longest = request.session.get(LONGEST, settings.NM_SESSION_LONGEST)
    return int(request.session.get(BEGAN_AT, 0) + longest - time.time())


# What a browser's own description contains -> what people call it. The first that fits: Edge and Opera say Chrome too.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "Mac",
    "CrOS": "Chromebook", "Linux": "Linux",
}  # fmt: skip


def browser_and_system(description: str) -> tuple[str, str]:
    """A browser's description in two words ("Edge", "Windows"); empty where it is one we do not know."""
    browser = next((name for sign, name in BROWSERS.items() if sign in description), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in description), "")
    return browser, system
