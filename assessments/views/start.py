"""The start: where in life, and what is called risk; and the model of stress in families, to think with."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.models import StartPicture
from assessments.models_start import Phase, Risk
from families.pages import family_context, open_family
from nyemonstre.access.views import requires, say
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from nyemonstre.ui.forms import NMForm, PlainTextField
from nyemonstre.ui.newer import TwoEditorsForm

from .economy import why_only_read
from .frame import CHANGE, VIEW


class StartPictureForm(TwoEditorsForm, NMForm, forms.Form):
    submit_text = gettext_lazy("Lagre")
    phases = forms.MultipleChoiceField(
        label=gettext_lazy("Hvor i livet var familien da dere begynte?"), choices=Phase.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("Velg alt som passer."),
    )  # fmt: skip
    risks = forms.MultipleChoiceField(
        label=gettext_lazy("Hva gjelder for familien?"), choices=Risk.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Til hjelp når dere planlegger. Det sier ikke hvordan det går med noen."),
    )  # fmt: skip
    note = PlainTextField(label=gettext_lazy("Merknad"), long=True, required=False, max_length=500)

    def facts(self, row: StartPicture) -> dict[str, Any]:
        return {"phases": row.phases, "risks": row.risks, "note": row.note}


@requires(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def start_picture(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """What was said about the start, what stood before, and help to ask well."""
    family = open_family(request, family_id, VIEW, quiet=True)
    context, why = family_context(request, family, "assessments"), why_only_read(family)
    before = StartPicture.objects.newest(family) or StartPicture(family=family, version=0)
    form = StartPictureForm(request.POST or None, row=before)
    if form.is_valid():
        try:
            actions.note_start(family, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            return redirect("assessments:start_picture", family.pk)
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("Lagret."))
            return redirect("assessments:start_picture", family.pk)
    rows = StartPicture.objects.filter(family=family).select_related("recorded_by").order_by("-version")
    context |= {
        "form": form, "why": why, "may_write": CHANGE in context["allowed"] and not why,
        "history": [_version(row) for row in rows], "now": _words(before),
    }  # fmt: skip
    return render(request, "assessments/start_picture.html", context, status=422 if form.is_bound else 200)


def _words(row: StartPicture) -> list[str]:
    return [str(Phase(key).label) for key in row.phases] + [str(Risk(key).label) for key in row.risks]


def _version(row: StartPicture) -> dict[str, str]:
    day = timezone.localtime(row.recorded_at)
    return {
        "when": f"{day:%d.%m.%Y}", "datetime": f"{day:%Y-%m-%d}", "title": row.recorded_by.name,
        "text": ". ".join(filter(None, [", ".join(_words(row)), row.note])),
    }  # fmt: skip


@requires(VIEW)
@require_safe
def stress_model(request: HttpRequest) -> HttpResponse:
    """Familiestressmodellen, to think with. Holds nothing of any family."""
    return render(request, "assessments/stress_model.html")
