"""The code of FIT: given by the coordinator, and answered with by the person, who has no account."""

import base64
from typing import Any
from uuid import UUID

import qrcode
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathFillImage

from assessments import actions
from assessments.codes import code_of, normalise
from assessments.forms_fit import FitCodeForm, FitInviteForm, FitLinkForm
from assessments.instruments import FIT, instrument
from assessments.models import FitInvitation, packs_of
from consent.rules import contactable_services
from families.models import Member
from families.pages import family_context, open_family
from nyemonstre.access.limits import limited
from nyemonstre.access.views import get_visible_or_404, public, requires
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import AlreadyDone, Refused

from .frame import CHANGE

DONE = "fit_done"  # in the session of a visitor: that an answer was sent a moment ago


@requires(CHANGE)
@require_POST
def fit_invite(request: HttpRequest, family_id: UUID, member_id: UUID) -> HttpResponse:
    """A code for one person."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    member = get_visible_or_404(Member.objects.filter(family=family), request, CHANGE, quiet=True, pk=member_id)
    form = FitInviteForm(request.POST, services=contactable_services(family))
    if not form.is_valid():
        messages.warning(request, _("Familien har ingen gyldig avtale med tjenesten."))
        return redirect("assessments:fit_new", family.pk)
    try:
        row = actions.invite_fit(family, member=member, service=form.cleaned_data["service"], by=request.user)
    except AlreadyDone as done:
        row = done.row
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("assessments:fit_new", family.pk)
    return redirect("assessments:fit_code", family.pk, row.pk)


def _invitation(request: HttpRequest, family: Any, invitation_id: UUID) -> FitInvitation:
    rows = FitInvitation.objects.filter(family=family).select_related("member", "family__municipality")
    return get_visible_or_404(rows, request, CHANGE, quiet=True, pk=invitation_id)


@requires(CHANGE)
@never_cache
@require_safe
def fit_code(request: HttpRequest, family_id: UUID, invitation_id: UUID) -> HttpResponse:
    """The code to be read aloud, scanned or copied, while it works."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    row = _invitation(request, family, invitation_id)
    code = code_of(row.pk)
    link = settings.BASE_URL + reverse("assessments:fit_answer", args=[code])
    context = family_context(request, family, "assessments") | {
        "row": row, "code": code, "link": link, "picture": _picture(link), "works": row.is_open,
        "where": settings.BASE_URL.partition("://")[2] + reverse("assessments:fit_enter"),
    }  # fmt: skip
    return render(request, "assessments/fit_code.html", context)


def _picture(link: str) -> str:
    """The link as a picture a phone reads, for an <img>."""
    drawn = qrcode.make(link, image_factory=SvgPathFillImage, border=2)
    return base64.b64encode(drawn.to_string()).decode()


@requires(CHANGE)
@require_POST
def fit_code_end(request: HttpRequest, family_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Taken back before it was used."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    actions.take_back_fit(_invitation(request, family, invitation_id), by=request.user)
    messages.success(request, _("Koden virker ikke lenger."))
    return redirect("assessments:fit_list", family.pk)


# ── Without an account ──


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("fit_code", times=60, seconds=3600)
def fit_enter(request: HttpRequest) -> HttpResponse:
    """Where a code is typed. The page says nothing of any code until it is used."""
    form = FitCodeForm(request.POST or None)
    if form.is_valid():
        return redirect("assessments:fit_answer", form.cleaned_data["code"])
    return render(request, "assessments/fit_enter.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("fit_code", times=60, seconds=3600)
def fit_answer(request: HttpRequest, code: str) -> HttpResponse:
    """The question in the words for the person's age, and nothing of who they are. Opening it uses nothing; sending
    does, once.
    """
    if request.session.get(DONE) == normalise(code):
        return render(request, "assessments/fit_thanks.html")
    found = actions.opened_by(code)
    if found is None:
        return render(request, "assessments/fit_enter.html", {"form": None}, status=404)
    invitation, asker = found
    with acting_as(asker):
        packs = packs_of(invitation.packs)
    age = invitation.member.age()
    own = [(f"{pack.id}.{q.key}", q) for pack in packs for q in pack.questions if q.ages[0] <= age <= q.ages[1]]
    language = _language(invitation.family.municipality.language)
    form = FitLinkForm(request.POST or None, own=own, age=age, language=language)
    if form.is_valid():
        try:
            actions.answer_by_code(code, by=None, **form.given())
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            request.session[DONE] = normalise(code)
            return redirect("assessments:fit_answer", code)
    question = instrument(FIT)["fit"]
    words = dict(question.scale.words)
    put = question.as_put_to(age)
    context = {
        "form": form, "question": put.text.read(language), "help": put.help.read(language) if put.help else "",
        "low": words[question.scale.low].read(language), "high": words[question.scale.high].read(language),
        "language_of_question": language,
        "credits": [pack.attribution for pack in packs if pack.attribution],
    }  # fmt: skip
    return render(request, "assessments/fit_answer.html", context, status=422 if form.is_bound else 200)


def _language(of_municipality: str) -> str:
    """The language somebody has chosen where the question has it, else the municipality's."""
    chosen = get_language() or of_municipality
    return chosen if chosen in instrument(FIT).languages else of_municipality
