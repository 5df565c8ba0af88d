"""Drafts as views use them: what this person typed in the form at this address and has not yet saved."""

from typing import Any

from django.http import HttpRequest

from .actions import discard_draft
from .models import Draft


def draft_for(request: HttpRequest) -> Draft | None:
    """The draft of the form at this address, or None. `.data` is field name → text (or list of texts)."""
    return Draft.objects.filter(user_id=request.user.pk, key=request.path[:200]).first()


def initial_from(draft: Draft | None) -> dict[str, Any]:
    """For `Form(initial=…)`: what was typed wins over what was saved before."""
    return dict(draft.data) if draft else {}


def forget_draft(request: HttpRequest) -> None:
    """The form was saved: the draft has done its work."""
    discard_draft(request.path, by=request.user)
