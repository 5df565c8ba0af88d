"""One member holds the tablet: their own questions and nothing else, until the code is typed."""

import re

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Response
from assessments.tablet import TRIES
from nyemonstre.access.wall import acting_as

from .test_actions import refused, withdraw

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


OWN, BACK = "/kartlegging/min/", "/kartlegging/min/ferdig/"


@pytest.fixture
def given(client, team, family, people, sitting):
    """The tablet is Jente's (13 years: the ladder, and how school is). Her mother has answered before her."""
    actions.answer(sitting, question="ladder", member=people["Mor"], value=9, by=team.coordinator)
    client.force_login(team.coordinator)
    url = reverse("assessments:sitting_hand_over", args=[family.pk, sitting.pk, people["Jente"].pk])
    assert "2 spørsmål" in text(client.get(url))
    assert client.post(url, {"code": "12a4"}).status_code == 422
    assert client.post(url, {"code": "1234"}).url == OWN
    return client


def test_every_other_address_leads_back_to_ones_own_question(given, family, sitting, people):
    others = [
        "/", reverse("families:family_list"), reverse("families:family_detail", args=[family.pk]),
        reverse("assessments:sitting_detail", args=[family.pk, sitting.pk]),
        reverse("assessments:sitting_member", args=[family.pk, sitting.pk, people["Mor"].pk, "self"]),
    ]  # fmt: skip
    for url in others:
        assert given.get(url).url == OWN, url
        assert given.post(url).url == OWN, url
    first = text(given.get(OWN))
    assert "Spørsmål 1 av 2" in first
    assert "checked" not in first  # not her mother's 9
    for name in ("Mor", "Far", "Gutt"):
        assert name not in first
    assert "Ikke spurt" not in first
    assert "Hvor på stigen står du for tiden?" in first  # the words for somebody of 13
    assert "Tilbake til oversikten" in text(given.get(BACK))


def test_answers_are_hers_and_the_code_opens_again(given, team, family, sitting, people):
    assert given.post(OWN, {"question": "rm1", "value": "3"}).status_code == 404
    assert given.post(OWN, {"question": "ladder", "value": "11"}).status_code == 422
    assert given.post(OWN, {"question": "ladder", "value": "6"}).url == f"{OWN}?nr=2"
    assert given.post(OWN, {"question": "thriving_self", "value": "unwilling"}).url == BACK
    with acting_as(team.coordinator):
        mine = {r.question: r.missing or r.value for r in Response.objects.filter(member=people["Jente"])}
    assert mine == {"ladder": 6, "thriving_self": "unwilling"}
    assert "3 forsøk" not in text(given.post(BACK, {"code": "9999"}))
    overview = reverse("assessments:sitting_detail", args=[family.pk, sitting.pk])
    assert given.post(BACK, {"code": "1234"}).url == overview
    assert "2 av 2" in text(given.get(overview))
    assert given.get(OWN).url == "/"
    assert given.get(BACK).url == "/"


def test_wrong_codes_end_the_login(given, family):
    for left in range(TRIES - 1, 0, -1):
        assert f"{left} forsøk" in text(given.post(BACK, {"code": "0000"}))
    assert given.post(BACK, {"code": "0000"}).url == reverse("accounts:login")
    assert given.get(reverse("families:family_detail", args=[family.pk])).status_code == 302
    assert "_auth_user_id" not in given.session


def test_what_happens_meanwhile_shows_no_question(given, team, sitting, people):
    withdraw(people["Jente"], team.coordinator)
    assert given.get(OWN).url == BACK
    actions.abandon(sitting, reason="Feil", by=team.coordinator)
    assert given.get(OWN).status_code in (302, 404)
    assert "koden" in text(given.get(BACK))


def test_nobody_is_handed_a_tablet_with_nothing_on_it(client, team, family, sitting, people):
    client.force_login(team.coordinator)
    for who in (people["Gutt"].pk, "familien", "x"):  # 7 years, nobody, nothing
        assert (
            client.get(reverse("assessments:sitting_hand_over", args=[family.pk, sitting.pk, who])).status_code == 404
        )
    refused("no_own", actions.hand_over, sitting, member=people["Gutt"], by=team.coordinator)
