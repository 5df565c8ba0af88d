"""Who may get something on paper: asked again about what is already written."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from families.pages import open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused
from nyemonstre.ui.forms import sent
from plans.actions import set_mark
from plans.forms import MarkForm
from plans.models import JournalEntry, OwnWords

from .frame import form_page, row_of, tab_url

# The word in the address, the rows, what of them is read aloud.
KINDS: dict[str, tuple[Any, str]] = {
    "ord": (OwnWords, "text"), "journal": (JournalEntry, "text"),
}  # fmt: skip


def mark(request: HttpRequest, family_id: UUID, kind: str, row_id: UUID, permission: Permission) -> HttpResponse:
    """One row and the question, then back to where it stands."""
    if (kind == "journal") != (permission == Permission.CHANGE_JOURNAL) or kind not in KINDS:
        raise Http404
    family = open_family(request, family_id, permission)
    model, words = KINDS[kind]
    row = row_of(request, family, model, row_id, permission)
    form = MarkForm(sent(request), family=family, row=row)
    back = reverse("plans:family_journal", args=[family.pk]) if kind == "journal" else tab_url(family)
    if request.method == "POST" and form.is_valid():
        try:
            set_mark(row, mark=form.mark, by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret. Filer som er laget før, må lages på nytt."))
            return redirect(back)
    return form_page(
        request, family, form, heading=_("Hvem kan få dette på papir?"), lead=f"«{getattr(row, words)}»", slot="merke",
        tab="journal" if kind == "journal" else "plan", back=back,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_PLAN)
def plan_mark(request: HttpRequest, family_id: UUID, kind: str, row_id: UUID) -> HttpResponse:
    """Own words; goals and measures are marked in their own forms."""
    return mark(request, family_id, kind, row_id, Permission.CHANGE_PLAN)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_JOURNAL)
def journal_mark(request: HttpRequest, family_id: UUID, row_id: UUID) -> HttpResponse:
    """A line of the journal."""
    return mark(request, family_id, "journal", row_id, Permission.CHANGE_JOURNAL)
