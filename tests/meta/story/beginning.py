"""Where every history begins, and the few words the rules share."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from consent import actions as consent_actions
from consent.enums import Answer, How, Purpose
from consent.models import AgreementLine, Contact, Service
from families import actions, assignments
from families.models import Assignment, Family, Member
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user
from tests.factories.everything import family_with_everything
from tests.referrals.making import decided, sent

from .oracle import Followed, Held, Known, Line

# Who is in the story, and who is asked about everything each time: of the second municipality only those who can follow
# a family or come over, and the administrators, who never see one, only when a history begins and ends.
HERE = ("coordinator", "second_coordinator", "lead", "another_lead", "intake", "auditor", "administrator")
THERE = ("coordinator", "lead", "administrator")


def start_of_transaction() -> Any:
    """PostgreSQL's now(), which stands still as long as one transaction does."""
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        return cursor.fetchone()[0]


class Beginning:
    """Two municipalities, made once. A whole family in each; in the first also one that came by a henvendelse.

    In each municipality a henvendelse waits besides. Somebody of either is in a group that can be let in.
    """

    def __init__(self) -> None:
        self.teams = [Team(), Team()]
        here, there = self.teams
        here.another_lead = a_user(Role.LEAD, here.municipality)
        people = [*((here, name) for name in HERE), *((there, name) for name in THERE)]
        self.people: list[User] = [getattr(team, name) for team, name in people]
        self.names: dict[UUID, str] = {
            getattr(team, name).pk: f"{name} {'here' if team is here else 'there'}" for team, name in people
        }
        self.services = [self._a_service(team) for team in self.teams]
        self.waiting = {sent(team, "Venter").pk: place for place, team in enumerate(self.teams)}
        self.families = [
            (0, None, family_with_everything(self.teams[0], "Hel")),
            (0, *self._family_from_referral(self.teams[0])),
            (1, None, family_with_everything(self.teams[1], "Annen")),
        ]
        self.group = Group.objects.create(name="Kveldsvakt")
        self.in_group = {here.second_coordinator.pk, there.coordinator.pk}
        for pk in self.in_group:
            User.objects.get(pk=pk).groups.add(self.group)
        self.asked: dict[Any, Any] = {}
        self.names |= {family.pk: family.name for _place, _referral, family in self.families}

    def _a_service(self, team: Team) -> Service:
        by = team.coordinator
        return consent_actions.add_service(team.municipality, name="Skolen", sector="school", by=by)

    def _family_from_referral(self, team: Team) -> tuple[UUID, Family]:
        referral = sent(team, "Ny")
        family = decided(referral, team).family
        assignments.assign_coordinator(family, coordinator=team.coordinator, by=team.intake)
        actions.reach(family, step=Step.INFORMATION, by=team.coordinator)
        with acting_as(team.coordinator):
            return referral.pk, Family.objects.select_related("municipality").get(pk=family.pk)

    def roles(self) -> dict[UUID, list[Held]]:
        found: dict[UUID, list[Held]] = {user.pk: [] for user in self.people}
        today, towns = timezone.localdate(), [team.municipality.pk for team in self.teams]
        for row in Membership.objects.filter(user__in=self.people).order_by("pk"):
            first = (row.valid_from - today).days
            found[row.user_id].append(Held(row.pk, towns.index(row.municipality_id), row.role, first))
        return found

    def known(self) -> list[Known]:
        """The families as they are at the start of each history."""
        found = []
        for place, referral, family in self.families:
            with acting_as(self.teams[place].coordinator):
                members = list(family.members.order_by("birth_date").values_list("pk", flat=True))
                row = Assignment.objects.live().get(family=family)
                contact = Contact.objects.filter(family=family).first()
                out = {one.user_id: one.pk for one in family.shut_outs.order_by("pk")}
            one = Known(family, place, members, referral, shut_out=out)
            one.following[row.pk] = Followed(row.user_id, row.kind, start=0)
            if contact:
                one.said_yes = dict.fromkeys(members)
                one.lines[contact.pk] = Line(set(members), row.user_id, "signed", first=0)
            found.append(one)
        return found


# ── What depends on how consents and agreements are written down ──────────────────────────────────────────────────────


def say(member: UUID, *, yes: bool, by: User, last_day: date | None = None) -> None:
    """One person says yes to taking part, or takes it back."""
    with acting_as(by):
        row = Member.objects.select_related("family__municipality").get(pk=member)
        adults = [one.full_name for one in row.family.members.order_by("pk") if one.is_adult]
    facts = {
        "how": How.SIGNED, "given_by": row.full_name if row.is_adult else ", ".join(adults),
        "child_heard": "" if row.is_adult else "Ja, gjerne.", "one_parent_reason": "Bor alene med barna.",
    }  # fmt: skip
    answer = Answer.GIVEN if yes else Answer.WITHDRAWN
    consent_actions.record_consent(
        row, purpose=Purpose.PARTICIPATION, answer=answer, valid_until=last_day if yes else None, by=by, **facts
    )


def draft(known: Known, service: Service, members: set[UUID], *, first: date, last: date | None, by: User) -> UUID:
    """A line about the school, with a contact in it; gives the contact."""
    with acting_as(by):
        covered = list(Member.objects.filter(pk__in=members))
    line = consent_actions.draft_line(
        known.family, service=service, members=covered, topics=["school"], valid_from=first, valid_to=last,
        contact={"name": "Lærer"}, by=by,
    )  # fmt: skip
    return line.contact_id


def _line(contact: UUID, by: User) -> AgreementLine:
    with acting_as(by):
        return AgreementLine.objects.select_related("family__municipality").get(contact_id=contact)


def sign(contact: UUID, *, by: User) -> None:
    consent_actions.sign_line(_line(contact, by), how=How.SIGNED, signed_by="Mor", by=by)


def take_back(contact: UUID, *, by: User) -> None:
    consent_actions.end_line(_line(contact, by), reason="Ønsker det ikke", by=by)


# ── Small words ───────────────────────────────────────────────────────────────────────────────────────────────────────


def fresh(user: User) -> User:
    """Without the roles it has read before."""
    return User.objects.get(pk=user.pk)


def day(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


def hours(n: int | None) -> Any:
    """The moment in `n` hours; None stays."""
    return None if n is None else timezone.now() + timedelta(hours=n)


def a_day_passes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select sec.story_goes_on(1)")


def refused(function: Any, *args: Any, **facts: Any) -> bool:
    """Was it? What was refused has not happened."""
    try:
        with transaction.atomic():
            function(*args, **facts)
    except (Refused, PermissionDenied, Family.DoesNotExist, Assignment.DoesNotExist):
        return True
    return False
