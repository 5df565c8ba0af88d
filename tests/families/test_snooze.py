"""Putting something off in Å gjøre: for a reason, until a day, and then it is back. And drafts, which wait there."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from families import agenda, assignments
from families.actions_snooze import LONGEST, snooze
from families.snoozes import Snooze
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import save_draft
from nyemonstre.audit.models import Event
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db
TO_DO = reverse("families:to_do")


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.INTAKE, team, name="Lyngmo")


@pytest.fixture
def by(team):
    return team.coordinator


@pytest.fixture
def entry(family, by):
    with acting_as(by):
        return next(row for row in agenda.to_do(by) if row.milestone_id)


def days(number):
    return timezone.localdate() + timedelta(days=number)


def address(entry):
    return reverse("families:put_off", args=[entry.item])


def listed(client):
    page = BeautifulSoup(client.get(TO_DO).content, "html.parser")
    return [link["href"] for link in page.select("main a[href*='/utsett/']")], page.get_text(" ", strip=True)


def test_it_goes_and_comes_back_on_its_day_and_the_log_knows_why(client, team, family, by, entry):
    client.force_login(by)
    links, _page = listed(client)
    assert address(entry) in links
    assert "Lyngmo" in client.get(address(entry)).content.decode()
    for wrong in (
        {"until": f"{days(7):%d.%m.%Y}", "reason": " "}, {"until": f"{days(0):%d.%m.%Y}", "reason": "Ferie"},
        {"until": f"{days(LONGEST + 1):%d.%m.%Y}", "reason": "Ferie"}, {"until": "31.2.2026", "reason": "Ferie"},
        {"until": f"{days(7):%d.%m.%Y}", "reason": "x" * 301},
    ):  # fmt: skip
        answer = client.post(address(entry), wrong)
        assert answer.status_code == 422, wrong
    with acting_as(by):
        before = agenda.count_due(by)
    right = {"until": f"{days(7):%d.%m.%Y}", "reason": "Familien er bortreist"}
    assert client.post(address(entry), right, follow=True).status_code == 200
    links, page = listed(client)
    assert address(entry) not in links
    assert "Familien er bortreist" in page
    assert client.post(address(entry), right).status_code == 404
    with acting_as(by):
        assert agenda.count_due(by) == before - 1
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        with acting_as(by):
            assert agenda.count_due(by) >= before
        client.force_login(by)
        assert address(entry) in listed(client)[0]
    with acting_as(team.auditor):
        event = Event.objects.get(what="snoozed")
        assert (event.reason, event.family_id) == ("Familien er bortreist", family.pk)


def test_it_is_taken_up_again_by_hand_once(client, by, entry):
    with acting_as(by):
        row = snooze(entry, until=days(3), reason="Ferie", by=by)
    client.force_login(by)
    back = reverse("families:take_up", args=[row.pk])
    assert "Det står i listen igjen" in client.post(back, follow=True).content.decode()
    assert address(entry) in listed(client)[0]
    assert "Det står alt i listen" in client.post(back, follow=True).content.decode()


def test_it_is_ones_own_alone_and_only_while_one_follows_the_family(client, team, family, by, entry):
    with acting_as(by):
        row = snooze(entry, until=days(3), reason="Ferie", by=by)
    for other in (team.lead, team.second_coordinator, team.auditor, team.administrator):
        with acting_as(other):
            assert not Snooze.objects.exists()
    client.force_login(team.second_coordinator)
    assert client.post(reverse("families:take_up", args=[row.pk])).status_code == 404
    assert client.get(address(entry)).status_code == 404
    with acting_as(team.second_coordinator), pytest.raises(Exception, match="row-level"), transaction.atomic():
        Snooze.objects.create(user=team.second_coordinator, family=family, item="x", until=days(2), reason="x")
    assignments.hand_over(family, to=team.second_coordinator, reason="Bytte", by=team.lead)
    with acting_as(by):
        assert not Snooze.objects.exists()


@pytest.mark.parametrize(
    ("name", "facts"), [("snooze_for_a_reason", {"reason": ""}), ("snooze_one_at_a_time", {"item": "same"})]
)
def test_what_the_database_holds_to(family, by, name, facts):
    row = {"user": by, "family": family, "item": "other", "until": days(2), "reason": "Ferie"} | facts
    with acting_as(by):
        Snooze.objects.create(**row | {"reason": "Ferie", "item": "same"})
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Snooze.objects.create(**row)


def test_a_draft_that_was_left_waits_in_the_list(client, family, by):
    save_draft(reverse("families:member_new", args=[family.pk]), data={"first_name": ["Per"]}, by=by)
    save_draft("/henvendelser/ny/", data={"x": ["y"]}, by=by)
    client.force_login(by)
    page = BeautifulSoup(client.get(TO_DO + "?vis=draft").content, "html.parser")
    drafts = [row.get_text(" ", strip=True) for row in page.select("main .nm-list li")]
    assert len(drafts) == 2
    assert "Lyngmo" in "".join(drafts)
    assert "Per" not in "".join(drafts)
