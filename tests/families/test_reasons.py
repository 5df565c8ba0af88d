"""Whoever gives, takes or opens access says why, and the log keeps it; the address protection says nothing there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from families import assignments, conflicts, emergencies, named_leads
from families.actions_protection import change_protection
from families.enums import AssignmentKind, Protection
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.audit.presenters import family_with_code, present
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db


def reasons(team):
    with acting_as(team.auditor):
        return list(
            Event.objects.permitted(team.auditor).exclude(reason="").order_by("at").values_list("what", "reason")
        )


def test_every_action_on_access_keeps_its_reason():
    team = Team()
    family, other = (family_at(Step.INTAKE, team) for _one in range(2))
    lead, colleague = team.lead, a_user(Role.COORDINATOR, team.municipality)
    soon, later = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(days=9)
    substitute = assignments.assign_coordinator(
        family, coordinator=colleague, kind=AssignmentKind.SUBSTITUTE, reason="Vikar", valid_until=later, by=lead
    )
    assignments.end_assignment(substitute, reason="Frisk igjen", by=lead)
    assignments.hand_over(family, to=colleague, reason="Flytter", by=lead)
    assignments.grant_access(
        family, user=a_user(Role.LEAD, team.municipality), reason="Veileder", expires_at=later, by=lead
    )
    conflicts.lift_shut_out(
        conflicts.shut_out(family, user=team.second_coordinator, reason="Nær slekt", by=lead),
        reason="En annen med samme navn", by=lead,
    )  # fmt: skip
    conflicts.declare_conflict("finnes ikke", reason="Nabo", by=colleague)
    opened = emergencies.break_glass(other.code, reason="Mor ringte, og ingen svarer.", by=lead)
    emergencies.end_break_glass(opened, by=lead)
    emergencies.review_break_glass(opened, note="Det var riktig.", by=team.auditor)
    assignments.cover_leave(
        colleague, municipality=team.municipality, starts_at=soon, ends_at=later, reason="Ferie", by=lead,
        substitutes={family.pk: team.second_coordinator},
    )  # fmt: skip
    assert reasons(team) == [
        ("coordinator_assigned", "Vikar"),
        ("coordinator_ended", "Frisk igjen"),
        ("handed_over", "Flytter"),
        ("access_granted", "Veileder"),
        ("shut_out", "Nær slekt"),
        ("shut_out_lifted", "En annen med samme navn"),
        ("conflict_declared", "Nabo"),
        ("glass_broken", "Mor ringte, og ingen svarer."),
        ("glass_reviewed", "Det var riktig."),
        ("coordinator_assigned", "Ferie"),
        ("leave_covered", "Ferie"),
    ]


def test_the_reason_of_a_protection_may_name_the_level_so_the_log_has_neither():
    team = Team()
    family = family_at(Step.INTAKE, team)
    change_protection(
        family, protection=Protection.CONFIDENTIAL, reason="Fortrolig adresse, sier politiet", by=team.coordinator
    )
    assert reasons(team) == []
    with acting_as(team.auditor):
        event = Event.objects.permitted(team.auditor).order_by("-at").first()
        assert (event.what, event.facts) == ("family_changed", {})


def test_nothing_in_the_log_is_for_protected_families_alone():
    """What is refused there too, a lead who is let in, and the code, which every line about a family has."""
    team = Team()
    family = family_at(Step.INTAKE, team, protection=Protection.CONFIDENTIAL)
    named_leads.name_lead(family, lead=team.lead, reason="Koordinatoren slutter", by=team.coordinator)
    for attempt, facts in (
        (change_protection, {"protection": Protection.CONFIDENTIAL, "reason": "Slik er det"}),
        (named_leads.name_lead, {"lead": team.lead, "reason": "En gang til"}),
    ):
        with pytest.raises(Refused):
            attempt(family, by=team.coordinator, **facts)
    with acting_as(team.auditor):
        events = Event.objects.permitted(team.auditor).filter(family_id=family.pk).order_by("-at")[:3]
        assert [(event.what, event.facts) for event in events] == [
            ("action_refused", {"action": "families.assignments.grant_access"}),
            ("action_refused", {"action": "families.actions.change_family"}),
            ("access_granted", {"user": str(team.lead.pk)}),
        ]
        assert {line.family_code for line in present(events)} == {family.code}
        assert family_with_code(family.code) == family.pk
