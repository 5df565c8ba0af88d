"""The family page as every app opens it: the one fetch, the one log line, the header and the tabs."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.views import get_visible_or_404
from nyemonstre.accounts.models import Membership
from nyemonstre.formats import narrow

from .calendar import due_text, step_label, window_state
from .caseload import Facts, Row
from .enums import FamilyState, Protection
from .grants import BreakGlass, ShutOut
from .marks import ALONE, Homes, Reader
from .models import Family, permissions_on
from .restricted import why_only_read
from .seen import Opener, Way, who_can_open
from .stages import Step

# Ways into a family (seen.Way.kind), the strongest first, and the heading each stands under in the card beside it.
STRONGEST_FIRST = {
    "assignment": "following", "need": "in_need", "grant": "let_in", "group": "let_in", "role": "by_role",
}  # fmt: skip

# key, label, URL name, permission to see it. Each app draws its own page; families knows only the names.
TABS = (
    ("overview", lambda: _("Oversikt"), "families:family_detail", Permission.LIST_FAMILY),
    ("members", lambda: _("Familien"), "families:family_members", Permission.VIEW_FAMILY),
    ("consent", lambda: _("Samtykke og avtaler"), "consent:family_tab", Permission.VIEW_CONSENT),
    ("assessments", lambda: _("Kartlegging"), "assessments:family_tab", Permission.VIEW_ASSESSMENT),
    ("plan", lambda: _("Plan"), "plans:family_tab", Permission.VIEW_PLAN),
    ("journal", lambda: _("Journal"), "plans:family_journal", Permission.VIEW_JOURNAL),
    ("documents", lambda: _("Dokumenter"), "documents:family_documents", Permission.VIEW_FAMILY),
    ("steps", lambda: _("Veien"), "families:family_steps", Permission.LIST_FAMILY),
    ("access", lambda: _("Hvem kan se"), "families:family_access", Permission.LIST_FAMILY),
)

# Where each step is done. `numbered` pages want the round too.
DONE_AT = {
    Step.INFORMATION: ("referrals:information_meeting", False),
    Step.CONSENT: ("consent:family_tab", False),
    Step.BASELINE: ("assessments:family_tab", False),
    Step.COLLABORATION: ("consent:family_tab", False),
    Step.PLAN: ("plans:family_tab", False),
    Step.FEEDBACK: ("assessments:family_tab", False),
    Step.REVIEW: ("plans:review", True),
    Step.YEARLY: ("assessments:family_tab", False),
}


def at_table(request: HttpRequest, family: Family) -> tuple[Homes, Reader, dict[str, Any]]:
    """For a page that is looked at together: who sits there, as `?ved=` says, and what the page needs to ask it.

    The signs in the family's header (adressesperre, interpreter, coming of age) are for the coordinator alone.
    Raises Http404 for a reader the family has not.
    """
    homes = Homes(family)
    reader = homes.sitting(request.GET.get("ved", ""))
    if reader is None:
        raise Http404
    context: dict[str, Any] = {"table": homes.at_table(), "reader": reader}
    return homes, reader, context if reader.key == ALONE else context | {"tags": []}


def open_family(request: HttpRequest, family_id: UUID, permission: Permission, *, quiet: bool = False) -> Family:
    """The family, if this person has `permission` on it, else 404. `quiet` for fragments of a page already logged."""
    rows = Family.objects.select_related("municipality").with_path().with_coordinators()
    return get_visible_or_404(rows, request, permission, quiet=quiet, pk=family_id)


def only_read(request: HttpRequest, family: Family) -> HttpResponse | None:
    """No form is shown while the case is only read: the family's page says why. One that was sent is refused by its
    action instead.
    """
    if request.method == "POST" or why_only_read(family) is None:
        return None
    return redirect("families:family_members", family_id=family.pk)


def family_context(request: HttpRequest, family: Family, tab: str) -> dict[str, Any]:
    """What templates/families/family_base.html needs: header, step line and the tabs this person may open."""
    allowed = permissions_on(family, request.user)
    tabs = [
        {"key": key, "text": label(), "url": url, "current": key == tab}
        for key, label, name, permission in TABS
        if permission in allowed and (url := address(name, family.pk))
    ]
    people = []
    if Permission.VIEW_FAMILY in allowed:
        prefetch_related_objects([family], "members")  # read once for all that stands on the page
        people = list(family.members.all())
    return {
        "family": family,
        "stitches": family.stitches(),
        "tabs": tabs,
        "allowed": allowed,
        "tab": tab,
        "inside": Permission.VIEW_FAMILY in allowed,
        "tags": tags(family, people) if people else [],
        "list_url": reverse("families:family_list" if Permission.VIEW_FAMILY in allowed else "families:dashboard"),
        "glass": open_glass(family, request.user),
        "needs_coordinator": needs_coordinator(family, allowed, request.user),
        "journal_url": _journal_url(family, allowed),
        "why_only_read": _why_only_read(family, allowed),
    }


def _journal_url(family: Family, allowed: set[str]) -> str:
    """The button of the header. After follow-up has ended there is little to write; the journal still takes it."""
    if family.state == FamilyState.CLOSED or Permission.CHANGE_JOURNAL not in allowed:
        return ""
    return address("plans:journal_new", family.pk)


def _why_only_read(family: Family, allowed: set[str]) -> str:
    """The calm line on each of its pages that tells why there are no buttons, for those who would have them.

    A closed family says so itself, and its pages have none.
    """
    if family.state == FamilyState.CLOSED or Permission.CHANGE_FAMILY not in allowed:
        return ""
    return why_only_read(family) or ""


def open_glass(family: Family, user: Any) -> BreakGlass | None:
    """This person's own break-glass on the family, while it is open: the banner on each of its pages."""
    return BreakGlass.objects.open().filter(family=family, user=user).first()


