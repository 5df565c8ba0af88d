"""WHAT MAY LEAVE THE CASE of a family with a protected address: the one rule, asked at the moment of use.

Everything that prints, mails, exports or lists outside the family's own pages asks `Outside`. For the two strict
levels nothing that tells where somebody is comes through: no address, no name of a school, a kindergarten or another
service, no contact there, no place or text of an appointment. An address is never printed for anybody.

The strictest level in the family decides for all of it: who lives in one home, goes to one school or meets in one
place leads to the others (docs/adr on protected addresses).
"""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from .enums import STRICT, Protection

ORDER = list(Protection)


def strictest(levels: Iterable[str]) -> str:
    """The strictest of some levels; none at all for an empty list."""
    return max(levels, key=lambda level: ORDER.index(Protection(level)), default=Protection.NONE)


def is_strict(level: str) -> bool:
    return level in STRICT


class Outside:
    """A family as it may be seen outside its own pages.

    `known` are words that tell where it is (names of services, contacts, streets): where one of them stands in a free
    text, it is taken out of it. They are only read when the family is strictly protected.
    """

    def __init__(self, family: Any, known: Iterable[str] = ()) -> None:
        self.hidden = is_strict(family.protection)
        words = {word.strip() for word in known if len(word.strip()) > 2} if self.hidden else set()
        longest_first = sorted(words, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if words else None

    def service(self, service: Any) -> str:
        """A service by name; strictly protected: what kind it is."""
        return str(service.get_sector_display()) if self.hidden else str(service.name)

    def contact(self, contact: Any) -> Any:
        """A contact in a service; strictly protected: nobody."""
        return None if self.hidden else contact

    def place(self, words: str) -> str:
        """Where an appointment is, or who in a service does something; strictly protected: nothing."""
        return "" if self.hidden else words

    def text(self, words: str) -> str:
        """A text somebody wrote, without the known words."""
        return self._known.sub(_("[sted utelatt]"), words) if self._known else words

    def appointment(self, words: str) -> str:
        """What an appointment is about, in a list or a calendar; strictly protected: only that there is one."""
        return _("Avtale") if self.hidden else words


def home_words(family: Any) -> list[str]:
    """Streets and towns of the family's homes: words for `Outside`. One query, and none for an open family."""
    if not is_strict(family.protection):
        return []
    rows = family.households.order_by("pk").values_list("address", "postcode", "town")
    return [word for row in rows for word in row]
