"""Two teams, or two meetings, at the same place at the same time, on two real connections."""

from threading import Thread

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from families.models import Family
from families.places import places_of
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.enums import Outcome
from referrals.models import IntakeDecision, IntakeMeeting, Referral
from tests.factories import Team, a_user
from tests.families.test_races import until_somebody_waits

from .making import decided, sent
from .test_intake_meeting import Room


@pytest.mark.django_db(transaction=True)
def test_two_meetings_give_the_last_place_at_once():
    """One gets it. The other is told who did and why, sees that it is full, and has saved nothing of its case."""
    room = Room("Aas")
    town = room.team.municipality
    town.places_per_coordinator = 1
    town.save(update_fields=["places_per_coordinator"])
    sent(room.team, "Berg")
    other = actions.plan_intake_meeting(town, held_on=timezone.localdate(), leader=room.nav, by=room.nav)
    for meeting in (room.meeting, other):
        actions.note_presence(meeting, people=room.everybody(), by=room.nav)
    berg = room.item("Berg", other)
    client, answers = Client(), []
    client.force_login(room.welfare)
    decision = {
        "version": berg.referral.version, "item_version": berg.version, "outcome": "granted", "reason": "Haster",
        "coordinator": str(room.team.coordinator.pk), "note": "Lang samtale", "unanimous": "on", "protection": "none",
    }  # fmt: skip

    def decide_there() -> None:
        try:
            answers.append(client.post(reverse("referrals:intake_case_decide", args=[other.pk, berg.pk]), decision))
        finally:
            connection.close()

    thread = Thread(target=decide_there)
    with acting_as(room.health), transaction.atomic():
        room.decide("Aas", Outcome.GRANTED, coordinator=room.team.coordinator, reason="Kom først")
        thread.start()
        until_somebody_waits()
    thread.join(20)

    page = BeautifulSoup(answers[0].content, "html.parser")
    assert answers[0].status_code == 422
    said = page.select_one("form[data-decide]").get_text(" ", strip=True)
    for words in ("1 av 1 plasser i bruk", "ga Mona en plass der til Aas: «Kom først»", "fullt", "Lang samtale"):
        assert words in said, said
    with acting_as(room.nav), transaction.atomic():
        assert list(IntakeDecision.objects.values_list("referral__family_name", flat=True)) == ["Aas"]
        assert places_of(room.team.coordinator, town).taken == 1
        assert IntakeMeeting.objects.filter(state="open").count() == 2
    after = room.item("Berg", other)
    assert (after.referral.state, after.note, after.version) == ("received", "", berg.version)


@pytest.mark.django_db(transaction=True)
def test_two_teams_race_for_the_last_place():
    team = Team()
    team.municipality.places_per_coordinator = 1
    team.municipality.save()
    second = a_user("intake", team.municipality, sector="health")
    cases = [(sent(team, "Ene"), team.intake), (sent(team, "Andre"), second)]
    answers = []

    def grant(referral, user):
        try:
            decided(referral, team, by=user, coordinator=team.coordinator)
            answers.append("granted")
        except Refused as refusal:
            answers.append(refusal.rule)
        finally:
            connection.close()

    threads = [Thread(target=grant, args=case) for case in cases]
    [thread.start() for thread in threads]
    [thread.join(20) for thread in threads]
    assert sorted(answers) == ["granted", "no_place"]
    with acting_as(team.lead), transaction.atomic():
        assert Family.objects.count() == 1
        assert sorted(Referral.objects.values_list("state", flat=True)) == ["granted", "received"]
