"""The page on which low income and crowding are reckoned out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.basis import calculations
from referrals.enums import CalculationKind
from referrals.forms.calculation import CrowdingForm, LowIncomeForm, last_years, wanted_year
from referrals.views.intake import open_referral

P = Permission


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def calculate(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Two forms on one page; the button of the one that was sent says which."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    last = wanted_year(request.POST.get("last") or request.GET.get("til", ""))
    crowding = request.POST.get("what") == CalculationKind.CROWDING
    data = request.POST if request.method == "POST" else None
    income = LowIncomeForm(None if crowding else data, referral=referral, last=last)
    home = CrowdingForm(data if crowding else None, referral=referral)
    status = 200
    if data is not None:
        status = 422
        form = home if crowding else income
        if form.is_valid():
            try:
                if crowding:
                    actions.calculate_crowding(referral, by=request.user, **home.facts())
                else:
                    actions.calculate_low_income(referral, by=request.user, **income.facts())
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, _("Utregningen er lagret."))
                return redirect(reverse("referrals:referral_detail", args=[referral.pk]) + "#grunnlag")
    context = {
        "referral": referral, "income": income, "home": home, "last": last, "years": last_years(),
        "calculations": calculations(referral),
    }  # fmt: skip
    return render(request, "referrals/calculate.html", context, status=status)
