"""Who may see what, in plain words and plain Python: what tests/meta/test_access_property.py holds everything to.

Nothing here asks a queryset, a policy or the role table of the code. What each role may is read from the literal table
of test_access_table.py; the rest is written from DOMAIN.md. Moments are whole hours since the story began, days are
whole days; `None` as an end means that there is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from families.models import Family
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import User
from tests.factories import Team
from tests.meta.test_access_table import cells

P = Permission
DAY = 24


def _column(situation: str) -> dict[str, set[str]]:
    """What each role may in one situation of the table."""
    table = cells()
    return {str(r): {str(p) for p in Permission if table[str(r), str(p), situation]} for r in Role}


# In the whole municipality; there on families with one of the two strict protections; and by a grant alone.
EVERYWHERE, ON_HIDDEN, BY_GRANT = _column("own"), _column("protected"), _column("named")

READS = {P.LIST_FAMILY, P.VIEW_FAMILY, P.VIEW_CONSENT, P.VIEW_ASSESSMENT, P.VIEW_PLAN, P.VIEW_JOURNAL}
CHANGES = {P.CHANGE_FAMILY, P.CHANGE_CONSENT, P.CHANGE_ASSESSMENT, P.CHANGE_PLAN, P.CHANGE_JOURNAL}
FOLLOWS = READS | CHANGES | {P.DISCLOSE}
# What a role can use where it follows, and is never given otherwise.
BY_ASSIGNMENT = {str(Role.COORDINATOR): {str(P.DISCLOSE)}}
LEADS = {P.LIST_FAMILY, P.ASSIGN_COORDINATOR, P.GRANT_ACCESS}


@dataclass
class Held:
    """A role somebody holds in municipality number `place`, from day to day, both included."""

    key: UUID
    place: int
    role: str
    first: int
    last: int | None = None


@dataclass
class Followed:
    """An assignment. It opens the family from `start` and no longer at `end`."""

    user: UUID
    kind: str
    start: int
    end: int | None = None


@dataclass
class Line:
    """A line of the agreement that carries a contact; in force on both its days."""

    covers: set[UUID]
    drafted_by: UUID
    state: str
    first: int
    last: int | None = None


@dataclass(eq=False)
class Known:
    """What the oracle knows of one family."""

    family: Family
    place: int
    members: list[UUID]
    referral: UUID | None = None
    level: str = "none"
    following: dict[UUID, Followed] = field(default_factory=dict)  # by assignment
    named: dict[UUID, dict[str, int | None]] = field(default_factory=dict)  # user → permission → end
    in_need: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)  # break-glass → user, end
    group_until: int | None = -1
    shut_out: dict[UUID, UUID] = field(default_factory=dict)  # user → the row
    said_yes: dict[UUID, int | None] = field(default_factory=dict)  # member → last day
    lines: dict[UUID, Line] = field(default_factory=dict)  # by contact

    @property
    def hidden(self) -> bool:
        return self.level in ("confidential", "strictly_confidential")


class Oracle:
    """Who sees what. Whoever uses it keeps the facts below up to date, and `hour` when time passes.

    Everything is kept in the order in which it happened, never by id, so that a history told again is the same one.
    """

    teams: list[Team]
    people: list[User]
    in_group: set[UUID]

    def __init__(self) -> None:
        self.hour = 0
        self.families: list[Known] = []
        self.roles: dict[UUID, list[Held]] = {}
        self.closed: set[UUID] = set()

    @property
    def today(self) -> int:
        return self.hour // DAY

    # ── What holds now ────────────────────────────────────────────────────────────────────────────────────────────────

    def not_over(self, end: int | None) -> bool:
        return end is None or end > self.hour

    def live_roles(self, user: User, place: int | None = None) -> list[Held]:
        """A closed login holds none."""
        return [
            held
            for held in self.roles[user.pk]
            if user.pk not in self.closed
            and held.place in (place, held.place if place is None else None)
            and held.first <= self.today
            and (held.last is None or held.last >= self.today)
        ]

    def is_here(self, user: User, place: int, *roles: str) -> bool:
        """Works there today: in one of these roles, or in any when none is given."""
        return any(not roles or held.role in roles for held in self.live_roles(user, place))

    def can(self, user: User, permission: str, place: int) -> bool:
        """In the municipality, whichever family."""
        return any(permission in EVERYWHERE[held.role] for held in self.live_roles(user, place))

    def following(self, known: Known, kind: str = "") -> Iterator[tuple[UUID, Followed]]:
        """Assignments in force."""
        for key, one in known.following.items():
            if one.start <= self.hour and self.not_over(one.end) and kind in ("", one.kind):
                yield key, one

    def responsible(self, known: Known) -> UUID | None:
        return next((one.user for _key, one in self.following(known, "responsible")), None)

    def taking_part(self, known: Known) -> set[UUID]:
        return {member for member, last in known.said_yes.items() if last is None or last >= self.today}

    # ── Who may ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def granted(self, user: User, known: Known) -> set[str]:
        """What they have been given on this family, whether or not their role can use it."""
        given: set[str] = set()
        if any(one.user == user.pk for _key, one in self.following(known)):
            given |= FOLLOWS
        given |= {permission for permission, end in known.named.get(user.pk, {}).items() if self.not_over(end)}
        if any(who == user.pk and self.not_over(end) for who, end in known.in_need.values()):
            given |= READS
        if user.pk in self.in_group and self.not_over(known.group_until):
            given |= READS
        return given

    def may(self, user: User, permission: str, known: Known) -> bool:
        """Never with a conflict of interest. Else by role in the family's municipality, unless it is hidden; or by what
        they have been given, while they hold a role there that can use it."""
        if user.pk in known.shut_out:
            return False
        by_role = ON_HIDDEN if known.hidden else EVERYWHERE
        given = permission in self.granted(user, known)
        return any(
            permission in by_role[held.role]
            or (given and permission in BY_GRANT[held.role] | BY_ASSIGNMENT.get(held.role, set()))
            for held in self.live_roles(user, known.place)
        )

    def families_of(self, user: User, permission: str) -> set[UUID]:
        return {known.family.pk for known in self.families if self.may(user, permission, known)}

    def uses(self, user: User, permission: str) -> bool:
        """Has a role, anywhere, that can ever use it."""
        return any(
            permission in EVERYWHERE[held.role] | BY_GRANT[held.role] | BY_ASSIGNMENT.get(held.role, set())
            for held in self.live_roles(user)
        )

    def contacts(self, user: User) -> set[UUID]:
        """While somebody in the family takes part: those of lines in force, and of the drafts one wrote oneself."""
        return {
            contact
            for known in self.families
            if self.taking_part(known) and self.may(user, P.VIEW_CONSENT, known)
            for contact, line in known.lines.items()
            if (line.state == "signed" and line.first <= self.today and (line.last is None or line.last >= self.today))
            or (line.state == "draft" and line.drafted_by == user.pk)
        }

    def sees_referral(self, user: User, referral: UUID, place: int) -> bool:
        """The intake team, unless it became a family that is hidden or that one is shut out of; and who is inside."""
        known = next((known for known in self.families if known.referral == referral), None)
        if known is None:
            return self.can(user, P.VIEW_REFERRAL, place)
        stays = not known.hidden and user.pk not in known.shut_out
        return (stays and self.can(user, P.VIEW_REFERRAL, place)) or self.may(user, P.VIEW_FAMILY, known)
