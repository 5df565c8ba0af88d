"""The family page as every app opens it: the one fetch, the one log line, the header and the tabs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404

from .models import Family, permissions_on

# key, label, URL name, permission to see it. Each app draws its own page; families knows only the names.
TABS = (
    ("overview", lambda: _("Oversikt"), "families:family_detail", Permission.LIST_FAMILY),
    ("members", lambda: _("Familien"), "families:family_members", Permission.VIEW_FAMILY),
    ("consent", lambda: _("Samtykke og avtaler"), "consent:family_tab", Permission.VIEW_CONSENT),
    ("assessments", lambda: _("Kartlegging"), "assessments:family_tab", Permission.VIEW_ASSESSMENT),
    ("plan", lambda: _("Plan"), "plans:family_tab", Permission.VIEW_PLAN),
    ("journal", lambda: _("Journal"), "plans:family_journal", Permission.VIEW_JOURNAL),
)


def open_family(request: HttpRequest, family_id: UUID, permission: Permission, *, quiet: bool = False) -> Family:
    """The family, if this person has `permission` on it, else 404. `quiet` for fragments of a page already logged."""
    rows = Family.objects.select_related("municipality").with_path().with_coordinators()
    return get_visible_or_404(rows, request, permission, quiet=quiet, pk=family_id)


def family_context(request: HttpRequest, family: Family, tab: str) -> dict[str, Any]:
    """What templates/families/family_base.html needs: header, step line and the tabs this person may open."""
    allowed = permissions_on(family, request.user)
    tabs = [
        {"key": key, "text": label(), "url": reverse(name, args=[family.pk]), "current": key == tab}
        for key, label, name, permission in TABS
        if permission in allowed
    ]
    return {"family": family, "stitches": family.stitches(), "tabs": tabs, "allowed": allowed, "tab": tab}
