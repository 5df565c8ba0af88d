"""One question, `can`, answered by the same rule that makes the lists, so list and detail cannot disagree."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from .kept import holds
from .roles import Permission


def can(user: Any, permission: Permission, target: Any) -> bool:
    """May `user` do this to `target`, a row whose queryset has `permitted(user, permission)`?"""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    answer = holds(user, permission, target)
    if answer is not None:
        return answer
    return type(target)._default_manager.permitted(user, permission).filter(pk=target.pk).exists()


def check(user: Any, permission: Permission, target: Any) -> None:
    """Raise PermissionDenied, in a sentence, unless `user` may do this to `target`."""
    if not can(user, permission, target):
        raise PermissionDenied(
            _("Rollen din gir ikke lov til å %(what)s her.") % {"what": Permission(permission).label}
        )
