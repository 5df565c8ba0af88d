"""The samarbeidsavtale: draft a line, sign, end; the contact it carries; the whole agreement on paper."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent import rules
from consent.actions import change_contact, change_draft, draft_line, end_line, sign_lines, take_out_agreement
from consent.enums import LineState, Standing
from consent.forms import ContactForm, EndForm, LineForm, SignForm
from consent.models import AgreementLine, Contact, Service
from consent.overview import day, on_paper, threads
from families.calendar import add_months
from families.marks import ALONE, Homes
from families.models import Family
from families.pages import at_table, family_context, open_family
from families.protection import Outside
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from, keep_typed
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from nyemonstre.ui.forms import NMForm

from .pages import back, form_page, keep_draft, open_to_change, people_of, planned_with, with_newer_version

ANCHOR = "#avtale"


class Nothing(NMForm, forms.Form):
    """No questions, for a page that has its sentence instead of its form."""


# The button that goes to the municipality's list of services and comes back.
ADD_SERVICE = "add_service"


def _nobody_takes_part(request: HttpRequest, family: Family) -> HttpResponse | None:
    """No form at all while nobody takes part: nothing typed before may come up again."""
    if rules.participates(family):
        return None
    sentence = _("Ingen i familien har et gyldig samtykke til å delta. Før samtykke før avtalen.")
    return back(family, sentence, info=True, request=request)


def _line(request: HttpRequest, family: Family, line_id: Any) -> AgreementLine:
    rows = AgreementLine.objects.filter(family=family).select_related("service", "family__municipality")
    return get_visible_or_404(rows, request, Permission.CHANGE_CONSENT, quiet=True, pk=line_id)


def _services(request: HttpRequest, family: Family) -> Any:
    return Service.objects.permitted(request.user).filter(municipality=family.municipality_id).active()


def _said(line: AgreementLine, contact: Contact | None) -> dict[str, Any]:
    """A line as the form's first values."""
    details = {f"contact_{name}": getattr(contact, name) for name in LineForm.CONTACT} if contact else {}
    names = ("topics", "direction", "valid_from", "valid_to", "what_they_do", "version")
    return {
        "service": line.service_id, "members": [str(pk) for pk in line.members.values_list("pk", flat=True)],
        **{name: getattr(line, name) for name in names}, **details,
    }  # fmt: skip


def _contact_of(line: AgreementLine, user: Any) -> Contact | None:
    """The line's contact, when this line shows it to `user` today."""
    live = AgreementLine.objects.live().filter(pk=line.pk).exists()
    own_draft = line.state == LineState.DRAFT and line.drafted_by_id == user.pk
    if line.contact_id is None or not (live or own_draft):
        return None
    return Contact.objects.visible_to(user).filter(pk=line.contact_id).first()


def _add_service_first(request: HttpRequest, **line: Any) -> HttpResponse:
    """To the form for a new service, which leads back here. What was typed is kept as a draft, without script too."""
    keep_typed(request)
    return redirect(f"{reverse('consent:service_new')}?{urlencode(line)}")


def _service_just_added(request: HttpRequest) -> dict[str, str]:
    """The form's first value when one comes back from there. One that is not on the list chooses nothing."""
    return {"service": request.GET["tjeneste"]} if request.GET.get("tjeneste") else {}


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def line_new(request: HttpRequest, family_id) -> HttpResponse:
    """A new line; `?fra=<line>` begins with what an earlier one said, for renewing it."""
    family = open_to_change(request, family_id)
    if stop := _nobody_takes_part(request, family):
        return stop
    if ADD_SERVICE in request.POST:
        return _add_service_first(request, familie=family.pk)
    initial = _renewing(request, family) | initial_from(draft_for(request)) | _service_just_added(request)
    form = LineForm(
        request.POST or None, members=people_of(family), services=_services(request, family), initial=initial
    )
    if form.is_valid():
        try:
            draft_line(family, **form.facts(), key=form.cleaned_data["key"], by=request.user)
        except AlreadyDone:
            return back(family, _("Utkastet var alt lagret."), anchor=ANCHOR, info=True, request=request)
        except Refused as refusal:
            say(form, refusal)
        else:
            forget_draft(request)
            sentence = _("Utkastet er lagret. Avtalen gjelder når familien har skrevet under.")
            return back(family, sentence, anchor=ANCHOR, request=request)
    return form_page(
        request, family, form, template="consent/line_form.html", heading=_("Ny linje i samarbeidsavtalen"),
        drafted=keep_draft(request, form),
    )  # fmt: skip


