"""The team leader: dashboard, all families, who follows whom."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families import assignments, pages
from families.enums import AssignmentKind, FamilyEvent, FamilyState
from families.forecast import forecast
from families.forms import AssignForm, EndAssignmentForm, HandOverForm
from families.models import Assignment, Family, Milestone
from families.places import coordinators, places
from families.team import team
from families.views.caseload import search_words
from nyemonstre.access.limits import limited, searches
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.audit.log import record
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.refusals import Refused

ASSIGN = Permission.ASSIGN_COORDINATOR
# Coordinators on one page of the dashboard: a large town has a thousand, and each brings ten families.
COORDINATORS_SHOWN = 50


def my_municipality(request: HttpRequest) -> tuple[Municipality, list[Municipality]]:
    """The municipality one leads: the one in ?kommune=4204 when there are several, else the first. 404 for another."""
    mine = list(Municipality.objects.permitted(request.user, Permission.VIEW_DASHBOARD).order_by("name"))
    number = request.GET.get("kommune", "")
    if number:
        chosen = get_object_or_404(Municipality, pk__in=[m.pk for m in mine], number=number.replace("\0", "")[:4])
        return chosen, mine
    return mine[0], mine


@require_safe
@requires(Permission.VIEW_DASHBOARD)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Coordinators and their families, where the families are on the path, and what needs the lead.

    The coordinators are searched by name and paged; the numbers are always those of the whole team.
    """
    municipality, mine = my_municipality(request)
    today = timezone.localdate()
    facts = team(request.user, municipality, today)
    record(FamilyEvent.LIST_OPENED, by=request.user, municipality=municipality, facts={"list": "dashboard"})
    words = search_words(request).casefold().split()
    lines = [line for line in facts.lines if all(word in line.user.name.casefold() for word in words)]
    context = {
        "team": facts,
        "page_obj": Paginator(lines, COORDINATORS_SHOWN).get_page(request.GET.get("page")),
        "is_large": len(facts.lines) > COORDINATORS_SHOWN,
        "searched": bool(words),
        "municipality": municipality,
        "mine": mine,
        "today": today,
        "forecast": forecast(municipality, today),
        "waiting_count_url": pages.address("referrals:waiting_count"),
        "waiting_list_url": pages.address("referrals:waiting_list"),
    }
    return render(request, "families/dashboard.html", context)


SHOWS = {
    "": lambda: _("Alle"),
    "apent": lambda: _("Vinduet er åpent"),
    "forbi": lambda: _("Forbi vinduet"),
    "pause": lambda: _("På pause"),
    "uten": lambda: _("Uten koordinator"),
    "avsluttet": lambda: _("Avsluttet"),
}
BY_NAME = NorwegianOrder("name")
ORDERS = {"": "code", "kode": "code", "-kode": "-code", "navn": BY_NAME, "-navn": BY_NAME.desc()}


@require_safe
@requires(Permission.VIEW_DASHBOARD)
@limited("search", times=120, seconds=60, when=searches)
def team_list(request: HttpRequest) -> HttpResponse:
    """All families of the municipality: name, steps, dates, coordinator. Search, filter, sort and page in the URL."""
    municipality, mine = my_municipality(request)
    families = _team_families(request, municipality)
    page = Paginator(families.select_related("municipality").with_path().with_coordinators(), 25).get_page(
        request.GET.get("page")
    )
    record(FamilyEvent.LIST_OPENED, by=request.user, municipality=municipality, facts={"list": "team_list"})
    today = timezone.localdate()
    rows = [_team_row(family, today) for family in page]
    context = {
        "page_obj": page,
        "rows": rows,
        "municipality": municipality,
        "filters": [(key, label(), None) for key, label in SHOWS.items()],
        "coordinators": coordinators(municipality),
        "coordinator": request.GET.get("koordinator", ""),
        "search": search_words(request),
        "mine": mine,
    }
    return render(request, "families/team_list.html", context)


