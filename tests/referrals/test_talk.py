"""The information meeting around itself: times to choose among, what leaves the system, the no, and what waits."""

from copy import deepcopy
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from families.actions_protection import change_protection
from families.agenda import to_do
from families.enums import Protection
from families.models import Family
from families.people import change_home
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from referrals import actions
from referrals.enums import MeetingOutcome, ReferralEvent, Told
from referrals.letters import printed_invitation
from referrals.models import InformationMeeting, Referral
from tests.factories import Team, family_at
from tests.plans.test_pdf import text_of

from .making import decided, sent
from .test_decisions import rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        decision = decided(sent(team, "Rahimi", referrer_name="Lærer Lie"), team, coordinator=team.coordinator)
        with acting_as(team.coordinator):
            family = Family.objects.select_related("municipality").get(pk=decision.family_id)
        return team, family


@pytest.fixture
def team(db, walked):
    return deepcopy(walked[0])


@pytest.fixture
def family(team, walked):
    return deepcopy(walked[1])


@pytest.fixture
def by(team):
    return team.coordinator


@pytest.fixture
def mine(client, by):
    client.force_login(by)
    return client


def at(days, hour=10):
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def book(family, by, **terms):
    with acting_as(by):
        members = list(family.members.all())
    if "proposals" not in terms:
        terms = {"starts_at": at(3), **terms}
    if "home" not in terms:
        terms = {"place": "Kulturhuset", **terms}
    return actions.book_meeting(family, members=members, by=by, **terms)


def page(name, family, *more):
    return reverse(f"referrals:{name}", args=[family.pk, *more])


def test_the_family_chooses_among_the_times(mine, family, by):
    proposals = [at(3), at(4, 13), at(5)]
    meeting = book(family, by, proposals=proposals)
    assert (meeting.starts_at, meeting.times) == (None, proposals)
    text = mine.get(page("information_meeting", family)).content.decode()
    assert text.count('name="starts_at"') == 3
    assert "kalender.ics" not in text
    assert rule_of(lambda: actions.agree_time(meeting, starts_at=at(9), by=by)) == "not_proposed"
    agree = page("meeting_agree", family, meeting.pk)
    for wrong in ({}, {"version": 1, "starts_at": "x"}, {"version": 99, "starts_at": proposals[1].isoformat()}):
        mine.post(agree, wrong)
    with acting_as(by):
        assert InformationMeeting.objects.get().starts_at is None
    answer = mine.post(agree, {"version": meeting.version, "starts_at": proposals[1].isoformat()}, follow=True)
    assert "Tiden er avtalt" in answer.content.decode()
    assert "kalender.ics" in answer.content.decode()
    with acting_as(by):
        meeting = InformationMeeting.objects.get()
        assert (meeting.starts_at, meeting.proposals) == (proposals[1], proposals)


def test_a_form_with_three_times_at_home_with_an_interpreter(mine, family, by):
    with acting_as(by):
        home, members = family.households.first(), [str(m.pk) for m in family.members.all()]
    days = [f"{at(n):%d.%m.%Y}" for n in (3, 4, 5)]
    data = {
        "key": str(uuid4()), "day": days[0], "at": "10:30", "day_2": days[1], "at_2": "klokka ett", "members": members,
        "place": "", "home": "", "interpreter": "arabisk", "interpreter_ordered": "on",
    }  # fmt: skip
    url = page("information_meeting", family)
    text = mine.post(url, data).content.decode()
    for sentence in ("Skriv klokkeslettet slik", "Skriv stedet, eller velg et hjem"):
        assert sentence in text
    data |= {"at_2": "", "home": str(home.pk)}
    assert "Fyll ut både dag og klokkeslett" in mine.post(url, data).content.decode()
    assert "Ikke begge" in mine.post(url, data | {"at_2": "13:00", "place": "Rådhuset"}).content.decode()
    data |= {"at_2": "13:00", "day_3": days[2], "at_3": "09:00"}
    assert mine.post(url, data).status_code == 302
    with acting_as(by):
        meeting = InformationMeeting.objects.get()
        assert (len(meeting.proposals), meeting.home, meeting.place) == (3, home, "")
        assert (meeting.interpreter, meeting.interpreter_ordered, meeting.coordinator) == ("arabisk", True, by)
    change = page("meeting_change", family, meeting.pk)
    text = mine.get(change).content.decode()
    assert all(f'value="{day}"' in text for day in days)
    one = data | {"day_2": "", "at_2": "", "day_3": "", "at_3": "", "version": meeting.version}
    assert mine.post(change, one).status_code == 302
    with acting_as(by):
        assert InformationMeeting.objects.get().starts_at


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"proposals": []}, "no_time"),
        ({"place": ""}, "where"),
        ({"interpreter_ordered": True}, "language"),
    ],
)
def test_terms_that_do_not_hold_together(family, by, terms, rule):
    assert rule_of(lambda: book(family, by, **terms)) == rule


def test_only_its_own_homes_and_followers(team, family, by):
    other = family_at("intake", team)
    with acting_as(by):
        foreign, own = other.households.first(), family.households.first()
    assert rule_of(lambda: book(family, by, home=foreign)) == "no_such_home"
    assert rule_of(lambda: book(family, by, home=own, place="Her også")) == "where"
    assert rule_of(lambda: book(family, by, coordinator=team.second_coordinator)) == "not_following"


