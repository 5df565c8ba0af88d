"""The journal: a timeline that can be filtered and searched, and two ways to write in it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import connection
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
from nyemonstre.ui.forms import sent
from plans import actions
from plans.enums import JournalKind, Moment
from plans.forms_journal import JournalForm, QuickLineForm
from plans.meetings import coming
from plans.models import JournalEntry
from plans.search import found

from .frame import form_page, uuid_in

VIEW, CHANGE = Permission.VIEW_JOURNAL, Permission.CHANGE_JOURNAL
PAGE = 30
# So many parts are fetched as one comes near the end. Then one is asked, so that the foot of the page can be reached.
BY_ITSELF = 5
ASKS = ("slag", "hvem", "oyeblikk", "q", "etter")


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
    lines = JournalEntry.objects.permitted(request.user, VIEW).filter(family=family)
    rows = filtered(request, lines)
    if words := request.GET.get("q", "").strip():
        facts = {"list": "journal", "rows": rows.count(), **searched(words)}
        record(AuditEvent.LIST_SEARCHED, by=request.user, family=family, facts=facts)
    last = uuid_in(request.GET.get("etter", ""))
    if last and (seen := lines.filter(pk=last).first()):
        rows = rows.after(seen)
    entries = list(rows.with_people()[: PAGE + 1])
    if restricted := crisis_among(entries[:PAGE]):
        record(AuditEvent.VIEWED, by=request.user, target=family, facts={"permission": str(VIEW), **restricted})
    may_write = CHANGE in frame["allowed"]
    shown = {"family": family, "may_mark": may_write, **older_lines(request, entries)}
    if request.htmx and last:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render(request, "plans/_older_lines.html", shown)
    form = QuickLineForm(family=family)
    form.helper.form_action = reverse("plans:journal_quick", args=[family.pk])
    context = {
        **frame, **shown, "hidden": hidden_from(lines, family), "may_write": may_write, "form": form,
        "kinds": JournalKind.choices, "people": Member.objects.filter(family=family),
        "kind": request.GET.get("slag", ""), "person": request.GET.get("hvem", ""),
        "asked": any(request.GET.get(key) for key in ASKS),
        "moments": [("", _("Alt"), None), ("ja", _("Øyeblikk"), None), *((v, t, None) for v, t in Moment.choices)],
        "coming": coming(family)[:3],
    }  # fmt: skip
    return render(request, "plans/family_journal.html", context)


def older_lines(request: HttpRequest, entries: list[JournalEntry], *, with_family: bool = False) -> dict[str, Any]:
    """For plans/_lines.html: a page of `entries`, fetched with one too many, and where the older ones begin.

    `?nr=` says which part this is: 0 is the page itself.
    """
    asked = request.GET.get("nr", "")
    part = min(int(asked), 1000) if asked.isascii() and asked.isdigit() else 0
    return {
        "entries": entries[:PAGE], "more": entries[PAGE - 1].pk if len(entries) > PAGE else None,
        "part_number": part, "next_part": part + 1, "by_itself": part < BY_ITSELF, "with_family": with_family,
    }  # fmt: skip


def crisis_among(entries: list[JournalEntry]) -> dict[str, int]:
    """For the log: how many of the lines that were shown are about a crisis; nothing where there are none."""
    shown = sum(entry.is_restricted for entry in entries)
    return {"restricted": shown} if shown else {}


def hidden_from(lines: Any, family: Family) -> int:
    """How many of the family's lines are about a crisis and not for this person; nothing else is told of them."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.crisis_lines(%s)", [family.pk])
        return int(cursor.fetchone()[0]) - lines.filter(kind=JournalKind.CRISIS).count()


@require_safe
@requires(VIEW)
def latest_journal(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Fragment: the three newest lines, but for those about a crisis: others look at this page too."""
    family = open_family(request, family_id, VIEW, quiet=True)
    rows = JournalEntry.objects.permitted(request.user, VIEW).filter(family=family).exclude(kind=JournalKind.CRISIS)
    entries = rows.newest_first().with_people()[:3]
    context = {"family": family, "entries": list(entries), "may_mark": False}
    return render(request, "plans/_latest_journal.html", context)


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
    form = JournalForm(sent(request), family=family, user=request.user, initial=initial_from(draft))
    if form.is_valid() and (done := _write(request, family, form)):
        return done
    form.save_drafts(reverse("accounts:draft_save"), str(request.user.pk))
    return form_page(
        request, family, form, heading=_("Ny journallinje"), slot="ny-linje", tab="journal",
        draft=draft if not form.is_bound else None, keeps_draft=True, looks_over=True,
        back=reverse("plans:family_journal", args=[family.pk]),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def journal_quick(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """One line, from the top of the timeline."""
    family = open_family(request, family_id, CHANGE)
    form = QuickLineForm(sent(request), family=family)
    if form.is_valid() and (done := _write(request, family, form)):
        return done
    return form_page(
        request, family, form, heading=_("Kort linje"), slot="kort-linje", tab="journal", looks_over=True,
        back=reverse("plans:family_journal", args=[family.pk]),
    )  # fmt: skip