def _team_families(request: HttpRequest, municipality: Municipality) -> Any:
    show, today = request.GET.get("vis", ""), timezone.localdate()
    families = Family.objects.visible_to(request.user).filter(municipality=municipality)
    families = families.filter(state=FamilyState.CLOSED) if show == "avsluttet" else families.active()
    live = Assignment.objects.live().responsible()
    if show == "apent":
        families = families.filter(
            state=FamilyState.ACTIVE, pk__in=Milestone.objects.open_on(today).order_by().values("family")
        )
    elif show == "forbi":
        families = families.filter(
            state=FamilyState.ACTIVE, pk__in=Milestone.objects.passed_on(today).order_by().values("family")
        )
    elif show == "pause":
        families = families.filter(state=FamilyState.PAUSED)
    elif show == "uten":
        families = families.exclude(pk__in=live.order_by().values("family"))
    with suppress(KeyError, ValueError):  # no coordinator asked for, or nonsense
        user = UUID(request.GET["koordinator"])
        families = families.filter(pk__in=live.filter(user=user).order_by().values("family"))
    if search := search_words(request):
        families = families.filter(Q(name__icontains=search) | Q(code__icontains=search))
    return families.order_by(ORDERS.get(request.GET.get("sort", ""), "code"), "code")


def _team_row(family: Family, today: Any) -> dict[str, Any]:
    due = family.next_due()
    return {
        "family": family,
        "stitches": family.stitches(today),
        "next": due,
        "state": "pause" if family.paused else due.window(today) if due else "done",
        "text": _("på pause") if family.paused else due.due_text(today) if due else _("ferdig"),
        "responsible": family.responsible,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ASSIGN)
def assign(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Choose a coordinator, a substitute with an end, or a second coordinator; and see who follows the family now."""
    family = pages.open_family(request, family_id, ASSIGN)
    asked = request.GET.get("som", "")
    kind = asked if asked in AssignmentKind.values else ""
    kind = kind or (AssignmentKind.SUBSTITUTE if family.responsible else AssignmentKind.RESPONSIBLE)
    form = AssignForm(
        request.POST or None, places=places(family.municipality), initial={"kind": kind},
        has_responsible=family.responsible is not None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            assignments.assign_coordinator(family, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            who = form.cleaned_data["coordinator"].name
            messages.success(request, _("%(name)s er satt opp, og får beskjed på e-post.") % {"name": who})
            return redirect("families:assign", family_id=family.pk)
    return _page(request, family, form, _("Hvem følger familien"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ASSIGN)
def hand_over(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """A new responsible coordinator. The old one loses access at once; both are told."""
    family = pages.open_family(request, family_id, ASSIGN)
    rows = [row for row in places(family.municipality) if not _is_responsible(family, row.user)]
    form = HandOverForm(request.POST or None, places=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            assignments.hand_over(
                family, to=data["coordinator"], reason=data["reason"], override_reason=data["override_reason"],
                by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Familien er overført. Begge får beskjed på e-post."))
            return redirect("families:assign", family_id=family.pk)
    return _page(request, family, form, _("Overfør familien"))


def _is_responsible(family: Family, user: Any) -> bool:
    return family.responsible is not None and family.responsible.user_id == user.pk


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ASSIGN)
def assignment_end(request: HttpRequest, family_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Somebody stops following the family, now, for a reason."""
    family = pages.open_family(request, family_id, ASSIGN, quiet=True)
    assignment = get_object_or_404(Assignment.objects.select_related("user"), family=family, pk=assignment_id)
    facts = {"name": assignment.user.name}
    form = EndAssignmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            assignments.end_assignment(assignment, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s følger ikke lenger familien.") % facts)
            return redirect("families:assign", family_id=family.pk)
    context = pages.family_context(request, family, "") | {
        "form": form, "newer": None, "back": "families:assign",
        "heading": _("Skal %(name)s slutte å følge familien?") % facts,
        "lead": _("Tilgangen tas bort med en gang. Det som er skrevet, blir hos familien."),
    }  # fmt: skip
    return render(request, "families/form_page.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, family: Family, form: Any, heading: str) -> HttpResponse:
    history = Assignment.objects.filter(family=family).select_related("user", "assigned_by").order_by("-valid_from")
    now = timezone.now()
    context = pages.family_context(request, family, "") | {
        "form": form,
        "heading": heading,
        "following": family.following,
        "history": [a for a in history if a.valid_until and a.valid_until <= now],
        "is_hand_over": isinstance(form, HandOverForm),
        "has_coordinators": bool(form.people),
    }
    return render(request, "families/assign.html", context, status=422 if form.errors else 200)
