"""The intake meeting: its states as a table, who decides, who is out, and what may still be written afterwards."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from families.enums import Protection
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.flow import check_state
from nyemonstre.refusals import AlreadyDone, Refused
from referrals import actions
from referrals.actions import Attendance
from referrals.enums import Criterion, Outcome
from referrals.models import Addendum, AgendaItem, IntakeDecision, IntakeMeeting, Presence
from referrals.stages import MAY, MEETING_MACHINE, MeetingState
from tests.factories import Team, a_user

from .making import decided, reread, sent


class Room:
    """A team with people of all three sectors, and a meeting with `cases` on the agenda."""

    def __init__(self, *names: str, **facts):
        self.team = Team()
        self.nav, town = self.team.intake, self.team.municipality
        self.health = a_user(Role.INTAKE, town, sector="health", name="Mona")
        self.welfare = a_user(Role.INTAKE, town, sector="child_welfare", name="Pål")
        self.referrals = {name: sent(self.team, name) for name in names}
        self.meeting = actions.plan_intake_meeting(
            town, held_on=timezone.localdate(), leader=self.health, by=self.nav, **facts
        )
        # All came the same day; the tests want them in the order they are named.
        with acting_as(self.nav), transaction.atomic():
            for number, name in enumerate(names, 1):
                rows = AgendaItem.objects.filter(meeting=self.meeting, referral__family_name=name)
                rows.update(position=number)

    def everybody(self):
        people = ((self.nav, "nav"), (self.health, "health"), (self.welfare, "child_welfare"))
        return [Attendance(user.name, sector, user) for user, sector in people]

    def opened(self, people=None):
        actions.note_presence(self.meeting, people=people or self.everybody(), by=self.nav)
        return self

    def item(self, name, meeting=None):
        with acting_as(self.nav), transaction.atomic():
            rows = AgendaItem.objects.select_related("meeting__municipality", "referral__municipality")
            return rows.get(meeting=meeting or self.meeting, referral__family_name=name)

    def agenda(self, meeting=None):
        with acting_as(self.nav), transaction.atomic():
            rows = AgendaItem.objects.filter(meeting=meeting or self.meeting).order_by("position", "id")
            return [row.referral.family_name for row in rows.select_related("referral")]

    def out(self, name, *users):
        with acting_as(self.nav), transaction.atomic():
            rows = Presence.objects.filter(meeting=self.meeting, user__in=users)
            out = {row.pk: "nabo" for row in rows}
        return actions.note_recusals(self.item(name), out=out, by=self.nav)

    def decide(self, name, outcome=Outcome.WAITING, **facts):
        facts = {"by": self.health, "reason": "I målgruppen", **facts}
        return actions.decide_case(self.item(name), outcome=outcome, **facts)

    def sign(self, **facts):
        return actions.sign_off(self.meeting, **{"by": self.health, **facts})


def rule(call, *args, **facts):
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.rule


@pytest.fixture(scope="module")
def planned(shared_rows):
    with shared_rows():
        return Room("Aas", "Berg", "Dal")


@pytest.fixture
def room(db, planned):
    return deepcopy(planned)


ALLOWED = {("planned", "open"), ("open", "closed"), ("planned", "cancelled")}


@pytest.mark.parametrize("before", MeetingState.values)
@pytest.mark.parametrize("to", MeetingState.values)
def test_every_pair_of_states(before, to):
    assert list(MEETING_MACHINE) == MeetingState.values
    if (before, to) in ALLOWED:
        check_state(MEETING_MACHINE, before, to, "nei")
    else:
        assert rule(check_state, MEETING_MACHINE, before, to, "nei") == f"{before}_to_{to}"


def test_what_may_be_done_in_which_state(room):
    """The table of stages.MAY, tried: each action in each state."""
    actions.put_on_agenda(room.meeting, referral=sent(room.team, "Eik"), by=room.nav)
    with acting_as(room.nav), transaction.atomic():
        town = room.team.municipality
        other = IntakeMeeting.objects.get(pk=room.meeting.pk)

    def tries(number):
        yield (
            "change",
            lambda: actions.change_intake_meeting(other, held_on=timezone.localdate(), leader=room.health, by=room.nav),
        )
        yield "agenda", lambda: actions.put_on_agenda(other, referral=sent(room.team, f"Ny {number}"), by=room.nav)
        yield "agenda", lambda: actions.move_on_agenda(room.item("Berg"), up=True, by=room.nav)
        yield "note", lambda: actions.save_note(room.item("Dal"), note="Snakket lenge", by=room.nav)
        yield "recuse", lambda: actions.note_recusals(room.item("Eik"), out={}, by=room.nav)
        yield "add", lambda: actions.add_to_minutes(room.item("Aas"), text="Rettet", reason="Feil dag", by=room.nav)

    def allowed(state):
        found = set()
        for doing, attempt in tries(state):
            if state in MAY[doing]:
                attempt()
                found.add(doing)
            else:
                assert rule(attempt) == f"meeting_{state}", doing
        assert found == {doing for doing, states in MAY.items() if state in states} - {
            "presence",
            "decide",
            "sign",
            "cancel",
        }

    allowed("planned")
    assert rule(room.decide, "Aas") == "meeting_planned"
    assert rule(room.sign) == "meeting_planned"
    room.opened()
    allowed("open")
    room.decide("Aas")
    room.sign(next_on=timezone.localdate())
    allowed("closed")
    assert rule(room.decide, "Berg") == "meeting_closed"
    assert rule(room.sign) == "meeting_closed"
    assert rule(room.opened) == "meeting_closed"
    assert town


class TestAgenda:
    def test_is_drawn_from_the_queue_and_the_waiting_list(self, db):
        team = Team()
        waiting, asked = sent(team, "Venter"), sent(team, "Spurt")
        decided(waiting, team, Outcome.WAITING)
        decided(asked, team, Outcome.MORE_INFORMATION)
        for name in ("Aas", "Berg"):
            sent(team, name)
        facts = {"held_on": timezone.localdate(), "leader": team.lead, "by": team.intake}
        meeting = actions.plan_intake_meeting(team.municipality, with_waiting_list=True, **facts)
        second = actions.plan_intake_meeting(team.municipality, with_waiting_list=True, **facts)
        with acting_as(team.intake), transaction.atomic():
            names = [item.referral.family_name for item in meeting.items.on_agenda()]
            assert (sorted(names[:2]), names[2:]) == (["Aas", "Berg"], ["Venter"])
            assert second.items.count() == 0

    def test_is_added_to_ordered_and_shortened(self, room):
        assert room.agenda() == ["Aas", "Berg", "Dal"]
        actions.move_on_agenda(room.item("Dal"), up=True, by=room.nav)
        actions.move_on_agenda(room.item("Aas"), up=True, by=room.nav)
        assert room.agenda() == ["Aas", "Dal", "Berg"]
        actions.take_off_agenda(room.item("Berg"), by=room.nav)
        assert room.agenda() == ["Aas", "Dal"]
        actions.put_on_agenda(room.meeting, referral=room.referrals["Berg"], by=room.nav)
        again = {"referral": room.referrals["Berg"], "by": room.nav}
        assert rule(actions.put_on_agenda, room.meeting, **again) == "on_agenda"
        actions.save_note(room.item("Dal"), note="Begynt", by=room.nav)
        assert rule(actions.take_off_agenda, room.item("Dal"), by=room.nav) == "begun"
        declined = sent(room.team, "Nei")
        decided(declined, room.team, Outcome.DECLINED)
        declined = reread(declined, room.team)
        assert rule(actions.put_on_agenda, room.meeting, referral=declined, by=room.nav) == "not_decidable"

    def test_what_planning_refuses(self, room):
        facts = {"held_on": timezone.localdate(), "leader": room.health, "by": room.nav}
        town = room.team.municipality
        past = facts | {"held_on": timezone.localdate() - timedelta(days=1)}
        assert rule(actions.plan_intake_meeting, town, **past) == "past"
        assert rule(actions.plan_intake_meeting, town, **(facts | {"leader": room.team.coordinator})) == "leader"
        with pytest.raises(PermissionDenied):
            actions.plan_intake_meeting(town, **(facts | {"by": Team().intake}))
        with pytest.raises(AlreadyDone):
            actions.plan_intake_meeting(town, key=room.meeting.pk, **facts)


class TestWhoDecides:
    def test_enough_sectors_in_the_room(self, room):
        town = room.team.municipality
        room.opened()
        for name, needed, out, refused in (
            ("Aas", 2, (room.nav, room.welfare), True),
            ("Aas", 3, (room.nav,), True),
            ("Aas", 2, (room.nav,), False),
            ("Berg", 3, (), False),
        ):
            town.intake_sectors_needed = needed
            town.save(update_fields=["intake_sectors_needed"])
            room.out(name, *out)
            if refused:
                assert rule(room.decide, name) == "sectors"
                continue
            decision = room.decide(name)
            assert len(decision.sectors) == 3 - len(out)
            assert (room.nav.name in decision.present) == (not out)
            assert "Pål" in decision.present

    def test_whoever_is_out_for_a_case_cannot_decide_it_but_the_next(self, room):
        room.opened().out("Aas", room.health)
        assert rule(room.decide, "Aas") == "recused"
        assert room.decide("Berg").decided_by == room.health
        assert room.decide("Aas", by=room.welfare).sectors == ["child_welfare", "nav"]
        assert rule(room.out, "Aas", room.nav) == "case_decided"
        assert rule(room.decide, "Aas", by=room.welfare) == "case_decided"

    def test_the_wall_says_so_too(self, room):
        room.opened().out("Aas", room.health)
        item = room.item("Aas")
        row = {
            "referral": item.referral, "outcome": Outcome.WAITING, "sectors": ["nav", "health"], "present": "x",
            "reason": "x", "unanimous": True, "decided_by": room.health,
        }  # fmt: skip
        for case in (item, room.item("Berg")):  # out for it; and a case of another henvendelse
            with acting_as(room.health), pytest.raises(ProgrammingError), transaction.atomic():
                IntakeDecision(agenda_item=case, **row).save(force_insert=True)

    def test_only_somebody_in_the_room(self, room):
        room.opened(room.everybody()[:2])
        assert rule(room.decide, "Aas", by=room.welfare) == "not_present"
        room.opened(room.everybody())
        room.decide("Aas", by=room.welfare)
        room.opened(room.everybody()[1:])  # nav has gone
        assert room.decide("Berg").sectors == ["child_welfare", "health"]
        assert rule(actions.note_presence, room.meeting, people=[], by=room.nav) == "nobody"
        police = [Attendance("Pia", "police")]
        assert rule(actions.note_presence, room.meeting, people=police, by=room.nav) == "unknown_sector"
        assert rule(actions.note_recusals, room.item("Dal"), out={room.meeting.pk: ""}, by=room.nav) == "not_there"

    def test_a_sector_of_the_municipalitys_own_counts(self, room):
        town = room.team.municipality
        town.intake_own_sectors = ["Skole"]
        town.save(update_fields=["intake_own_sectors"])
        room.opened([room.everybody()[1], Attendance("Siv", "Skole"), Attendance("Leder")])
        decision = room.decide("Aas")
        assert decision.sector_labels == ["Skole", "BTI/helsestasjon"]
        assert decision.present == "Leder, Mona, Siv"

    def test_outside_a_meeting_where_the_municipality_asks_for_one(self, room):
        decided(room.referrals["Aas"], room.team, Outcome.WAITING)
        town = room.team.municipality
        town.intake_only_in_meetings = True
        town.save(update_fields=["intake_only_in_meetings"])
        berg = reread(room.referrals["Berg"], room.team)
        assert rule(decided, berg, room.team, Outcome.WAITING) == "only_in_meetings"
        assert room.opened().decide("Berg").agenda_item == room.item("Berg")


def test_a_decision_keeps_what_was_said_and_seen(room):
    referral = room.referrals["Aas"]
    actions.assess(referral, answers={Criterion.CONCERN: ("yes", "To av barna")}, by=room.nav)
    room.opened()
    said = {"note": "Lang samtale", "unanimous": False, "dissent": "Pål ville vente"}
    assert rule(room.decide, "Aas", dissent="Pål") == "dissent"
    room.decide("Aas", Outcome.DECLINED, **said)
    with acting_as(room.nav), transaction.atomic():
        item = AgendaItem.objects.get(referral=referral)
        assert (item.note, item.dissent, item.decided.unanimous) == ("Lang samtale", "Pål ville vente", False)
        assert item.criteria["concern"] == ["yes", "To av barna"]
        assert item.criteria["low_income"] == ["yes", "Under grensen"]


def test_signing_moves_what_is_undecided_first_on_the_next_agenda(room):
    room.opened().decide("Berg")
    assert rule(room.sign, by=room.nav) == "not_leader"
    assert rule(room.sign) == "undecided"
    waiting = sent(room.team, "Ny")
    following = actions.plan_intake_meeting(
        room.team.municipality, held_on=timezone.localdate() + timedelta(days=14), leader=room.nav, by=room.nav
    )
    assert room.agenda(following) == ["Ny"]
    actions.put_on_agenda(following, referral=room.referrals["Dal"], by=room.nav)
    signed = room.sign()
    assert (signed.state, signed.signed_by) == ("closed", room.health)
    assert room.agenda(following) == ["Aas", "Ny", "Dal"]
    assert room.item("Aas").moved_to_id == following.pk
    assert room.item("Berg").moved_to_id is None
    assert waiting.pk


def test_signing_plans_the_next_meeting_where_none_is(room):
    room.opened()
    assert rule(room.sign, next_on=timezone.localdate() - timedelta(days=1)) == "past"
    room.sign(next_on=timezone.localdate() + timedelta(days=7))
    with acting_as(room.nav), transaction.atomic():
        following = IntakeMeeting.objects.get(state="planned")
    assert room.agenda(following) == ["Aas", "Berg", "Dal"]


def test_after_closing_only_addenda(room):
    assert rule(actions.add_to_minutes, room.item("Aas"), text="x", reason="y", by=room.nav) == "meeting_planned"
    room.opened().decide("Aas")
    room.sign(next_on=timezone.localdate())
    item = room.item("Aas")
    with acting_as(room.nav), transaction.atomic():
        following = IntakeMeeting.objects.get(state="planned")
    assert rule(actions.add_to_minutes, item, text=" ", reason="y", by=room.nav) == "text"
    assert rule(actions.add_to_minutes, item, text="x", reason=" ", by=room.nav) == "reason"
    assert actions.add_to_minutes(item, text="Mor heter Anne", reason="Feil navn", by=room.nav).written_by == room.nav
    changes = [
        "update referrals_intakemeeting set place = 'annet'",
        "update referrals_agendaitem set note = 'annet'",
        "update referrals_presence set here = false",
        "delete from referrals_recusal",
    ]
    with acting_as(room.nav), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from referrals_agendaitem where meeting_id <> %s", [room.meeting.pk])
        for change in changes:
            cursor.execute(f"{change} where id <> %s", [following.pk])
            assert cursor.rowcount == 0, change
    for change in ("update referrals_addendum set text = 'x'", "delete from referrals_addendum"):
        with acting_as(room.nav), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_a_strictly_protected_family_leaves_the_agenda_with_its_place(room):
    room.opened().decide("Aas", Outcome.GRANTED, coordinator=room.team.coordinator, protection=Protection.CONFIDENTIAL)
    assert room.agenda() == ["Berg", "Dal"]
    room.decide("Berg")
    room.decide("Dal")
    assert room.sign().state == "closed"


def test_others_see_no_meeting(room):
    room.opened().out("Aas", room.nav)
    roles = ("coordinator", "researcher", "administrator", "auditor")
    for person in [*(getattr(room.team, role) for role in roles), Team().intake]:
        with acting_as(person), transaction.atomic(), connection.cursor() as cursor:
            for table in ("intakemeeting", "agendaitem", "presence", "recusal", "addendum"):
                cursor.execute(f"select count(*) from referrals_{table}")
                assert cursor.fetchone() == (0,), table
            assert not IntakeMeeting.objects.permitted(person, "view_referral").exists()


def test_constraints(room):
    room.opened().out("Aas", room.nav)
    for name, sql in (
        ("intake_meeting_signed_by_its_leader", "update referrals_intakemeeting set state = 'closed'"),
        (
            "agenda_item_once",
            "update referrals_agendaitem set referral_id = (select id from referrals_referral limit 1)",
        ),
        ("agenda_item_position_from_one", "update referrals_agendaitem set position = 0"),
        ("agenda_item_moves_elsewhere", "update referrals_agendaitem set moved_to_id = meeting_id"),
        ("intake_presence_has_name", "update referrals_presence set name = ''"),
        (
            "intake_presence_once",
            "update referrals_presence set user_id = (select user_id from referrals_presence limit 1)",
        ),
        ("municipality_two_to_six_sectors", "update accounts_municipality set intake_sectors_needed = 1"),
        (
            "recusal_once",
            (
                "insert into referrals_recusal (id, reason, item_id, noted_by_id, presence_id)"
                " select gen_random_uuid(), reason, item_id, noted_by_id, presence_id from referrals_recusal"
            ),
        ),
    ):
        with (
            acting_as(room.nav),
            pytest.raises(IntegrityError, match=name),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    room.decide("Aas", by=room.health)
    room.decide("Berg")
    room.decide("Dal")
    room.sign()
    addendum = Addendum(item=room.item("Aas"), text="", reason="x", written_by=room.nav)
    with acting_as(room.nav), pytest.raises(IntegrityError, match="addendum_has"), transaction.atomic():
        addendum.save(force_insert=True)
