"""Endringer: in words, in order, page by page, and only what one may see."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent import actions as consent_actions
from consent.models import AgreementLine, Consent, Contact
from families import actions, people
from families.models import Household, Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions as plan_actions
from plans.models import Goal
from tests.factories import family_at

pytestmark = pytest.mark.django_db


def url(family, row=None, **query):
    name, keys = ("history:row_changes", [family.pk, row]) if row else ("history:change_list", [family.pk])
    return reverse(name, args=keys) + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def read(client, *args, **query):
    answer = client.get(url(*args, **query))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_everything_of_a_family_is_told_in_words(client, team, family):
    by = team.coordinator
    client.force_login(by)
    with acting_as(by):
        boy = Member.objects.get(family=family, first_name="Gutt")
        home = Household.objects.filter(family=family).first()
        goal = Goal.objects.select_related("family__municipality").get(family=family)
        consent = Consent.objects.filter(family=family, purpose="participation").first()
        line = AgreementLine.objects.get(family=family)
    actions.change_member(boy, first_name="Guttorm", needs_interpreter=True, language="polsk", by=by)
    people.change_home(home, address="Hemmeligveien 7", by=by)
    plan_actions.change_goal(goal, outcome=goal.outcome, words="Lese to sider", whose=[boy], reason="Nå", by=by)
    page = latest = read(client, family)
    while older := re.search(r"etter=(\d+)", latest):
        latest = read(client, family, etter=older[1])
        page += latest
    for words in (
        "Endret medlem", "Guttorm Alt", "Trenger tolk", "Språk", "Endret hjem", "innholdet tas ikke vare på her",
        "Endret mål", "Lese to sider", "Lese sammen", "La til samtykke", "Deltakelse", "La til avtalelinje",
        "Prøveskolen",
        "La til person i avtalen", "La til kontakt", "La til tiltak", "Leksehjelp", "La til journallinje",
        "La til oppdrag", team.coordinator.name, team.intake.name,
        timezone.localtime().strftime("%d.%m.%Y"),
    ):  # fmt: skip
        assert words in page, words
    for raw in ("Hemmeligveien", "first_name", "True", "None", "recorded_", "view_family", "[&#x27;"):
        assert raw not in page, raw
    # One row, from where it stands.
    rows = read(client, family, boy.pk)
    assert "Endringer: Guttorm Alt" in rows
    assert "Hos mor" in rows
    assert "Lese sammen" not in rows
    assert "Lese sammen" in read(client, family, goal.pk)
    assert "Deltakelse" in read(client, family, consent.pk)
    assert "Prøveskolen" in read(client, family, line.pk)
    assert client.get(url(family, uuid4())).status_code == 404


def test_filters_live_in_the_address(client, team, family):
    client.force_login(team.coordinator)
    plan = read(client, family, hva="plan").partition('id="endringer"')[2]
    assert "La til mål" in plan
    assert "La til medlem" not in plan
    intake = read(client, family, hvem=team.intake.pk).partition('id="endringer"')[2]
    assert "La til medlem" in intake
    assert "La til mål" not in intake
    assert "Ingen endringer passer" in read(client, family, hva="plan", hvem=team.intake.pk)
    for nonsense in ({"hva": "x"}, {"hvem": "x"}, {"etter": "x"}, {"etter": "9" * 30}, {"etter": "123456789"}):
        read(client, family, **nonsense)


def test_what_has_gone_out_of_sight_is_not_named(client, team, family):
    by = team.coordinator
    client.force_login(by)
    with acting_as(by):
        contact = Contact.objects.get(family=family)
        line = AgreementLine.objects.select_related("family__municipality").get(family=family)
    assert contact.name in read(client, family, hva="samtykke")
    consent_actions.end_line(line, reason="Familien vil ikke", by=by)
    page = read(client, family, hva="samtykke")
    assert "Familien vil ikke" not in page
    assert "innholdet tas ikke vare på her" in page
    assert contact.name not in page
    assert "90000000" not in page
    assert "ikke synlig for deg" in page
    assert client.get(url(family, contact.pk)).status_code == 404


def test_each_page_is_logged_once_and_asks_as_often_for_thirty_changes_as_for_one(client, team):
    family, by = family_at(Step.INTAKE, team), team.coordinator
    client.force_login(by)
    counts = []
    for rounds in (1, 2, 27):
        with acting_as(by):
            member = Member.objects.get(family=family, first_name="Mor")
            for number in range(rounds):
                member.relation = f"mor {rounds} {number}"
                member.save()
            before = Event.objects.filter(family_id=family.pk).count()
        with CaptureQueriesContext(connection) as queries:
            read(client, family, hvem=by.pk)
        counts.append(len(queries))
        with acting_as(by):
            assert Event.objects.filter(family_id=family.pk).count() == before + 1
    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize(("language", "words"), [("nn", "Endra medlem"), ("en", "Changed")])
def test_other_languages(client, team, language, words):
    family, by = family_at(Step.INTAKE, team), team.coordinator
    with acting_as(by):
        Member.objects.filter(family=family, first_name="Mor").update(relation="mamma")
    by.language = language
    by.save()
    client.force_login(by)
    assert words in read(client, family)
