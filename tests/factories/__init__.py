"""Arrange by walking: a family is brought to a step by the same actions a person uses, in the name of the right person.

team = Team()                                  a municipality with one person per role
family = family_at(Step.CONSENT, team)         registered, followed by team.coordinator, walked to that step
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from consent import actions as consent_actions
from consent.enums import Answer, How, Purpose
from families import actions, assignments
from families.actions import NewHome, NewMember
from families.enums import MemberRole, Protection
from families.models import Family, Member
from families.stages import ORDER, Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, Municipality, User

_numbers = count(1)


def a_municipality(name: str = "", **facts: Any) -> Municipality:
    number = next(_numbers)
    letters = "".join(chr(ord("A") + number // 26**place % 26) for place in range(4))
    return Municipality.objects.create(
        number=f"{number % 10_000:04d}", name=name or f"Prøvekommune {number}", code=letters, **facts
    )


def a_user(role: str = "", municipality: Municipality | None = None, *, sector: str = "", name: str = "") -> User:
    """A person with one role, in force since a year ago."""
    number = next(_numbers)
    user = User.objects.create_user(f"person{number}@example.test", name or f"Person {number}", "prøve-passord-123")
    if role:
        _a_role(user, role, municipality, sector).save(force_insert=True)
    return user


def _a_role(user: User, role: str, municipality: Municipality | None, sector: str = "") -> Membership:
    sector = sector or ("nav" if role == Role.INTAKE else "")
    began = timezone.localdate() - timedelta(days=365 * 6)
    return Membership(user=user, municipality=municipality, role=role, sector=sector, valid_from=began)


@dataclass
class Team:
    """One municipality with one person in each role, and a second coordinator."""

    municipality: Municipality = field(default_factory=a_municipality)

    def __post_init__(self) -> None:
        people = {str(role): role for role in Role} | {"second_coordinator": Role.COORDINATOR}
        password = make_password("prøve-passord-123")
        for name in people:
            number = next(_numbers)
            user = User(email=f"person{number}@example.test", name=f"Person {number}", password=password)
            setattr(self, name, user)
        # All of them at once: a third of the tests begin with a team.
        User.objects.bulk_create(getattr(self, name) for name in people)
        Membership.objects.bulk_create(
            _a_role(getattr(self, name), role, self.municipality) for name, role in people.items()
        )


def a_file(content: bytes = b"Et ark.\n", name: str = "ark.txt") -> SimpleUploadedFile:
    """An uploaded file, plain text unless other content is given."""
    return SimpleUploadedFile(name, content)


def people(surname: str = "Prøve") -> list[NewMember]:
    """A mother, a father in his own home, a girl of 13 who lives half the time with each, and a boy of 7."""
    today = timezone.localdate()
    born = [date(today.year - age, 3, 14) for age in (38, 42, 13, 7)]
    both = (("Hos mor", 50), ("Hos far", 50))
    return [
        NewMember("Mor", surname, born[0], MemberRole.ADULT, "mor", "arabisk", True, (("Hos mor", 100),)),
        NewMember("Far", surname, born[1], MemberRole.ADULT, "far", homes=(("Hos far", 100),)),
        NewMember("Jente", surname, born[2], MemberRole.CHILD, "datter", homes=both),
        NewMember("Gutt", surname, born[3], MemberRole.CHILD, "sønn", homes=(("Hos mor", 100),)),
    ]


def family_at(
    step: str = Step.INTAKE,
    team: Team | None = None,
    *,
    name: str = "Prøve",
    on: date | None = None,
    protection: str = Protection.NONE,
    followed: bool = True,
) -> Family:
    """A family for whom `step` is the last one reached, each step on the day `on` (default today).

    `followed=False` leaves it without a coordinator, and then only INTAKE can be reached.
    """
    team = team or Team()
    on = on or timezone.localdate()
    family = actions.register(
        team.municipality, name=name, members=people(name), homes=[NewHome("Hos mor"), NewHome("Hos far")],
        protection=protection, referred_on=on, allotted_on=on, by=team.intake,
    )  # fmt: skip
    if followed:
        assignments.assign_coordinator(family, coordinator=team.coordinator, by=team.intake)
    for later in ORDER[2 : ORDER.index(step) + 1]:
        _STEPS.get(later, _just_reach)(family, later, team, on)
    with acting_as(team.coordinator if followed else team.lead):
        return Family.objects.select_related("municipality").get(pk=family.pk)


def _just_reach(family: Family, step: str, team: Team, on: date) -> None:
    actions.reach(family, step=step, on=on, by=team.coordinator)


def _consent(family: Family, step: str, team: Team, on: date) -> None:
    """Everybody says yes to taking part."""
    with acting_as(team.coordinator):
        members = list(Member.objects.filter(family=family).select_related("family__municipality"))
    parents = ", ".join(member.full_name for member in members if member.is_adult)
    for member in members:
        consent_actions.record_consent(
            member, purpose=Purpose.PARTICIPATION, answer=Answer.GIVEN, how=How.SIGNED,
            given_by=member.full_name if member.is_adult else parents,
            child_heard="" if member.is_adult else "Vil gjerne være med.", on=on, by=team.coordinator,
        )  # fmt: skip


# How each step is really reached; what is not here has no action of its own above families.reach.
_STEPS = {Step.CONSENT: _consent}
