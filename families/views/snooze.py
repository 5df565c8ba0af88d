"""Putting off something in Å gjøre until a day, and taking it up again."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from families import agenda
from families.actions_snooze import snooze, wake
from families.forms import SnoozeForm
from families.snoozes import Snooze
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_FAMILY)
def put_off(request: HttpRequest, entry: str) -> HttpResponse:
    """One entry of one's own list, as it stands now: a day and a reason."""
    found = next((row for row in agenda.to_do(request.user) if row.item == entry and row.family), None)
    if found is None:
        raise Http404
    form = SnoozeForm(request.POST or None, initial={"until": timezone.localdate() + timedelta(days=7)})
    if form.is_valid():
        try:
            row = snooze(found, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            say(form, refusal)
        else:
            day = date_format(row.until, "DATE_FORMAT")
            messages.success(request, _("Utsatt. Det kommer tilbake i listen %(day)s.") % {"day": day})
            return redirect("families:to_do")
    context = {"form": form, "entry": found}
    return render(request, "families/snooze.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.VIEW_FAMILY)
def take_up(request: HttpRequest, snooze_id: str) -> HttpResponse:
    """Back in the list now."""
    rows = Snooze.objects.select_related("family__municipality")
    row = get_visible_or_404(rows, request, Permission.VIEW_FAMILY, quiet=True, pk=snooze_id)
    try:
        wake(row, by=request.user)
    except Refused as refusal:
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("Det står i listen igjen."))
    return redirect("families:to_do")
