"""One answer of a sitting that is over, corrected beside it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import actions
from assessments.forms import CorrectionForm
from assessments.sheets import sheet_of
from families.pages import family_context, open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import Refused

from .frame import CHANGE, part_url, sitting_or_404, sitting_url


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_correct(
    request: HttpRequest, family_id: UUID, sitting_id: UUID, who: str, part: str, question: str
) -> HttpResponse:  # fmt: skip
    """The question again, with what was answered, and why it is corrected."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    sitting = sitting_or_404(request, family, sitting_id, CHANGE)
    if not sitting.completed_at:
        return redirect(sitting_url(sitting))
    sheet = sheet_of(sitting)
    cell = sheet.cell(who, part)
    item = next((item for item in cell.items if item.question.key == question), None) if cell else None
    if item is None or item.response is None:
        raise Http404
    form = CorrectionForm(request.POST or None, item=item, language=sitting.language)
    if form.is_valid():
        given = form.given or {"value": None, "missing": ""}
        try:
            actions.correct(item.response, reason=form.cleaned_data["reason"], by=request.user, **given)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Svaret er rettet. Det som ble svart først, står fortsatt i historikken."))
            return redirect(part_url(sitting, who, part))
    words = {value: text.read(sitting.language) for value, text in item.question.scale.words}
    context = family_context(request, family, "assessments") | {
        "sitting": sitting, "row": sheet.row(who), "item": item, "form": form, "text": item.text(sitting.language),
        "before": item.answer(sitting.language), "back": part_url(sitting, who, part), "yarn": "indigo",
        "low": words.get(0, ""), "high": words.get(10, ""),
    }  # fmt: skip
    return render(request, "assessments/answer_correct.html", context, status=422 if form.is_bound else 200)
