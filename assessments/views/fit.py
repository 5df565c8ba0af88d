"""Feedback-informerte tjenester: the question after a meeting, and its answers over time."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.enums import Missing
from assessments.fit import what_to_talk_about
from assessments.fit_tasks import in_words
from assessments.forms import FitForm
from assessments.forms_fit import FitInviteForm
from assessments.instruments import FIT, Instrument, instrument
from assessments.instruments.present import for_the_young
from assessments.models import FitAnswer, FitInvitation, LocalInstrument, packs_of
from assessments.pictures import fit_lines
from consent.enums import Purpose
from consent.rules import contactable_services, members_with, why_not_change
from families.enums import FamilyState
from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from .frame import CHANGE, VIEW


@requires(VIEW)
@require_safe
def fit_list(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One person's answers at a time, newest first: what one person says of the help is not for the others. Without a
    person, only who has answered and when.
    """
    family = open_family(request, family_id, VIEW)
    people = list(family.members.all())
    member = next((m for m in people if str(m.pk) == request.GET.get("hvem")), None)
    answers = FitAnswer.objects.filter(family=family, member=member).select_related("member")
    rows = FitAnswer.objects.filter(family=family).order_by().values("member")
    counts = {row["member"]: row for row in rows.annotate(count=Count("pk"), last=Max("asked_on"))}
    page = Paginator(answers, 25).get_page(request.GET.get("page"))
    language = get_language() or "nb"
    packs = {pack.id: pack for pack in packs_of(own_of(family))}
    for answer in page:
        answer.own = _own_in_words(answer, packs, language)
    context = family_context(request, family, "assessments")
    context |= {
        "page": page, "member": member, "lines": fit_lines(answers[:200]), "talk": _talk(family, answers[:200]),
        "people": [("", _("Ingen"), None), *((str(m.pk), m.first_name, None) for m in people)],
        "counts": [(m, counts.get(m.pk)) for m in people],
        "question": instrument(FIT)["fit"].text.read(language),
        "codes": FitInvitation.objects.filter(family=family).open().select_related("member"),
        "may_ask": CHANGE in context["allowed"] and family.state != FamilyState.CLOSED and not why_not_change(family),
    }  # fmt: skip
    return render(request, "assessments/fit_list.html", context)


def own_of(family: Family) -> list[UUID]:
    """Every form of the municipality's that has ever been asked after meetings."""
    rows = LocalInstrument.objects.filter(municipality=family.municipality_id, after_meetings=True)
    return list(rows.order_by("added_at").values_list("pk", flat=True))


def _own_in_words(answer: FitAnswer, packs: dict[str, Instrument], language: str) -> list[tuple[str, str]]:
    """(question, answer) of the municipality's own questions."""
    found = []
    for key, said in answer.more.items():
        name, _dot, question = key.partition(".")
        if name in packs and question in packs[name]:
            asked = packs[name][question]
            words = Missing(said["missing"]).label if said["missing"] else asked.scale.say(said["value"], language)
            found.append((asked.label.read(language), str(words)))
    return found


def _talk(family: Family, answers: Iterable[FitAnswer]) -> str:
    """What there is to talk about with this person, in words, or ""."""
    values = [answer.value for answer in answers][::-1]
    place = family.municipality
    finding = what_to_talk_about(values, fall=place.fit_fall, still=place.fit_still)
    return in_words(finding) if finding else ""


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def fit_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The question after a meeting, to everybody who was there."""
    family = open_family(request, family_id, CHANGE)
    allowed = members_with(family, Purpose.PARTICIPATION)
    question = instrument(FIT)["fit"]
    here = [m for m in family.members.all() if not m.moved_out_on]
    asked = [m for m in here if m.pk in allowed and m.age() >= question.ages[0]]
    services = contactable_services(family)
    form = FitForm(request.POST or None, members=asked, services=services)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _record_all(request, family, form):
            messages.success(request, _("Svarene er lagret."))
            return redirect("assessments:fit_list", family.pk)
        status = 422
    words = dict(question.scale.words)
    context = family_context(request, family, "assessments") | {
        "form": form,
        "code_form": FitInviteForm(services=services),
        "question": question.text.read(family.municipality.language),
        "young": for_the_young(question, [m.age() for m in asked], family.municipality.language),
        "low": words[question.scale.low].read(family.municipality.language),
        "high": words[question.scale.high].read(family.municipality.language),
        "without": [m.first_name for m in here if m.pk not in allowed and m.age() >= question.ages[0]],
        "missing": Missing.values,
        "may_ask": family.state != FamilyState.CLOSED and not why_not_change(family),
    }
    return render(request, "assessments/fit_new.html", context, status=status)


def _record_all(request: HttpRequest, family: Family, form: FitForm) -> bool:
    """All answers or none. The same form twice is success."""
    try:
        with transaction.atomic():
            for given in form.answers():
                actions.record_fit(family, by=request.user, **given)
    except AlreadyDone:
        return True
    except Refused as refusal:
        say(form, refusal)
        return False
    return True
