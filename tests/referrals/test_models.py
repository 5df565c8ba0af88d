"""What the database itself refuses, constraint by constraint."""

from datetime import date

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from referrals.enums import Outcome
from referrals.models import (
    InformationMeeting,
    IntakeDecision,
    MeetingMember,
    Referral,
    ReferredPerson,
    WaitingMove,
)
from tests.factories import family_at

from .making import decided, sent

REFERRAL = {
    "reference": "H-X", "referrer_kind": "family", "referrer_name": "N", "referrer_phone": "12345",
    "family_agrees": True, "family_name": "F", "protection": "none",
}  # fmt: skip
PERSON = {"first_name": "A", "last_name": "B", "birth_date": date(2010, 1, 1), "role": "child", "home": "H"}


def refused(name, save):
    def save_and_check_now():
        save()
        connection.cursor().execute("set constraints all immediate")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        save_and_check_now()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("referral_family_agrees", {"family_agrees": False}),
        ("referral_referrer_can_be_reached", {"referrer_phone": ""}),
        ("referral_service_is_named", {"referrer_kind": "service"}),
        ("referral_service_is_named", {"referrer_service": "Skole"}),
        ("referral_waiting_has_position", {"waiting_position": 1, "waiting_since": date(2026, 1, 1)}),
    ],
)
def test_referral(team, name, changes):
    row = Referral(municipality=team.municipality, sent_at=TransactionNow(), **{**REFERRAL, **changes})
    refused(name, lambda: row.save(force_insert=True))


def test_the_number_is_unique_in_the_municipality(team):
    reference = sent(team).reference
    row = Referral(municipality=team.municipality, sent_at=TransactionNow(), **{**REFERRAL, "reference": reference})
    refused("referral_reference_unique", lambda: row.save(force_insert=True))


def test_two_cannot_have_one_place_on_the_list(team):
    for name in "AB":
        decided(sent(team, name), team, Outcome.WAITING)
    with acting_as(team.intake):
        rows = Referral.objects.waiting().order_by()
        refused("referral_waiting_position_unique", lambda: rows.update(waiting_position=1))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("referred_share_percent", {"share": 0}),
        ("referred_share_percent", {"share": 101}),
        ("referred_other_home_has_share", {"other_home": "X"}),
        ("referred_other_home_has_share", {"other_share": 10, "share": 50}),
        ("referred_other_home_has_share", {"other_home": "X", "other_share": 51, "share": 50}),
        ("referred_interpreter_has_language", {"needs_interpreter": True}),
    ],
)
def test_person(team, name, changes):
    # In the same transaction as the henvendelse, so the wall lets it through and only the constraint can refuse.
    referral = sent(team)
    row = ReferredPerson(referral=referral, **{**PERSON, **changes})
    refused(name, lambda: row.save(force_insert=True))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("decision_two_sectors", {"sectors": ["nav"]}),
        ("decision_has_reason_and_people", {"reason": ""}),
        ("decision_has_reason_and_people", {"present": ""}),
        ("decision_only_a_place_makes_a_family", {"outcome": "granted"}),
    ],
)
def test_decision(team, name, changes):
    facts = {
        "outcome": "declined", "sectors": ["nav", "health"], "present": "P", "reason": "R", "unanimous": True,
        "decided_by": team.intake,
    }  # fmt: skip
    row = IntakeDecision(referral=sent(team), **{**facts, **changes})
    with acting_as(team.intake):
        refused(name, lambda: row.save(force_insert=True))


def test_one_place_per_henvendelse(team):
    referral = sent(team)
    decided(referral, team)
    other = family_at("intake", team, followed=False)
    row = IntakeDecision(
        referral=referral, outcome="granted", sectors=["nav", "health"], present="P", reason="R", unanimous=True,
        family=other, decided_by=team.intake,
    )  # fmt: skip
    with acting_as(team.intake):
        refused("decision_one_place", lambda: row.save(force_insert=True))


@pytest.mark.parametrize(("name", "changes"), [("move_has_reason", {"reason": ""}), ("move_moves", {"to_position": 1})])
def test_move(team, name, changes):
    facts = {"from_position": 1, "to_position": 2, "reason": "R", "moved_by": team.intake}
    row = WaitingMove(referral=sent(team), **{**facts, **changes})
    with acting_as(team.intake):
        refused(name, lambda: row.save(force_insert=True))


def test_meeting(team):
    family = family_at("intake", team)
    facts = {"family": family, "starts_at": timezone.now(), "place": "P", "booked_by": team.coordinator}
    with acting_as(team.coordinator):
        half = InformationMeeting(**facts, outcome="yes")
        refused("information_meeting_recorded_by_somebody", lambda: half.save(force_insert=True))
        for name, changes in {
            "information_meeting_has_a_time": {"starts_at": None},
            "information_meeting_at_home_or_elsewhere": {"place": ""},
            "information_meeting_interpreter_of_a_language": {"interpreter_ordered": True},
            "information_meeting_reminds_who_thinks": {"remind_on": timezone.localdate()},
        }.items():
            row = InformationMeeting(**{**facts, **changes})
            refused(name, lambda row=row: row.save(force_insert=True))
        meeting = InformationMeeting(**facts)
        meeting.save(force_insert=True)
        refused("information_meeting_one_open", lambda: InformationMeeting(**facts).save(force_insert=True))
        member = family.members.first()
        MeetingMember(family=family, meeting=meeting, member=member).save(force_insert=True)
        again = MeetingMember(family=family, meeting=meeting, member=member)
        refused("meeting_member_once", lambda: again.save(force_insert=True))
