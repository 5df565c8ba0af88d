"""Who can see a family, and why: let in, take back, shut out, lift."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families import assignments, conflicts, named_leads, pages, seen
from families.forms_access import ConflictForm, GrantForm, ReasonForm, RevokeForm, ShutOutForm
from families.grants import BreakGlass, ShutOut
from families.models import Family
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say, signed_in
from nyemonstre.accounts.models import User
from nyemonstre.refusals import Refused

GRANT = Permission.GRANT_ACCESS


@require_safe
@requires(Permission.LIST_FAMILY)
def family_access(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Everybody who can open the family now, those shut out of it, and who has followed it."""
    family = pages.open_family(request, family_id, Permission.LIST_FAMILY)
    context = pages.family_context(request, family, "access")
    allowed = context["allowed"]
    may_know = bool({GRANT, Permission.CHANGE_FAMILY} & allowed)
    history = family.assignments.select_related("user", "assigned_by", "ended_by").order_by("-valid_from", "pk")
    context |= {
        "openers": seen.who_can_open(family),
        "shut_outs": _shut_outs(family) if may_know else [],
        "may_know": may_know,
        "may_name_lead": named_leads.may_name_lead(family, request.user),
        "history": history,
        "needs": BreakGlass.objects.filter(family=family).select_related("user").order_by("-opened_at")
        if may_know
        else [],
        "now": timezone.now(),
    }
    return render(request, "families/family_access.html", context)


def _shut_outs(family: Family) -> Any:
    return (
        ShutOut.objects.in_force().filter(family=family).select_related("user", "declared_by").order_by("since", "pk")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(GRANT)
@fresh_login(reading=False)
def grant_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Let a named person in, for a reason and a time. Never oneself: for that there is the opening in need."""
    family = pages.open_family(request, family_id, GRANT, quiet=True)
    others = [person for person in seen.can_be_let_in(family) if person.pk != request.user.pk]
    form = GrantForm(request.POST or None, people=others)
    if request.method == "POST" and form.is_valid():
        try:
            assignments.grant_access(family, by=request.user, **form.facts)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s kan åpne familien nå.") % {"name": form.cleaned_data["user"].name})
            return redirect("families:family_access", family_id=family.pk)
    lead = _(
        "Bare roller som kan bruke en tilgang, står i lista, og du kan ikke slippe inn deg selv. Personen vises på "
        "siden om hvem som kan se familien."
    )
    return _page(request, family, form, _("Gi noen tilgang"), lead)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(GRANT)
@fresh_login(reading=False)
def grant_revoke(request: HttpRequest, family_id: UUID, user_id: UUID) -> HttpResponse:
    """Take back what was given by name, now, for a reason."""
    family = pages.open_family(request, family_id, GRANT, quiet=True)
    opener = next((o for o in seen.who_can_open(family) if o.user.pk == user_id and o.given_by_name), None)
    if opener is None:
        raise Http404
    facts = {"name": opener.user.name}
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            assignments.revoke_access(family, user=opener.user, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er tatt ut.") % facts)
            still_there = Family.objects.visible_to(request.user).filter(pk=family.pk).exists()
            return redirect("families:family_access", family_id=family.pk) if still_there else redirect("families:home")
    heading = _("Skal %(name)s miste tilgangen?") % facts
    return _page(request, family, form, heading, _("Tilgangen tas bort med en gang."))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(GRANT)
def shut_out_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Shut a colleague with a conflict of interest out of the family."""
    family = pages.open_family(request, family_id, GRANT, quiet=True)
    form = ShutOutForm(request.POST or None, people=seen.colleagues(family))
    if request.method == "POST" and form.is_valid():
        who: User = form.cleaned_data["user"]
        try:
            conflicts.shut_out(family, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er stengt ute fra familien fra nå av.") % {"name": who.name})
            own = who.pk == request.user.pk
            return redirect("families:home") if own else redirect("families:family_access", family_id=family.pk)
    lead = _("Personen mister alt innsyn med en gang, også gjennom rollen sin. Bare en annen kan oppheve det.")
    return _page(request, family, form, _("Meld noen inhabil"), lead)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(GRANT)
@fresh_login(reading=False)
def shut_out_lift(request: HttpRequest, family_id: UUID, shut_out_id: UUID) -> HttpResponse:
    """There is no conflict any more, or there was none."""
    family = pages.open_family(request, family_id, GRANT, quiet=True)
    row = get_object_or_404(_shut_outs(family), pk=shut_out_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conflicts.lift_shut_out(row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er ikke lenger stengt ute.") % {"name": row.user.name})
            return redirect("families:family_access", family_id=family.pk)
    lead = _("%(name)s får tilbake det rollen og oppdragene gir.") % {"name": row.user.name}
    return _page(request, family, form, _("Opphev inhabiliteten"), lead)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def conflict_declare(request: HttpRequest) -> HttpResponse:
    """Declare a conflict of interest by code. The answer is the same whether there is such a family."""
    form = ConflictForm(request.POST or None, initial={"code": request.GET.get("kode", "").replace("\0", "")[:12]})
    if request.method == "POST" and form.is_valid():
        try:
            conflicts.declare_conflict(form.cleaned_data["code"], reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            text = _(
                "Takk. Finnes det en familie med koden, ser du den ikke lenger, og de som må vite det, får beskjed."
            )
            messages.success(request, text)
            return redirect("families:conflict_declare")
    return render(request, "families/conflict.html", {"form": form}, status=422 if form.errors else 200)


def _page(request: HttpRequest, family: Family, form: Any, heading: str, lead: str = "") -> HttpResponse:
    context = pages.family_context(request, family, "access") | {
        "form": form, "heading": heading, "lead": lead, "newer": None, "back": "families:family_access",
    }  # fmt: skip
    return render(request, "families/form_page.html", context, status=422 if form.errors else 200)
