"""The signed samarbeidsavtale as a scan: added for the lines it shows, given out while they all are live."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions.papers import attach_paper, open_paper
from consent.enums import LineState
from consent.forms import PaperForm
from consent.models import AgreementLine
from families.pages import open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.files.giving import give
from nyemonstre.refusals import AlreadyDone, Refused

from .pages import back, form_page, open_to_change

ANCHOR = "#avtale"


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Upload or photograph the signed sheet, and say which lines stand on it."""
    family = open_to_change(request, family_id)
    signed = AgreementLine.objects.filter(family=family, state=LineState.SIGNED).select_related("service")
    lines = list(signed.order_by("service__name", "valid_from", "pk"))
    form: Any = PaperForm(request.POST or None, request.FILES or None, lines=lines)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            attach_paper(
                family, lines=data["lines"], file=form.chosen, dated_on=data["dated_on"], key=data["key"],
                by=request.user,
            )  # fmt: skip
        except AlreadyDone:
            return back(family, _("Arket var alt lagret."), anchor=ANCHOR, info=True, request=request)
        except Refused as refusal:
            say(form, refusal)
        else:
            return back(family, _("Arket er lagret."), anchor=ANCHOR, request=request)
    return form_page(
        request, family, form, template="documents/form.html", heading=_("Legg ved underskrevet samarbeidsavtale")
    )


@requires(Permission.VIEW_CONSENT)
@require_safe
def paper(request: HttpRequest, family_id: UUID, line_id: UUID) -> HttpResponse:
    """The scan that a line stands on."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT, quiet=True)
    rows = AgreementLine.objects.filter(family=family).select_related("paper__family")
    line = get_visible_or_404(rows, request, Permission.VIEW_CONSENT, quiet=True, pk=line_id)
    try:
        file = open_paper(line, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return back(family, anchor=ANCHOR)
    return give(file, label=line.paper.label, kind=line.paper.format)
