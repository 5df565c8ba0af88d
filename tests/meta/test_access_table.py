"""Who may what, on which family: one literal table, and three answers that must all be this table.

The list's queryset (`FamilyQuerySet.permitted`), the database wall (`sec.families`) and what a page draws its buttons
from (`permissions_on`) are written apart from each other. Here they meet, for each role and permission.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from families import assignments, conflicts
from families.actions_protection import change_protection
from families.enums import Protection
from families.models import Family, permissions_on
from families.stages import Step
from nyemonstre.access.roles import COORDINATOR_GRANT, LEAD_GRANT, Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from nyemonstre.refusals import Refused
from tests.factories import Team, a_municipality, a_user, family_at

pytestmark = pytest.mark.django_db

# Seven signs per role, + for may, . for may not:
#   1 own        a family in the person's municipality, nobody has let them in
#   2 granted    let in by name with what a coordinator needs (and a lead to lead)
#   3 expired    was let in until yesterday
#   4 elsewhere  let in by name, but holds no role in that municipality any more
#   5 protected  fortrolig address, nobody has let them in
#   6 named      fortrolig address, let in by name
#   7 shut_out   let in by name, and has a conflict of interest
SITUATIONS = ("own", "granted", "expired", "elsewhere", "protected", "named", "shut_out")
TABLE = """
                    coordinator   intake        lead          researcher    administrator auditor
