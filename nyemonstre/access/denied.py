"""What was tried and not done is kept too, apart from the transaction that is rolled back because of it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404

from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record_apart
from nyemonstre.refusals import AlreadyDone, Refused

from .fresh import FreshLoginNeeded

# Nothing was refused and nothing failed: a form sent twice did what it should the first time, Http404 has been kept
# where it was raised, and whoever is asked who they are goes on after that.
NOTHING_LOST = (AlreadyDone, Http404, FreshLoginNeeded)


def keep(error: BaseException, *, by: Any, target: Any = None, with_rule: bool = True, **facts: str) -> None:
    """An Event for an error on its way out of an action or a view. Once per error, however far it travels."""
    if isinstance(error, NOTHING_LOST) or getattr(error, "nm_kept", False):
        return
    error.nm_kept = True  # type: ignore[attr-defined]
    if isinstance(error, Refused):
        what, why = AuditEvent.ACTION_REFUSED, {"rule": error.rule} if with_rule else {}
    elif isinstance(error, PermissionDenied):
        what, why = AuditEvent.REFUSED, {}
    else:
        what, why = AuditEvent.ROLLED_BACK, {"error": type(error).__name__}
    record_apart(what, by=by, target=_id_only(target), family=_family_id(target), facts={**facts, **why})


def _id_only(target: Any) -> Any:
    """The row may be one that was never saved, or one whose transaction has failed: nothing is asked of it."""
    return (target._meta.label_lower, target.pk) if isinstance(target, Model) else target


def _family_id(target: Any) -> Any:
    if not isinstance(target, Model):
        return None
    return target.pk if target._meta.label_lower == "families.family" else getattr(target, "family_id", None)
