"""Guards for views. 403 for what a role may not do, 404 for what a person may not know exists."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record, record_apart
from nyemonstre.refusals import Refused

from .denied import keep
from .roles import Permission


def requires(permission: Permission) -> Callable:
    """Only for people one of whose roles can ever use `permission`; which rows, `get_visible_or_404` answers."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.may_use(permission):  # type: ignore[union-attr]
                denied = PermissionDenied(
                    _("Rollen din gir ikke lov til å %(what)s.") % {"what": Permission(permission).label}
                )
                keep(denied, by=request.user, permission=str(permission), view=view.__name__)
                raise denied
            try:
                return view(request, *args, **kwargs)
            except Exception as error:
                keep(error, by=request.user, permission=str(permission), view=view.__name__)
                raise

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
        # Not there, or not theirs: the answer is the same, and so is the line in the log.
        record_apart(
            AuditEvent.NOT_FOUND, by=request.user, target=(queryset.model._meta.label_lower, lookup.get("pk")),
            family=_id_of_family(queryset.model, lookup), facts={"permission": str(permission)},
        )  # fmt: skip
        raise Http404 from error
    if not quiet and request.method in ("GET", "HEAD"):
        record(AuditEvent.VIEWED, by=request.user, target=row, facts={"permission": str(permission)})
    return row


def _id_of_family(model: type[Model], lookup: dict[str, Any]) -> UUID | None:
    """Which family was asked for, in so far as it was asked for by its id."""
    names = ("pk", "id") if model._meta.label_lower == "families.family" else ("family_id", "family")
    found = next((lookup[name] for name in names if name in lookup), None)
    try:
        return UUID(str(getattr(found, "pk", found)))
    except ValueError:
        return None
