"""WHO MAY: the whole policy on one screen.

A role opens a permission in its whole municipality (`EVERYWHERE`), or only on families it has been let into by a
grant (`GRANTED`, see families/grants.py); a grant of anything else to that role opens nothing. The coordinator opens no
municipality. Stronger than all of it is being shut out of a named family. Permission values are the codenames of
families.Family's permissions; changing a row here changes the list, the page, the guard, the wall and the tests.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("Familiekoordinator")
    INTAKE = "intake", _("Inntaksteam")
    LEAD = "lead", _("Teamleder")
    RESEARCHER = "researcher", _("Forsker")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Personvernombud")


class Permission(models.TextChoices):
    LIST_FAMILY = "list_family", _("se at familien følges, steg, datoer og koordinator")
    VIEW_FAMILY = "view_family", _("se familien og medlemmene")
    CHANGE_FAMILY = "change_family", _("endre familien og medlemmene")
    VIEW_CONSENT = "view_consent", _("se samtykker og avtaler")
    CHANGE_CONSENT = "change_consent", _("føre samtykker og avtaler")
    VIEW_ASSESSMENT = "view_assessment", _("se kartlegging og svar")
    CHANGE_ASSESSMENT = "change_assessment", _("kartlegge")
    VIEW_PLAN = "view_plan", _("se Familiens plan")
    CHANGE_PLAN = "change_plan", _("endre Familiens plan")
    VIEW_JOURNAL = "view_journal", _("se journalen")
    CHANGE_JOURNAL = "change_journal", _("skrive i journalen")
    DISCLOSE = "disclose", _("se og føre det som er fortalt uten samtykke")
    REGISTER_FAMILY = "register_family", _("registrere en familie som får plass")
    ASSIGN_COORDINATOR = "assign_coordinator", _("fordele familier og bytte koordinator")
    GRANT_ACCESS = "grant_access", _("gi og ta tilbake tilgang")
    BREAK_GLASS = "break_glass", _("åpne en familie i nød, for en time")
    REVIEW_ACCESS = "review_access", _("gå gjennom nødåpninger og oppheve inhabilitet")
    OVERRIDE_PLACES = "override_places", _("gi en koordinator flere familier enn plassene")
    VIEW_REFERRAL = "view_referral", _("se henvendelser")
    DECIDE_REFERRAL = "decide_referral", _("avgjøre henvendelser")
    VIEW_DASHBOARD = "view_dashboard", _("se oversikten over teamet")
    MANAGE_USERS = "manage_users", _("administrere brukere og roller")
    VIEW_LOG = "view_log", _("se innsynsloggen")
    CHANGE_CONTENT = "change_content", _("endre satser, lenker og lovtekster")
    CHANGE_INSTRUMENTS = "change_instruments", _("slå på og legge til skjemaer i kartleggingen")
    EXPORT_RESEARCH = "export_research", _("hente ut pseudonyme data til forskning")
    APPROVE_KEYS = "approve_keys", _("se uttrekk til forskning og godkjenne at koblingsnøkkelen åpnes")


P = Permission

# What a responsible coordinator or a substitute may do on the families granted to them.
COORDINATOR_GRANT: frozenset[Permission] = frozenset(
    {
        P.LIST_FAMILY,
        P.VIEW_FAMILY, P.CHANGE_FAMILY,
        P.VIEW_CONSENT, P.CHANGE_CONSENT,
        P.VIEW_ASSESSMENT, P.CHANGE_ASSESSMENT,
        P.VIEW_PLAN, P.CHANGE_PLAN,
        P.VIEW_JOURNAL, P.CHANGE_JOURNAL,
    }
)  # fmt: skip

# What comes with following the family as its coordinator or substitute, and with nothing else: it is not given by name,
# not to a lead and not in need. What is told without consent, where a law goes before secrecy (consent/disclosures.py).
ASSIGNED_GRANT: frozenset[Permission] = frozenset({P.DISCLOSE})

# What somebody let in to read, for a reason and a time, may do.
READER_GRANT: frozenset[Permission] = frozenset(
    {P.LIST_FAMILY, P.VIEW_FAMILY, P.VIEW_CONSENT, P.VIEW_ASSESSMENT, P.VIEW_PLAN, P.VIEW_JOURNAL}
)

# What a lead named on a strictly protected family has there: as on every other family, the frame and not the content.
LEAD_GRANT: frozenset[Permission] = frozenset({P.LIST_FAMILY, P.ASSIGN_COORDINATOR, P.GRANT_ACCESS})

EVERYWHERE: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset(),
    Role.INTAKE: frozenset({P.VIEW_REFERRAL, P.DECIDE_REFERRAL, P.REGISTER_FAMILY}),
    Role.LEAD: frozenset(
        {
            P.LIST_FAMILY, P.ASSIGN_COORDINATOR, P.GRANT_ACCESS, P.OVERRIDE_PLACES, P.BREAK_GLASS,
            P.VIEW_REFERRAL, P.DECIDE_REFERRAL, P.REGISTER_FAMILY, P.VIEW_DASHBOARD,
            P.CHANGE_CONTENT, P.CHANGE_INSTRUMENTS,
        }
    ),
    Role.RESEARCHER: frozenset({P.EXPORT_RESEARCH}),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_USERS, P.CHANGE_INSTRUMENTS}),
    Role.AUDITOR: frozenset({P.VIEW_LOG, P.REVIEW_ACCESS, P.APPROVE_KEYS}),
}  # fmt: skip

# What a coordinator on call has in the whole municipality, where the municipality has chosen so.
ON_CALL: frozenset[Permission] = frozenset({P.BREAK_GLASS})

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: COORDINATOR_GRANT | ASSIGNED_GRANT,
    Role.INTAKE: frozenset(),
    Role.LEAD: COORDINATOR_GRANT | LEAD_GRANT,
    Role.RESEARCHER: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
    Role.AUDITOR: frozenset(),
}


def roles_with(permission: str) -> list[Role]:
    """Roles that have `permission` in their whole municipality."""
    return [role for role, permissions in EVERYWHERE.items() if permission in permissions]


def roles_granted(permission: str) -> list[Role]:
    """Roles that can use `permission` on a family granted to them."""
    return [role for role, permissions in GRANTED.items() if permission in permissions]


def roles_using(permission: str) -> list[Role]:
    """Roles that can ever use `permission`: in their whole municipality, or on a family granted to them."""
    return [role for role in Role if permission in EVERYWHERE[role] | GRANTED[role]]
