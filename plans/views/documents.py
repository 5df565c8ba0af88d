"""The plan as a file: ordered, followed on its way, taken out."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from families.pages import open_family
from nyemonstre.access.views import get_visible_or_404, requires
from nyemonstre.refusals import AlreadyDone, Refused
from plans.actions import take_out_pdf
from plans.forms import PdfForm
from plans.models import PlanDocument
from plans.printing import print_plan

from .frame import VIEW, tab_url


@require_POST
@requires(VIEW)
def pdf_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Make the plan into a file; by the worker, or at once when none answers or the person is tired of waiting."""
    family = open_family(request, family_id, VIEW)
    form = PdfForm(request.POST, family=family)
    if not form.is_valid():
        messages.error(request, _("Siden var for gammel. Prøv en gang til."))
        return redirect(tab_url(family, "utskrift"))
    with suppress(AlreadyDone):
        print_plan(family, by=request.user, **form.cleaned_data)
    return redirect(tab_url(family, "utskrift"))


@require_safe
@requires(VIEW)
def pdf_status(request: HttpRequest, family_id: UUID, document_id: UUID) -> HttpResponse:
    """Fragment: how far the file has come. It asks again by itself until the file is finished."""
    family = open_family(request, family_id, VIEW, quiet=True)
    rows = PlanDocument.objects.without_content().filter(family=family)
    document = get_visible_or_404(rows, request, VIEW, quiet=True, pk=document_id)
    if not request.htmx:
        return redirect(tab_url(family, "utskrift"))
    context = {"family": family, "document": document, "pdf_form": PdfForm(family=family), "part": "plans/_pdf.html"}
    return render(request, "plans/_alone.html", context)


@require_safe
@requires(VIEW)
def pdf_download(request: HttpRequest, family_id: UUID, document_id: UUID) -> HttpResponse:
    """The file itself. Each time is logged; nothing keeps a copy on the way."""
    family = open_family(request, family_id, VIEW, quiet=True)
    rows = PlanDocument.objects.without_content().filter(family=family).select_related("family__municipality")
    document = get_visible_or_404(rows, request, VIEW, quiet=True, pk=document_id)
    try:
        document = take_out_pdf(document, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect(tab_url(family, "utskrift"))
    made = timezone.localtime(document.finished_at).strftime("%Y-%m-%d")
    # The code and not the name: file names end up in lists on shared machines.
    name = f"familiens-plan-{slugify(family.code)}-{made}.pdf"
    return HttpResponse(
        bytes(document.content),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
