"""Rates, links and law texts of one's municipality: what holds, until when, and when somebody last looked."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.refusals import AlreadyDone, Refused, Stale

from .actions import add_fact, add_starting_facts, change_fact, confirm_fact
from .enums import Kind
from .forms import FactForm
from .models import Fact

CHANGE = Permission.CHANGE_CONTENT
ON_A_PAGE = 30
# The years a henvendelse asks about: the limit of the newest is published late.
YEARS_BACK = 6


def _municipalities(request: HttpRequest) -> Any:
    return Municipality.objects.permitted(request.user, CHANGE).order_by("name")


@requires(CHANGE)
@require_safe
def fact_list(request: HttpRequest) -> HttpResponse:
    """Search, filter by kind; what waits for a look has a filter of its own. Holds no personal data."""
    today = timezone.localdate()
    words, kind = (request.GET.get(name, "").replace("\0", "")[:100] for name in ("q", "slag"))
    rows = Fact.objects.permitted(request.user, CHANGE).select_related("municipality", "checked_by")
    every = rows
    for word in words.split():
        rows = rows.filter(title__icontains=word)
    if kind == "kontroll":
        rows = rows.due_for_check(today)
    elif kind == "utgaatt":
        rows = rows.filter(valid_until__lt=today)
    elif kind in Kind.values:
        rows = rows.filter(kind=kind)
    elif not words:
        rows = rows.on(today) | rows.filter(valid_from__gt=today) | rows.filter(kind=Kind.THRESHOLD)
    page = Paginator(rows.order_by("kind", NorwegianOrder("title"), "-valid_from", "pk"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    filters = [("", _("Gjelder nå"), None), *((value, label, None) for value, label in Kind.choices)]
    filters += [
        ("kontroll", _("Trenger en kontroll"), every.due_for_check(today).count()),
        ("utgaatt", _("Utgått"), None),
    ]
    places = list(_municipalities(request))
    context = {
        "page_obj": page,
        "filters": filters,
        "searched": words or kind,
        "many": len(places) > 1,
        "places": places,
        "empty_years": [(place, years) for place in places if (years := _empty_years(place, today.year))],
    }
    return render(request, "content/fact_list.html", context)


def _empty_years(place: Municipality, this_year: int) -> list[int]:
    """Years without a low-income limit: the calculator can say nothing of them."""
    years = range(this_year - YEARS_BACK, this_year)
    known = Fact.objects.thresholds(place, years)
    return [year for year in years if year not in known]


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def fact_new(request: HttpRequest) -> HttpResponse:
    year = request.GET.get("aar", "")
    asked = {}
    if year.isascii() and year.isdigit() and len(year) == 4:
        asked = {
            "kind": Kind.THRESHOLD, "title": _("Grense for lav inntekt (EU, 60 prosent)"), "unit": "kr_year",
            "valid_from": f"01.01.{year}", "valid_until": f"31.12.{year}", "source": "SSB",
        }  # fmt: skip
    elif name := request.GET.get("navn", "").replace("\0", "")[:120]:
        asked = {"kind": Kind.RATE, "title": name, "unit": "percent"}
    form = FactForm(request.POST or None, municipalities=_municipalities(request), initial=asked)
    if form.is_valid():
        try:
            add_fact(form.place(), facts=form.facts(), key=form.cleaned_data["key"], by=request.user)
        except AlreadyDone:
            return redirect("content:fact_list")
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("«%(title)s» er lagret.") % {"title": form.cleaned_data["title"]})
            return redirect("content:fact_list")
    context = {"form": form, "heading": _("Ny sats, lenke eller lovtekst"), "newer": [], "fact": None}
    return render(request, "content/fact_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def fact_edit(request: HttpRequest, fact_id: Any) -> HttpResponse:
    rows = Fact.objects.select_related("municipality", "checked_by")
    fact = get_visible_or_404(rows, request, CHANGE, pk=fact_id)
    kept = ("kind", "title", "value", "unit", "month", "text", "url", "source", "valid_from", "valid_until", "version")
    saved = {name: getattr(fact, name) for name in kept} | {"value": fact.number}
    form = FactForm(request.POST or None, municipalities=_municipalities(request), fact=fact, initial=saved)
    newer: list[tuple[str, Any]] = []
    if form.is_valid():
        try:
            change_fact(fact, facts=form.facts(), version=form.cleaned_data["version"], by=request.user)
        except Stale as stale:
            say(form, stale)
            newer = _in_words(stale.current)
            form.data = form.data.copy()
            form.data["version"] = stale.current.version
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("«%(title)s» er lagret.") % {"title": fact.title})
            return redirect("content:fact_list")
    context = {"form": form, "heading": fact.title, "newer": newer, "fact": fact}
    return render(request, "content/fact_form.html", context, status=422 if form.is_bound else 200)


def _in_words(fact: Fact) -> list[tuple[str, Any]]:
    """What somebody else saved meanwhile, to be read beside one's own."""
    until = fact.valid_until.strftime("%d.%m.%Y") if fact.valid_until else _("ingen sluttdato")
    return [
        (_("Navn"), fact.title),
        (_("Tall"), fact.said),
        (_("Forklaring"), fact.text),
        (_("Lenke"), fact.url),
        (_("Kilde"), fact.source),
        (_("Gjelder"), f"{fact.valid_from:%d.%m.%Y} – {until}"),
    ]


@requires(CHANGE)
@require_POST
def fact_confirm(request: HttpRequest, fact_id: Any) -> HttpResponse:
    """Looked up today; it still holds."""
    fact = get_visible_or_404(Fact.objects.select_related("municipality"), request, CHANGE, pk=fact_id)
    confirm_fact(fact, by=request.user)
    messages.success(request, _("«%(title)s» er kontrollert i dag.") % {"title": fact.title})
    return redirect("content:fact_list")


@requires(CHANGE)
@require_POST
def fact_start(request: HttpRequest) -> HttpResponse:
    """The facts a municipality can begin with."""
    added = sum(len(add_starting_facts(place, by=request.user)) for place in _municipalities(request))
    messages.success(request, _("%(count)d er lagt inn. Kontroller dem mot kilden.") % {"count": added})
    return redirect("content:fact_list")