def test_the_invitation_in_the_familys_language_without_an_address(mine, family, by):
    with acting_as(by):
        home = family.households.first()
    change_home(home, address="Skjulveien 3", town="Gjemme", by=by)
    meeting = book(family, by, home=home, interpreter="arabisk")
    seen = {}
    for language in ("nb", "nn", "en", "xx"):
        answer = mine.get(page("meeting_letter", family, meeting.pk) + f"?sprak={language}")
        assert answer["Content-Type"] == "application/pdf"
        assert "Rahimi" not in answer["Content-Disposition"]
        seen[language] = text_of(answer.content)
    assert seen["xx"] == seen[family.municipality.language]
    assert "Welcome" in seen["en"]
    assert "Hjemme hos dere" in seen["nb"]
    assert len({seen[code] for code in ("nb", "nn", "en")}) == 3
    for text in seen.values():
        assert "Skjulveien" not in text
        assert "Gjemme" not in text
        assert "Lærer Lie" in text
    with acting_as(by):
        assert Event.objects.filter(family_id=family.pk, what=ReferralEvent.MEETING_LETTER).count() == 4


def test_the_file_has_the_code_and_nobody(mine, family, by):
    meeting = book(family, by)
    answer = mine.get(page("meeting_file", family, meeting.pk))
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"SUMMARY:NM: informasjonssamtale {family.code}" in text
    assert not [word for word in ("Rahimi", "Kulturhuset", "LOCATION", "ATTENDEE", by.name, by.email) if word in text]


def test_a_strictly_protected_family_leaves_no_place_and_no_file(mine, family, by):
    change_protection(family, protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt", by=by)
    meeting = book(family, by)
    text = mine.get(page("information_meeting", family)).content.decode()
    assert "kalender.ics" not in text
    answer = mine.get(page("meeting_file", family, meeting.pk))
    assert answer.status_code == 302
    with acting_as(by):
        meeting = InformationMeeting.objects.select_related("family__municipality").get()
        printed = str(printed_invitation(meeting, "nb"))
        assert not Event.objects.filter(family_id=family.pk, what=ReferralEvent.MEETING_FILE).exists()
    assert not [w for w in ("Kulturhuset", "Lærer Lie", family.municipality.name) if w in printed]


def test_no_in_one_press_with_and_without_a_meeting(mine, team, family, by):
    text = mine.get(page("information_meeting", family)).content.decode()
    assert "Annen hjelp er som før" in text
    book(family, by)
    said = mine.post(page("offer_refuse", family), follow=True).content.decode()
    assert "plassen er ledig igjen" in said
    with acting_as(by):
        assert InformationMeeting.objects.get().outcome == MeetingOutcome.NO
        assert Family.objects.get(pk=family.pk).state == "closed"
        assert Referral.objects.of_family(family).get().state == "closed"
        assert Event.objects.filter(family_id=family.pk, what=ReferralEvent.OFFER_REFUSED).count() == 1
    assert rule_of(lambda: actions.refuse_offer(family, by=by)) == "closed"
    other = family_at("intake", team)
    actions.refuse_offer(other, by=by)
    with acting_as(by):
        assert Family.objects.get(pk=other.pk).state == "closed"
        assert not InformationMeeting.objects.filter(family=other).exists()


def test_a_no_before_any_meeting_closes_the_henvendelse(family, by):
    actions.refuse_offer(family, by=by)
    with acting_as(by):
        assert Referral.objects.of_family(family).get().state == "closed"


def test_a_yes_is_taken_back_another_way(team, family, by):
    actions.record_meeting(book(family, by), outcome="yes", told=Told.values, by=by)
    assert rule_of(lambda: actions.refuse_offer(family, by=by)) == "answered_yes"
    with acting_as(by):
        assert not family.consents.exists()  # a yes here enrols nobody
    for who in (team.lead, team.second_coordinator):
        with pytest.raises(PermissionDenied):
            actions.refuse_offer(family, by=who)


def test_who_thinks_is_asked_again_on_the_day(family, by):
    today = timezone.localdate()
    meeting = book(family, by)

    def think(**facts):
        return actions.record_meeting(meeting, outcome="thinking", by=by, **facts)

    assert rule_of(lambda: think(remind_on=today - timedelta(days=1))) == "remind_too_early"
    absent = {"outcome": "absent", "remind_on": today, "by": by}
    assert rule_of(lambda: actions.record_meeting(meeting, **absent)) == "remind_without_thinking"
    assert think().remind_on == today + timedelta(days=14)

    def waits(day):
        with acting_as(by):
            return [(entry.kind, entry.text) for entry in to_do(by, day) if entry.kind == "talk"]

    assert waits(today) == []
    with acting_as(by):
        InformationMeeting.objects.update(remind_on=today)
    assert waits(today) == [("talk", "Spør familien igjen")]


@pytest.mark.parametrize(
    ("terms", "outcome", "expected"),
    [
        ({}, "absent", ["Avtal ny tid"]),
        ({"proposals": [at(2), at(9)]}, "", ["Tid for samtalen"]),
        ({"proposals": [at(8), at(9)]}, "", []),
        ({"starts_at": at(-1)}, "", ["Informasjonssamtalen"]),
        ({"starts_at": at(1)}, "", []),
        ({}, "yes", []),
    ],
)
def test_what_waits_in_to_do(family, by, terms, outcome, expected):
    meeting = book(family, by, **terms)
    if outcome:
        actions.record_meeting(meeting, outcome=outcome, told=Told.values, by=by)
    with acting_as(by):
        assert [entry.text for entry in to_do(by) if entry.kind == "talk"] == expected
