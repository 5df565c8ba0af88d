"""The tab Samtykke og avtaler, and the forms that write answers down."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consent import ages, rules
from consent.actions import record_consent, record_consents, take_out_consent
from consent.around import work_around
from consent.enums import CORE, Answer, Purpose, Standing
from consent.forms import ConsentForm, WithdrawForm
from consent.holders import holders_in, signers_for
from consent.models import Consent
from consent.overview import answers_in, consent_rows, dropped_items, network_items, threads
from consent.printed import PAGE, language_of, pictures_of, printed_consent
from consent.signing import who_may_withdraw
from consent.texts import text_in_force
from consent.wording import ExtraPurpose
from documents.enums import Kind
from documents.models import Document
from families.birthdays import coming
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import AlreadyDone, Refused

from .pages import back, form_page, history_of, keep_draft, open_to_change, people_of, planned_with, taking_part


def texts_of(family, language: str | None = None):
    """What is said yes to today, in the language of the page: the two everybody is asked about. Two queries."""
    language = language or get_language() or family.municipality.language
    return [(purpose.label, text_in_force(family.municipality, purpose, language)) for purpose in CORE]


def extras_of(family):
    """The municipality's own purposes that are switched on and have a text."""
    rows = ExtraPurpose.objects.filter(municipality=family.municipality_id, texts__isnull=False).switched_on()
    return list(rows.distinct().order_by("name"))


