"""«Slik har dere det nå» and «Dette har endret seg», looked at together or taken home."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from families.marks import ALONE, TOGETHER
from families.models import Family
from families.pages import at_table, family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires
from nyemonstre.pdf import render_pdf
from nyemonstre.ui.templatetags.ui_family import STATUS_WORDS
from plans.actions import take_out_answers
from plans.given_back import CHANGED, PAPERS, given_back
from plans.printed import outside

VIEW = Permission.VIEW_ASSESSMENT


def _heading(paper: str) -> str:
    return _("Dette har endret seg") if paper == CHANGED else _("Slik har dere det nå")


def _opened(request: HttpRequest, family_id: UUID, paper: str, *, quiet: bool = False) -> Family:
    if paper not in PAPERS:
        raise Http404
    return open_family(request, family_id, VIEW, quiet=quiet)


@requires(VIEW)
@require_safe
def answers(request: HttpRequest, family_id: UUID, paper: str) -> HttpResponse:
    """On the screen, for those who sit at the table."""
    family = _opened(request, family_id, paper)
    homes, reader, table = at_table(request, family)
    values = given_back(family, reader, homes, outside(family), since_start=paper == CHANGED)
    context = family_context(request, family, "assessments") | table | values
    context |= {"heading": _heading(paper), "paper": paper, "reader": reader, "on_paper": reader.key != ALONE}
    return render(request, "plans/answers.html", context)


@requires(VIEW)
@require_safe
def answers_pdf(request: HttpRequest, family_id: UUID, paper: str) -> HttpResponse:
    """On paper, for everybody, one home or one young person. Each time is logged; nothing keeps a copy on the way."""
    family = _opened(request, family_id, paper, quiet=True)
    homes, reader, _table = at_table(request, family)
    if reader.key == ALONE:
        raise Http404
    if reader.key == TOGETHER:
        reader = homes.everybody
    out = outside(family)
    values: dict[str, Any] = given_back(family, reader, homes, out, since_start=paper == CHANGED)
    take_out_answers(family, paper=paper, by=request.user)
    values |= {"heading": _heading(paper), "name": family.name, "today": timezone.localdate()}
    values |= {"legend": [(value, STATUS_WORDS[value]) for value in (1, 2, 3, 4, 5, 0)]}
    values |= {"municipality": out.place(family.municipality.name)}
    content = render_pdf("plans/pdf/answers.html", values)
    # The code and not the name: file names end up in lists on shared machines.
    name = f"{paper}-{slugify(family.code)}-{timezone.localdate()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
