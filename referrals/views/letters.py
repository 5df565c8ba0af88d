"""The letter about a decision: look at the wording, make it, take it out. From the case, and from the family's page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused
from referrals import actions, decision_letter
from referrals.forms.letter import LetterForm
from referrals.models import DecisionLetter, IntakeDecision, Referral
from referrals.views.intake import open_referral

P = Permission


def _decisions(request: HttpRequest, permission: Permission, referrals: Any) -> Any:
    rows = IntakeDecision.objects.permitted(request.user, permission).filter(referral__in=referrals)
    return rows.select_related("referral__municipality", "coordinator", "decided_by").prefetch_related(
        "referral__people"
    )


def _letter_page(
    request: HttpRequest, decision: IntakeDecision, back: str, template: str, **context: Any
) -> HttpResponse:
    """Look at the wording; `make` keeps it. What cannot be worded says why, and nothing typed is lost."""
    form = LetterForm(request.POST if request.method == "POST" else None, decision=decision)
    words, status, refused = None, 422 if form.is_bound else 200, ""
    if not form.is_bound or form.is_valid():
        chosen = form.chosen() if form.is_bound else form.suggested()
        try:
            if form.is_bound and "make" in request.POST:
                actions.make_letter(decision, chosen=chosen, key=form.cleaned_data["key"], by=request.user)
                messages.success(request, _("Brevet er laget. Du kan hente det som PDF."))
                return redirect(back)
            words, status = decision_letter.wording(decision, chosen), 200
        except AlreadyDone:
            return redirect(back)
        except Refused as refusal:
            if form.is_bound:
                say(form, refusal)
            refused = str(refusal)
    context |= {
        "form": form, "words": words, "decision": decision, "referral": decision.referral, "back": back,
        "unspoken": decision_letter.unspoken(decision.referral), "refused": refused,
        "unchecked": decision_letter.unchecked_laws(decision),
    }  # fmt: skip
    return render(request, template, context, status=status)


def _pdf(request: HttpRequest, letter: DecisionLetter, back: Any) -> HttpResponse:
    try:
        actions.take_out_letter(letter, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return back
    with translation.override(letter.language):
        content = render_pdf(
            "referrals/pdf/letter.html", {"words": letter.words, "municipality": letter.words["municipality"]}
        )
    # The number and not the name: file names end up in lists on shared machines.
    name = f"brev-{slugify(letter.words['reference'])}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _letters(request: HttpRequest, permission: Permission, referrals: Any) -> Any:
    rows = DecisionLetter.objects.permitted(request.user, permission).filter(decision__referral__in=referrals)
    return rows.select_related("decision__referral__municipality").prefetch_related("decision__referral__people")


def _case(referral: Referral) -> str:
    return reverse("referrals:referral_detail", args=[referral.pk])


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def letter_new(request: HttpRequest, referral_id: UUID, decision_id: UUID) -> HttpResponse:
    """The wording of a letter, from the case."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    decision = get_object_or_404(_decisions(request, P.DECIDE_REFERRAL, [referral.pk]), pk=decision_id)
    return _letter_page(request, decision, _case(referral), "referrals/letter.html")


@require_safe
@requires(P.VIEW_REFERRAL)
def letter_pdf(request: HttpRequest, referral_id: UUID, letter_id: UUID) -> HttpResponse:
    """The letter on paper, from the case."""
    referral = open_referral(request, referral_id, P.VIEW_REFERRAL)
    letter = get_object_or_404(_letters(request, P.VIEW_REFERRAL, [referral.pk]), pk=letter_id)
    return _pdf(request, letter, redirect(_case(referral)))


def _of_family(family: Family) -> Any:
    return Referral.objects.of_family(family).values("pk")


@require_http_methods(["GET", "POST"])
@requires(P.CHANGE_FAMILY)
def family_letter_new(request: HttpRequest, family_id: UUID, decision_id: UUID) -> HttpResponse:
    """The wording of a letter, for those who work with the family: the only ones who see a protected one."""
    family = open_family(request, family_id, P.CHANGE_FAMILY)
    decision = get_object_or_404(_decisions(request, P.CHANGE_FAMILY, _of_family(family)), pk=decision_id)
    back = reverse("referrals:family_referral", args=[family.pk])
    return _letter_page(request, decision, back, "referrals/family_letter.html", **family_context(request, family, ""))


@require_safe
@requires(P.VIEW_FAMILY)
def family_letter_pdf(request: HttpRequest, family_id: UUID, letter_id: UUID) -> HttpResponse:
    """The letter on paper, from the family's page."""
    family = open_family(request, family_id, P.VIEW_FAMILY)
    letter = get_object_or_404(_letters(request, P.VIEW_FAMILY, _of_family(family)), pk=letter_id)
    return _pdf(request, letter, redirect("referrals:family_referral", family_id=family.pk))
