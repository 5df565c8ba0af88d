"""Two homes, young people and places in the demo: what was answered to «hvem kan få dette på papir»."""

from datetime import datetime, timedelta
from typing import Any

from families.actions_places import hold_places, set_places
from families.enums import Audience
from families.marks import Homes, Mark
from families.models import Member
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from plans.actions import write_entry
from plans.enums import JournalKind

from .clock import travelling_to

# The municipality in which coordinators have numbers of their own.
UNEVEN = "4204"


def mark_of(member: Member, by: User) -> Mark:
    """In two homes a mother speaks for her own home only, and everybody else lets both see."""
    with acting_as(by):
        homes = Homes(member.family)
        own = sorted(homes.of(member.pk))
    if not homes.two or not own:
        return Mark()
    if member.relation == "mor":
        return Mark(Audience.HOME, home=own[0])
    return Mark(Audience.BOTH)


def keep_for_the_young(walk: Any) -> None:
    """The eldest child of 12 or more asks that the parents do not see a note."""
    with acting_as(walk.by):
        young = Homes(walk.family).young
    if young:
        write_entry(
            walk.family, kind=JournalKind.OFFICE_TALK, text=walk.town.say("kept"), members=young[:1],
            mark=Mark(Audience.KEPT, member=young[0].pk), by=walk.by,
        )  # fmt: skip


def own_numbers(town: Any, now: datetime) -> None:
    """One coordinator holds a place back, another works less than full time."""
    people = town.people[Role.COORDINATOR]
    if town.place.number != UNEVEN or Membership.objects.filter(user__in=people, places__isnull=False).exists():
        return
    with travelling_to(now - timedelta(days=40)):
        lead = town.people[Role.LEAD][0]
        set_places(town.municipality, coordinator=people[2], places=9, reason="Åtti prosent stilling", by=lead)
        hold_places(town.municipality, coordinator=people[1], held=1, by=people[1])
