"""The journal: a timeline that can be filtered and searched, and two ways to write in it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.models import Family, Member
from families.pages import family_context, open_family
from nyemonstre.access.limits import limited, searches
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from
from nyemonstre.audit.enums import AuditEvent
from nyemonstre.audit.log import record, searched
from nyemonstre.refusals import AlreadyDone, Refused
from plans import actions
from plans.enums import JournalKind, Moment
from plans.forms import JournalForm, QuickLineForm
from plans.models import JournalEntry
from plans.search import found

from .frame import form_page

VIEW, CHANGE = Permission.VIEW_JOURNAL, Permission.CHANGE_JOURNAL
PAGE = 30
ASKS = ("slag", "hvem", "oyeblikk", "q", "etter")


def uuid_in(text: str) -> UUID | None:
    """The id a part of an address is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def filtered(request: HttpRequest, rows: Any) -> Any:
    """Those of the lines the address asks for. What makes no sense in the address is as if it were not there."""
    kind, moment = request.GET.get("slag", ""), request.GET.get("oyeblikk", "")
    if kind in JournalKind.values:
        rows = rows.filter(kind=kind)
    if moment == "ja":
        rows = rows.exclude(moment="")
    elif moment in Moment.values:
        rows = rows.filter(moment=moment)
    if person := uuid_in(request.GET.get("hvem", "")):
        rows = rows.filter(entry_members__member=person)
    if words := request.GET.get("q", "").replace("\0", "").strip()[:100]:
        rows = found(rows, words)
    return rows.newest_first()


@require_safe
@requires(VIEW)
@limited("search", times=120, seconds=60, when=searches)
def family_journal(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The timeline, newest first, thirty at a time. `?etter=` is the last line already seen."""
    family = open_family(request, family_id, VIEW)
    frame = family_context(request, family, "journal")
    rows = filtered(request, JournalEntry.objects.filter(family=family))
    if words := request.GET.get("q", "").strip():
        facts = {"list": "journal", "rows": rows.count(), **searched(words)}
        record(AuditEvent.LIST_SEARCHED, by=request.user, family=family, facts=facts)
    last = uuid_in(request.GET.get("etter", ""))
    if last and (seen := JournalEntry.objects.filter(family=family, pk=last).first()):
        rows = rows.after(seen)
    entries = list(rows.with_people()[: PAGE + 1])
    people = Member.objects.filter(family=family)
    context = {
        **frame, "entries": entries[:PAGE], "more": entries[PAGE - 1].pk if len(entries) > PAGE else None,
        "kinds": JournalKind.choices, "people": people, "kind": request.GET.get("slag", ""),
        "person": request.GET.get("hvem", ""), "asked": any(request.GET.get(key) for key in ASKS),
        "moments": [("", _("Alt"), None), ("ja", _("Øyeblikk"), None), *((v, t, None) for v, t in Moment.choices)],
        "may_write": CHANGE in frame["allowed"], "may_mark": CHANGE in frame["allowed"],
        "form": QuickLineForm(family=family),
    }  # fmt: skip
    context["form"].helper.form_action = reverse("plans:journal_quick", args=[family.pk])
    return render(request, "plans/family_journal.html", context)


@require_safe
@requires(VIEW)
def latest_journal(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Fragment: the three newest lines."""
    family = open_family(request, family_id, VIEW, quiet=True)
    entries = JournalEntry.objects.filter(family=family).newest_first().with_people()[:3]
    return render(
        request, "plans/_latest_journal.html", {"family": family, "entries": list(entries), "may_mark": False}
    )


def _write(request: HttpRequest, family: Family, form: Form) -> HttpResponse | None:
    """Save the line and go to the timeline, or None when the form must be shown again."""
    try:
        actions.write_entry(family, by=request.user, **form.cleaned_data)
    except AlreadyDone:
        pass
    except Refused as refusal:
        say(form, refusal)
    if form.errors:
        return None
    forget_draft(request)
    messages.success(request, _("Linjen står i journalen."))
    return redirect("plans:family_journal", family.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def journal_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """A whole entry, kept as a draft while one types."""
    family = open_family(request, family_id, CHANGE)
    draft = draft_for(request)
    form = JournalForm(request.POST or None, family=family, initial=initial_from(draft))
    if form.is_valid() and (done := _write(request, family, form)):
        return done
    form.save_drafts(reverse("accounts:draft_save"), str(request.user.pk))
    return form_page(
        request, family, form, heading=_("Ny journallinje"), slot="ny-linje", tab="journal",
        draft=draft if not form.is_bound else None, keeps_draft=True,
        back=reverse("plans:family_journal", args=[family.pk]),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def journal_quick(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One line, from the top of the timeline."""
    family = open_family(request, family_id, CHANGE)
    form = QuickLineForm(request.POST or None, family=family)
    if form.is_valid() and (done := _write(request, family, form)):
        return done
    return form_page(
        request, family, form, heading=_("Kort linje"), slot="kort-linje", tab="journal",
        back=reverse("plans:family_journal", args=[family.pk]),
    )  # fmt: skip
