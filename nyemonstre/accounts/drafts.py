"""Drafts as views use them: what this person typed in the form at this address and has not yet saved."""

from typing import Any

from django.http import HttpRequest

from .actions import discard_draft, save_draft
from .models import Draft


def is_secret(name: str) -> bool:
    """Fields that are kept nowhere; the browser holds them back itself too (data-never-kept in static/draft.js)."""
    return name in ("csrfmiddlewaretoken", "identity_number") or "password" in name


def draft_for(request: HttpRequest) -> Draft | None:
    """The draft of the form at this address, or None. `.data` is field name → text (or list of texts)."""
    return Draft.objects.filter(user_id=request.user.pk, key=request.path[:200]).first()


def initial_from(draft: Draft | None) -> dict[str, Any]:
    """For `Form(initial=…)`: what was typed wins over what was saved before."""
    return dict(draft.data) if draft else {}


def typed_in(request: HttpRequest) -> dict[str, Any]:
    """What was sent, as a draft keeps it: text by field, or a list of texts; never a password or a token."""
    data: dict[str, Any] = {}
    for name, values in request.POST.lists():
        if name != "next" and not is_secret(name):
            texts = [value.replace("\0", "") for value in values]
            data[name] = texts[0] if len(texts) == 1 else texts
    return data


def keep_typed(request: HttpRequest) -> None:
    """Keep what was sent from the form at this address: the person comes back to it from another page."""
    save_draft(request.path, data=typed_in(request), by=request.user)


def forget_draft(request: HttpRequest) -> None:
    """The form was saved: the draft has done its work."""
    discard_draft(request.path, by=request.user)
