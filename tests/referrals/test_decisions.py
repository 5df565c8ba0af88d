"""What the intake team decides, and what a granted place makes."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from families.enums import MemberRole, Protection
from families.models import Family
from families.places import places_of
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused, Stale
from referrals import actions
from referrals.enums import Criterion, Outcome
from referrals.models import IntakeDecision, Referral, WaitingMove
from tests.factories import Team

from .making import decided, new, people, reread, sent


def rule_of(call):
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.rule


def test_a_place_makes_the_family_with_everybody_in_it(team):
    decision = decided(sent(team), team, coordinator=team.coordinator)
    with acting_as(team.coordinator):
        family = Family.objects.get(pk=decision.family_id)
        roles = {m.first_name: m.role for m in family.members.all()}
        assert roles == {
            "Mor": MemberRole.ADULT,
            "Far": MemberRole.ADULT,
            "Jente": MemberRole.CHILD,
            "Gutt": MemberRole.RELATED_CHILD,
        }
        assert {home.name for home in family.households.all()} == {"Hos mor", "Hos far", "Hos bestemor"}
        assert family.responsible.user == team.coordinator
        assert {m.step for m in family.live_milestones if m.reached_on} == {"referral", "intake"}
    assert reread(decision.referral, team).state == "granted"


def test_a_place_without_a_coordinator_waits_for_the_lead(team):
    decision = decided(sent(team), team)
    with acting_as(team.lead):
        assert Family.objects.get(pk=decision.family_id).responsible is None


@pytest.mark.parametrize("outcome", [Outcome.WAITING, Outcome.DECLINED, Outcome.MORE_INFORMATION])
def test_the_other_answers_make_no_family(team, outcome):
    referral = sent(team)
    decided(referral, team, outcome)
    assert reread(referral, team).state == outcome
    with acting_as(team.lead):
        assert not Family.objects.exists()


def test_a_new_henvendelse_passes_through_the_team_on_its_way(team):
    referral = sent(team)
    decided(referral, team, Outcome.DECLINED)
    with acting_as(team.auditor):
        events = set(Event.objects.filter(target_id=str(referral.pk)).values_list("what", flat=True))
    assert events == {"referral_sent", "referral_taken_in", "referral_declined"}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"sectors": ["nav"]}, "sectors"),
        ({"sectors": ["nav", "nav"]}, "sectors"),
        ({"present": "  "}, "present"),
        ({"reason": " "}, "reason"),
        # Two days: midnight may pass before this is asked.
        ({"decided_on": timezone.localdate() + timedelta(days=2)}, "future"),
        ({"decided_on": timezone.localdate() - timedelta(days=1)}, "before_received"),
    ],
)
def test_refused_decisions(team, facts, rule):
    referral = sent(team)
    assert rule_of(lambda: decided(referral, team, **facts)) == rule
    assert reread(referral, team).state == "received"


def test_what_is_decided_is_decided(team):
    referral = sent(team)
    decided(referral, team)
    assert rule_of(lambda: decided(referral, team, Outcome.DECLINED)) == "granted_to_declined"
    assert rule_of(lambda: actions.assess(referral, answers={}, by=team.intake)) == "decided"


def test_two_decide_from_the_same_page(team):
    referral = sent(team)
    decided(referral, team, Outcome.WAITING)
    with pytest.raises(Stale):
        decided(referral, team, Outcome.DECLINED, version=referral.version)


@pytest.mark.parametrize("role", ["coordinator", "researcher", "administrator", "auditor"])
def test_only_the_team_decides(team, role):
    with pytest.raises(PermissionDenied):
        decided(sent(team), team, by=getattr(team, role))


def test_another_municipality_does_not_decide(team):
    with pytest.raises(PermissionDenied):
        decided(sent(team), team, by=Team().intake)


def test_unknown_protection_is_found_out_first(team):
    referral = sent(team, protection="unknown")
    assert rule_of(lambda: decided(referral, team)) == "protection_unknown"
    family = decided(referral, team, protection=Protection.CLIENT_ADDRESS).family
    assert family.protection == Protection.CLIENT_ADDRESS


def test_a_protected_family_gets_its_coordinator_at_once_and_disappears_for_the_rest(team):
    referral = sent(team, protection="strictly_confidential")
    assert rule_of(lambda: decided(referral, team)) == "protected_needs_coordinator"
    decision = decided(referral, team, coordinator=team.coordinator)
    with acting_as(team.coordinator):
        assert Family.objects.get().members.count() == 4
        assert Referral.objects.permitted(team.coordinator, "view_referral").get() == referral
        assert referral.people.count() == 4
    for user in (team.intake, team.lead, team.second_coordinator):
        with acting_as(user):
            assert not Referral.objects.exists()
            assert not Referral.objects.permitted(user, "view_referral").exists()
            assert not IntakeDecision.objects.exists()
            assert not referral.people.exists()
    assert decision.family.protection == Protection.STRICTLY_CONFIDENTIAL


def test_the_coordinator_of_the_family_reads_how_it_came_here_and_nothing_else(team):
    referral, other = sent(team), sent(team, "Andre")
    decided(referral, team, coordinator=team.coordinator)
    decided(other, team, coordinator=team.second_coordinator)
    with acting_as(team.coordinator):
        assert list(Referral.objects.all()) == [referral]
        assert list(Referral.objects.permitted(team.coordinator, "view_referral")) == [referral]
        assert not Referral.objects.permitted(team.coordinator, "decide_referral").exists()


class TestPlaces:
    def test_a_full_coordinator_is_refused_and_nothing_is_half_made(self, team):
        team.municipality.places_per_coordinator = 1
        team.municipality.save()
        decided(sent(team), team, coordinator=team.coordinator)
        referral = sent(team, "Andre")
        assert rule_of(lambda: decided(referral, team, coordinator=team.coordinator)) == "no_place"
        assert reread(referral, team).state == "received"
        with acting_as(team.lead):
            assert Family.objects.count() == 1
            assert IntakeDecision.objects.count() == 1

    def test_the_lead_may_go_over_with_a_reason(self, team):
        team.municipality.places_per_coordinator = 1
        team.municipality.save()
        decided(sent(team), team, coordinator=team.coordinator)
        referral = sent(team, "Andre")
        facts = {"by": team.lead, "coordinator": team.coordinator}
        assert rule_of(lambda: decided(referral, team, **facts)) == "override_reason"
        decided(referral, team, override_reason="Søsken av en familie hun følger", **facts)
        with acting_as(team.lead):
            assert places_of(team.coordinator, team.municipality).taken == 2

    def test_somebody_who_is_no_coordinator_gets_no_family(self, team):
        assert rule_of(lambda: decided(sent(team), team, coordinator=team.auditor)) == "no_coordinator"


@pytest.fixture(scope="module")
def four(shared_rows):
    """A team, and four families that wait in the order of their names."""
    with shared_rows():
        team = Team()
        referrals = [sent(team, name) for name in "ABCD"]
        for referral in referrals:
            decided(referral, team, Outcome.WAITING)
        return team, referrals


class TestWaitingList:
    @pytest.fixture
    def team(self, db, four):
        return deepcopy(four[0])

    @pytest.fixture
    def waiting(self, team, four):
        return deepcopy(four[1])

    def order(self, team):
        with acting_as(team.intake):
            return "".join(Referral.objects.waiting().values_list("family_name", flat=True))

    def test_first_come_first(self, team, waiting):
        assert self.order(team) == "ABCD"

    @pytest.mark.parametrize(
        ("who", "to", "after"), [(3, 1, "DABC"), (0, 4, "BCDA"), (1, 3, "ACBD"), (2, 2, "ACBD"), (3, 3, "ABDC")]
    )
    def test_moved_for_a_reason(self, team, waiting, who, to, after):
        actions.move_on_waiting_list(waiting[who], to=to, reason="Leiekontrakten går ut", by=team.intake)
        assert self.order(team) == after
        with acting_as(team.intake):
            move = WaitingMove.objects.get()
        assert (move.from_position, move.to_position, move.moved_by_id) == (who + 1, to, team.intake.pk)

    @pytest.mark.parametrize(
        ("to", "reason", "rule"),
        [(1, " ", "reason"), (0, "x", "position"), (5, "x", "position"), (2, "x", "same_position")],
    )
    def test_refused_moves(self, team, waiting, to, reason, rule):
        assert rule_of(lambda: actions.move_on_waiting_list(waiting[1], to=to, reason=reason, by=team.intake)) == rule

    def test_only_those_who_wait_are_moved(self, team, waiting):
        other = sent(team)
        assert rule_of(lambda: actions.move_on_waiting_list(other, to=1, reason="x", by=team.intake)) == "not_waiting"

    def test_a_gap_closes_when_somebody_leaves(self, team, waiting):
        decided(waiting[1], team, Outcome.GRANTED)
        decided(waiting[0], team, Outcome.DECLINED)
        assert self.order(team) == "CD"
        with acting_as(team.intake):
            assert list(Referral.objects.waiting().values_list("waiting_position", flat=True)) == [1, 2]

    def test_lists_are_apart(self, team, waiting):
        other = Team()
        referral = sent(other)
        decided(referral, other, Outcome.WAITING)
        assert reread(referral, other).waiting_position == 1


class TestMoreInformation:
    def test_what_comes_brings_the_case_back(self, team):
        referral = sent(team)
        decided(referral, team, Outcome.MORE_INFORMATION, reason="Spør barnehagen")
        actions.add_information(referral, text="Trives godt.", came_from="Barnehagen", by=team.intake)
        assert reread(referral, team).state == "in_intake"
        with acting_as(team.intake):
            assert referral.additions.get().text == "Trives godt."

    def test_an_addition_to_a_decided_case_changes_no_state(self, team):
        referral = sent(team)
        decided(referral, team)
        actions.add_information(referral, text="Ny adresse.", came_from="Mor", by=team.intake)
        assert reread(referral, team).state == "granted"

    @pytest.mark.parametrize(("facts", "rule"), [({"text": " "}, "text"), ({"came_from": ""}, "came_from")])
    def test_refused(self, team, facts, rule):
        facts = {"text": "x", "came_from": "y", **facts}
        assert rule_of(lambda: actions.add_information(sent(team), by=team.intake, **facts)) == rule

    def test_taken_up_once(self, team):
        referral = sent(team)
        actions.take_in(referral, by=team.intake)
        assert rule_of(lambda: actions.take_in(referral, by=team.intake)) == "in_intake_to_in_intake"


def test_the_teams_answers_are_added_beside_the_referrers(team):
    referral = sent(team)
    changed = actions.assess(
        referral,
        answers={Criterion.LOW_INCOME: ("yes", "Under grensen"), Criterion.CONCERN: ("no", "Spurt skolen")},
        by=team.intake,
    )
    assert [row.criterion for row in changed] == [Criterion.CONCERN]
    with acting_as(team.intake):
        assert reread(referral, team).criteria[Criterion.CONCERN].answered_by_id == team.intake.pk
        assert referral.answers.filter(criterion=Criterion.CONCERN).count() == 2


def test_the_seed_may_decide_in_the_past(team):
    import time_machine

    with time_machine.travel("2024-02-01 10:00:00+01:00"):
        referral = actions.submit(team.municipality, by=None, new=new(), people=people())
    with time_machine.travel("2024-02-20 10:00:00+01:00"):
        decision = decided(reread(referral, team), team, coordinator=team.coordinator)
    assert (referral.received_on.isoformat(), decision.decided_on.isoformat()) == ("2024-02-01", "2024-02-20")
