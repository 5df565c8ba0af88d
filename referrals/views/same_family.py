"""The answer to what is alike."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.enums import SameAnswer
from referrals.views.intake import again, open_referral

TAKE_BACK = "undo"


@require_http_methods(["GET", "POST"])
@requires(Permission.DECIDE_REFERRAL)
def same_family(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Join the two, say that they are not the same family, or take that back. What is typed on the page stands.

    The button that was pressed says both the answer and for which one, for all of them stand in one form.
    """
    referral = open_referral(request, referral_id, Permission.DECIDE_REFERRAL)
    if request.method == "GET":
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    answer, _space, key = request.POST.get("answer", "").partition(" ")
    try:
        if answer == TAKE_BACK:
            actions.take_back_same_family(referral, key=key, by=request.user)
            said = _("Svaret er tatt tilbake.")
        elif answer in SameAnswer.values:
            actions.answer_same_family(referral, key=key, answer=answer, by=request.user)
            said = {
                SameAnswer.SAME: _("De to er koblet sammen."),
                SameAnswer.DIFFERENT: _("Det er lagret at dette ikke er samme familie."),
            }[SameAnswer(answer)]
        else:
            raise Refused(_("Velg om det er samme familie eller ikke."), rule="answer")
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return again(request, referral, "")
