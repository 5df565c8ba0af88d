"""A case nobody takes part in any more is read, not changed: its people, its homes, and what is uploaded to it.

The consent rule decides when (`consent.rules.why_not_change`). It stands above this room, so it is asked by name, as
settings.NM_WHY_NOT_CHANGE; without the name nothing can be written, for the question must be answered.
Open stay what the law demands of us all the same: adressesperre, an identity number or a document taken away, what
somebody said about taking part, why they left, and closing the case.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from nyemonstre.refusals import Refused


def why_only_read(family: Any) -> str | None:
    """None while the family may be changed, or a sentence that says why not and what to do."""
    why: Callable[[Any], str | None] = import_string(settings.NM_WHY_NOT_CHANGE)
    return why(family)


def check_may_change(family: Any) -> None:
    """Raise Refused when the case is only read."""
    if why := why_only_read(family):
        raise Refused(why, rule="restricted")
