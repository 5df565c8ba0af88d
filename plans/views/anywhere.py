"""The journal across one's own families: a line in ten seconds from any page, and a search in all of them."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from families.models import Family
from nyemonstre.access.limits import limited, searches
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.entry import safe_next
from nyemonstre.accounts.middleware import page_of
from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record, searched
from nyemonstre.postgres.sorting import NorwegianOrder
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.forms import sent
from plans import actions
from plans.enums import JournalKind, Moment
from plans.forms_anywhere import AnyLineForm
from plans.models import JournalEntry

from .frame import looked_over, uuid_in
from .journal import CHANGE, PAGE, VIEW, crisis_among, filtered, older_lines


@require_http_methods(["GET", "HEAD", "POST"])
@requires(VIEW)
@limited("search", times=120, seconds=60, when=searches)
def journal_anywhere(request: HttpRequest) -> HttpResponse:
    """The short form first, then the newest lines of all one's families. `?etter=` is the last line already seen."""
    mine = Family.objects.permitted(request.user, CHANGE).active().order_by(NorwegianOrder("name"), "pk")
    before = page_of(request)
    form = AnyLineForm(sent(request), families=mine, before=before, initial={"next": before})
    if form.is_bound and form.is_valid() and _write(request, form):
        return redirect(safe_next(request) if form.cleaned_data["next"] else "plans:journal_anywhere")
    older = older_lines(request, _lines(request), with_family=True)
    if request.htmx and uuid_in(request.GET.get("etter", "")):  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render(request, "plans/_older_lines.html", older)
    context = {
        **older, "form": form, "kinds": JournalKind.choices,
        "kind": request.GET.get("slag", ""), "asked": any(request.GET.get(key) for key in ("q", "slag", "oyeblikk")),
        "moments": [("", _("Alt"), None), ("ja", _("Øyeblikk"), None), *((v, t, None) for v, t in Moment.choices)],
        "may_write": form.fields["family"].queryset.exists(),
    }  # fmt: skip
    return render(request, "plans/journal_anywhere.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(CHANGE)
def look_over_anywhere(request: HttpRequest) -> HttpResponse:
    """Fragment: the same reminder as on the plan, beside the line for the family that is chosen so far."""
    family = Family.objects.permitted(request.user, CHANGE).filter(pk=uuid_in(request.POST.get("family", ""))).first()
    found = looked_over(request, family) if family else []
    return render(request, "plans/_reminders.html", {"reminders": found})


def _write(request: HttpRequest, form: AnyLineForm) -> bool:
    """Save the line; False when the form must be shown again."""
    family = form.cleaned_data["family"]
    try:
        actions.write_entry(family, by=request.user, **form.facts)
    except AlreadyDone:
        pass
    except Refused as refusal:
        say(form, refusal)
        return False
    messages.success(request, _("Linjen står i journalen til %(family)s.") % {"family": family.name})
    return True


def _lines(request: HttpRequest) -> list[JournalEntry]:
    """One page of lines, and one more when there are more. Each family whose lines are shown is logged."""
    rows: QuerySet = JournalEntry.objects.permitted(request.user, VIEW)
    shown = filtered(request, rows)
    last = uuid_in(request.GET.get("etter", ""))
    if last and (seen := rows.filter(pk=last).first()):
        shown = shown.after(seen)
    found = list(shown.with_people().select_related("family__municipality", "service", "written_by")[: PAGE + 1])
    entries = found[:PAGE]
    families = {entry.family_id: entry.family for entry in entries}
    facts = {"list": "journal", "rows": len(entries), **searched(request.GET.get("q", "").strip())}
    record(AuditEvent.LIST_SEARCHED, by=request.user, facts=facts)
    for family in families.values():
        restricted = crisis_among([entry for entry in entries if entry.family_id == family.pk])
        record(AuditEvent.VIEWED, by=request.user, target=family, facts={"permission": str(VIEW), **restricted})
    return found
