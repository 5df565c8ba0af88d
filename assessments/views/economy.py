"""«Økonomi – hva spør vi om?»: the checklist of one family, one thing of it, and what a municipality asks about."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.economy import ADULT, FAMILY, OWN, Item, groups, shipped
from assessments.economy.checklist import Checklist, Line, checklist_of, sums
from assessments.enums import EconomyStatus
from assessments.forms_economy import EconomyForm, OwnEconomyItemForm
from assessments.models import EconomyAnswer, LocalEconomyItem
from assessments.outcomes import Outcome
from consent.enums import Purpose
from consent.rules import members_with, why_not_change, why_not_map_family
from families.enums import FamilyState
from families.marks import ALONE, Homes, Reader
from families.models import Family, Member
from families.pages import address, at_table, family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.models import Municipality
from nyemonstre.refusals import AlreadyDone, Refused, Stale

from .frame import CHANGE, VIEW

MANAGE = Permission.CHANGE_INSTRUMENTS
# What a click in the list may say of something nobody has asked about.
SHORT = (EconomyStatus.NOT_RELEVANT, EconomyStatus.TO_INVESTIGATE)


def why_only_read(family: Family) -> str:
    """Why nothing can be noted about the family now, in words, or ""."""
    if family.state == FamilyState.CLOSED:
        return _("Oppfølgingen er avsluttet, så listen kan leses, men ikke endres.")
    return why_not_change(family) or why_not_map_family(family) or ""


def _checklist(family: Family, homes: Homes | None = None, reader: Reader | None = None) -> Checklist:
    """What those at the table may see: nobody's income to the other home, and none of it to a young person."""

    def shown(item: Item, member: Member | None) -> bool:
        if homes is None or reader is None or reader.key == ALONE:
            return True
        if reader.member is not None and item.about != "child":
            return False
        return member is None or homes.concern([member.pk], reader)

    return checklist_of(family, asked=members_with(family, Purpose.PARTICIPATION), shown=shown)


