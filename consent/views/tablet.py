"""The tablet is handed over: both questions, in the family's language, and a place to sign."""

from uuid import uuid5

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.actions import record_on_tablet
from consent.enums import CORE
from consent.holders import holders_in
from consent.tablet import TabletForm
from consent.texts import text_in_force
from families.pages import family_context
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from .pages import back, open_to_change, people_of


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def tablet(request: HttpRequest, family_id) -> HttpResponse:
    """What one person, or everybody, answers and signs."""
    family = open_to_change(request, family_id)
    members = people_of(family)
    asked = [m for m in members if str(m.pk) == request.GET.get("hvem", "")] or members
    languages = [code for code, _label in settings.LANGUAGES]
    language = request.GET.get("sprak", "")
    language = language if language in languages else get_language() or family.municipality.language
    form = TabletForm(
        request.POST or None, asked=asked, adults=[m for m in members if m.is_adult], known=holders_in(family),
        initial={"language": language},
    )  # fmt: skip
    if form.is_valid():
        key = form.cleaned_data["key"]
        answers = [{**answer, "key": uuid5(key, answer["purpose"])} for answer in form.answers()]
        try:
            done = record_on_tablet(family, answers=answers, by=request.user)
        except AlreadyDone:
            return back(family, _("Svaret var alt lagret."), info=True, request=request)
        except Refused as refusal:
            say(form, refusal)
        else:
            names = ", ".join(dict.fromkeys(row.member.first_name for row in done))
            return back(family, _("Svaret fra %(names)s er lagret.") % {"names": names}, request=request)
    context = {
        **family_context(request, family, "consent"),
        "form": form,
        "people": members,
        "asked": asked,
        "language": language,
        "languages": settings.LANGUAGES,
        "questions": [
            {
                "text": text_in_force(family.municipality, purpose, language),
                "field": form[purpose.value],
                "children": [form[f"no_{m.pk}"] for m in asked if f"no_{m.pk}" in form.fields]
                if purpose == CORE[1]
                else [],
            }
            for purpose in CORE
        ],
        "heard": [form[f"heard_{m.pk}"] for m in asked if f"heard_{m.pk}" in form.fields],
        "pads": [(p, form[f"strokes_{p.pk}"], form[f"name_{p.pk}"]) for p in form.signers],
    }
    return render(request, "consent/tablet.html", context, status=422 if form.is_bound and form.errors else 200)
