"""From the people in a henvendelse to the members of a family. Pure functions.

A child is a child of this family when it lives at least half the time in a home where one of the adults lives
(R-E5; 50 itself counts). A child who lives here less stays with the family as «tilknyttet barn», never dropped.
"""

from collections.abc import Iterable, Sequence

from families.actions import NewHome, NewMember
from families.enums import MemberRole

from .enums import PersonRole
from .models import ReferredPerson

HALF = 50


def same(name: str) -> str:
    """Two spellings of one home («Hos mor», « hos  Mor») are the same home."""
    return " ".join(name.split()).casefold()


def share_here(person: ReferredPerson, people: Iterable[ReferredPerson]) -> int:
    """How much of the time, in percent, `person` lives in a home where one of the adults lives."""
    adults = {same(home) for adult in people if adult.role == PersonRole.ADULT for home, _share in adult.homes}
    return sum(share for home, share in person.homes if same(home) in adults)


def member_role(person: ReferredPerson, people: Sequence[ReferredPerson]) -> str:
    if person.role == PersonRole.ADULT:
        return MemberRole.ADULT
    return MemberRole.CHILD if share_here(person, people) >= HALF else MemberRole.RELATED_CHILD


def new_members(people: Sequence[ReferredPerson]) -> tuple[list[NewMember], list[NewHome]]:
    """What `families.actions.register` wants: every person, and every home that is named."""
    names: dict[str, str] = {}
    for person in people:
        for home, _share in person.homes:
            names.setdefault(same(home), " ".join(home.split()))
    members = [
        NewMember(
            person.first_name, person.last_name, person.birth_date, member_role(person, people), person.relation,
            person.language, person.needs_interpreter,
            tuple((names[same(home)], share) for home, share in person.homes),
        )
        for person in people
    ]  # fmt: skip
    return members, [NewHome(name) for name in names.values()]
