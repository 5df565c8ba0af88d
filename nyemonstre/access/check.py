"""One question, `can`, answered by the same queryset that makes the lists, so list and detail cannot disagree.

Every action asks it, and building the queryset takes longer than the answer. So what Django makes of it is kept for
each model and permission, with marks where the person and the row stand; a moment in it is now, and a day is today.
"""

from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from .roles import Permission

USER, ROW = UUID(int=1), UUID(int=2)


def can(user: Any, permission: Permission, target: Any) -> bool:
    """May `user` do this to `target`, a row whose queryset has `permitted(user, permission)`?"""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    model: Any = type(target)
    rows = model._default_manager.all()
    if not getattr(rows, "by_ids", False):
        return rows.permitted(user, permission).filter(pk=target.pk).exists()
    sql, parameters = _question(model, str(permission))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_fact(parameter, user, target) for parameter in parameters])
        return cursor.fetchone() is not None


@cache
def _question(model: Any, permission: str) -> tuple[str, tuple]:
    """The statement and its parameters, for a `permitted` that asks by nothing but ids, the permission and the time."""
    rows = model._default_manager.permitted(SimpleNamespace(pk=USER), permission).filter(pk=ROW)
    sql, parameters = rows.query.exists().get_compiler(connection=connection).as_sql()
    assert {USER, ROW} <= set(parameters), f"{model.__name__}.permitted does not ask by ids"
    return sql, parameters


def _fact(parameter: Any, user: Any, target: Any) -> Any:
    if isinstance(parameter, datetime):
        return timezone.now()
    if isinstance(parameter, date):
        return timezone.localdate()
    return user.pk if parameter == USER else target.pk if parameter == ROW else parameter


def check(user: Any, permission: Permission, target: Any) -> None:
    """Raise PermissionDenied, in a sentence, unless `user` may do this to `target`."""
    if not can(user, permission, target):
        raise PermissionDenied(
            _("Rollen din gir ikke lov til å %(what)s her.") % {"what": Permission(permission).label}
        )
