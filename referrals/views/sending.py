"""The open form and its receipt: no login, nothing read back."""

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from nyemonstre.access.limits import limited
from nyemonstre.access.views import public, say
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.forms import asks_for_row
from referrals import drafts
from referrals.actions import forget_draft, keep_draft, send_draft_link, submit
from referrals.enums import ReferrerKind
from referrals.forms.sending import PEOPLE_PREFIX, LinkForm, PeopleFormSet, ReferralForm, without_row
from referrals.limits import too_many
from referrals.packs import PARAMETER, packs, spoken
from referrals.progress import secret_of

SALT = "referrals.receipt"
# Seconds the address of a receipt works.
RECEIPT_AGE = 90 * 24 * 3600


@public
@never_cache
@require_http_methods(["GET", "POST"])
@limited("referral_draft", times=40, seconds=3600, when=lambda request: "keep" in request.POST)
@spoken
def referral_new(request: HttpRequest) -> HttpResponse:
    """Send a henvendelse, for services and for families themselves."""
    return _form_page(request)


@public
@never_cache
@require_http_methods(["GET", "POST"])
@limited("referral_draft", times=40, seconds=3600)
@spoken
def referral_resume(request: HttpRequest, secret: str) -> HttpResponse:
    """The same form with what was typed in it, for whoever has the link; until it is sent, or runs out."""
    draft = drafts.find(secret)
    if draft is None:
        return render(request, "referrals/referral_no_draft.html", status=404)
    if "send_link" in request.POST:
        return _send_link(request, secret, draft)
    return _form_page(request, secret=secret, draft=draft)


def _form_page(
    request: HttpRequest, *, secret: str = "", draft: drafts.Draft | None = None, link: LinkForm | None = None
) -> HttpResponse:
    """The form as it was sent, else as the draft has it, else empty."""
    sent = request.method == "POST" and link is None
    data = without_row(request.POST) if sent else draft.data if draft else None
    municipalities = list(Municipality.objects.all())
    pack = request.pack  # type: ignore[attr-defined]  # from spoken
    initial = {"municipality": _likely(request, municipalities)}
    if pack:
        initial["referrer_kind"] = ReferrerKind.FAMILY  # services read Norwegian
    own = not pack and (data.get("referrer_kind") if data else request.GET.get("hvem")) == ReferrerKind.FAMILY
    form = ReferralForm(data, municipalities=municipalities, initial=initial, own=own)
    people = PeopleFormSet(data, prefix=PEOPLE_PREFIX)
    form.formsets = [people]
    status = 422 if link else 200
    if sent and data is not None and "keep" in data:
        try:
            kept = keep_draft(data, by=_by(request), secret=secret)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            status = 422
        else:
            messages.success(request, _("Utkastet er lagret."))
            return redirect("referrals:referral_resume", secret=kept)
    elif sent and not asks_for_row(data):
        valid = [form.is_valid(), people.is_valid()]
        if all(valid):
            receipt = _send(request, form, people)
            if receipt:
                if secret:
                    forget_draft(secret, by=_by(request))
                return redirect("referrals:referral_receipt", receipt=receipt)
        status = 429 if getattr(form, "flooded", False) else 422
    context = {"form": form, "people": people, "draft": draft, "link": link or LinkForm() if draft else None}
    context |= {"pack": pack, "packs": packs().values(), "language_of": PARAMETER}
    if draft:
        context["resume_url"] = request.build_absolute_uri(_resume_url(request, secret))
    return render(request, "referrals/referral_new.html", context, status=status)


def _resume_url(request: HttpRequest, secret: str) -> str:
    """Where the draft is found again, in the language it is written in."""
    return _in_language(request, reverse("referrals:referral_resume", args=[secret]))


def _in_language(request: HttpRequest, url: str) -> str:
    pack = request.pack  # type: ignore[attr-defined]  # from spoken
    return f"{url}?{PARAMETER}={pack.code}" if pack else url


def _by(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _send_link(request: HttpRequest, secret: str, draft: drafts.Draft) -> HttpResponse:
    link = LinkForm(request.POST)
    if link.is_valid():
        url = reverse("referrals:referral_resume", args=[secret])
        try:
            send_draft_link(link.cleaned_data["email"], url=_resume_url(request, secret), by=_by(request))
        except Refused as refusal:
            say(link, refusal)
        else:
            messages.success(request, _("Lenken er sendt."))
            return redirect(url)
    return _form_page(request, secret=secret, draft=draft, link=link)


def _send(request: HttpRequest, form: ReferralForm, people: PeopleFormSet) -> str:
    """The signed receipt, or "" with the reason in the form."""
    if too_many(request):
        form.flooded = True
        form.add_error(None, _("Det er sendt mange henvendelser herfra den siste timen. Vent litt, og send på nytt."))
        return ""
    municipality = form.municipality_chosen()
    try:
        sent = submit(
            municipality,
            by=_by(request),
            new=form.new_referral(),
            people=people.new_people(),
            key=form.cleaned_data["key"],
        )
        reference = sent.reference
    except AlreadyDone as done:
        messages.info(request, _("Henvendelsen var alt sendt. Vil du legge til noe, kan du ringe inntaksteamet."))
        reference = done.row
    except Refused as refusal:
        say(form, refusal)
        return ""
    facts = {
        "reference": reference, "municipality": municipality.name, "on": timezone.localdate().isoformat(),
        "secret": secret_of(form.cleaned_data["key"]), "own": form.own,
    }  # fmt: skip
    return signing.dumps(facts, salt=SALT)


def _likely(request: HttpRequest, municipalities: list[Municipality]) -> Municipality | None:
    """The municipality in the link (?kommune=4204), or one's own."""
    number = request.GET.get("kommune", "")
    named = next((m for m in municipalities if m.number == number), None)
    return named or (request.user.home_municipality if request.user.is_authenticated else None)


@public
@never_cache
@require_safe
@spoken
def referral_receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """The number and what happens next. Everything stands signed in the address; the henvendelse is not read."""
    try:
        facts = signing.loads(receipt, salt=SALT, max_age=RECEIPT_AGE)
    except signing.BadSignature as error:
        raise Http404 from error
    # A receipt from before there was such a link works as it did.
    context = {"secret": "", "own": False, **facts, "on": parse_date(facts["on"]), "progress_url": ""}
    if context["secret"]:
        context["progress_url"] = _in_language(
            request, reverse("referrals:referral_progress", args=[context["secret"]])
        )
    return render(request, "referrals/referral_receipt.html", context)
