"""Follow-up is rounded off together, and what was said is kept; letters to the services that continue."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.models import AgreementLine
from families.calendar import may_reopen, register_study_from
from families.enums import FamilyState
from families.exits import Exit
from families.models import Family
from families.pages import at_table, family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.forms import sent
from plans import actions
from plans.forms_closing import CloseFollowUpForm
from plans.meetings import to_come
from plans.models import Closing
from plans.summary import hand_over_letter, kept_goals, lines_to_write_to, summary

from .frame import CHANGE, VIEW


@require_http_methods(["GET", "HEAD", "POST"])
@requires(VIEW)
def closing(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Before: the form, beside the years in few words. After: what was said, and letters to the services."""
    family = open_family(request, family_id, VIEW if request.method in ("GET", "HEAD") else CHANGE)
    if family.state == FamilyState.CLOSED:
        return redirect("plans:closing", family.pk) if request.method == "POST" else _closed(request, family)
    frame = family_context(request, family, "plan")
    if CHANGE not in frame["allowed"] or Permission.CHANGE_FAMILY not in frame["allowed"]:
        return _closed(request, family)
    homes, reader, table = at_table(request, family)
    draft = draft_for(request)
    form = CloseFollowUpForm(sent(request), family=family, initial=initial_from(draft))
    if form.is_valid():
        try:
            actions.close_follow_up(family, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            messages.success(request, _("Oppfølgingen er avsluttet. Takk for det dere har gjort sammen."))
            return redirect("plans:closing", family.pk)
    form.save_drafts(reverse("accounts:draft_save"), str(request.user.pk))
    context = {
        **frame, **table, **summary(family, reader, homes), "form": form, "meetings": to_come(family),
        "lines": lines_to_write_to(family),
        "draft": draft if not form.is_bound else None,
        "earlier": Exit.objects.filter(family=family).exclude(reopened_on=None).order_by("-ended_on"),
    }  # fmt: skip
    return render(request, "plans/closing.html", context, status=422 if form.is_bound else 200)


def _closed(request: HttpRequest, family: Family) -> HttpResponse:
    homes, reader, table = at_table(request, family)
    row = Closing.objects.filter(family=family).select_related("exit", "recorded_by").first()
    frame = family_context(request, family, "plan")
    is_closed, leads = family.state == FamilyState.CLOSED, Permission.ASSIGN_COORDINATOR in frame["allowed"]
    context = {
        **frame, **table, "closing": row, "is_closed": is_closed,
        "lines": lines_to_write_to(family) if row and is_closed else [],
        "may_reopen": leads and may_reopen(family.closed_on, timezone.localdate()),
        "register_from": register_study_from(family.closed_on) if is_closed else None,
        **(kept_goals(row, reader, homes) if row else {"ended": [], "open": []}),
    }  # fmt: skip
    return render(request, "plans/closed.html", context)


@require_safe
@requires(VIEW)
def hand_over(request: HttpRequest, family_id: UUID, line_id: UUID) -> HttpResponse:
    """The letter to one service, while the agreement line with it is live. Each time is logged."""
    family = open_family(request, family_id, VIEW, quiet=True)
    row = Closing.objects.filter(family=family).select_related("exit").first()
    if not AgreementLine.objects.filter(family=family, pk=line_id).exists():
        raise Http404
    line = next((line for line in lines_to_write_to(family) if line.pk == line_id), None)
    if row is None or line is None or family.state != FamilyState.CLOSED:
        messages.warning(request, _("Avtalen med tjenesten gjelder ikke lenger, så brevet kan ikke lages."))
        return redirect("plans:closing", family.pk)
    actions.take_out_letter(line, by=request.user)
    content = render_pdf("plans/pdf/handover.html", hand_over_letter(family, line, row))
    # The code and not the name: file names end up in lists on shared machines.
    name = f"avslutning-{slugify(family.code)}-{timezone.localdate()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
