"""When the law goes before secrecy: what was told without consent, for those who follow the family and nobody else.

The page is reached by a link that always stands there and never counts, so that it tells nothing over a shoulder.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import read_disclosures, record_disclosure, release_disclosure
from consent.disclosures import Disclosure
from consent.forms_disclosures import DisclosureForm, ReleaseForm
from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from .pages import form_page

DISCLOSE = Permission.DISCLOSE


@requires(DISCLOSE)
@require_safe
def disclosure_list(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """All of them, whole; each is logged as read."""
    family = open_family(request, family_id, DISCLOSE)
    any_ = Disclosure.objects.permitted(request.user, DISCLOSE).filter(family=family).exists()
    rows = read_disclosures(family, by=request.user) if any_ else []
    context = {**family_context(request, family, "consent"), "rows": rows}
    return render(request, "consent/disclosures.html", context)


def _back(request: HttpRequest, family: Family, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("consent:disclosure_list", family.pk)


@requires(DISCLOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One more. Not kept as a draft: half of it shall lie nowhere."""
    family = open_family(request, family_id, DISCLOSE, quiet=True)
    form = DisclosureForm(request.POST or None, family=family)
    if form.is_valid():
        try:
            record_disclosure(family, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            return redirect("consent:disclosure_list", family.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            return _back(request, family, _("Lagret. Bare de som følger familien som koordinator, kan se det."))
    lead = _("Ingen trenger å samtykke. Familien ser det ikke før du frigir det.")
    return form_page(
        request, family, form, heading=_("Fortalt uten samtykke"), lead=lead, template="consent/disclosure_form.html"
    )


@requires(DISCLOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_release(request: HttpRequest, family_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """Let the family see in its log that it happened."""
    family = open_family(request, family_id, DISCLOSE, quiet=True)
    rows = Disclosure.objects.filter(family=family)
    disclosure = get_visible_or_404(rows, request, DISCLOSE, quiet=True, pk=disclosure_id)
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        try:
            release_disclosure(disclosure, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            return _back(request, family, _("Frigitt. Det står i innsynsloggen til familien fra nå."))
    follows = [
        _("Innsynsloggen til familien viser at noe er fortalt uten samtykke, når, og hvem som har lest det her."),
        _("Det du skrev, vises ikke i loggen. Familien kan be deg lese det høyt."),
        _("Det kan ikke skjules igjen."),
    ]
    return form_page(
        request, family, form, heading=_("Frigi for familien"), lead=str(disclosure), follows=follows,
        template="consent/disclosure_form.html",
    )  # fmt: skip
