"""One case in the intake meeting: read, assess, add, decide."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.models import Family
from nyemonstre.access.check import can
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import User
from nyemonstre.refusals import Refused, Stale
from nyemonstre.ui.forms import as_typed
from referrals import actions
from referrals.basis import calculations
from referrals.duplicates import alike
from referrals.enums import Outcome
from referrals.forms.intake import AdditionForm, AssessForm, DecisionForm
from referrals.models import Attachment, DecisionLetter, Referral
from referrals.queue import agenda, next_case, people_words

P = Permission
# The id of the decision's form, which the other parts of the page belong to.
OWNER = "beslutning"


def open_referral(request: HttpRequest, referral_id: UUID, permission: Permission) -> Referral:
    """The henvendelse, if this person has `permission` on it, else 404; and a line in the log that it was read."""
    rows = Referral.objects.select_related("municipality").prefetch_related("people")
    return get_visible_or_404(rows, request, permission, pk=referral_id)


def decision_form(request: HttpRequest, referral: Referral, data: Any = None, initial: Any = None) -> DecisionForm:
    may_override = can(request.user, P.OVERRIDE_PLACES, referral.municipality)
    places = actions.places_for(referral)
    return DecisionForm(data, referral=referral, places=places, may_override=may_override, initial=initial)


def carries_all(request: HttpRequest) -> bool:
    """Was it the decision's form that was sent, which every part of the page beside it belongs to?"""
    return "reason" in request.POST


def _typed(request: HttpRequest, referral: Referral, saved: str = "") -> dict[str, Any]:
    """What is typed and not saved in the parts of the page other than `saved`, to stand there as it is drawn again."""
    if not carries_all(request):
        return {}
    sent, own = request.POST, {"owner": OWNER}
    parts = {
        "decide": decision_form(request, referral, initial=as_typed(decision_form(request, referral, sent))),
        "assess": AssessForm(referral=referral, initial=as_typed(AssessForm(sent, referral=referral)), **own),
        "add": AdditionForm(initial=as_typed(AdditionForm(sent)), **own),
    }  # fmt: skip
    return {part: form for part, form in parts.items() if part != saved}


def again(request: HttpRequest, referral: Referral, part: str, **said: Any) -> HttpResponse:
    """After a part was saved: the page with what is typed elsewhere on it, or, where nothing is, its own address."""
    if carries_all(request):
        current = open_referral(request, referral.pk, P.VIEW_REFERRAL)
        typed = _typed(request, current, part)
        if request.POST.get("version") == str(referral.version):
            typed["decide"].initial["version"] = current.version  # what was saved just now; else signing says so
        return case_page(request, current, **typed, **said)
    return redirect("referrals:referral_detail", referral_id=referral.pk)


def attachments(referral: Referral, user: User) -> list[Attachment]:
    """The files that came with it, for the intake team alone."""
    return list(Attachment.objects.permitted(user, P.VIEW_REFERRAL).filter(referral=referral))


def case_page(request: HttpRequest, referral: Referral, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page, with the forms that came back with errors in the place of the empty ones."""
    decides = can(request.user, P.DECIDE_REFERRAL, referral)
    may_decide = decides and referral.decidable
    following = next_case(request.user, referral) if may_decide else None
    owner = OWNER if may_decide else ""
    context = {
        "referral": referral,
        "people_words": people_words(referral),
        "history": history(referral, request.user, decides=decides),
        "alike": alike(request.user, [referral])[referral.pk],
        "calculations": calculations(referral),
        "attachments": attachments(referral, request.user),
        "may_decide": may_decide,
        "may_calculate": may_decide,
        "may_add": decides,
        "agenda": agenda(request.user, referral),
        "following": following,
        "newer": False,
        "saved": False,
        "in_meeting": False,
        "decide": None,
        "assess": AssessForm(referral=referral, owner=owner),
        "add": AdditionForm(owner=owner),
        **forms,
    }
    if may_decide and context["decide"] is None:
        context["decide"] = decision_form(request, referral)
    return render(request, "referrals/referral_detail.html", context, status=status)


def history(
    referral: Referral, user: User, family: Family | None = None, *, decides: bool | None = None
) -> dict[str, Any]:
    """What the team has decided, with its letters, been told and moved, newest first. `family`: on its own page.

    `decides`: may `user` decide the case, where that has been asked already?
    """
    decides = can(user, P.DECIDE_REFERRAL, referral) if decides is None else decides
    made = DecisionLetter.objects.select_related("made_by")
    decisions = referral.decisions.select_related("decided_by", "coordinator")
    return {
        "referral": referral,
        "family": family,
        "may_write": decides or actions.may_write(user, referral),
        "decisions": list(decisions.prefetch_related(Prefetch("letters", made))),
        "additions": list(referral.additions.select_related("written_by")),
        "forwards": list(referral.forwards.select_related("sent_by")),
        "may_forward": decides and family is None and referral.state in actions.FORWARDABLE,
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
    return case_page(request, referral, status=422, **_typed(request, referral) | {"decide": form}, newer=newer)


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


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def referral_take_in(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Say that the team has taken up a new case. What is typed on the page stands."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    try:
        actions.take_in(referral, by=request.user)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("%(name)s er tatt opp til behandling.") % {"name": referral.family_name})
    return again(request, referral, "")


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def referral_assess(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Save the team's own answers about the target group. What is typed elsewhere stands."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    owner = OWNER if carries_all(request) else ""
    form = AssessForm(request.POST, referral=referral, owner=owner)
    if form.is_valid():
        try:
            changed = actions.assess(referral, answers=form.chosen(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            text = _("Vurderingen er lagret.") if changed else _("Ingen svar var endret.")
            messages.success(request, text)
            return again(request, referral, "assess")
    return case_page(request, referral, status=422, **_typed(request, referral, "assess"), assess=form)


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def referral_add(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Opplysninger that came later. What is typed elsewhere stands."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    owner = OWNER if carries_all(request) else ""
    form = AdditionForm(request.POST, owner=owner)
    if form.is_valid():
        try:
            actions.add_information(referral, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Opplysningene er lagt til."))
            return again(request, referral, "add")
    return case_page(request, referral, status=422, **_typed(request, referral, "add"), add=form)
