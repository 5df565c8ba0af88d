"""What may happen to people's roles and logins, to the calendar, and to what the family has said."""

from collections.abc import Callable
from uuid import UUID

from hypothesis.stateful import rule

from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts import actions as account_actions
from nyemonstre.accounts.models import Membership, User

from .access import Access, aimed
from .beginning import a_day_passes, day, draft, fresh, say, sign, take_back
from .oracle import DAY, Held, Known, Line

P = Permission


class People(Access):
    # ── The clock ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def a_day_passes(self) -> None:
        a_day_passes()
        self.hour += DAY

    # ── Who works where ───────────────────────────────────────────────────────────────────────────────────────────────

    def administrators(self, place: int) -> list[User]:
        return [user for user in self.people if self.is_here(user, place, Role.ADMINISTRATOR)]

    def held_roles(self) -> list[tuple]:
        """who, their role, the administrator of the place. Administrators stay, or nobody could go on."""
        return [
            (user, held, by)
            for user in self.people
            for held in self.live_roles(user)
            for by in self.administrators(held.place)
            if held.role != Role.ADMINISTRATOR
        ]

    @aimed(held_roles)
    def has_their_last_day_today(self, user: User, held: Held, by: User) -> None:
        """It is still a day of work; tomorrow is not. Entered with the role, so there is no action that moves it."""
        Membership.objects.filter(pk=held.key).update(valid_to=day(0))
        held.last = self.today

    @aimed(
        lambda self: [
            (*held, role, first)
            for held in self.held_roles()
            for role in (Role.COORDINATOR, Role.LEAD)
            for first in (0, 1)
            if self.administrators(1 - held[1].place)
        ]
    )
    def moves_to_the_other_municipality(self, user: User, held: Held, by: User, role: str, first: int) -> None:
        """Leaves at once, and begins there today or tomorrow."""
        account_actions.end_role(Membership.objects.get(pk=held.key), by=fresh(by))
        held.last = self.today - 1
        there = 1 - held.place
        row = account_actions.give_role(
            fresh(user), municipality=self.teams[there].municipality, role=role, valid_from=day(first),
            by=fresh(self.administrators(there)[0]),
        )  # fmt: skip
        self.roles[user.pk].append(Held(row.pk, there, str(role), self.today + first))

    @aimed(held_roles)
    def has_their_login_closed(self, user: User, held: Held, by: User) -> None:
        self._set_active(user, False, held.place, by)
        self.closed.add(user.pk)

    @aimed(
        lambda self: [
            (user, place, by)
            for user in self.people
            if user.pk in self.closed
            for place in sorted({held.place for held in self.roles[user.pk]})
            for by in self.administrators(place)
        ]
    )
    def has_their_login_opened(self, user: User, place: int, by: User) -> None:
        self._set_active(user, True, place, by)
        self.closed.discard(user.pk)

    def _set_active(self, user: User, active: bool, place: int, by: User) -> None:
        account_actions.set_active(
            fresh(user), active=active, municipality=self.teams[place].municipality, by=fresh(by)
        )  # fmt: skip

    # ── What the family has said ──────────────────────────────────────────────────────────────────────────────────────

    def inside(self, wanted: Callable[[Known], list]) -> list[tuple]:
        """family, somebody who may change consents, and one of what is wanted there"""
        return [(known, by, one) for known, by in self.those_who_may(P.CHANGE_CONSENT) for one in wanted(known)]

    @aimed(
        lambda self: [(*choice, last) for choice in self.inside(lambda known: known.members) for last in (0, 1, None)]
    )
    def says_yes(self, known: Known, by: User, member: UUID, last: int | None) -> None:
        """Until today, until tomorrow, or for good."""
        say(member, yes=True, by=fresh(by), last_day=None if last is None else day(last))
        known.said_yes[member] = None if last is None else self.today + last

    @aimed(lambda self: self.inside(lambda known: [one for one in known.said_yes if one in self.taking_part(known)]))
    def takes_the_yes_back(self, known: Known, by: User, member: UUID) -> None:
        """Lines that then cover nobody who takes part end, and all of them when nobody is left."""
        say(member, yes=False, by=fresh(by))
        del known.said_yes[member]
        left = self.taking_part(known)
        for line in known.lines.values():
            if not left or (member in line.covers and not line.covers & left):
                line.state = "ended"

    @aimed(
        lambda self: [
            (*choice, first, last)
            for choice in self.inside(lambda known: [frozenset(known.members), frozenset(known.members[:1])])
            if self.taking_part(choice[0])
            for first, last in ((0, None), (0, 0), (1, None), (0, 1))
        ]
    )
    def a_line_is_drafted(self, known: Known, by: User, covers: frozenset, first: int, last: int | None) -> None:
        ends = None if last is None else day(last)
        service = self.beginning.services[known.place]
        contact = draft(known, service, covers, first=day(first), last=ends, by=fresh(by))
        end = None if last is None else self.today + last
        known.lines[contact] = Line(set(covers), by.pk, "draft", self.today + first, end)

    def lines(self, *states: str) -> Callable[[Known], list]:
        return lambda known: [key for key, line in known.lines.items() if line.state in states]

    def to_sign(self, known: Known) -> list:
        """While somebody takes part, and before the line is over."""
        drafts = self.lines("draft")(known) if self.taking_part(known) else []
        return [key for key in drafts if known.lines[key].last is None or known.lines[key].last >= self.today]

    @aimed(lambda self: self.inside(self.to_sign))
    def a_line_is_signed(self, known: Known, by: User, contact: UUID) -> None:
        sign(contact, by=fresh(by))
        known.lines[contact].state = "signed"

    @aimed(lambda self: self.inside(self.lines("draft", "signed")))
    def a_line_is_ended(self, known: Known, by: User, contact: UUID) -> None:
        take_back(contact, by=fresh(by))
        known.lines[contact].state = "ended"