list_family         .+...+.       .......       +++..+.       .......       .......       .......
view_family         .+...+.       .......       .+...+.       .......       .......       .......
change_family       .+...+.       .......       .+...+.       .......       .......       .......
view_consent        .+...+.       .......       .+...+.       .......       .......       .......
change_consent      .+...+.       .......       .+...+.       .......       .......       .......
view_assessment     .+...+.       .......       .+...+.       .......       .......       .......
change_assessment   .+...+.       .......       .+...+.       .......       .......       .......
view_plan           .+...+.       .......       .+...+.       .......       .......       .......
change_plan         .+...+.       .......       .+...+.       .......       .......       .......
view_journal        .+...+.       .......       .+...+.       .......       .......       .......
change_journal      .+...+.       .......       .+...+.       .......       .......       .......
disclose            .......       .......       .......       .......       .......       .......
register_family     .......       +++....       +++....       .......       .......       .......
assign_coordinator  .......       .......       +++..+.       .......       .......       .......
grant_access        .......       .......       +++..+.       .......       .......       .......
break_glass         .......       .......       +++....       .......       .......       .......
review_access       .......       .......       .......       .......       .......       +++....
override_places     .......       .......       +++....       .......       .......       .......
view_referral       .......       +++....       +++....       .......       .......       .......
decide_referral     .......       +++....       +++....       .......       .......       .......
view_dashboard      .......       .......       +++....       .......       .......       .......
manage_users        .......       .......       .......       .......       +++....       .......
view_log            .......       .......       .......       .......       .......       +++....
change_content      .......       .......       +++....       .......       .......       .......
change_instruments  .......       .......       +++....       .......       +++....       .......
export_research     .......       .......       .......       +++....       .......       .......
approve_keys        .......       .......       .......       .......       .......       +++....
"""

# Which of these a role can use at all: the guard in front of every page asks this first, so that a grant given to the
# wrong person (an administrator, a researcher) opens nothing.
USES = {
    Role.COORDINATOR: COORDINATOR_GRANT | {"disclose"},  # by an assignment alone, so never in the table
    Role.INTAKE: {"register_family", "view_referral", "decide_referral"},
    Role.LEAD: COORDINATOR_GRANT
    | {
        "assign_coordinator", "grant_access", "break_glass", "override_places", "view_referral", "decide_referral",
        "register_family", "view_dashboard", "change_content", "change_instruments",
    },
    Role.RESEARCHER: {"export_research"},
    Role.ADMINISTRATOR: {"manage_users", "change_instruments"},
    Role.AUDITOR: {"view_log", "review_access", "approve_keys"},
}  # fmt: skip


def cells() -> dict[tuple[str, str, str], bool]:
    """(role, permission, situation) → may."""
    header, *lines = TABLE.strip("\n").split("\n")
    found = {}
    for line in lines:
        permission, *groups = line.split()
        for role, group in zip(header.split(), groups, strict=True):
            for situation, sign in zip(SITUATIONS, group, strict=True):
                found[role, permission, situation] = {"+": True, ".": False}[sign]
    return found


def test_the_table_is_complete():
    assert set(cells()) == {(str(r), str(p), s) for r in Role for p in Permission for s in SITUATIONS}


def let_in(family: Family, user: User, by: User) -> None:
    """By the action; for a role that it refuses, by rows written past it, which must open nothing."""
    by = a_user(Role.LEAD, family.municipality) if user == by else by
    facts = {"reason": "Vikar i høstferien", "expires_at": timezone.now() + timedelta(hours=12)}
    with suppress(Refused):
        assignments.grant_access(family, user=user, permissions=COORDINATOR_GRANT, by=by, **facts)
        return
    with acting_as(by):
        assignments.give(family.pk, user=user, permissions=COORDINATOR_GRANT | LEAD_GRANT, by=by, **facts)


def families_around(team: Team, user: User) -> dict[str, Family]:
    """One family for each situation, as `user` meets it."""
    families = {name: family_at(Step.INTAKE, team, name=name) for name in SITUATIONS if name != "elsewhere"}
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        let_in(families["expired"], user, team.lead)
    for name in ("granted", "named", "shut_out"):
        let_in(families[name], user, team.lead)
    another_lead = a_user(Role.LEAD, team.municipality)
    conflicts.shut_out(families["shut_out"], user=user, reason="Nær slekt", by=another_lead)
    for name in ("protected", "named"):
        families[name] = change_protection(
            families[name], protection=Protection.CONFIDENTIAL, reason="Meldt av politiet", by=team.coordinator
        )
    other = Team(a_municipality())
    families["elsewhere"] = family_at(Step.INTAKE, other, name="elsewhere")
    guest = Membership.objects.create(user=user, municipality=other.municipality, role=Role.COORDINATOR)
    let_in(families["elsewhere"], user, other.lead)
    Membership.objects.filter(pk=guest.pk).update(
        valid_from=timezone.localdate() - timedelta(days=9), valid_to=timezone.localdate() - timedelta(days=1)
    )
    return families


@pytest.mark.parametrize("role", Role)
def test_three_answers_are_the_table(role):
    team = Team()
    user = a_user(role, team.municipality)
    families = families_around(team, user)
    expected = {(p, s) for (r, p, s), may in cells().items() if r == role and may}
    by_id = {family.pk: name for name, family in families.items()}

    with acting_as(user):
        permitted, wall = set(), set()
        for permission in Permission:
            rows = Family.objects.permitted(user, permission).values_list("pk", flat=True)
            # what the wall lets this role read at all is part of the list's answer; the rule itself is asked apart
            permitted |= {(str(permission), by_id[pk]) for pk in rows.order_by("pk") if pk in by_id}
            with connection.cursor() as cursor:
                cursor.execute("select sec.families(%s)", [str(permission)])
                wall |= {(str(permission), by_id[pk]) for (pk,) in cursor.fetchall() if pk in by_id}
        drawn = {
            (permission, name)
            for name, family in families.items()
            for permission in permissions_on(family, User.objects.get(pk=user.pk))
        }
    assert wall == expected
    readable = {name for name in SITUATIONS if ("list_family", name) in expected}
    assert permitted == {(p, s) for p, s in expected if s in readable}
    assert drawn == expected


@pytest.mark.parametrize("role", Role)
def test_what_a_role_can_use_at_all(role):
    user = a_user(role, a_municipality())
    assert {str(p) for p in Permission if user.may_use(p)} == {str(p) for p in USES[role]}
