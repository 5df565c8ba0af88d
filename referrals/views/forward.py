"""Not for us: help a henvendelse on to another service, and the letter about it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused
from referrals import actions, decision_letter
from referrals.forms.forward import ForwardForm
from referrals.models import Forward
from referrals.views.intake import open_referral

P = Permission
CASE = "referrals:referral_detail"


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def forward_new(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """To whom, what they are told, and the family's yes."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    form = ForwardForm(request.POST if request.method == "POST" else None, referral=referral)
    if form.is_bound and form.is_valid():
        try:
            actions.forward(referral, onward=form.onward(), key=form.cleaned_data["key"], by=request.user)
        except AlreadyDone:
            return redirect(CASE, referral_id=referral.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Det er ført at henvendelsen er sendt videre. Brevet ligger på saken."))
            return redirect(CASE, referral_id=referral.pk)
    context = {"form": form, "referral": referral, "unspoken": decision_letter.unspoken(referral)}
    return render(request, "referrals/forward.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(P.VIEW_REFERRAL)
def forward_pdf(request: HttpRequest, referral_id: UUID, forward_id: UUID) -> HttpResponse:
    """The letter on paper: to the family, and along to the service."""
    referral = open_referral(request, referral_id, P.VIEW_REFERRAL)
    rows = Forward.objects.permitted(request.user, P.VIEW_REFERRAL).filter(referral=referral)
    rows = rows.select_related("referral__municipality").prefetch_related("referral__people")
    row = get_object_or_404(rows, pk=forward_id)
    try:
        actions.take_out_forward(row, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect(CASE, referral_id=referral.pk)
    with translation.override(row.language):
        content = render_pdf(
            "referrals/pdf/letter.html", {"words": row.words, "municipality": row.words["municipality"]}
        )
    headers = {
        "Content-Disposition": f'attachment; filename="videre-{slugify(referral.reference)}.pdf"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
