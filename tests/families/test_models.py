"""What must always hold, said by the database itself. One attempt against each named constraint."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from families import assignments
from families.enums import AssignmentKind, FamilyState
from families.exits import Exit
from families.grants import FamilyGroupGrant, FamilyUserGrant
from families.history import FormerResidence, ProtectionChange
from families.models import Assignment, Family, Household, Member, Milestone, Residence
from families.reminders import Reminder
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.postgres.creation import as_owner
from tests.factories import Team, family_at

NOW = timezone.now()
TODAY = timezone.localdate()


def change_family(**facts):
    return "coordinator", lambda w: Family.objects.filter(pk=w.family.pk).update(**facts)


def change_member(**facts):
    return "coordinator", lambda w: Member.objects.filter(family=w.family).update(**facts)


def new_milestone(**facts):
    facts = {"step": Step.REVIEW, "number": 3, **facts}
    return "coordinator", lambda w: Milestone(family=w.family, **facts).save(force_insert=True)


def new_residence(share):
    def make(w):
        member = Member.objects.filter(family=w.family).first()
        home = Household.objects.create(family=w.family, name="Nytt")
        Residence.objects.create(family=w.family, member=member, household=home, share=share)

    return "coordinator", make


def same_residence(w):
    row = Residence.objects.filter(family=w.family).first()
    Residence.objects.create(family=w.family, member_id=row.member_id, household_id=row.household_id, share=50)


def new_stay(**facts):
    def make(w):
        member, home = Member.objects.filter(family=w.family).first(), Household.objects.filter(family=w.family).first()
        facts.setdefault("share", 50)
        FormerResidence(
            family=w.family, member=member, household=home, recorded_by=w.team.coordinator, **{"until": TODAY, **facts}
        ).save(force_insert=True)

    return "coordinator", make


def new_change(**facts):
    def make(w):
        made = {name: model.objects.filter(family=w.family).first() for name, model in facts.pop("of", {}).items()}
        ProtectionChange(family=w.family, changed_by=w.team.coordinator, **made, **facts).save(force_insert=True)

    return "coordinator", make


def new_exit(**facts):
    def make(w):
        row = {"ended_on": TODAY, "because": "moved", "reason": "x", "recorded_by": w.team.coordinator, **facts}
        for _twice in range(2):
            Exit(family=w.family, **row).save(force_insert=True)

    return "coordinator", make


def new_assignment(**facts):
    def make(w):
        facts.setdefault("user", w.team.second_coordinator)
        Assignment(family=w.family, assigned_by=w.team.lead, **facts).save(force_insert=True)

    return "lead", make


def grant_row(w, model, who, reason):
    permission = DjangoPermission.objects.get(codename="view_plan", content_type__app_label="families")
    facts = {"content_object": w.family, "permission": permission, "granted_by": w.team.lead, "reason": reason}
    model.objects.bulk_create([model(**facts, **who)])


def user_grants(*reasons):
    def make(w):
        for reason in reasons:
            grant_row(w, FamilyUserGrant, {"user": w.team.lead}, reason)

    return "lead", make


def group_grants(*reasons):
    def make(w):
        group = Group.objects.create(name="vakt")
        for reason in reasons:
            grant_row(w, FamilyGroupGrant, {"group": group}, reason)

    return "lead", make


ATTEMPTS = {
    "family_pause_has_day_and_reason": change_family(state=FamilyState.PAUSED, paused_on=TODAY, pause_reason=""),
    "family_close_has_day_and_reason": change_family(state=FamilyState.CLOSED, closed_on=TODAY, closed_reason=""),
    "family_pause_dates_in_order": change_family(
        state=FamilyState.PAUSED, paused_on=TODAY, paused_until=TODAY - timedelta(days=1), pause_reason="Ferie"
    ),
    "household_postcode_four_digits": (
        "coordinator", lambda w: Household.objects.filter(family=w.family).update(postcode="46"),
    ),
    "member_interpreter_has_language": change_member(needs_interpreter=True, language=""),
    "residence_once": ("coordinator", same_residence),
    "residence_share_percent": new_residence(0),
    "former_residence_share_percent": new_stay(share=0),
    "former_residence_dates_in_order": new_stay(since=TODAY + timedelta(days=1)),
    "protection_change_has_reason": new_change(reason=""),
    "protection_change_is_about_one_thing": new_change(reason="x", of={"member": Member, "household": Household}),
    "exit_one_at_a_time": new_exit(),
    "exit_for_a_reason": new_exit(reason=""),
    "exit_reopened_by_somebody_for_a_reason": new_exit(reopened_on=TODAY),
    "milestone_once": new_milestone(step=Step.INTAKE, number=1),
    "milestone_number_from_one": new_milestone(number=0),
    "milestone_reached_by_somebody": new_milestone(reached_on=TODAY),
    "milestone_undone_by_somebody_for_a_reason": new_milestone(undone_at=NOW),
    "milestone_window_in_order": new_milestone(
        due_from=TODAY, due_on=TODAY - timedelta(days=1), due_until=TODAY + timedelta(days=1)
    ),
    "assignment_one_responsible": new_assignment(),
    "assignment_dates_in_order": new_assignment(
        kind=AssignmentKind.SECOND, valid_from=NOW, valid_until=NOW - timedelta(hours=1)
    ),
    "assignment_substitute_has_end": new_assignment(kind=AssignmentKind.SUBSTITUTE),
    "user_grant_once": user_grants("Vakt", "Vakt"),
    "user_grant_has_reason": user_grants(""),
    "group_grant_once": group_grants("Vakt", "Vakt"),
    "group_grant_has_reason": group_grants(""),
}  # fmt: skip
# Reminders are written by the job alone, so these are tried as the owner, below. Codes are counted, see there.
ELSEWHERE = {"reminder_once_a_day", "reminder_about_something", "family_code_unique"}


def test_each_constraint_of_families_has_an_attempt():
    """Here, or named in the test of what it is about."""
    named = {c.name for model in apps.get_app_config("families").get_models() for c in model._meta.constraints}
    assert set(ATTEMPTS) <= named
    others = "".join(
        path.read_text() for path in Path(__file__).parent.rglob("test_*.py") if path.name != "test_models.py"
    )
    assert not {name for name in named - set(ATTEMPTS) - ELSEWHERE if f'"{name}"' not in others}


@pytest.fixture
def world(db):
    team = Team()
    return SimpleNamespace(team=team, family=family_at(Step.INTAKE, team))


@pytest.mark.parametrize("name", sorted(ATTEMPTS))
def test_the_database_refuses(world, name):
    role, attempt = ATTEMPTS[name]
    with acting_as(getattr(world.team, role)), pytest.raises(IntegrityError, match=name), transaction.atomic():
        attempt(world)


def test_two_families_never_share_a_code(world):
    other = family_at(Step.INTAKE, world.team)
    assert other.code != world.family.code
    refused = pytest.raises(IntegrityError, match="family_code_unique")
    with acting_as(world.team.coordinator), refused, transaction.atomic():
        Family.objects.filter(pk=other.pk).update(code=world.family.code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("reminder_once_a_day", [{"open_windows": 1}, {"open_windows": 2}]),
        ("reminder_about_something", [{"open_windows": 0}]),
    ],
)
def test_reminders(name, rows):
    user = Team().coordinator
    reminders = [Reminder(user=user, day=date(2026, 11, 22), **row) for row in rows]
    with as_owner(connection), pytest.raises(IntegrityError, match=name), transaction.atomic():
        Reminder.objects.bulk_create(reminders)


def test_one_responsible_after_the_other_is_fine_and_side_by_side_is_not(world):
    """The constraint is about time: end and begin at the same moment do not overlap."""
    lead, at = world.team.lead, timezone.now() + timedelta(seconds=1)
    assignments.hand_over(world.family, to=world.team.second_coordinator, reason="Bytte", at=at, by=lead)
    with acting_as(lead):
        kept = Assignment.objects.filter(family=world.family, kind=AssignmentKind.RESPONSIBLE)
        assert kept.count() == 2
        first, second = kept.order_by("valid_from")
        assert first.valid_until == second.valid_from


def test_substitutes_and_seconds_may_stand_beside(world):
    for kind in (AssignmentKind.SUBSTITUTE, AssignmentKind.SECOND):
        assignments.assign_coordinator(
            world.family, coordinator=world.team.second_coordinator, kind=kind, reason="Ferie", by=world.team.lead,
            valid_until=timezone.now() + timedelta(days=3),
        )  # fmt: skip
    with acting_as(world.team.lead):
        assert Assignment.objects.live().filter(family=world.family).count() == 3


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2010, 5, 17), date(2026, 5, 16), 15),
        (date(2010, 5, 17), date(2026, 5, 17), 16),
    ],
)
def test_age_in_whole_years(born, day, age):
    assert Member(birth_date=born).age(day) == age


def test_of_age_on_the_birthday():
    assert Member(birth_date=date(2009, 2, 2)).turns_18_on == date(2027, 2, 2)
