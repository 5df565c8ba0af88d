"""One case in the intake meeting: read, assess, add, decide."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families.models import Family
from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import User
from nyemonstre.refusals import Refused, Stale
from referrals import actions
from referrals.basis import calculations
from referrals.duplicates import alike
from referrals.enums import Outcome
from referrals.forms.intake import AdditionForm, AssessForm, DecisionForm
from referrals.models import Attachment, DecisionLetter, Referral
from referrals.queue import agenda, next_case, people_words

P = Permission


def open_referral(request: HttpRequest, referral_id: UUID, permission: Permission) -> Referral:
    """The henvendelse, if this person has `permission` on it, else 404; and a line in the log that it was read."""
    rows = Referral.objects.select_related("municipality").prefetch_related("people")
    return get_visible_or_404(rows, request, permission, pk=referral_id)


def decision_form(request: HttpRequest, referral: Referral, data: Any = None) -> DecisionForm:
    may_override = can(request.user, P.OVERRIDE_PLACES, referral.municipality)
    return DecisionForm(data, referral=referral, places=actions.places_for(referral), may_override=may_override)


def attachments(referral: Referral, user: User) -> list[Attachment]:
    """The files that came with it, for the intake team alone."""
    return list(Attachment.objects.permitted(user, P.VIEW_REFERRAL).filter(referral=referral))


def case_page(request: HttpRequest, referral: Referral, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page, with the forms that came back with errors in the place of the empty ones."""
    may_decide = can(request.user, P.DECIDE_REFERRAL, referral) and referral.decidable
    following = next_case(request.user, referral) if may_decide else None
    context = {
        "referral": referral,
        "people_words": people_words(referral),
        "history": history(referral, request.user),
        "alike": alike(request.user, [referral])[referral.pk],
        "calculations": calculations(referral),
        "attachments": attachments(referral, request.user),
        "may_decide": may_decide,
        "may_calculate": may_decide,
        "may_add": can(request.user, P.DECIDE_REFERRAL, referral),
        "agenda": agenda(request.user, referral),
        "following": following,
        "newer": False,
        "saved": False,
        "in_meeting": False,
        "decide": None,
        "assess": AssessForm(referral=referral),
        "add": AdditionForm(),
        **forms,
    }
    if may_decide and context["decide"] is None:
        context["decide"] = decision_form(request, referral)
    context["add"].helper.form_action = reverse("referrals:referral_add", args=[referral.pk])
    return render(request, "referrals/referral_detail.html", context, status=status)


def history(referral: Referral, user: User, family: Family | None = None) -> dict[str, Any]:
    """What the team has decided, with its letters, been told and moved, newest first. `family`: on its own page."""
    made = DecisionLetter.objects.select_related("made_by")
    decisions = referral.decisions.select_related("decided_by", "coordinator")
    return {
        "referral": referral,
        "family": family,
        "may_write": actions.may_write(user, referral),
        "decisions": list(decisions.prefetch_related(Prefetch("letters", made))),
        "additions": list(referral.additions.select_related("written_by")),
        "forwards": list(referral.forwards.select_related("sent_by")),
        "may_forward": family is None
        and referral.state in actions.FORWARDABLE
        and can(user, P.DECIDE_REFERRAL, referral),
        "contacts": list(referral.contacts.select_related("written_by")),
        "offers": list(referral.offers.select_related("coordinator", "answered_by")),
        "moves": list(referral.moves.select_related("moved_by")),
    }


@require_safe
@requires(P.VIEW_REFERRAL)
def referral_detail(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One case, with the decision beside it."""
    return case_page(request, open_referral(request, referral_id, P.VIEW_REFERRAL))


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def referral_decide(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Sign the decision and go to the next case."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    form = decision_form(request, referral, request.POST)
    following = next_case(request.user, referral)
    newer = False
    if form.is_valid():
        try:
            decision = actions.decide(referral, by=request.user, **form.facts())
        except Stale as stale:
            newer = True
            referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
            form.data = form.data.copy()
            form.data["version"] = str(stale.current.version)
            say(form, stale)
        except Refused as refusal:
            form.places = actions.places_for(referral)  # the last one may have gone just now
            say(form, refusal)
        else:
            messages.success(request, _said(referral, decision))
            if following:
                return redirect("referrals:referral_detail", referral_id=following.pk)
            return redirect("referrals:referral_list")
    # A refused action was undone in the database; the row in memory was not the one it changed.
    return case_page(request, referral, status=422, decide=form, newer=newer)


def _said(referral: Referral, decision: Any) -> str:
    facts = {"name": referral.family_name, "who": decision.coordinator.name if decision.coordinator else ""}
    if decision.outcome == Outcome.GRANTED and decision.coordinator:
        return _("%(name)s har fått plass hos %(who)s.") % facts
    return {
        Outcome.GRANTED: _("%(name)s har fått plass. Teamlederen fordeler familien til en koordinator."),
        Outcome.WAITING: _("%(name)s står på ventelisten."),
        Outcome.DECLINED: _("%(name)s har fått avslag. Husk å gi beskjed til den som henvendte seg."),
        Outcome.MORE_INFORMATION: _("%(name)s venter på flere opplysninger. Husk å spørre den som henvendte seg."),
    }[decision.outcome] % facts


@require_POST
@requires(P.DECIDE_REFERRAL)
def referral_take_in(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say that the team has taken up a new case."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    try:
        actions.take_in(referral, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("%(name)s er tatt opp til behandling.") % {"name": referral.family_name})
    return redirect("referrals:referral_detail", referral_id=referral.pk)


@require_POST
@requires(P.DECIDE_REFERRAL)
def referral_assess(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Save the team's own answers about the target group."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    form = AssessForm(request.POST, referral=referral)
    if form.is_valid():
        try:
            changed = actions.assess(referral, answers=form.chosen(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            text = _("Vurderingen er lagret.") if changed else _("Ingen svar var endret.")
            messages.success(request, text)
            return redirect("referrals:referral_detail", referral_id=referral.pk)
    return case_page(request, referral, status=422, assess=form)


@require_POST
@requires(P.DECIDE_REFERRAL)
def referral_add(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Opplysninger that came later."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    form = AdditionForm(request.POST)
    if form.is_valid():
        try:
            actions.add_information(referral, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Opplysningene er lagt til."))
            return redirect("referrals:referral_detail", referral_id=referral.pk)
    return case_page(request, referral, status=422, add=form)
