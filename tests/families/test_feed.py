"""The calendar somebody subscribes to, read as Outlook, Google and Apple read it: with a parser that is not ours."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from assessments.outcomes import Outcome
from consent import actions as consent
from consent.enums import How, Sector, Topic
from families import assignments, conflicts
from families.actions import reach, undo
from families.actions_protection import change_protection
from families.enums import Protection
from families.models import Member, Milestone
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import end_role, give_role, set_active
from nyemonstre.accounts.actions_feed import make_feed
from nyemonstre.accounts.enums import AccountEvent
from nyemonstre.accounts.models import CalendarFeed
from nyemonstre.audit.models import Event
from plans import actions as plans
from plans.enums import Doer
from referrals import actions as referrals
from referrals.enums import TurnReason
from referrals.models import InformationMeeting
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db
OSLO = ZoneInfo("Europe/Oslo")
PROFILE = reverse("accounts:profile")


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.PLAN, team, name="Hemmelignavn"), family_at(Step.INTAKE, team, name="Hemmelig")


@pytest.fixture
def team(db, walked):
    cache.clear()
    return deepcopy(walked[0])


@pytest.fixture
def family(team, walked):
    return deepcopy(walked[1])


@pytest.fixture
def early(team, walked):
    """Before the first talk."""
    return deepcopy(walked[2])


@pytest.fixture
def by(team):
    return team.coordinator


@pytest.fixture
def address(by):
    return make_feed(by, by=by).removeprefix("http://testserver")


def fetched(client, address):
    client.logout()
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content)
    assert not [event.errors for event in found.walk("VEVENT") if event.errors]
    return {str(event["UID"]): event for event in found.walk("VEVENT")}


def booked(early, by, starts_at, *, at_home=True):
    with acting_as(by):
        members = list(Member.objects.filter(family=early))
        home = early.households.select_related("family__municipality").first()
    place = {"home": home} if at_home else {"place": "Hemmeligsted"}
    return referrals.book_meeting(early, members=members, starts_at=starts_at, by=by, **place)


def move_to(meeting, starts_at, by):
    with acting_as(by):
        members = list(Member.objects.filter(family=meeting.family_id))
    current = reread(meeting, by)
    referrals.change_meeting(current, members=members, starts_at=starts_at, why=TurnReason.FAMILY, by=by)


def reread(meeting, by):
    with acting_as(by):
        return InformationMeeting.objects.select_related("family__municipality").get(pk=meeting.pk)


def next_change(month):
    """The last Sunday of that month, when the clocks change, that is yet to come."""
    for year in (timezone.localdate().year, timezone.localdate().year + 1):
        last = date(year, month, 31)
        day = last - timedelta(days=(last.weekday() + 1) % 7)
        if day > timezone.localdate() + timedelta(days=2):
            return day
    raise AssertionError


def test_appointments_are_right_when_the_clocks_change_and_say_the_code_alone(client, early, by, address):
    meeting = None
    for month, hours in ((3, (1, 2)), (10, (2, 1))):
        change = next_change(month)
        for day, offset in zip((change - timedelta(days=1), change + timedelta(days=1)), hours, strict=True):
            at = datetime(day.year, day.month, day.day, 9, 30, tzinfo=OSLO)
            if meeting is None:
                meeting = booked(early, by, at)
            else:
                move_to(meeting, at, by)
            event = fetched(client, address)[f"{meeting.pk}@nyemonstre"]
            assert event.decoded("dtstart") == at
            assert at.utcoffset() == timedelta(hours=offset)
            assert event.decoded("dtend").astimezone(OSLO).hour == 10
            assert str(event["SUMMARY"]) == f"NM: hjemmebesøk {early.code}"
    body = client.get(address).content.decode()
    assert "Hemmelig" not in body
    assert str(early.pk) not in body


def test_moved_is_the_same_event_a_turn_later_and_cancelled_is_said(client, early, by, address):
    at = timezone.now().replace(microsecond=0) + timedelta(days=3)
    meeting = booked(early, by, at, at_home=False)
    uid = f"{meeting.pk}@nyemonstre"
    first = fetched(client, address)[uid]
    assert (str(first["SUMMARY"]), str(first["STATUS"])) == (f"NM: samtale {early.code}", "CONFIRMED")
    move_to(meeting, at + timedelta(hours=2), by)
    second = fetched(client, address)[uid]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second.decoded("dtstart") == at + timedelta(hours=2)
    referrals.cancel_meeting(reread(meeting, by), why=TurnReason.FAMILY, by=by)
    third = fetched(client, address)[uid]
    assert str(third["STATUS"]) == "CANCELLED"
    assert third["SEQUENCE"] > second["SEQUENCE"]


def test_windows_are_whole_days_and_keep_their_name_when_counted_anew(client, family, by, address):
    with acting_as(by):
        waiting = Milestone.objects.waiting().filter(family=family, step=Step.REVIEW, number=1).get()
    before = {uid: e for uid, e in fetched(client, address).items() if "6-månedersevaluering" in str(e["SUMMARY"])}
    first = min(before.values(), key=lambda event: event.decoded("dtstart"))
    assert first.decoded("dtstart") == waiting.due_from
    assert first.decoded("dtend") == waiting.due_until + timedelta(days=1)
    assert (str(first["TRANSP"]), first["SEQUENCE"]) == ("TRANSPARENT", 0)
    uid = str(first["UID"])
    reach(family, step=Step.REVIEW, on=timezone.localdate(), by=by)
    assert uid not in fetched(client, address)
    undo(family, step=Step.REVIEW, reason="For tidlig", by=by)
    again = fetched(client, address)[uid]
    assert (again["SEQUENCE"], again.decoded("dtstart")) == (1, waiting.due_from)


def test_measures_of_a_service_only_while_there_is_a_line(client, family, by, address):
    with acting_as(by):
        people = list(Member.objects.filter(family=family).select_related("family__municipality"))
    service = consent.add_service(family.municipality, name="Hemmelig skole", sector=Sector.SCHOOL, by=by)
    draft = consent.draft_line(
        family, service=service, members=people, topics=[Topic.SCHOOL], valid_from=timezone.localdate(), by=by
    )
    line = consent.sign_line(draft, how=How.SIGNED, signed_by="Mor", on=timezone.localdate(), by=by)
    goal = plans.add_goal(family, outcome=Outcome.RM5, words="Noe", whose=people[:1], by=by)
    soon = timezone.localdate() + timedelta(days=5)
    own = plans.add_measure(goal, what="Hemmelig ting", done_by=Doer.FAMILY, due_on=soon, by=by)
    theirs = plans.add_measure(goal, what="Søke", done_by=Doer.SERVICE, service=service, due_on=soon, by=by)
    found = fetched(client, address)
    assert str(found[f"{own.pk}@nyemonstre"]["SUMMARY"]) == f"NM: tiltak {family.code}"
    assert f"{theirs.pk}@nyemonstre" in found
    consent.end_line(line, reason="Ferdig", by=by)
    assert f"{theirs.pk}@nyemonstre" not in fetched(client, address)


def _hand_over(family, team):
    assignments.hand_over(family, to=team.second_coordinator, reason="Bytte", by=team.lead)


def _shut_out(family, team):
    conflicts.shut_out(family, user=team.coordinator, reason="Nabo", by=team.lead)


def _protect(level):
    def change(family, team):
        change_protection(family, protection=level, reason="Vedtak", by=team.coordinator)

    return change


@pytest.mark.parametrize(
    "change", [_hand_over, _shut_out, *(_protect(level) for level in Protection if level != Protection.NONE)]
)  # fmt: skip
def test_nothing_of_families_that_are_not_followed_any_more_or_are_protected(client, family, team, address, change):
    def told():
        return [uid for uid, event in fetched(client, address).items() if str(event["SUMMARY"]).endswith(family.code)]

    assert told()
    change(family, team)
    assert not told()


def test_it_ends_with_the_role_and_the_login_and_does_not_come_back(client, team, by, address):
    role = by.memberships.select_related("municipality").get(role=Role.COORDINATOR)
    end_role(role, by=team.administrator)
    assert client.get(address).status_code == 404
    give_role(by, municipality=team.municipality, role=Role.COORDINATOR, by=team.administrator)
    assert client.get(address).status_code == 404
    del by.live_memberships
    again = make_feed(by, by=by).removeprefix("http://testserver")
    set_active(by, active=False, municipality=team.municipality, by=team.administrator)
    assert client.get(again).status_code == 404


def test_shown_once_and_only_a_hash_is_kept(client, family, team, by):
    client.force_login(by)
    assert "Lag en kalenderadresse" in client.get(PROFILE).content.decode()
    answer = client.post(reverse("accounts:feed_new"))
    secret = answer.content.decode().partition("/kalender/abonnement/")[2].partition(".ics")[0]
    assert len(secret) == 43
    assert "no-store" in answer["Cache-Control"]
    page = client.get(PROFILE).content.decode()
    assert secret not in page
    assert "Ingen har hentet den ennå" in page
    with acting_as(by):
        assert secret.encode() not in bytes(CalendarFeed.objects.get(user=by).token_hash)
    address = reverse("families:calendar_feed", args=[secret])
    client.logout()
    answer = client.get(address)
    assert answer.status_code == 200
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex, nofollow", True)
    assert not answer.cookies
    client.force_login(by)
    assert "Sist hentet" in client.get(PROFILE).content.decode()
    second = client.post(reverse("accounts:feed_new")).content.decode()
    assert "/kalender/abonnement/" in second
    assert client.get(address).status_code == 404
    assert client.post(reverse("accounts:feed_end"), follow=True).status_code == 200
    assert "Du har ingen kalenderadresse" in client.post(reverse("accounts:feed_end"), follow=True).content.decode()
    with acting_as(team.auditor):
        told = list(Event.objects.filter(actor_id=by.pk, what__startswith="feed_").values_list("what", flat=True))
    assert sorted(told) == sorted(
        [AccountEvent.FEED_MADE, AccountEvent.FEED_MADE, AccountEvent.FEED_READ, AccountEvent.FEED_ENDED]
    )


def test_asked_too_often_it_says_wait_and_a_guess_says_nothing(client, address):
    assert [client.get(address).status_code for _ in range(62)][-2:] == [429, 429]
    for wrong in ("x", "å" * 43, "x" * 5000):
        answer = client.get(reverse("families:calendar_feed", args=[wrong]))
        assert answer.status_code == 404
        assert answer["Content-Type"].startswith("text/plain")
    assert client.post(address).status_code == 405


def test_a_role_that_follows_no_family_has_no_calendar(client, team):
    client.force_login(team.administrator)
    assert "kalenderadresse" not in client.get(PROFILE).content.decode()
    assert client.post(reverse("accounts:feed_new")).status_code == 403


def test_the_queries_do_not_grow_with_the_families(client, team, address):
    counts = []
    for more in (0, 2):
        for number in range(more):
            family_at(Step.PLAN, team, name=f"Flere {number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
