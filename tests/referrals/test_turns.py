"""Appointments that are not kept as they were: moved and cancelled, with the reason; and who is told of it."""

from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from families.actions_protection import change_protection
from families.agenda import to_do
from families.enums import Protection
from families.models import Family
from families.tasks import mail_news
from nyemonstre.access.wall import acting_as
from referrals import actions
from referrals.enums import MeetingOutcome
from referrals.letters import calendar_file, printed_invitation
from referrals.models import InformationMeeting, IntakeMeeting, MeetingTurn
from referrals.stages import MeetingState
from referrals.tasks import mail_referrer
from tests.factories import Team
from tests.plans.test_pdf import text_of

from .making import decided, sent
from .test_decisions import rule_of
from .test_intake_meeting import Room
from .test_talk import at, book, page

pytestmark = pytest.mark.django_db
SECRET = "Mor er innlagt"  # what somebody wrote about it, for the family's own pages alone


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        referral = sent(team, "Rahimi", referrer_name="Lærer Lie", referrer_email="lie@skolen.example")
        decision = decided(referral, team, coordinator=team.coordinator)
        with acting_as(team.coordinator):
            return team, Family.objects.select_related("municipality").get(pk=decision.family_id)


@pytest.fixture
def family(db, walked):
    return deepcopy(walked[1])


@pytest.fixture
def by(db, walked):
    return deepcopy(walked[0]).coordinator


@pytest.fixture
def mine(client, by):
    client.force_login(by)
    return client


@pytest.fixture
def committed(monkeypatch, django_capture_on_commit_callbacks):
    """`with committed(user):` the mail goes at once, as when no worker is there to send it."""

    def away(*args):
        raise OperationalError("no broker")

    for task in (mail_referrer, mail_news):
        monkeypatch.setattr(task, "delay", away)

    @contextmanager
    def run(user):
        with acting_as(user), django_capture_on_commit_callbacks(execute=True):
            yield

    return run


def fresh(meeting):
    rows = InformationMeeting.objects.select_related("family__municipality", "home", "coordinator", "booked_by")
    return rows.get(pk=meeting.pk)


def move(meeting, by, **facts):
    with acting_as(by):
        members = list(meeting.family.members.all())
    return actions.change_meeting(meeting, members=members, by=by, **facts)


def test_another_time_needs_a_reason_and_leaves_what_it_was(mine, family, by, committed):
    meeting = book(family, by)
    assert rule_of(lambda: move(meeting, by, starts_at=at(5))) == "no_reason"
    assert rule_of(lambda: move(meeting, by, starts_at=at(5), why="other", note=" ")) == "no_note"
    assert move(meeting, by, place="Rådhuset").turns.model is MeetingTurn  # another place alone moves no time
    with committed(by):
        moved = move(meeting, by, starts_at=at(5), why="interpreter", note=SECRET)
    with acting_as(by):
        (turn,) = MeetingTurn.objects.filter(meeting=meeting)
        assert (turn.kind, turn.times_before, turn.done_by) == ("moved", [at(3)], by)
        printed = str(printed_invitation(fresh(meeting), "nb"))
    assert "Vi har ingen tolk da." in printed
    assert SECRET not in printed
    (told,) = outbox.outbox
    assert told.to == ["lie@skolen.example"]
    assert not [word for word in ("Rahimi", "Lie", by.name, family.code, SECRET) if word in told.subject + told.body]
    text = mine.get(page("information_meeting", family)).content.decode()
    assert SECRET in text
    assert "har fått e-post" in text
    letter = text_of(mine.get(page("meeting_letter", family, meeting.pk) + "?sprak=nb").content)
    assert "Samtalen har fått ny tid" in letter
    assert SECRET not in letter
    assert f"SEQUENCE:{moved.version}" in calendar_file(moved).decode()


def test_cancelled_the_place_is_kept_and_a_new_one_may_be_booked(mine, family, by, committed):
    meeting = book(family, by)
    cancel = page("meeting_cancel", family, meeting.pk)
    before = mine.get(page("meeting_file", family, meeting.pk)).content.decode()
    assert "STATUS:CONFIRMED" in before
    assert "Velg" in mine.post(cancel, {"version": meeting.version}).content.decode()
    assert mine.post(cancel, {"version": 99, "why": "place"}).status_code == 422
    assert "hva grunnen er" in mine.post(cancel, {"version": meeting.version, "why": "other"}).content.decode()
    with committed(by):
        answer = mine.post(cancel, {"version": meeting.version, "why": "coordinator", "note": SECRET}, follow=True)
    text = answer.content.decode()
    assert "Samtalen er avlyst" in text
    assert "Avtal en ny tid" in text
    assert [told.subject for told in outbox.outbox] == ["En samtale du er bedt om å komme til, er avlyst"]
    after = mine.get(page("meeting_file", family, meeting.pk)).content.decode()
    turn = {name: int(file.split("SEQUENCE:")[1].split()[0]) for name, file in (("b", before), ("a", after))}
    assert turn["a"] > turn["b"]
    assert "METHOD:CANCEL" in after
    assert "STATUS:CANCELLED" in after
    assert after.split("UID:")[1].split()[0] == before.split("UID:")[1].split()[0]
    letter = text_of(mine.get(page("meeting_letter", family, meeting.pk) + "?sprak=nb").content)
    assert "Dere har fortsatt plass" in letter
    assert "Kulturhuset" not in letter
    with acting_as(by):
        assert [entry.text for entry in to_do(by) if entry.kind == "talk"] == ["Avtal ny tid"]
    assert rule_of(lambda: move(meeting, by, starts_at=at(5), why="family")) == "recorded"
    assert mine.get(cancel).status_code == 302
    again = book(family, by)
    assert rule_of(lambda: actions.record_meeting(again, outcome="cancelled", by=by)) == "cancel_instead"
    with acting_as(by):
        assert {row.outcome for row in InformationMeeting.objects.filter(family=family)} == {"", "cancelled"}
    assert "Samtalen ble avlyst" in mine.get(page("information_meeting", family)).content.decode()