def _renewing(request: HttpRequest, family: Family) -> dict[str, Any]:
    rows = AgreementLine.objects.live().filter(family=family)
    line = next((row for row in rows.order_by("pk") if str(row.pk) == request.GET.get("fra")), None)
    if line is None:
        return {}
    first = max(timezone.localdate(), line.valid_to or timezone.localdate())
    initial = _said(line, _contact_of(line, request.user))
    del initial["version"]
    return initial | {"valid_from": first, "valid_to": add_months(first, 12)}


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def line_edit(request: HttpRequest, family_id, line_id) -> HttpResponse:
    """Write a draft anew."""
    family = open_to_change(request, family_id)
    line = _line(request, family, line_id)
    if stop := _nobody_takes_part(request, family):
        return stop
    if line.state != LineState.DRAFT:
        sentence = _("Linjen er ikke et utkast lenger. Lag en ny linje for å endre avtalen.")
        return back(family, sentence, anchor=ANCHOR, info=True, request=request)
    if ADD_SERVICE in request.POST:
        return _add_service_first(request, familie=family.pk, linje=line.pk)
    contact = _contact_of(line, request.user)
    initial = _said(line, contact) | initial_from(draft_for(request)) | _service_just_added(request)
    services = _services(request, family) | Service.objects.permitted(request.user).filter(pk=line.service_id)
    form = LineForm(request.POST or None, members=people_of(family), services=services, initial=initial)
    newer: list[tuple[str, str]] = []
    if form.is_valid():
        try:
            change_draft(line, **form.facts(), version=form.cleaned_data["version"] or 0, by=request.user)
        except Stale as stale:
            say(form, stale)
            newer = _in_words(stale.current)
            with_newer_version(form, stale.current.version)
        except Refused as refusal:
            say(form, refusal)
        else:
            forget_draft(request)
            return back(family, _("Utkastet er lagret."), anchor=ANCHOR, request=request)
    hidden = line.contact_id is not None and contact is None
    lead = _("En annen skrev utkastet. Kontakten de skrev, ser du ikke; den byttes ut med det du skriver.")
    return form_page(
        request, family, form, template="consent/line_form.html", heading=_("Endre utkastet"), newer=newer,
        lead=lead if hidden else "", drafted=keep_draft(request, form),
    )  # fmt: skip


