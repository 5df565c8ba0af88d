"""Innsynslogg for the family: on the page and as a file, made by somebody who follows it, or by the auditor by code.

The auditor gets the family's code and its log, and nothing of the family.
"""

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from families.models import Family
from families.pages import family_context, open_family
from history.enums import HistoryEvent
from history.forms import InsightForm
from history.insight import Insight, Subject, insight, whom_to_ask
from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires
from nyemonstre.accounts.models import Municipality
from nyemonstre.audit.log import record
from nyemonstre.pdf import render_pdf

VIEW, LOG = Permission.VIEW_FAMILY, Permission.VIEW_LOG


@require_safe
@requires(VIEW)
def family_insight(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """On the page, for one who follows the family and reads it with them."""
    family = open_family(request, family_id, VIEW)
    form, shown = _shown(request, _of(family), family)
    context = family_context(request, family, "insight") | {"form": form, "shown": shown}
    return render(request, "history/family_insight.html", context, status=422 if form.errors else 200)


@require_safe
@requires(VIEW)
def family_insight_pdf(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The same as a file to give to the family."""
    family = open_family(request, family_id, VIEW, quiet=True)
    return _file(request, _of(family), family)


@require_safe
@requires(LOG)
def insight_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """For the auditor, who knows the family by its code alone."""
    subject = _by_code(code)
    form, shown = _shown(request, subject, None)
    context = {"form": form, "shown": shown, "code": code.upper()}
    return render(request, "history/insight_by_code.html", context, status=422 if form.errors else 200)


@require_safe
@requires(LOG)
@fresh_login()
def insight_by_code_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The auditor's file. It names the family by its code, or not at all where a code tells of a place."""
    return _file(request, _by_code(code), None)


def _of(family: Family) -> Subject:
    follower = family.responsible
    name = follower.user.name if follower else ""
    return Subject(family.pk, family.municipality, family.is_protected, family_name=family.name, coordinator=name)


def _by_code(code: str) -> Subject:
    with connection.cursor() as cursor:
        cursor.execute("select id, municipality_id, placeless from sec.log_of_family(%s)", [code.upper()])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    family_id, municipality_id, placeless = row
    return Subject(family_id, Municipality.objects.get(pk=municipality_id), placeless, code=code.upper())


def _values(subject: Subject, found: Insight) -> dict[str, Any]:
    return {
        "subject": subject,
        "insight": found,
        "officers": list(whom_to_ask(subject)),
        "today": timezone.localdate(),
        "municipality": subject.place,
    }


def _shown(request: HttpRequest, subject: Subject, family: Family | None) -> tuple[InsightForm, dict[str, Any] | None]:
    """The form, and the log in the language that was asked for as finished markup; none while the form is wrong."""
    form = InsightForm(request.GET, language=subject.municipality.language)
    if not form.is_valid():
        return form, None
    asked = form.cleaned_data
    _log(HistoryEvent.LOG_SHOWN, request, subject, family, asked)
    with translation.override(asked["sprak"]):
        found = insight(subject, first=asked["fra"], last=asked["til"])
        markup = render_to_string("history/_insight.html", _values(subject, found))
    return form, {"language": asked["sprak"], "markup": markup}


def _file(request: HttpRequest, subject: Subject, family: Family | None) -> HttpResponse:
    form = InsightForm(request.GET, language=subject.municipality.language)
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    _log(HistoryEvent.LOG_PRINTED, request, subject, family, asked)
    with translation.override(asked["sprak"]):
        found = insight(subject, first=asked["fra"], last=asked["til"])
        content = render_pdf("history/pdf/insight.html", _values(subject, found))
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="innsynslogg-{asked["fra"]}-{asked["til"]}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _log(what: str, request: HttpRequest, subject: Subject, family: Family | None, asked: dict[str, Any]) -> None:
    facts = {"fra": str(asked["fra"]), "til": str(asked["til"]), "language": asked["sprak"]}
    # The auditor sees no family; the line is the family's all the same.
    about = family or Family(pk=subject.family_id, municipality=subject.municipality)
    record(what, by=request.user, target=about, facts=facts)
