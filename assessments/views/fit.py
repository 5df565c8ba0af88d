"""Feedback-informerte tjenester: the question after a meeting, and its answers over time."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.enums import Missing
from assessments.forms import FitForm
from assessments.instruments import FIT, instrument
from assessments.models import FitAnswer
from assessments.pictures import fit_lines
from consent.enums import Purpose
from consent.rules import members_with
from families.models import Family
from families.pages import family_context, open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import AlreadyDone, Refused

from .frame import CHANGE, VIEW


@requires(VIEW)
@require_safe
def fit_list(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Every FIT answer, newest first, of everybody or of one person."""
    family = open_family(request, family_id, VIEW)
    people = list(family.members.all())
    member = next((m for m in people if str(m.pk) == request.GET.get("hvem")), None)
    answers = FitAnswer.objects.filter(family=family).select_related("member", "recorded_by")
    trend = answers[:200]
    page = Paginator(answers.filter(member=member) if member else answers, 25).get_page(request.GET.get("page"))
    context = family_context(request, family, "assessments") | {
        "page": page,
        "lines": [line for line in fit_lines(trend) if member is None or line["name"] == member.first_name],
        "people": [("", _("Alle"), None), *((str(m.pk), m.first_name, None) for m in people)],
        "question": instrument(FIT)["fit"].text.read(get_language() or "nb"),
    }
    return render(request, "assessments/fit_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def fit_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The question after a meeting, to everybody who was there."""
    family = open_family(request, family_id, CHANGE)
    allowed = members_with(family, Purpose.PARTICIPATION)
    question = instrument(FIT)["fit"]
    here = [m for m in family.members.all() if not m.moved_out_on]
    asked = [m for m in here if m.pk in allowed and m.age() >= question.ages[0]]
    form = FitForm(request.POST or None, members=asked)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _record_all(request, family, form):
            messages.success(request, _("Svarene er lagret."))
            return redirect("assessments:fit_list", family.pk)
        status = 422
    words = dict(question.scale.words)
    context = family_context(request, family, "assessments") | {
        "form": form,
        "question": question.text.read(family.municipality.language),
        "low": words[question.scale.low].read(family.municipality.language),
        "high": words[question.scale.high].read(family.municipality.language),
        "without": [m.first_name for m in here if m.pk not in allowed and m.age() >= question.ages[0]],
        "missing": Missing.values,
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
