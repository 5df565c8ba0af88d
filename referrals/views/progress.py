"""How far it has come, and one more file: for whoever sent it, by the link and the number of the receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from nyemonstre.access.limits import limited, sends
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, public, requires, say
from nyemonstre.files.giving import give
from nyemonstre.refusals import AlreadyDone, Refused
from referrals import actions
from referrals.enums import Progress
from referrals.forms.sending import AttachForm, ProgressForm
from referrals.models import Attachment
from referrals.packs import spoken
from referrals.progress import progress
from referrals.views.intake import open_referral


@public
@never_cache
@require_http_methods(["GET", "POST"])
@limited("progress", times=20, seconds=3600, when=lambda request: sends(request) and "attach" not in request.POST)
@spoken
def referral_progress(request: HttpRequest, secret: str) -> HttpResponse:
    """Asks for the number, then says one of three words. The number stands in no address."""
    if "attach" in request.POST:
        return _attach(request, secret)
    form = ProgressForm(request.POST if request.method == "POST" else None)
    found, number = None, ""
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"]
        found = progress(secret, number)
        if found is None:
            form.add_error(None, _("Vi finner ingen henvendelse med dette nummeret og denne lenken."))
    attach = AttachForm(initial={"number": number}) if found else None
    return _page(request, form, found, attach, 422 if form.is_bound and not found else 200)


def _page(request: HttpRequest, form: Any, found: Progress | None, attach: Any, status: int) -> HttpResponse:
    steps = list(Progress)
    reached = steps.index(found) if found else -1
    context = {
        "form": form, "found": found, "steps": [(step, at <= reached) for at, step in enumerate(steps)],
        "attach": attach if found != Progress.ANSWERED else None,
    }  # fmt: skip
    return render(request, "referrals/referral_progress.html", context, status=status)


@limited("attachment", times=40, seconds=3600)
def _attach(request: HttpRequest, secret: str) -> HttpResponse:
    """One file, and the same page again: the number is known, and room for the next file."""
    form = AttachForm(request.POST, request.FILES)
    number = request.POST.get("number", "").replace("\0", "")[:20]
    if form.is_valid():
        data = form.cleaned_data
        by = request.user if request.user.is_authenticated else None
        try:
            actions.attach(secret, number=number, file=data["file"], key=data["key"], by=by)
        except AlreadyDone as done:
            messages.info(request, done.sentence)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Filen er lagt ved. Bare inntaksteamet kan lese den."))
    right = form.is_valid()
    found = progress(secret, number)
    again = AttachForm(initial={"number": number}) if right else form
    known = ProgressForm({"number": number}) if found is None else ProgressForm()
    if found is None:
        known.is_valid()
        known.add_error(None, _("Vi finner ingen henvendelse med dette nummeret og denne lenken."))
    return _page(request, known, found, again, 200 if right and found else 422)


@require_safe
@requires(Permission.VIEW_REFERRAL)
def attachment_file(request: HttpRequest, referral_id: Any, attachment_id: Any) -> HttpResponse:
    """A file that came with it, for the intake team."""
    referral = open_referral(request, referral_id, Permission.VIEW_REFERRAL)
    rows = Attachment.objects.filter(referral=referral).select_related("referral__municipality")
    row = get_visible_or_404(rows, request, Permission.VIEW_REFERRAL, quiet=True, pk=attachment_id)
    try:
        file = actions.open_attachment(row, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("referrals:referral_detail", referral_id=referral.pk)
    return give(file, label=row.label, kind=row.format)