@requires(Permission.VIEW_CONSENT)
@require_safe
def family_tab(request: HttpRequest, family_id) -> HttpResponse:
    """Every answer of every person, and every line of the agreement, as they stand today."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT)
    members, history, extras = people_of(family), history_of(family), extras_of(family)
    answers, part = answers_in(history), taking_part(history)
    frame = family_context(request, family, "consent")
    known = holders_in(family)
    for member in members:
        member.held_by = known.get(member.pk, [])
    around = work_around(request.user, family)
    rows, persons = threads(family, request.user, taking_part=part), consent_rows(members, answers, extras)
    context = {
        "rows": persons,
        "purposes": [*(purpose.label for purpose in CORE), *(extra.name for extra in extras)],
        "history": history,
        "papers": _papers(family) if Permission.VIEW_FAMILY in frame["allowed"] else [],
        "notices": ages.notices(members, answers),
        "birthdays": coming(members, timezone.localdate()),
        "texts": texts_of(family),
        "taking_part": part,
        "adults_lack": any(m.is_adult and not cells[0].live for m, cells in persons),
        "open_lines": [t for t in rows if t.standing in (*rules.OPEN, Standing.AHEAD)],
        "drafts": [t for t in rows if t.standing == Standing.DRAFT],
        "past_lines": [t for t in rows if t.standing in (Standing.RESTING, Standing.RAN_OUT, Standing.ENDED)],
        "ending": [t for t in rows if t.standing == Standing.ENDS],
        "network": network_items(rows, around=around),
        "dropped": dropped_items(around),
    }
    return render(request, "consent/family_tab.html", frame | context)


def _papers(family) -> list[Document]:
    """Signed consents on paper, the newest first."""
    rows = Document.objects.standing().filter(family=family, kind=Kind.CONSENT).prefetch_related("members")
    return list(rows.order_by("-dated_on", "-uploaded_at", "pk"))


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_new(request: HttpRequest, family_id) -> HttpResponse:
    """What one person, or several at once, answered."""
    family = open_to_change(request, family_id)
    members = people_of(family)
    asked = _asked(request, members)
    known = holders_in(family)
    initial = _first_values(request, asked, members, known) | initial_from(draft_for(request))
    form = ConsentForm(
        request.POST or None,
        asked=asked,
        adults=[m for m in members if m.is_adult],
        extras=extras_of(family),
        known=known,
        initial=initial,
    )
    if form.is_valid():
        try:
            done = record_consents(family, **form.facts(), by=request.user)
        except AlreadyDone:
            return back(family, _("Svaret var alt lagret."), info=True, request=request)
        except Refused as refusal:
            say(form, refusal)
        else:
            forget_draft(request)
            names = ", ".join(row.member.first_name for row in done)
            return back(family, _("Svaret fra %(names)s er lagret.") % {"names": names}, request=request)
    return form_page(
        request, family, form, heading=_("Før samtykke"), drafted=keep_draft(request, form), texts=texts_of(family),
        lead=_("Skriv ned hva de svarte. Hvert svar blir stående med dato, også når noen ombestemmer seg."),
    )  # fmt: skip


def _asked(request: HttpRequest, members):
    """Whom the link to the form was about: one person, all adults, or everybody. The form asks no more than that."""
    who = request.GET.get("hvem", "")
    if who == "voksne":
        return [m for m in members if m.is_adult]
    return [m for m in members if str(m.pk) == who] or members


def _first_values(request: HttpRequest, asked, members, known) -> dict:
    children = [m for m in asked if not m.is_adult]
    adults = [m for m in members if m.is_adult]
    parents = {str(person.pk) for child in children for person in signers_for(child, adults, known)}
    if len(adults) != 2 and any(child.pk not in known for child in children):
        parents = set()  # nobody has said which of them it is
    initial = {"answer": Answer.GIVEN, "language": get_language() or "nb", "parents": sorted(parents)}
    if len(asked) < len(members):
        initial["members"] = [str(m.pk) for m in asked]
    initial["purpose"] = request.GET.get("gjelder", "")
    if request.GET.get("svar") in Answer.values:
        initial["answer"] = request.GET["svar"]
    return initial


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_withdraw(request: HttpRequest, family_id, consent_id) -> HttpResponse:
    """Somebody takes their yes back: what follows is said first."""
    family = open_to_change(request, family_id)
    rows = Consent.objects.filter(family=family).select_related("member__family__municipality", "extra")
    consent = get_visible_or_404(rows, request, Permission.CHANGE_CONSENT, quiet=True, pk=consent_id)
    member = consent.member
    if not rules.is_live(rules.latest(family, consent.purpose, extra=consent.extra).get(member.pk)):
        return back(family, _("Det er ikke noe samtykke å trekke lenger."), info=True, request=request)
    form = WithdrawForm(request.POST or None, who=who_may_withdraw(consent))
    if form.is_valid():
        data = form.cleaned_data
        try:
            record_consent(
                member, purpose=consent.purpose, answer=Answer.WITHDRAWN, how=data["how"], given_by=data["given_by"],
                on=data["answered_on"], note=data["note"], extra=consent.extra, by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            say(form, refusal)
        else:
            sentence = _("Samtykket fra %(name)s er trukket.") % {"name": member.first_name}
            return back(family, sentence, request=request)
    return form_page(
        request, family, form, danger=True,
        heading=_("Trekk samtykke: %(what)s, %(name)s") % {"what": consent.what, "name": member.first_name},
        follows=_what_follows(request, member, consent.purpose),
    )  # fmt: skip


@requires(Permission.VIEW_CONSENT)
@require_safe
def consent_pdf(request: HttpRequest, family_id, consent_id) -> HttpResponse:
    """One answer on paper, in the language it was given in. Each time is logged; nothing keeps a copy on the way."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT, quiet=True)
    rows = Consent.objects.filter(family=family).select_related("member", "family__municipality", "text", "extra")
    consent = get_visible_or_404(rows, request, Permission.VIEW_CONSENT, quiet=True, pk=consent_id)
    pictures = pictures_of(consent)
    values = printed_consent(take_out_consent(consent, by=request.user), pictures)
    with translation.override(language_of(consent)):
        content = render_pdf(PAGE, values, pictures)
    # The code and not the name: file names end up in lists on shared machines.
    name = f"samtykke-{slugify(family.code)}-{consent.answered_on}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _what_follows(request: HttpRequest, member, purpose: str) -> list[str]:
    """What happens when `member` takes this consent back, sentence by sentence."""
    name = {"name": member.first_name}
    kept = _("Det som alt er skrevet, blir stående. Ingen mister andre tjenester.")
    if purpose == Purpose.EXTRA:
        return [_("%(name)s blir ikke spurt om dette mer, og det gjelder ikke lenger.") % name, kept]
    if purpose == Purpose.RESEARCH:
        return [
            _("Ingen flere opplysninger om %(name)s går til forskning.") % name,
            _("%(name)s er fortsatt med i Nye mønstre.") % name,
        ]
    follows = [_("%(name)s blir ikke kartlagt mer, og ingen får vite noe nytt om %(name)s.") % name]
    last = not rules.members_with(member.family_id, Purpose.PARTICIPATION) - {member.pk}
    if last:
        follows.append(_("Ingen i familien deltar etter dette. Hele samarbeidsavtalen avsluttes."))
    if last:
        follows.append(_("Saken kan leses, men ikke endres, og du får en oppgave om å avslutte den."))
    ending = rules.lines_ended_by_leaving(member)
    for line in ending:
        said = {"service": line.service.name}
        follows.append(_("Avtalen med %(service)s avsluttes, og kontakten der skjules.") % said)
    planned = planned_with(request, member.family, ending)
    if planned and not last:
        planned.append(_("Hvert av disse kommer i Å gjøre, så dere kan bestemme hva som skjer."))
    return [*follows, *planned, kept]