@requires(VIEW)
@require_safe
def economy(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """The whole list: what to look into, the next deadlines, what was granted, and each thing with how it stands."""
    family = open_family(request, family_id, VIEW)
    homes, reader, table = at_table(request, family)
    listed = _checklist(family, homes, reader)
    why = why_only_read(family)
    titles = {key: words.read(get_language() or "nb") for key, words in groups().items()} | {OWN: _("Kommunens egne")}
    context = family_context(request, family, "assessments") | table
    context |= {
        "listed": listed, "groups": [(titles[key], _people(lines)) for key, lines in listed.groups()],
        "sums": sums(listed.granted), "income_sums": sums(listed.incomes), "today": timezone.localdate(),
        "all_homes": homes.two and reader.key != ALONE,
        "why": why, "may_write": CHANGE in context["allowed"] and not why,
        "query": f"?{urlencode({'ved': request.GET['ved']})}" if request.GET.get("ved") else "",
    }  # fmt: skip
    return render(request, "assessments/economy.html", context)


def _people(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """The lines of a group, by person: ("" for the family, lines), each person once, in the order of the list."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.member.first_name if line.member else "", []).append(line)
    return list(found.items())


@requires(VIEW)
@require_safe
def economy_card(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Fragment for the family's page: how much there is to look into, the next deadline, and the way to the list."""
    family = open_family(request, family_id, VIEW, quiet=True)
    listed = _checklist(family)
    looking = sum(line.status == EconomyStatus.TO_INVESTIGATE for line in listed.lines)
    context = {
        "family": family, "owed": len(listed.not_examined), "looking": looking, "sums": sums(listed.granted),
        "deadline": next(iter(listed.deadlines), None),
    }  # fmt: skip
    return render(request, "assessments/_economy_card.html", context)


def _line_or_404(family: Family, who: str, item: str) -> Line:
    line = _checklist(family).line(who, item)
    if line is None:
        raise Http404
    return line


def _list_url(request: HttpRequest, family: Family, line: Line) -> str:
    query = f"?{urlencode({'ved': request.GET['ved']})}" if request.GET.get("ved") else ""
    return reverse("assessments:economy", args=[family.pk]) + f"{query}#{line.item.key}-{line.who}"


@requires(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def economy_item(request: HttpRequest, family_id: UUID, who: str, item: str) -> HttpResponse:
    """One thing: how it stands, what stood before, what is known about it, and on to a measure or a goal."""
    family = open_family(request, family_id, VIEW, quiet=True)
    line = _line_or_404(family, who, item)
    context, why = family_context(request, family, "assessments"), why_only_read(family)
    before = line.answer or EconomyAnswer(family=family, member=line.member, item=item, version=0, status="")
    form = EconomyForm(request.POST or None, item=line.item, row=before)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.note_economy(family, item=item, member=line.member, by=request.user, **data)
        except AlreadyDone:
            return redirect(_list_url(request, family, line))
        except Stale as stale:
            say(form, stale)
            form.meet(stale.current)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("«%(what)s» er lagret.") % {"what": line.name})
            return redirect(_list_url(request, family, line))
    rows = EconomyAnswer.objects.filter(family=family, item=item, member=line.member).order_by("-version")
    history = [_version(line, row) for row in rows.select_related("recorded_by")]
    context |= {
        "line": line, "form": form, "why": why, "may_write": CHANGE in context["allowed"] and not why,
        "history": history, "back": _list_url(request, family, line), **_onward(family, line),
    }  # fmt: skip
    return render(request, "assessments/economy_item.html", context, status=422 if form.is_bound else 200)


def _version(line: Line, row: EconomyAnswer) -> dict[str, Any]:
    """One version as a line of the history."""
    then = Line(line.item, line.member, row, None, concerns=True)
    return {
        "when": f"{row.on:%d.%m.%Y}", "datetime": row.on.isoformat(), "title": then.said,
        "text": ". ".join(part for part in (then.amount, row.note) if part), "url": row.url,
        "meta": _("Ført av %(name)s %(day)s") % {"name": row.recorded_by.name,
                                                 "day": f"{timezone.localtime(row.recorded_at):%d.%m.%Y}"},
    }  # fmt: skip


def _onward(family: Family, line: Line) -> dict[str, str]:
    """To the plan's own forms, filled in: the plan stands above this room and is known by name only."""
    people = [("hvem", str(line.member.pk))] if line.member else []
    goal = address("plans:goal_new", family.pk)
    measure = address("plans:measure_from", family.pk)
    subject = line.name.rstrip("?")
    what = _("Finne ut av: %(what)s") % {"what": subject}
    due = [("innen", line.deadline.isoformat())] if line.deadline else []
    words = [("mal", subject), ("linje", Outcome.RM6.value)]
    return {
        "goal_url": f"{goal}?{urlencode(words + people)}" if goal else "",
        "measure_url": f"{measure}?{urlencode([('hva', what), *due])}" if measure else "",
    }


@requires(CHANGE)
@require_POST
def economy_short(request: HttpRequest, family_id: UUID, who: str, item: str) -> HttpResponse:
    """From the list, of something nobody has asked about: not relevant, or to be looked into. One click."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    line = _line_or_404(family, who, item)
    status = request.POST.get("status", "")
    if status not in SHORT:
        messages.error(request, _("Velg hvordan det står."))
        return redirect(_list_url(request, family, line))
    try:
        actions.note_economy(family, item=item, member=line.member, status=status, version=0, by=request.user)
    except AlreadyDone:
        pass
    except Stale:
        messages.warning(request, _("Noen har alt ført noe om «%(what)s».") % {"what": line.name})
    except Refused as refusal:
        messages.warning(request, refusal.sentence)
    return redirect(_list_url(request, family, line))


# ── What a municipality asks about ──


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def economy_items(request: HttpRequest, municipality_id: UUID) -> HttpResponse:
    """The programme's list with what is left out, the municipality's own, and a form for one more."""
    place = get_visible_or_404(Municipality, request, MANAGE, quiet=True, pk=municipality_id)
    form = OwnEconomyItemForm(request.POST or None)
    if form.is_valid():
        try:
            row = actions.add_economy_item(place, by=request.user, **form.cleaned_data)
        except AlreadyDone:
            return redirect("assessments:economy_items", place.pk)
        except Refused as refusal:
            say(form, refusal)
        else:
            messages.success(request, _("«%(what)s» er lagt til.") % {"what": row.title})
            return redirect("assessments:economy_items", place.pk)
    rows = {row.key: row for row in LocalEconomyItem.objects.filter(municipality=place).select_related("changed_by")}
    context = {"place": place, "form": form, "groups": _asked_here(rows)}
    return render(request, "assessments/economy_items.html", context, status=422 if form.is_bound else 200)


def _asked_here(rows: dict[str, LocalEconomyItem]) -> list[tuple[str, list[dict[str, Any]]]]:
    language = get_language() or "nb"
    about = {FAMILY: _("Familien"), ADULT: _("Hver voksen"), "child": _("Hvert barn")}

    def line(item: Item) -> dict[str, Any]:
        row = rows.get(item.key)
        return {
            "key": item.key, "title": item.title.read(language), "about": about[item.about],
            "in_use": row is None or row.in_use, "row": row,
        }  # fmt: skip

    found = [
        (words.read(language), [line(item) for item in shipped() if item.group == key])
        for key, words in groups().items()
    ]
    return [*found, (_("Kommunens egne"), [line(row.item) for row in rows.values() if row.title])]


@requires(MANAGE)
@require_POST
def economy_item_use(request: HttpRequest, municipality_id: UUID, item: str) -> HttpResponse:
    """Ask about it, or stop asking."""
    place = get_visible_or_404(Municipality, request, MANAGE, quiet=True, pk=municipality_id)
    in_use = request.POST.get("bruk") == "ja"
    try:
        actions.use_economy_item(place, item=item, in_use=in_use, by=request.user)
    except Refused as refusal:
        raise Http404 from refusal
    messages.success(
        request, _("Dere spør om det igjen.") if in_use else _("Dere spør ikke om det lenger. Det som er ført, står.")
    )
    return redirect("assessments:economy_items", place.pk)