def needs_coordinator(family: Family, allowed: set[str], user: Any) -> bool:
    """Whether the responsible coordinator is shut out, for those who follow the family or allot it.

    Whoever has any permission on the family is not shut out, so nothing is asked about the one who reads.
    """
    if not {Permission.ASSIGN_COORDINATOR, Permission.CHANGE_FAMILY} & allowed or family.responsible is None:
        return False
    if family.responsible.user_id == user.pk:
        return False
    return ShutOut.objects.in_force().filter(family=family, user=family.responsible.user_id).exists()


def tags(family: Family, people: list[Any]) -> list[dict[str, str]]:
    """Marks under the family's name, for those who see the family's people."""
    marks = []
    if family.protection != Protection.NONE:
        marks.append({"text": family.get_protection_display(), "icon": "ShieldLock"})
    for language in sorted({m.language for m in people if m.needs_interpreter}):
        marks.append({"text": _("Tolk: %(language)s") % {"language": language}, "icon": "Language"})
    return marks


def address(name: str, *args: Any) -> str:
    """The address of a page in a room above, or "" while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def shows_addresses(family: Family, allowed: set[str]) -> bool:
    """Where the family lives: with any protection only for those who work with the family, not for readers."""
    return family.protection == Protection.NONE or Permission.CHANGE_FAMILY in allowed


def short(day: date, today: date) -> str:
    """«14. mars», with the year when it is another one."""
    return date_format(day, narrow() if day.year == today.year else f"{narrow()} Y")


def month_words(day: date) -> str:
    return date_format(day, "F Y")


def done_at(family: Family, step: str, number: int) -> str:
    """The page where a step is done, or "" when it has none."""
    name, numbered = DONE_AT.get(Step(step), ("", False))
    return address(name, family.pk, *([number] if numbered else [])) if name else ""


def what_now(family: Family, facts: Facts, today: date) -> dict[str, Any] | None:
    """The yellow card: what happens today, what is open or has passed, what needs a look, and the three that come next.

    Each line has its own page. None when nothing ever comes any more. A paused family has only its pause.
    """
    waiting = [m for m in family.live_milestones if not m.reached_on and m.due_until]
    waiting.sort(key=lambda m: m.due_until)
    rows: dict[str, list[dict[str, Any]]] = {"now": [], "after": [], "then": []}
    for milestone in waiting:
        state = window_state(milestone.due_from, milestone.due_until, today)
        rows[state if state in ("now", "after") else "then"].append({
            "text": step_label(milestone.step, milestone.number),
            "due": due_text(milestone.due_from, milestone.due_until, today),
            "from": short(milestone.due_from, today),
            "url": done_at(family, milestone.step, milestone.number),
        })  # fmt: skip
    meetings = [
        {"text": a.text, "url": a.url, "due": _("i dag kl. %(time)s") % {"time": a.time} if a.time else _("i dag")}
        for a in sorted(facts.today, key=lambda a: a.time)
    ]
    looks = [
        {"text": n.short, "due": n.when, "url": n.url} for n in Row(family, facts, today).notices if n.when and n.short
    ]
    due = meetings + rows["now"] + rows["after"] + looks
    if not due and not rows["then"] and not family.paused:
        return None
    return {"due": due, "first": due[0] if due else None, "then": rows["then"][:3], "paused": family.paused}


def who_may_see(family: Family) -> dict[str, list[tuple[Opener, Way]]]:
    """Who can open this family now, in short: each under their strongest way in. The page behind it has all of them."""
    found: dict[str, list[tuple[Opener, Way]]] = {"following": [], "in_need": [], "let_in": [], "by_role": []}
    for opener in who_can_open(family):
        way = min(opener.ways, key=lambda way: list(STRONGEST_FIRST).index(way.kind))
        found[STRONGEST_FIRST[way.kind]].append((opener, way))
    return found


def leads_of(family: Family) -> list[Membership]:
    """The leads of the municipality, who see the frame of every family that is not strictly protected."""
    rows = Membership.objects.live().filter(municipality=family.municipality_id, role=Role.LEAD, user__is_active=True)
    return list(rows.select_related("user").order_by("user__name"))


def with_version(form: Form, version: int) -> Form:
    """The same form, filled in as it was sent, now against the newer version: a second save then means «mine»."""
    data = form.data.copy()
    data[form.add_prefix("version")] = str(version)
    form.data = data
    return form
