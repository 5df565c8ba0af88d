"""What the municipality asks about, and in which words: the lead adds versions, and what was signed stays."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.actions import add_purpose, add_text, switch_purpose
from consent.enums import CORE
from consent.forms_texts import PurposeForm, TextForm, purpose_of
from consent.texts import text_in_force
from consent.wording import ConsentText, ExtraPurpose
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.refusals import AlreadyDone, Refused

CHANGE = Permission.CHANGE_CONTENT


def _place(request: HttpRequest, municipality_id: Any) -> Municipality:
    return get_visible_or_404(Municipality, request, CHANGE, quiet=True, pk=municipality_id)


def _extras(place: Municipality) -> list[ExtraPurpose]:
    return list(ExtraPurpose.objects.filter(municipality=place).order_by("name", "pk"))


@requires(CHANGE)
@require_safe
def text_list(request: HttpRequest) -> HttpResponse:
    """Each purpose with the version in force in each language, those to come, and those that were."""
    places = [_card(place) for place in Municipality.objects.permitted(request.user, CHANGE).order_by("name")]
    return render(request, "consent/text_list.html", {"places": places, "today": timezone.localdate()})


def _card(place: Municipality) -> dict[str, Any]:
    """One municipality: three queries, and two for each language of the two purposes everybody has."""
    versions = list(ConsentText.objects.filter(municipality=place).order_by("-valid_from", "-added_at"))
    purposes = [(purpose.value, purpose.label, None) for purpose in CORE]
    purposes += [(str(extra.pk), extra.name, extra) for extra in _extras(place)]
    rows = []
    for key, label, extra in purposes:
        mine = [text for text in versions if (str(text.extra_id) if text.extra_id else text.purpose) == key]
        in_force = []
        for code, language in settings.LANGUAGES:
            purpose = purpose_of(key, [extra] if extra else [])
            text = _in_force(place, purpose, code) if purpose else None
            in_force.append((code, language, text if text and text.language == code else None))
        rows.append({"key": key, "label": label, "extra": extra, "in_force": in_force, "versions": mine})
    return {"place": place, "rows": rows}


def _in_force(place: Municipality, purpose: Any, language: str) -> ConsentText | None:
    try:
        return text_in_force(place, purpose[0], language, extra=purpose[1])
    except LookupError:
        return None


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def text_new(request: HttpRequest, municipality_id: Any, key: str) -> HttpResponse:
    """A new version of one purpose, in one language. The form begins with what holds today."""
    place = _place(request, municipality_id)
    found = purpose_of(key, _extras(place))
    if found is None:
        raise Http404
    purpose, extra = found
    language = request.GET.get("sprak", "")
    language = language if language in dict(settings.LANGUAGES) else place.language
    now = _in_force(place, found, language)
    initial = {"language": language}
    if now is not None:
        initial |= {"heading": now.heading, "body": now.body}
    form = TextForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            add_text(
                place, purpose=purpose, extra=extra, facts=form.facts(), key=form.cleaned_data["key"], by=request.user
            )
        except AlreadyDone:
            return redirect("consent:text_list")
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Den nye teksten er lagret. Det som alt er underskrevet, står som det var."))
            return redirect("consent:text_list")
    heading = _("Ny tekst: %(purpose)s") % {"purpose": extra.name if extra else purpose.label}
    context = {"form": form, "heading": heading, "now": now}
    return render(request, "consent/text_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def purpose_new(request: HttpRequest, municipality_id: Any) -> HttpResponse:
    """One more thing to ask about; next comes its text."""
    place = _place(request, municipality_id)
    form = PurposeForm(request.POST or None)
    if form.is_valid():
        try:
            purpose = add_purpose(place, name=form.cleaned_data["name"], key=form.cleaned_data["key"], by=request.user)
        except AlreadyDone:
            return redirect("consent:text_list")
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Formålet er lagt til. Skriv teksten, så kan dere begynne å spørre."))
            return redirect("consent:text_new", municipality_id=place.pk, key=str(purpose.pk))
    context = {"form": form, "heading": _("Nytt formål"), "now": None}
    return render(request, "consent/text_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_POST
def purpose_switch(request: HttpRequest, purpose_id: Any) -> HttpResponse:
    """On or off. What was answered stands."""
    rows = ExtraPurpose.objects.select_related("municipality")
    purpose = get_visible_or_404(rows, request, CHANGE, quiet=True, pk=purpose_id)
    switch_purpose(purpose, on=not purpose.is_on, by=request.user)
    messages.success(request, _("Lagret."))
    return redirect("consent:text_list")
