"""A member's fødselsnummer: masked until asked for, shown for one look, found by exact match. Never in an address."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from families import actions_identity, pages
from families.forms_identity import FindNumberForm, NoNumberForm, NumberForm
from families.identity import IdentityNumber
from families.models import Family, Member
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import Refused, Stale
from nyemonstre.vault import CannotOpen

CHANGE = Permission.CHANGE_FAMILY


@sensitive_post_parameters("identity_number")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def number(request: HttpRequest, family_id: UUID, member_id: UUID) -> HttpResponse:
    """One member's number: masked, with a form to keep or change it and one to say why there is none."""
    family, member, row = _open(request, family_id, member_id)
    form = NumberForm(request.POST or None, row=row)
    if form.is_bound and form.is_valid():
        try:
            actions_identity.keep_number(
                member, number=form.cleaned_data["identity_number"], version=form.cleaned_data["version"],
                date_confirmed=form.cleaned_data.get("date_confirmed", False), by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            form = _again(form, refusal, row)
        else:
            messages.success(request, _("Nummeret er lagret."))
            return redirect("families:family_members", family_id=family.pk)
    return _page(request, family, member, row, form=form)


@require_POST
@requires(CHANGE)
def number_left_out(request: HttpRequest, family_id: UUID, member_id: UUID) -> HttpResponse:
    """There is no number, for a reason; the one that was there is taken away."""
    family, member, row = _open(request, family_id, member_id)
    form = NoNumberForm(request.POST, row=row)
    if form.is_valid():
        try:
            actions_identity.leave_number_out(
                member, reason=form.cleaned_data["reason"], version=form.cleaned_data["version"], by=request.user
            )
        except Refused as refusal:
            form = _again(form, refusal, row)
        else:
            messages.success(request, _("Lagret uten nummer."))
            return redirect("families:family_members", family_id=family.pk)
    return _page(request, family, member, row, none=form)


@require_POST
@requires(CHANGE)
def number_show(request: HttpRequest, family_id: UUID, member_id: UUID) -> HttpResponse:
    """The number itself, in this one answer. The look is in the log."""
    family, member, row = _open(request, family_id, member_id)
    if row is None:
        raise Http404
    try:
        shown = actions_identity.show_number(row, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    except CannotOpen:
        messages.error(request, _("Nummeret kan ikke åpnes nå. Si fra til dem som drifter tjenesten."))
    else:
        return _page(request, family, member, row, shown=shown)
    return redirect("families:number", family_id=family.pk, member_id=member.pk)


@sensitive_post_parameters("identity_number")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def number_find(request: HttpRequest) -> HttpResponse:
    """One's own families with exactly this number. Sent as a form, so that it stands in no address and no log."""
    if not any(m.municipality.keeps_identity_numbers for m in request.user.live_memberships):
        raise Http404
    form = FindNumberForm(request.POST or None)
    found = None
    if form.is_bound and form.is_valid():
        try:
            found = actions_identity.find_number(form.cleaned_data["identity_number"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
    return render(
        request, "families/number_find.html", {"form": form, "found": found}, status=422 if form.errors else 200
    )


def _open(request: HttpRequest, family_id: UUID, member_id: UUID) -> tuple[Family, Member, IdentityNumber | None]:
    family = pages.open_family(request, family_id, CHANGE)
    member = get_visible_or_404(Member.objects.filter(family=family), request, CHANGE, quiet=True, pk=member_id)
    if not family.municipality.keeps_identity_numbers:
        raise Http404
    return family, member, IdentityNumber.objects.filter(member=member).select_related("family").first()


def _again(form: Any, refusal: Refused, row: IdentityNumber | None) -> Any:
    """The same form with the refusal in it: with the question where one is asked, or against the newer version."""
    if isinstance(refusal, Stale):
        form = pages.with_version(form, refusal.current.version)
    elif refusal.rule == "number_date":
        data = form.data.copy()
        data["asked"] = "1"
        form = NumberForm(data, row=row)
    say(form, refusal)
    return form


def _page(
    request: HttpRequest, family: Family, member: Member, row: IdentityNumber | None, *,
    form: Any = None, none: Any = None, shown: str = "",
) -> HttpResponse:  # fmt: skip
    wrong = any(sent.errors for sent in (form, none) if sent)
    form, none = form or NumberForm(row=row), none or NoNumberForm(row=row)
    for each, name in ((form, "families:number"), (none, "families:number_left_out")):
        each.helper.form_action = reverse(name, args=[family.pk, member.pk])
    context = pages.family_context(request, family, "members") | {
        "member": member,
        "row": row,
        "shown": shown,
        "form": form,
        "none": none,
        "same": _same_person(request, row),
    }
    return render(request, "families/number.html", context, status=422 if wrong else 200)


def _same_person(request: HttpRequest, row: IdentityNumber | None) -> list[Member]:
    """Members with the same number in other families this person works with: a child with two homes, or a slip."""
    if row is None or not row.is_kept:
        return []
    same = IdentityNumber.objects.permitted(request.user, CHANGE).filter(index=row.index).exclude(pk=row.pk)
    return [other.member for other in same.select_related("member__family").order_by("pk")]
