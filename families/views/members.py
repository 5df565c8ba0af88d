"""Familien: who is in it, where they live and how much of the time."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families import pages, people
from families.forms import HomeForm, MemberForm, MoveForm
from families.models import Family, Household, Member
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import AlreadyDone, Refused, Stale

CHANGE = Permission.CHANGE_FAMILY


@require_safe
@requires(Permission.VIEW_FAMILY)
def family_members(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The people, home by home. Addresses are left out for those who may not have them."""
    family = pages.open_family(request, family_id, Permission.VIEW_FAMILY)
    context = pages.family_context(request, family, "members")
    members = list(
        family.members.select_related("identity_number")
        .prefetch_related("residences__household")
        .order_by("birth_date", "first_name")
    )
    for member in members:
        member.number_row = getattr(member, "identity_number", None)
    context |= {
        "keeps_numbers": family.municipality.keeps_identity_numbers,
        "members": [m for m in members if m.moved_out_on is None],
        "moved": [m for m in members if m.moved_out_on is not None],
        "homes": family.households.prefetch_related("residences__member").order_by("name"),
        "former": family.former_residences.select_related("member", "household").order_by(
            "-until", "member__birth_date"
        ),
        "shows_addresses": pages.shows_addresses(family, context["allowed"]),
        "may_change": CHANGE in context["allowed"],
        "may_write": CHANGE in context["allowed"] and not context["why_only_read"],
        "today": timezone.localdate(),
    }
    return render(request, "families/family_members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def member_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Somebody joins the family."""
    family = pages.open_family(request, family_id, CHANGE)
    if stop := pages.only_read(request, family):
        return stop
    form = MemberForm(request.POST or None, family=family)
    return _save_member(request, family, form, None, _("Nytt medlem"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def member_edit(request: HttpRequest, family_id: UUID, member_id: UUID) -> HttpResponse:
    """Change a person, and where they live."""
    family = pages.open_family(request, family_id, CHANGE)
    if stop := pages.only_read(request, family):
        return stop
    rows = Member.objects.filter(family=family).prefetch_related("residences")
    member = get_visible_or_404(rows, request, CHANGE, quiet=True, pk=member_id)
    form = MemberForm(request.POST or None, family=family, member=member)
    return _save_member(request, family, form, member, _("Endre %(name)s") % {"name": member.first_name})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def member_move(request: HttpRequest, family_id: UUID, member_id: UUID) -> HttpResponse:
    """Where a person lives from a day on; how they lived before stays in the history."""
    family = pages.open_family(request, family_id, CHANGE)
    if stop := pages.only_read(request, family):
        return stop
    rows = Member.objects.filter(family=family).select_related("family")
    member = get_visible_or_404(rows, request, CHANGE, quiet=True, pk=member_id)
    form = MoveForm(request.POST or None, family=family, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            people.move_member(member, shares=form.shares, on=form.cleaned_data["on"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret."))
            return redirect("families:family_members", family_id=family.pk)
    lead = _("Et barn i to hjem har 100 prosent til sammen. Sett 0 i et hjem %(name)s har flyttet fra.")
    return _form_page(
        request, family, form, _("Hvor bor %(name)s?") % {"name": member.first_name}, None,
        lead=lead % {"name": member.first_name},
    )  # fmt: skip


def _save_member(
    request: HttpRequest, family: Family, form: MemberForm, member: Member | None, heading: str
) -> HttpResponse:
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            people.save_member(
                family, member=member, facts=form.facts, shares=None if member else form.shares, by=request.user,
                version=form.cleaned_data.get("version"), key=form.cleaned_data["key"],
            )  # fmt: skip
        except AlreadyDone:
            return redirect("families:family_members", family_id=family.pk)
        except Stale as stale:
            newer = [(field.verbose_name, value) for field, value in _facts(stale.current, MemberForm.FACTS)]
            form = pages.with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret."))
            return redirect("families:family_members", family_id=family.pk)
    return _form_page(request, family, form, heading, newer)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def home_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One more home."""
    family = pages.open_family(request, family_id, CHANGE)
    if stop := pages.only_read(request, family):
        return stop
    return _save_home(request, family, HomeForm(request.POST or None), None, _("Nytt hjem"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def home_edit(request: HttpRequest, family_id: UUID, home_id: UUID) -> HttpResponse:
    """Change a home's name or address."""
    family = pages.open_family(request, family_id, CHANGE)
    if stop := pages.only_read(request, family):
        return stop
    home = get_visible_or_404(
        Household.objects.filter(family=family).select_related("family"), request, CHANGE, quiet=True, pk=home_id
    )
    form = HomeForm(request.POST or None, home=home)
    return _save_home(request, family, form, home, _("Endre %(name)s") % {"name": home.name})


def _save_home(request: HttpRequest, family: Family, form: HomeForm, home: Household | None, heading: str) -> Any:
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            if home is None:
                people.add_home(family, key=form.cleaned_data["key"], by=request.user, **form.facts)
            else:
                people.change_home(home, version=form.cleaned_data["version"], by=request.user, **form.facts)
        except AlreadyDone:
            return redirect("families:family_members", family_id=family.pk)
        except Stale as stale:
            newer = [(field.verbose_name, value) for field, value in _facts(stale.current, form.facts)]
            form = pages.with_version(form, stale.current.version)
            say(form, stale)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret."))
            return redirect("families:family_members", family_id=family.pk)
    return _form_page(request, family, form, heading, newer)


def _facts(row: Any, names: Any) -> list[tuple[Any, Any]]:
    """Fields of a newer row with their values in words, to stand beside what was typed."""
    facts = []
    for name in names:
        display = getattr(row, f"get_{name}_display", None)
        value = display() if display else getattr(row, name)
        if isinstance(value, bool):
            value = _("ja") if value else _("nei")
        facts.append((row._meta.get_field(name), value))
    return facts


def _form_page(
    request: HttpRequest, family: Family, form: Any, heading: str, newer: Any, *, lead: str = ""
) -> HttpResponse:
    context = pages.family_context(request, family, "members") | {
        "form": form, "heading": heading, "newer": newer, "lead": lead, "back": "families:family_members",
    }  # fmt: skip
    return render(request, "families/form_page.html", context, status=422 if form.errors else 200)
