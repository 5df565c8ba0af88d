"""The directory of services of one's municipalities."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import add_service, change_service
from consent.enums import Sector
from consent.forms import ServiceEditForm, ServiceForm
from consent.models import Service
from nyemonstre.access.limits import limited, searches
from nyemonstre.access.roles import Permission, roles_using
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record, searched
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.refusals import AlreadyDone, Refused, Stale

from .pages import with_newer_version

SORTS = {"navn": "name", "slags": "sector"}
ON_A_PAGE = 30


def _municipalities(request: HttpRequest) -> list[Municipality]:
    """Where this person makes agreements: the directories they keep."""
    writers = roles_using(Permission.CHANGE_CONSENT)
    found = {m.municipality_id: m.municipality for m in request.user.live_memberships if m.role in writers}
    return list(found.values())


@requires(Permission.VIEW_CONSENT)
@require_safe
@limited("search", times=120, seconds=60, when=searches)
def service_list(request: HttpRequest) -> HttpResponse:
    """Search, filter by kind, sort. Holds no personal data."""
    words, sector, sort = (request.GET.get(key, "").replace("\0", "")[:100] for key in ("q", "slags", "sort"))
    rows = Service.objects.permitted(request.user).select_related("municipality")
    for word in words.split():
        rows = rows.filter(name__icontains=word)
    if sector == "nedlagt":
        rows = rows.filter(closed_on__isnull=False)
    else:
        rows = rows.active()
        rows = rows.filter(sector=sector) if sector in Sector.values else rows
    column = SORTS.get(sort.removeprefix("-"), "name")
    order = NorwegianOrder(column) if column == "name" else F(column)
    rows = rows.order_by(order.desc() if sort.startswith("-") else order.asc(), NorwegianOrder("name"), "pk")
    used = set(Service.objects.permitted(request.user).active().values_list("sector", flat=True).distinct())
    filters = [("", _("Alle"), None), *((v, label, None) for v, label in Sector.choices if v in used)]
    filters.append(("nedlagt", _("Nedlagte"), None))
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = {"list": "service_list", "rows": len(page), **searched(words)}
    record(AuditEvent.LIST_SEARCHED, by=request.user, facts=facts)
    municipalities = {m.municipality_id for m in request.user.live_memberships}
    context = {"page_obj": page, "filters": filters, "searched": bool(words or sector), "many": len(municipalities) > 1}
    return render(request, "consent/service_list.html", context)


def _line_that_waits(request: HttpRequest) -> str:
    """The address of the agreement line one came from to add a service, or "". Made from ids: no address is taken."""
    try:
        family, line = UUID(request.GET.get("familie", "")), request.GET.get("linje", "")
        return reverse("consent:line_edit", args=[family, UUID(line)]) if line else reverse(
            "consent:line_new", args=[family]
        )  # fmt: skip
    except ValueError:
        return ""


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def service_new(request: HttpRequest) -> HttpResponse:
    """A new service. Whoever came from a line of an agreement goes back to it, with the service chosen."""
    line = _line_that_waits(request)
    form = ServiceForm(request.POST or None, municipalities=_municipalities(request))
    if form.is_valid():
        try:
            service = add_service(form.municipality(), **_facts(form), key=form.cleaned_data["key"], by=request.user)
        except AlreadyDone as done:
            return _after(line, done.row)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er lagt til.") % {"name": service.name})
            return _after(line, service)
    context = {"form": form, "heading": _("Ny tjeneste"), "newer": [], "line": line}
    return render(request, "consent/service_form.html", context, status=422 if form.errors else 200)


def _after(line: str, service: Service) -> HttpResponse:
    return redirect(f"{line}?tjeneste={service.pk}" if line else "consent:service_list")


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def service_edit(request: HttpRequest, service_id) -> HttpResponse:
    rows = Service.objects.select_related("municipality").filter(municipality__in=_municipalities(request))
    service = get_visible_or_404(rows, request, Permission.CHANGE_CONSENT, quiet=True, pk=service_id)
    names = ("name", "sector", "phone", "website", "version")
    initial = {name: getattr(service, name) for name in names} | {"closed": service.closed_on is not None}
    form = ServiceEditForm(request.POST or None, initial=initial)
    newer: list[tuple[str, str]] = []
    if form.is_valid():
        data = form.cleaned_data
        try:
            change_service(service, **_facts(form), closed=data["closed"], version=data["version"], by=request.user)
        except Stale as stale:
            say(form, stale)
            now = stale.current
            newer = [(_("Navn"), now.name), (_("Slags"), now.get_sector_display()), (_("Sentralbord"), now.phone)]
            with_newer_version(form, now.version)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er lagret.") % {"name": data["name"]})
            return redirect("consent:service_list")
    context = {"form": form, "heading": service.name, "newer": newer, "line": ""}
    return render(request, "consent/service_form.html", context, status=422 if form.errors else 200)


def _facts(form: ServiceForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("name", "sector", "phone", "website")}