def test_where_one_hides_nobody_outside_is_mailed(family, by, committed):
    change_protection(family, protection=Protection.CONFIDENTIAL, reason="Meldt", by=by)
    meeting = book(family, by)
    with committed(by):
        actions.cancel_meeting(meeting, why="family", by=by)
    assert outbox.outbox == []


def test_what_the_database_holds(family, by):
    meeting = book(family, by)
    actions.cancel_meeting(meeting, why="family", by=by)
    with acting_as(by), transaction.atomic():
        turn = MeetingTurn.objects.get(meeting=meeting)
    for change, name in (
        ({"reason": "other", "note": ""}, "meeting_turn_other_says_what"),
        ({"times_before": []}, "meeting_turn_had_a_time"),
    ):
        facts = {name: getattr(turn, name) for name in ("family_id", "meeting_id", "kind", "reason", "times_before")}
        with acting_as(by), pytest.raises(IntegrityError, match=name), transaction.atomic():
            MeetingTurn(done_by=by, **facts | change).save(force_insert=True)
    for change in ({"held_on": timezone.localdate()}, {"outcome": MeetingOutcome.ABSENT}):
        name = "information_meeting_recorded_by_somebody"
        with acting_as(by), pytest.raises(IntegrityError, match=name), transaction.atomic():
            InformationMeeting.objects.filter(pk=meeting.pk).update(**change)
    with acting_as(by), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update referrals_meetingturn set note = 'x'")


def test_an_intake_meeting_is_moved_and_cancelled(client, committed):
    from .test_views_intake_meeting import url

    room = Room("Aas", "Berg")
    client.force_login(room.health)
    later = timezone.localdate() + timedelta(days=7)
    form = {
        "version": room.meeting.version, "held_on": f"{later:%d.%m.%Y}", "place": "Otra", "leader": room.health.pk,
    }  # fmt: skip
    assert "Skriv hvorfor" in client.post(url("intake_change", room), form).content.decode()
    assert client.post(url("intake_change", room), form | {"version": 99, "why": "Syk"}).status_code == 422
    with committed(room.health):
        answer = client.post(url("intake_change", room), form | {"why": "Lederen er syk"}, follow=True)
    assert "Lederen er syk" in answer.content.decode()
    team = {room.nav.email, room.welfare.email, room.team.lead.email}
    assert {to for told in outbox.outbox for to in told.to} >= team - {room.team.lead.email}
    assert room.health.email not in {to for told in outbox.outbox for to in told.to}

    other = actions.plan_intake_meeting(room.team.municipality, held_on=later, leader=room.nav, by=room.nav)
    with acting_as(room.nav):
        room.meeting.refresh_from_db()
        assert room.meeting.moved_from == timezone.localdate()
    cancel = url("intake_cancel", room)
    assert "Sakene flyttes først" in client.get(cancel).content.decode()
    assert client.post(cancel, {"version": room.meeting.version, "why": ""}).status_code == 422
    assert client.post(cancel, {"version": room.meeting.version, "why": "Ferie"}).status_code == 302
    assert room.agenda(other) == ["Aas", "Berg"]
    assert "Ferie" in client.get(url("intake_meeting", room)).content.decode()
    assert client.get(cancel).status_code == 302
    assert "avlyst" in client.post(url("intake_presence", room), {f"here_{room.nav.pk}": "on"}).content.decode()
    with acting_as(room.nav), transaction.atomic():
        assert IntakeMeeting.objects.get(pk=room.meeting.pk).state == MeetingState.CANCELLED
        assert IntakeMeeting.objects.filter(pk=room.meeting.pk).update(place="x") == 0
    for change in ({"moved_from": later, "why": ""}, {"state": "cancelled", "why": ""}):
        with acting_as(room.nav), pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
            IntakeMeeting.objects.filter(pk=other.pk).update(**change)

    # With no other meeting planned the cases are drawn again by the next one.
    assert actions.cancel_intake_meeting(other, why="Ingen kan", by=room.nav) is None
    third = actions.plan_intake_meeting(room.team.municipality, held_on=later, leader=room.nav, by=room.nav)
    assert sorted(room.agenda(third)) == ["Aas", "Berg"]
