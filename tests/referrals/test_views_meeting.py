"""The information meeting and the henvendelse on the family's own pages. Others: tests/meta/test_urls.py."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from families.models import Family
from families.stages import Step
from nyemonstre.access.wall import acting_as
from referrals.enums import Told
from referrals.models import InformationMeeting
from tests.factories import Team, family_at

from .making import decided, sent


def errors(response):
    page = BeautifulSoup(response.content, "html.parser")
    return " ".join(line.get_text(" ", strip=True) for line in page.select(".ds-error-summary li"))


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, decided(sent(team, "Rahimi"), team, coordinator=team.coordinator).family_id


@pytest.fixture
def team(db, walked):
    return deepcopy(walked[0])


@pytest.fixture
def family(team, walked):
    with acting_as(team.coordinator):
        return Family.objects.prefetch_related("members").get(pk=walked[1])


@pytest.fixture
def mine(client, team):
    client.force_login(team.coordinator)
    return client


def url(name, family, *more):
    return reverse(f"referrals:{name}", args=[family.pk, *more])


def day(days=0):
    return (timezone.localdate() + timedelta(days=days)).strftime("%d.%m.%Y")


def booking(family, **changes):
    return {
        "key": str(uuid4()), "day": day(3), "at": "10:30", "place": "Rådhuset",
        "members": [str(m.pk) for m in family.members.all()], "referrer_comes": "on", **changes,
    }  # fmt: skip


def record(meeting, **changes):
    return {"version": meeting.version, "held_on": day(), "told": Told.values, "outcome": "yes", **changes}


def meeting_of(team):
    with acting_as(team.coordinator):
        return InformationMeeting.objects.first()


def test_booked_moved_held_and_answered(mine, team, family):
    page = url("information_meeting", family)
    text = mine.get(page).content.decode()
    assert "Mor trenger tolk på arabisk" in text
    assert mine.post(page, booking(family)).status_code == 302
    meeting = meeting_of(team)
    assert "Rådhuset" in mine.get(page).content.decode()
    change = url("meeting_change", family, meeting.pk)
    assert 'value="10:30"' in mine.get(change).content.decode()
    data = booking(family, place="Hjemme", version=meeting.version)
    assert mine.post(change, data).status_code == 302
    assert "nyere utgave" in errors(mine.post(change, data))
    meeting = meeting_of(team)
    done = url("meeting_record", family, meeting.pk)
    assert mine.get(done).status_code == 200
    assert mine.post(done, record(meeting, questions="Hva med leien? 🏠")).status_code == 302
    text = mine.get(page).content.decode()
    assert "Hva med leien? 🏠" in text
    assert "Ja, familien vil være med" in text
    assert mine.get(done).url == page
    with acting_as(team.coordinator):
        assert family.milestones.get(step=Step.INFORMATION).reached_on == timezone.localdate()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": ""}, "Skriv en dato"),
        ({"day": "01.01.2090"}, "Datoen kan ikke være etter"),
        ({"at": "25:99"}, "Skriv klokkeslettet slik"),
        ({"place": "x" * 161}, "Det er plass til 160"),
        ({"place": "a\0"}, "tegn som ikke kan lagres"),
        ({"members": []}, "Velg minst ett svar"),
        ({"members": [str(uuid4())]}, "Velg"),
        ({"members": ["x"]}, ""),
    ],
)
def test_a_wrong_booking_is_said(mine, family, changes, sentence):
    response = mine.post(url("information_meeting", family), booking(family, **changes))
    assert response.status_code == 422
    assert sentence in errors(response)


def test_a_family_that_sent_it_itself_is_not_asked_whether_the_sender_comes(mine, team):
    own = {"referrer_kind": "family", "referrer_service": "", "referrer_sector": ""}
    decision = decided(sent(team, "Rahimi", **own), team, coordinator=team.coordinator)
    with acting_as(team.coordinator):
        family = Family.objects.prefetch_related("members").get(pk=decision.family_id)
    page = mine.get(url("information_meeting", family)).content.decode()
    assert "Familien og du møtes." in page
    assert 'name="referrer_comes"' not in page
    assert mine.post(url("information_meeting", family), booking(family)).status_code == 302
    meeting = meeting_of(team)
    assert not meeting.referrer_comes
    assert 'name="referrer_comes"' not in mine.get(url("meeting_change", family, meeting.pk)).content.decode()


def test_more_times_are_folded_away_until_they_are_wanted(mine, family):
    def fold(response):
        return BeautifulSoup(response.content, "html.parser").select_one("details.ref-more")

    address = url("information_meeting", family)
    closed = fold(mine.get(address))
    assert [field["name"] for field in closed.select("input")] == ["day_2", "at_2", "day_3", "at_3"]
    assert not closed.has_attr("open")
    assert fold(mine.post(address, booking(family, day_2=day(4)))).has_attr("open")


def test_another_familys_member_is_no_choice(mine, team, family):
    other = family_at(Step.INTAKE, team)
    with acting_as(team.coordinator):
        stranger = other.members.first()
    response = mine.post(url("information_meeting", family), booking(family, members=[str(stranger.pk)]))
    assert response.status_code == 422
    assert "Velg" in errors(response)


def test_the_same_booking_twice_makes_one(mine, team, family):
    data = booking(family)
    assert [mine.post(url("information_meeting", family), data).status_code for _ in "ab"] == [302, 302]
    with acting_as(team.coordinator):
        assert InformationMeeting.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"told": ["offer"]}, "bare si ja til det"),
        ({"told": ["nothing"]}, "Velg ett av svarene"),
        ({"outcome": ""}, "Velg et svar"),
        ({"held_on": "01.01.2090"}, "Datoen kan ikke være etter"),
        ({"questions": "x" * 3001}, "Det er plass til 3000"),
        ({"outcome": "thinking", "reason": "Vil ikke"}, "Dette feltet er for et nei"),
    ],
)
def test_a_wrong_record_is_said_and_kept(mine, team, family, changes, sentence):
    mine.post(url("information_meeting", family), booking(family))
    meeting = meeting_of(team)
    response = mine.post(url("meeting_record", family, meeting.pk), record(meeting, **changes))
    assert response.status_code == 422
    assert sentence in errors(response)


def test_a_no_says_what_follows_and_offers_no_new_time(mine, team, family):
    mine.post(url("information_meeting", family), booking(family))
    meeting = meeting_of(team)
    page = url("meeting_record", family, meeting.pk)
    assert "Et nei avslutter oppfølgingen" in mine.get(page).content.decode()
    text = mine.post(page, record(meeting, outcome="no", told=[]), follow=True).content.decode()
    assert "plassen er ledig igjen" in text
    assert "Avtal en ny tid" not in text


def test_a_draft_survives_and_is_forgotten_when_saved(mine, team, family):
    from nyemonstre.accounts.actions import save_draft
    from nyemonstre.accounts.models import Draft

    mine.post(url("information_meeting", family), booking(family))
    meeting = meeting_of(team)
    page = url("meeting_record", family, meeting.pk)
    save_draft(page, data={"questions": "Halvferdig", "version": "99"}, by=team.coordinator)
    text = mine.get(page).content.decode()
    assert "Halvferdig" in text
    assert "Kast utkastet" in text
    assert mine.post(page, record(meeting)).status_code == 302
    with acting_as(team.coordinator):
        assert not Draft.objects.exists()


def test_the_coordinator_reads_how_the_family_came(mine, family):
    text = mine.get(url("family_referral", family)).content.decode()
    assert "Vi trenger én å ringe til, ikke seks." in text
    assert "I målgruppen" in text


def test_a_family_without_a_henvendelse_has_no_such_page(mine, team):
    family = family_at(Step.INTAKE, team)
    assert mine.get(url("family_referral", family)).status_code == 404
    assert mine.get(url("information_meeting", family)).status_code == 200
