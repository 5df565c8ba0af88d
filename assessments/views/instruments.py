"""The municipality's instruments: each with its licence and how it is scored, switched on or off, and its own added."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.forms_instruments import OwnInstrumentForm, SwitchOnForm
from assessments.instruments import CURRENT, FIT, MEETING, Instrument, instrument, licence_text, packs
from assessments.instruments.loader import SCHEMA
from assessments.instruments.present import checked_of, facts_of, questions_of, scores_of, supply_in_words
from assessments.models import LocalInstrument
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.refusals import AlreadyDone, Refused

MANAGE = Permission.CHANGE_INSTRUMENTS


def _place(request: HttpRequest, municipality_id: UUID) -> Municipality:
    return get_visible_or_404(Municipality, request, MANAGE, quiet=True, pk=municipality_id)


def _rows(place: Municipality) -> list[LocalInstrument]:
    """Everything the municipality ever switched on, the newest first."""
    rows = LocalInstrument.objects.filter(municipality=place).select_related("added_by", "switched_off_by")
    return list(rows.order_by("-added_at"))


@requires(MANAGE)
@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    """Each instrument with whose it is and whether it is on, for each municipality one looks after."""
    places = [
        {"place": place, "groups": _groups(place)}
        for place in Municipality.objects.permitted(request.user, MANAGE).order_by("name")
    ]
    return render(request, "assessments/instrument_list.html", {"places": places})


def _groups(place: Municipality) -> list[tuple[str, list[dict[str, Any]]]]:
    rows = _rows(place)
    on = {row.slug: row for row in rows if not row.switched_off_at}
    own = {row.slug: row for row in reversed(rows) if row.definition}
    always = [_line(instrument(name), None, always=True) for name in (CURRENT, FIT)]
    return [
        (_("Alltid med"), always),
        (_("Kan slås på"), [_line(pack, on.get(pack.slug)) for pack in packs()]),
        (_("Kommunens egne"), [_line(row.questions, on.get(slug)) for slug, row in sorted(own.items())]),
    ]


def _line(found: Instrument, on: LocalInstrument | None, *, always: bool = False) -> dict[str, Any]:
    language = get_language() or "nb"
    return {
        "name": found.id,
        "title": found.title.read(language),
        "answered_by": found.answered_by.read(language).rstrip("."),
        "licence": found.licence.rstrip("."),
        "supply": "" if always else ". ".join(filter(None, (supply_in_words(found), _when(found)))),
        "on": on,
        "always": always,
    }


def _when(found: Instrument) -> str:
    return _("Stilles etter møter, sammen med FIT") if found.use == MEETING else ""


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def instrument_detail(request: HttpRequest, municipality_id: UUID, instrument: str) -> HttpResponse:
    """One instrument: licence, source, who is asked, how it is scored. A POST switches it on."""
    place = _place(request, municipality_id)
    mine = [row for row in _rows(place) if row.name == instrument]
    found = _found(instrument, mine)
    on = next((row for row in mine if not row.switched_off_at), None)
    texts = next((row.texts for row in mine if row.texts), {})
    form = SwitchOnForm(request.POST or None, instrument=found, texts=texts)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.switch_on(
                place, name=instrument, rights=data["rights"], texts=form.texts(), key=data["key"], by=request.user
            )
        except AlreadyDone:
            return redirect("assessments:instrument_list")
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(title)s er slått på. Kartlegginger som begynner fra nå av, har det med.")
                             % {"title": found.title.read(get_language() or "nb")})  # fmt: skip
            return redirect("assessments:instrument_list")
    language = get_language() or "nb"
    shown = on.questions if on else found
    context = {
        "place": place, "found": found, "title": found.title.read(language), "form": form, "on": on, "mine": mine,
        "facts": facts_of(found, language), "scores": scores_of(found, language), "note": found.note.read(language),
        "questions": questions_of(shown, language), "licence": licence_text(found.id) if not _own(mine) else "",
        "checked": checked_of(found, language), "supply": supply_in_words(found),
        "waits_for_text": found.asked_for and not texts,
    }  # fmt: skip
    return render(request, "assessments/instrument_detail.html", context, status=422 if form.is_bound else 200)


def _own(mine: list[LocalInstrument]) -> bool:
    return any(row.definition for row in mine)


def _found(name: str, mine: list[LocalInstrument]) -> Instrument:
    """As it comes with the programme, or as the municipality wrote it. Raises Http404."""
    own = next((row.questions for row in mine if row.definition), None)
    shipped = next((pack for pack in packs() if pack.id == name), None)
    if own is None and shipped is None:
        raise Http404
    return own or shipped  # type: ignore[return-value]


@requires(MANAGE)
@require_safe
def instrument_schema(request: HttpRequest) -> HttpResponse:
    """What a file may hold, as JSON Schema: an editor that knows it points out mistakes while one writes."""
    headers = {"Content-Disposition": 'attachment; filename="skjema.json"'}
    return HttpResponse(SCHEMA.read_text(encoding="utf-8"), content_type="application/schema+json", headers=headers)


@requires(MANAGE)
@require_POST
def instrument_off(request: HttpRequest, municipality_id: UUID, instrument: str) -> HttpResponse:
    """Off for sittings that begin from now on."""
    place = _place(request, municipality_id)
    rows = LocalInstrument.objects.filter(municipality=place, switched_off_at=None, name=instrument)
    row = rows.select_related("municipality").first()
    if row is None:
        raise Http404
    actions.switch_off(row, by=request.user)
    messages.success(request, _("Skjemaet er slått av. Kartlegginger som er begynt, har det fortsatt med."))
    return redirect("assessments:instrument_list")


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def instrument_new(request: HttpRequest, municipality_id: UUID) -> HttpResponse:
    """A file of the municipality's own. What is wrong in it is said with line and reason, and nothing is saved."""
    place = _place(request, municipality_id)
    form = OwnInstrumentForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.add_instrument(
                place, definition=data["definition"], file=form.file_name, rights=data["rights"], key=data["key"],
                by=request.user,
            )  # fmt: skip
        except AlreadyDone:
            return redirect("assessments:instrument_list")
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("%(name)s er kontrollert og slått på.") % {"name": row.name})
            return redirect("assessments:instrument_detail", place.pk, row.name)
    context = {"place": place, "form": form}
    return render(request, "assessments/instrument_new.html", context, status=422 if form.is_bound else 200)
