"""All the papers of a plan at once: ordered, followed on one bar, stopped, and taken out one by one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.views import requires
from nyemonstre.refusals import AlreadyDone, Refused
from plans.actions import stop_batch
from plans.batches import Progress, go_on, print_all
from plans.forms import BatchForm
from plans.models import PlanBatch

from .frame import VIEW, row_of, tab_url


@require_POST
@requires(VIEW)
def batch_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Order them."""
    family = open_family(request, family_id, VIEW)
    form = BatchForm(request.POST, family=family)
    if not form.is_valid():
        messages.error(request, _("Siden var for gammel. Prøv en gang til."))
        return redirect(tab_url(family, "utskrift"))
    try:
        batch = print_all(family, by=request.user, **form.cleaned_data)
    except AlreadyDone as done:
        batch = done.row
    return redirect("plans:batch_detail", family.pk, batch.pk)


@require_safe
@requires(VIEW)
def batch_detail(request: HttpRequest, family_id: UUID, batch_id: UUID) -> HttpResponse:
    """One bar and one list of downloads. For htmx only the part that moves, which asks again until all are made."""
    asks_again = bool(request.htmx)  # type: ignore[attr-defined]  # set by HtmxMiddleware
    family = open_family(request, family_id, VIEW, quiet=asks_again)
    batch = row_of(request, family, PlanBatch, batch_id, VIEW)
    context = {"family": family, "batch": batch, "progress": Progress.of(batch), "asks_again": asks_again}
    if asks_again:
        return render(request, "plans/_alone.html", {**context, "part": "plans/_batch.html"})
    return render(request, "plans/batch_detail.html", {**context, **family_context(request, family, "plan")})


def _own(request: HttpRequest, family_id: UUID, batch_id: UUID) -> tuple[Family, PlanBatch]:
    family = open_family(request, family_id, VIEW, quiet=True)
    return family, row_of(request, family, PlanBatch, batch_id, VIEW)


@require_POST
@requires(VIEW)
def batch_stop(request: HttpRequest, family_id: UUID, batch_id: UUID) -> HttpResponse:
    """Those not begun are not made."""
    family, batch = _own(request, family_id, batch_id)
    try:
        stop_batch(batch, by=request.user)
        messages.success(request, _("Resten blir ikke laget. De som er ferdige, ligger her."))
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("plans:batch_detail", family.pk, batch.pk)


@require_POST
@requires(VIEW)
def batch_go_on(request: HttpRequest, family_id: UUID, batch_id: UUID) -> HttpResponse:
    """Make more of those that wait: nobody did it meanwhile. Only for whoever ordered them."""
    family, batch = _own(request, family_id, batch_id)
    if batch.made_by_id == request.user.pk:
        go_on(batch, by=request.user)
    return redirect("plans:batch_detail", family.pk, batch.pk)
