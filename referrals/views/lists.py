"""The queue and the waiting list."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from families.enums import FamilyEvent
from families.forecast import forecast
from nyemonstre.access.limits import limited, searches
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.audit.log import record, searched
from nyemonstre.refusals import Refused, Stale
from referrals import actions
from referrals.duplicates import unanswered
from referrals.forms.intake import MoveForm
from referrals.models import QUIET_AFTER, PlaceOffer, Referral
from referrals.queue import age_words, count_words, counts, is_quiet, queue, visible
from referrals.stages import ReferralState
from referrals.views.intake import open_referral

P = Permission
PER_PAGE = 20
LABELS = {
    "": gettext_lazy("Til behandling"),
    "waiting": gettext_lazy("Venteliste"),
    "granted": gettext_lazy("Fikk plass"),
    "declined": gettext_lazy("Avslag"),
    "all": gettext_lazy("Alle"),
}
# The tag of each state: yellow needs somebody, grey is a fact.
COLORS = {
    ReferralState.RECEIVED: "now",
    ReferralState.IN_INTAKE: "accent",
    ReferralState.GRANTED: "brand2",
    ReferralState.INFORMATION_MEETING: "brand2",
}


@require_safe
@requires(P.VIEW_REFERRAL)
@limited("search", times=120, seconds=60, when=searches)
def referral_list(request: HttpRequest) -> HttpResponse:
    """The queue: what came in, from whom, and how long it has waited."""
    view, search = request.GET.get("vis", ""), request.GET.get("q", "")[:100]
    rows = queue(request.user, view=view, search=search, sort=request.GET.get("sort", ""))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    numbers, today = counts(request.user), timezone.localdate()
    alike = unanswered(request.user, list(page.object_list))
    lines = [
        {
            "row": row,
            "alike": row.pk in alike,
            "people": count_words(row.adults, row.children),
            "age": age_words(row.age(today)),
            "color": COLORS.get(row.state, "neutral"),
        }
        for row in page.object_list
    ]
    context = {
        "lines": lines,
        "page_obj": page,
        "chips": [(key, label, numbers[key]) for key, label in LABELS.items()],
        "waits": numbers[""],
        "search": search,
        "several": len({row.municipality_id for row in page.object_list}) > 1,
    }
    facts = {"list": "referral_list", "rows": len(lines), **searched(search)}
    record(FamilyEvent.LIST_OPENED, by=request.user, facts=facts)
    return render(request, "referrals/referral_list.html", context)


@require_safe
@requires(P.VIEW_REFERRAL)
def waiting_list(request: HttpRequest) -> HttpResponse:
    """Those who wait for a place, in their order, with the time they have waited."""
    holding = PlaceOffer.objects.holding().select_related("coordinator")
    rows = visible(request.user).waiting().select_related("municipality").with_counts().with_contact()
    rows = rows.prefetch_related(Prefetch("offers", holding, to_attr="holding"))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    today = timezone.localdate()
    lines = [
        {
            "row": row,
            "people": count_words(row.adults, row.children),
            "waited": age_words(row.waited(today)),
            "quiet": is_quiet(row, row.last_contact),
            "offer": next(iter(row.holding), None),
        }
        for row in page.object_list
    ]
    context = {
        "lines": lines,
        "page_obj": page,
        "several": len({row.municipality_id for row in page.object_list}) > 1,
        "weeks": QUIET_AFTER.days // 7,
        "forecasts": _forecasts(request, today),
        "may_move": request.user.may_use(P.DECIDE_REFERRAL),
    }
    record(FamilyEvent.LIST_OPENED, by=request.user, facts={"list": "waiting_list", "rows": len(lines)})
    return render(request, "referrals/waiting_list.html", context)


def _forecasts(request: HttpRequest, today: date) -> list[dict[str, Any]]:
    """Places now and ahead, for each municipality one decides or leads in."""
    towns = Municipality.objects.permitted(request.user, P.DECIDE_REFERRAL)
    return [{"town": town, "forecast": forecast(town, today)} for town in towns]


@require_safe
@requires(P.VIEW_REFERRAL)
def waiting_count(request: HttpRequest) -> HttpResponse:
    """How many wait for a place, a bare number for the team leader's page. ?kommune=4204 asks for one municipality."""
    rows = visible(request.user).waiting()
    if number := request.GET.get("kommune", "").replace("\0", ""):
        rows = rows.filter(municipality__number=number)
    return HttpResponse(str(rows.count()), content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def waiting_move(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Give a family another place on the list, for a reason."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    if referral.state != ReferralState.WAITING:
        raise Http404
    last = Referral.objects.waiting().filter(municipality=referral.municipality_id).count()
    initial = {"version": referral.version}
    form = MoveForm(request.POST or None, last=last, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                move = actions.move_on_waiting_list(referral, by=request.user, **form.cleaned_data)
            except Stale as stale:
                referral, form.data = stale.current, form.data.copy()
                form.data["version"] = str(stale.current.version)
                say(form, stale)
            except Refused as refusal:
                say(form, refusal)
            else:
                facts = {"name": referral.family_name, "place": move.to_position}
                messages.success(request, _("%(name)s står nå som nummer %(place)d.") % facts)
                return redirect("referrals:waiting_list")
    return render(request, "referrals/waiting_move.html", {"form": form, "referral": referral}, status=status)