def _in_words(line: AgreementLine) -> list[tuple[str, str]]:
    """The newer version of a draft, without its contact."""
    people = ", ".join(member.first_name for member in line.members.order_by("birth_date", "pk"))
    return [
        (_("Tjeneste"), line.service.name), (_("Gjelder"), people), (_("Tema"), ", ".join(line.topic_labels)),
        (_("Fra"), day(line.valid_from)), (_("Til og med"), day(line.valid_to) if line.valid_to else ""),
        (_("Hva de gjør"), line.what_they_do),
    ]  # fmt: skip


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def lines_sign(request: HttpRequest, family_id) -> HttpResponse:
    """The family has signed one draft, or several at once: of those, what the ones at the table may see."""
    family = open_to_change(request, family_id)
    homes, reader, table = at_table(request, family)
    rows = threads(family, request.user, taking_part=rules.participates(family))
    drafts = [thread for thread in rows if thread.standing == Standing.DRAFT]
    waiting = bool(drafts)
    drafts = [t for t in drafts if homes.concern([member.pk for member in t.line.members.all()], reader)]
    if not waiting:
        sentence = _("Det er ingen utkast å skrive under. Alt som var krysset av, er ført.")
        return back(family, sentence, anchor=ANCHOR, info=True, request=request)
    chosen = [f"{thread.line.pk}:{thread.line.version}" for thread in drafts]
    form = SignForm(request.POST or None, drafts=drafts, initial={"lines": chosen})
    if form.is_valid():
        try:
            signed = sign_lines(form.chosen(), **form.facts(), by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            names = ", ".join(sorted({line.service.name for line in signed}))
            sentence = _("Underskriften er ført. Dere kan nå kontakte %(names)s.") % {"names": names}
            return back(family, sentence, anchor=ANCHOR, request=request)
    lead = _("Les linjene høyt sammen. En linje familien ikke vil ha, krysser du bort.")
    if not drafts:
        lead = _("Ingen av utkastene gjelder alle som sitter her. Velg hvem som er til stede.")
        form = Nothing()  # nothing to sign, and no form that asks who signed it
    return form_page(request, family, form, heading=_("Familien skriver under"), lead=lead, **table)


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def line_end(request: HttpRequest, family_id, line_id) -> HttpResponse:
    """End an agreement, or throw a draft away."""
    family = open_to_change(request, family_id)
    line = _line(request, family, line_id)
    if line.state == LineState.ENDED:
        return back(family, _("Avtalen er alt avsluttet."), anchor=ANCHOR, info=True, request=request)
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            end_line(line, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            sentence = _("Avtalen med %(service)s er avsluttet. Kontakten er skjult.") % {"service": line.service}
            return back(family, sentence, anchor=ANCHOR, request=request)
    said = {"service": line.service}
    draft = line.state == LineState.DRAFT
    planned = [] if draft else planned_with(request, family, [line])
    follows = [_("Utkastet er borte fra siden, og kontakten som sto der, skjules.")] if draft else [
        _("Kontakten hos %(service)s skjules med en gang, overalt.") % said,
        _("Dere kan ikke lenger kontakte %(service)s om familien.") % said,
        *planned, *([_("Hvert av disse kommer i Å gjøre, så dere kan bestemme hva som skjer.")] if planned else []),
        _("Det står igjen at det var en avtale, fra når og til når."),
    ]  # fmt: skip
    heading = _("Kast utkastet: %(service)s") if draft else _("Avslutt avtalen med %(service)s")
    return form_page(request, family, form, heading=heading % said, follows=follows, danger=True)


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: HttpRequest, family_id, contact_id) -> HttpResponse:
    """New details for a contact a line shows. A hidden contact has no page."""
    family = open_to_change(request, family_id)
    rows = Contact.objects.visible_to(request.user).filter(family=family).select_related("family", "service")
    contact = get_visible_or_404(rows, request, Permission.CHANGE_CONSENT, quiet=True, pk=contact_id)
    names = ("name", "title", "phone", "email", "version")
    form = ContactForm(request.POST or None, initial={name: getattr(contact, name) for name in names})
    newer: list[tuple[str, str]] = []
    if form.is_valid():
        data = form.cleaned_data
        try:
            facts = {name: data[name] for name in names[:4]}
            change_contact(contact, **facts, version=data["version"] or 0, by=request.user)
        except Stale as stale:
            say(form, stale)
            now = stale.current
            newer = [
                (_("Navn"), now.name),
                (_("Stilling"), now.title),
                (_("Telefon"), now.phone),
                (_("E-post"), now.email),
            ]
            with_newer_version(form, now.version)
        except Refused as refusal:
            say(form, refusal)
        else:
            return back(family, _("Kontakten er lagret."), anchor=ANCHOR, request=request)
    heading = _("Kontakt hos %(service)s") % {"service": contact.service}
    return form_page(request, family, form, heading=heading, newer=newer)


def _sheet(request: HttpRequest, family: Family) -> dict[str, Any]:
    """What stands on the one page of the agreement, for all homes or for one (`?til=`). Raises Http404 for another."""
    homes = Homes(family)
    readers = [reader for reader in homes.at_table() if not reader.member and reader.key != ALONE]
    key = request.GET.get("til", "")
    reader = next((reader for reader in readers if reader.key == key), None) if key else readers[0]
    if reader is None:
        raise Http404
    every = threads(family, request.user, taking_part=rules.participates(family))
    rows = on_paper(every, family, reader, homes)
    whole = reader.homes == set(homes.names)
    adults = [m for m in people_of(family) if m.is_adult and (whole or homes.of(m.pk) & reader.homes)]
    held = (*rules.OPEN, Standing.AHEAD)
    return {
        "readers": readers if homes.two else [],
        "reader": reader,
        "signed": [t for t in rows if t.standing in held],
        "drafts": [t for t in rows if t.standing == Standing.DRAFT and not t.silent],
        # Lines that stand on another home's page: then this one does not say that there are none.
        "elsewhere": any(t.standing in held for t in every),
        "adults": adults,
        "today": timezone.localdate(),
        "place": Outside(family).place(family.municipality.name),
    }


@requires(Permission.VIEW_CONSENT)
@require_safe
def agreement_print(request: HttpRequest, family_id) -> HttpResponse:
    """The agreement on one page, to read together and to sign on paper: what concerns all homes, or one (`?til=`)."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT)
    # The signs in the header are for the coordinator alone, and the family reads this page.
    context = {**family_context(request, family, "consent"), **_sheet(request, family), "tags": []}
    return render(request, "consent/agreement_print.html", {**context, "paper_languages": settings.LANGUAGES})


@requires(Permission.VIEW_CONSENT)
@require_safe
def agreement_pdf(request: HttpRequest, family_id) -> HttpResponse:
    """The same page as an accessible PDF, in the language `?sprak=` (default: one's own). Each time is logged."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT, quiet=True)
    language = request.GET.get("sprak", "")
    language = language if language in dict(settings.LANGUAGES) else get_language() or family.municipality.language
    take_out_agreement(family, by=request.user)
    with translation.override(language):
        sheet = _sheet(request, family)
        values = {**sheet, "family": family, "municipality": sheet["place"]}
        content = render_pdf("consent/pdf/agreement.html", values)
    # The code and not the name: file names end up in lists on shared machines.
    name = f"samarbeidsavtale-{slugify(family.code)}-{sheet['today']}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
