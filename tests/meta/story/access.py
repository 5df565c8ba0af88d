"""What may happen to a family's access. Each rule is a real action, and knows beforehand that it will succeed."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission as DjangoPermission
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from families import assignments, conflicts, emergencies, named_leads
from families.actions_protection import change_protection
from families.enums import AssignmentKind, Protection
from families.grants import BreakGlass, FamilyGroupGrant, ShutOut
from families.models import Assignment
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User

from .beginning import Beginning, day, draft, fresh, hours, refused
from .oracle import BY_GRANT, DAY, LEADS, READS, Followed, Known, Oracle

P = Permission
SENTENCE = "Politiet ringte, og koordinatoren svarer ikke."
# A number picks one of what is possible; a written history names what it means.
WHICH = st.integers(0, 999)


def aimed(possible: Callable[[Any], list[tuple]]) -> Callable:
    """A rule over what is possible now: it is never tried when nothing is, and is given one of the possibilities."""

    def decorate(function: Callable) -> Callable:
        def act(self: Any, which: Any) -> None:
            choices = possible(self)
            if isinstance(which, int):
                chosen = choices[which % len(choices)]
            else:
                chosen = next(c for c in choices if all(word in c for word in which))
            function(self, *chosen)

        act.__name__, act.__doc__ = function.__name__, function.__doc__
        return precondition(lambda self: bool(possible(self)))(rule(which=WHICH)(act))

    return decorate


class Access(Oracle):
    beginning: Beginning
    names: dict[UUID, str]

    # ── What is possible ──────────────────────────────────────────────────────────────────────────────────────────────

    def those_who_may(self, permission: str) -> Iterator[tuple[Known, User]]:
        """Every family, with everybody who has the permission on it."""
        return ((known, user) for known in self.families for user in self.people if self.may(user, permission, known))

    def can_follow(self, user: User, known: Known) -> bool:
        return self.is_here(user, known.place, Role.COORDINATOR) and user.pk not in known.shut_out

    def allotting(self) -> list[tuple]:
        """family, who allots, to whom"""
        return [
            (known, by, user)
            for known, by in self.those_who_may(P.ASSIGN_COORDINATOR)
            for user in self.people
            if self.can_follow(user, known)
        ]

    # ── Who follows ───────────────────────────────────────────────────────────────────────────────────────────────────

    def assigned(
        self, known: Known, by: User, user: User, kind: str, *, start: int = 0, end: int | None = None
    ) -> None:
        row = assignments.assign_coordinator(
            known.family, coordinator=fresh(user), kind=kind, reason="Bytte", at=hours(start), valid_until=hours(end),
            by=fresh(by),
        )  # fmt: skip
        ends = None if end is None else self.hour + end
        known.following[row.pk] = Followed(user.pk, kind, self.hour + start, ends)

    @aimed(lambda self: [choice for choice in self.allotting() if self.responsible(choice[0]) is None])
    def becomes_responsible(self, known: Known, by: User, user: User) -> None:
        self.assigned(known, by, user, AssignmentKind.RESPONSIBLE)

    @aimed(lambda self: [(*choice, start) for choice in self.allotting() for start in (0, DAY)])
    def follows_beside(self, known: Known, by: User, user: User, start: int) -> None:
        """A second coordinator, from now or from this time tomorrow."""
        self.assigned(known, by, user, AssignmentKind.SECOND, start=start)

    @aimed(lambda self: [(*choice, end) for choice in self.allotting() for end in (1, DAY)])
    def stands_in(self, known: Known, by: User, user: User, end: int) -> None:
        """A substitute, for an hour or for exactly a day."""
        self.assigned(known, by, user, AssignmentKind.SUBSTITUTE, end=end)

    @aimed(lambda self: [c for c in self.allotting() if self.responsible(c[0]) not in (None, c[2].pk)])
    def is_handed_over(self, known: Known, by: User, user: User) -> None:
        row = assignments.hand_over(known.family, to=fresh(user), reason="Bytte", by=fresh(by))
        old = next(key for key, _one in self.following(known, AssignmentKind.RESPONSIBLE))
        del known.following[old]
        known.following[row.pk] = Followed(user.pk, AssignmentKind.RESPONSIBLE, self.hour)

    @aimed(
        lambda self: [
            (known, by, key)
            for known, by in self.those_who_may(P.ASSIGN_COORDINATOR)
            for key, _one in self.following(known)
        ]
    )
    def stops_following(self, known: Known, by: User, key: UUID) -> None:
        with acting_as(by):
            row = Assignment.objects.select_related("family__municipality").get(pk=key)
        assignments.end_assignment(row, reason="Ferdig", by=fresh(by))
        del known.following[key]

    # ── Who else is let in, and who is kept out ───────────────────────────────────────────────────────────────────────

    @aimed(
        lambda self: [
            (known, by, user, end)
            for known, by in self.those_who_may(P.GRANT_ACCESS)
            for user in self.people
            if self.is_here(user, known.place, Role.COORDINATOR, Role.LEAD) and user.pk not in {by.pk, *known.shut_out}
            for end in (1, DAY, None)
        ]
    )
    def is_let_in(self, known: Known, by: User, user: User, end: int | None) -> None:
        assignments.grant_access(
            known.family, user=fresh(user), reason="Møte", expires_at=hours(end), by=fresh(by)
        )  # fmt: skip
        given = (READS | LEADS) & set().union(*(BY_GRANT[held.role] for held in self.live_roles(user, known.place)))
        known.named[user.pk] = dict.fromkeys(given, None if end is None else self.hour + end)

    @aimed(lambda self: [(known, by, user) for known, by in self.those_who_may(P.GRANT_ACCESS) for user in known.named])
    def is_let_in_no_more(self, known: Known, by: User, user: UUID) -> None:
        assignments.revoke_access(known.family, user=User.objects.get(pk=user), reason="Ferdig", by=fresh(by))
        del known.named[user]

    @aimed(lambda self: [(*choice, end) for choice in self.those_who_may(P.GRANT_ACCESS) for end in (1, DAY)])
    def a_group_is_let_in(self, known: Known, by: User, end: int) -> None:
        """No page does this yet, so the rows are written by hand, in the name of one who may."""
        with acting_as(by):
            FamilyGroupGrant.objects.filter(content_object=known.family).delete()
            rows = DjangoPermission.objects.filter(codename__in=READS, content_type__app_label="families")
            facts = {"granted_by": by, "reason": "Kveldsvakt", "expires_at": hours(end), "group": self.beginning.group}
            FamilyGroupGrant.objects.bulk_create(
                FamilyGroupGrant(content_object=known.family, permission=row, **facts) for row in rows
            )
        known.group_until = self.hour + end

    @aimed(
        lambda self: [
            (known, by, user)
            for known, by in self.those_who_may(P.GRANT_ACCESS)
            for user in self.people
            if user.pk not in known.shut_out and self.is_here(user, known.place)
        ]
    )
    def is_shut_out(self, known: Known, by: User, user: User) -> None:
        """What else lets the person in stays, and opens nothing."""
        row = conflicts.shut_out(known.family, user=fresh(user), reason="Nær slekt", by=fresh(by))
        known.shut_out[user.pk] = row.pk

    @aimed(
        lambda self: [
            (known, user) for known in self.families for user in self.people
            if self.live_roles(user) and user.pk not in known.shut_out
        ]
    )  # fmt: skip
    def says_oneself_that_one_has_a_conflict(self, known: Known, user: User) -> None:
        """By code. It counts where one works; about the rest nothing is written, and nothing is told."""
        conflicts.declare_conflict(known.family.code, reason="Nær slekt", by=fresh(user))
        if self.is_here(user, known.place):
            with acting_as(user):
                known.shut_out[user.pk] = ShutOut.objects.in_force().get(user=user, family=known.family).pk

    @aimed(
        lambda self: [
            (known, by, out)
            for known in self.families
            for out in known.shut_out
            for by in self.people
            if by.pk not in known.shut_out
            and (self.may(by, P.GRANT_ACCESS, known) or self.can(by, P.REVIEW_ACCESS, known.place))
        ]
    )
    def is_not_shut_out_any_more(self, known: Known, by: User, out: UUID) -> None:
        """By a lead who may know of the family, or by the auditor."""
        with acting_as(by):
            row = ShutOut.objects.get(pk=known.shut_out[out])
        conflicts.lift_shut_out(row, reason="Flyttet fra hverandre", by=fresh(by))
        del known.shut_out[out]

    @aimed(
        lambda self: [
            choice for choice in self.those_who_may(P.BREAK_GLASS) if not self.may(choice[1], P.VIEW_FAMILY, choice[0])
        ]
    )
    def opens_in_need(self, known: Known, by: User) -> None:
        row = emergencies.break_glass(known.family.code, reason=SENTENCE, by=fresh(by))
        known.in_need[row.pk] = (by.pk, self.hour + 1)

    @aimed(
        lambda self: [
            (known, user, key)
            for known in self.families
            for key, (who, end) in known.in_need.items()
            for user in self.people
            if user.pk == who and self.not_over(end) and self.may(user, P.LIST_FAMILY, known)
        ]
    )
    def closes_what_was_opened_in_need(self, known: Known, user: User, key: UUID) -> None:
        with acting_as(user):
            row = BreakGlass.objects.select_related("family").get(pk=key)
        emergencies.end_break_glass(row, by=fresh(user))
        del known.in_need[key]

    @aimed(lambda self: [(*c, level) for c in self.protecting() for level in Protection.values if level != c[0].level])
    def is_protected(self, known: Known, by: User, level: str) -> None:
        known.family = change_protection(known.family, protection=level, reason="Meldt av politiet", by=fresh(by))
        known.level = level

    def protecting(self) -> Iterator[tuple[Known, User]]:
        for known, by in self.those_who_may(P.CHANGE_FAMILY):
            if self.responsible(known) == by.pk or self.is_here(by, known.place, Role.LEAD):
                yield known, by

    def naming(self) -> Iterator[tuple[Known, User]]:
        """Leads who can be named on a family: not yet let in to lead there, and without a conflict of interest."""
        for known in self.families:
            for lead in self.people:
                leads = self.is_here(lead, known.place, Role.LEAD) and lead.pk not in known.shut_out
                if leads and P.GRANT_ACCESS not in known.named.get(lead.pk, {}):
                    yield known, lead

    @aimed(
        lambda self: [
            (known, by, lead)
            for known, lead in self.naming()
            for by in self.people
            if known.hidden and self.responsible(known) == by.pk and self.may(by, P.CHANGE_FAMILY, known)
        ]
    )
    def a_lead_is_named(self, known: Known, by: User, lead: User) -> None:
        named_leads.name_lead(known.family, lead=fresh(lead), reason="Ferie", by=fresh(by))
        known.named.setdefault(lead.pk, {}).update(dict.fromkeys(LEADS))

    @aimed(
        lambda self: [
            (known, by, lead)
            for known, lead in self.naming()
            for by in self.people
            if self.can(by, P.REVIEW_ACCESS, known.place)
        ]
    )
    def a_lead_is_named_by_code(self, known: Known, by: User, lead: User) -> None:
        """The auditor does not know whether there is such a family, and on others than hidden ones nothing happens."""
        named_leads.name_lead_by_code(known.family.code, lead=fresh(lead), reason="Koordinator borte", by=fresh(by))
        if known.hidden and by.pk not in known.shut_out:
            known.named.setdefault(lead.pk, {}).update(dict.fromkeys(LEADS))

    @aimed(
        lambda self: [
            (known, user, wants)
            for known in self.families
            for user in self.people
            for wants in (P.GRANT_ACCESS, P.ASSIGN_COORDINATOR, P.CHANGE_FAMILY, P.CHANGE_CONSENT)
            if not self.may(user, wants, known)
        ]
    )
    def somebody_tries_what_they_may_not(self, known: Known, user: User, wants: str) -> None:
        """With a family in the hand they should never have got."""
        by, family = fresh(user), known.family
        other = fresh(next(person for person in self.people if person.pk != user.pk))
        tries: dict[str, Callable[[], Any]] = {
            P.GRANT_ACCESS: lambda: assignments.grant_access(family, user=other, reason="Nysgjerrig", by=by),
            P.ASSIGN_COORDINATOR: lambda: assignments.hand_over(family, to=by, reason="Min", by=by),
            P.CHANGE_FAMILY: lambda: change_protection(family, protection="client_address", reason="Nei", by=by),
            P.CHANGE_CONSENT: lambda: draft(
                known, self.beginning.services[known.place], set(known.members), first=day(0), last=None, by=by
            ),
        }
        assert refused(tries[wants]), f"{self.names[user.pk]} was let do {wants}"
