"""One family on the waiting list: who was in contact with it, and the place it is offered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.forms.waiting import AnswerForm, ContactForm, OfferForm
from referrals.models import QUIET_AFTER, PlaceOffer, Referral
from referrals.queue import age_words, is_quiet
from referrals.stages import ReferralState
from referrals.views.intake import open_referral

P = Permission


@require_http_methods(["GET", "POST"])
@requires(P.DECIDE_REFERRAL)
def waiting_case(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Contact, the offer and its answer on one page; `do` says which of the three forms was sent."""
    referral = open_referral(request, referral_id, P.DECIDE_REFERRAL)
    if referral.state != ReferralState.WAITING:
        raise Http404
    offer = PlaceOffer.objects.filter(referral=referral).holding().select_related("coordinator").first()
    doing = request.POST.get("do", "")
    if request.method == "POST" and doing not in ("contact", "offer", "answer"):
        raise Http404
    forms: dict[str, Any] = {
        "contact": ContactForm(request.POST if doing == "contact" else None),
        "offer": OfferForm(request.POST if doing == "offer" else None, places=actions.places_for(referral)),
        "answer": AnswerForm(request.POST if doing == "answer" else None),
    }
    status = 200
    if doing:
        status, form = 422, forms[doing]
        if form.is_valid():
            try:
                said = _do(doing, referral, offer, form.cleaned_data, request.user)
            except Refused as refusal:
                say(form, refusal)
            else:
                messages.success(request, said)
                return redirect("referrals:waiting_case", referral_id=referral.pk)
    contacts = list(referral.contacts.select_related("written_by"))
    last = contacts[0].on if contacts else None
    context = {
        "referral": referral, "offer": offer, "forms": forms, "waited": age_words(referral.waited()),
        "contacts": contacts, "quiet": is_quiet(referral, last), "weeks": QUIET_AFTER.days // 7,
        "offers": list(referral.offers.exclude(answer="").select_related("coordinator", "answered_by")),
    }  # fmt: skip
    return render(request, "referrals/waiting_case.html", context, status=status)


def _do(doing: str, referral: Referral, offer: PlaceOffer | None, data: dict[str, Any], by: Any) -> str:
    """What was asked for, and the sentence that says it is done. Raises Refused."""
    if doing == "contact":
        actions.note_contact(referral, by=by, **data)
        return _("Kontakten er ført.")
    if doing == "offer":
        made = actions.offer_place(referral, by=by, **data)
        facts = {"name": made.coordinator.name, "day": made.answer_by.strftime("%d.%m.%Y")}
        return _("Plassen hos %(name)s holdes til og med %(day)s.") % facts
    if offer is None:
        raise Refused(_("Tilbudet gjelder ikke lenger. Gi et nytt om plassen er ledig."), rule="offer_over")
    answered = actions.answer_offer(offer, by=by, **data)
    if answered.answer == "yes":
        return _("Familien har sagt ja. Plassen holdes til inntaksteamet har bestemt.")
    return _("Svaret er ført. Plassen er ledig igjen.")
