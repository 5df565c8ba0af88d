"""Guards for views. 403 for what a role may not do, 404 for what a person may not know exists."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .roles import Permission


def requires(permission: Permission) -> Callable:
    """Only for people one of whose roles can ever use `permission`; which rows, `get_visible_or_404` answers."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.may_use(permission):  # type: ignore[union-attr]
                record("refused", by=request.user, facts={"permission": str(permission), "view": view.__name__})
                raise PermissionDenied(
                    _("Rollen din gir ikke lov til å %(what)s.") % {"what": Permission(permission).label}
                )
            return view(request, *args, **kwargs)

        guarded.requires = permission  # type: ignore[attr-defined]  # read by the test that walks every URL
        return guarded

    return decorate


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for everyone who is logged in, showing only what is their own (profile, language, drafts)."""
    view.signed_in = True  # type: ignore[attr-defined]
    return view


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for everybody. The short list of these is written out in tests/meta."""
    view.login_required = False  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
    view.public = True  # type: ignore[attr-defined]
    return view


def say(form: Form, refusal: Refused) -> None:
    """Put an action's refusal into the form it came from, beside its field where it has one. Nothing typed is lost."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.sentence)


def get_visible_or_404(
    rows: type[Model] | QuerySet, request: HttpRequest, permission: Permission, *, quiet: bool = False, **lookup: Any
) -> Any:
    """The one row, if this person may know of it; and a line in the log that they read it.

    `rows` is a model, or a queryset of one, whose manager has `permitted(user, permission)`.
    `quiet` leaves the log line out, for fragments of a page that has just logged the same family.
    """
    queryset: Any = rows._default_manager.all() if isinstance(rows, type) else rows
    try:
        row = queryset.permitted(request.user, permission).get(**lookup)
    except (queryset.model.DoesNotExist, ValidationError, ValueError) as error:
        raise Http404 from error
    if not quiet and request.method in ("GET", "HEAD"):
        record("viewed", by=request.user, target=row, facts={"permission": str(permission)})
    return row
