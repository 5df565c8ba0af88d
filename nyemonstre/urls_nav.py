"""The main navigation: what each role finds at the top of every page. Asked by nyemonstre.ui.context."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from families.agenda import count_due
from families.grants import BreakGlass
from nyemonstre.access.roles import Permission, Role
from nyemonstre.audit.models import Alert
from nyemonstre.ui.context import address
from plans.models import Redaction


def items(request: HttpRequest) -> list[dict[str, Any]]:
    """One list for all one's roles, in the order of the roles. A page that does not exist is left out."""
    user = request.user
    found = [item for role in NAVIGATION if user.has_role(role) for item in NAVIGATION[role](user)]
    if user.live_memberships:
        found.append(_item(_("Hvem kan se hva"), "families:roles"))
    seen: set[str] = set()
    return [item for item in found if item["url"] and not (item["url"] in seen or seen.add(item["url"]))]


def _item(label: str, name: str, count: Callable[[], int] | None = None, key: str = "") -> dict[str, Any]:
    return {"label": label, "url": address(name), "count": count, "key": key}


def _coordinator(user: Any) -> list[dict[str, Any]]:
    return [
        _item(_("Mine familier"), "families:family_list"),
        _item(_("Å gjøre"), "families:to_do", lambda: count_due(user)),
        _item(_("Kalender"), "families:calendar"),
        # The shortcut to a line in ten seconds, from any page.
        _item(_("Journal"), "plans:journal_anywhere", key="j"),
        _item(_("Tjenester"), "consent:service_list"),
    ]


def _lead(user: Any) -> list[dict[str, Any]]:
    return [
        _item(_("Teamet"), "families:dashboard"),
        _item(_("Familier"), "families:team_list"),
        _item(_("Fravær"), "families:leave_list"),
        *_intake(user),
        _item(_("Tall"), "research:figures"),
        _item(_("Satser"), "content:fact_list"),
        _item(_("Maler"), "plans:template_list"),
        _item(_("Skjemaer"), "assessments:instrument_list"),
    ]


def _intake(user: Any) -> list[dict[str, Any]]:
    return [
        _item(_("Inntaksmøter"), "referrals:intake_meeting_list"),
        _item(_("Henvendelser"), "referrals:referral_list"),
        _item(_("Venteliste"), "referrals:waiting_list"),
    ]


def _administrator(user: Any) -> list[dict[str, Any]]:
    return [_item(_("Brukere"), "accounts:user_list"), _item(_("Skjemaer"), "assessments:instrument_list")]


def _openings(user: Any) -> int:
    """Emergency openings nobody has looked at."""
    return BreakGlass.objects.permitted(user).waiting().count()


def _asked_for(user: Any) -> int:
    """Words somebody has asked the auditor to take away."""
    return Redaction.objects.permitted(user, Permission.REVIEW_ACCESS).waiting().count()


def _auditor(user: Any) -> list[dict[str, Any]]:
    return [
        _item(_("Innsynslogg"), "audit:event_list"),
        _item(_("Varsler"), "audit:alert_list", lambda: Alert.objects.permitted(user).unread().count()),
        _item(_("Nødåpninger"), "families:break_glass_list", lambda: _openings(user)),
        _item(_("Fjerning"), "plans:redaction_list", lambda: _asked_for(user)),
        _item(_("Forskning"), "research:oversight"),
    ]


def _researcher(_user: Any) -> list[dict[str, Any]]:
    return [_item(_("Forskning"), "research:project_list")]


NAVIGATION = {
    Role.COORDINATOR: _coordinator,
    Role.LEAD: _lead,
    Role.INTAKE: _intake,
    Role.ADMINISTRATOR: _administrator,
    Role.AUDITOR: _auditor,
    Role.RESEARCHER: _researcher,
}
