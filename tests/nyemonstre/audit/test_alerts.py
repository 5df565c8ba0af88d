"""What the auditor is told to look at, and how an alert is closed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from families.assignments import grant_access
from families.emergencies import break_glass
from families.named_leads import name_lead
from families.stages import Step
from nyemonstre import watch
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User
from nyemonstre.audit import actions, jobs
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Alert, Event
from nyemonstre.postgres.creation import as_owner
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at
from tests.nyemonstre.audit.test_chains import as_worker

NOON = datetime(2026, 11, 18, 11, tzinfo=UTC)
URL = "/logg/varsler/"


def opened(by, family, at, what="viewed"):
    with time_machine.travel(at, tick=False), acting_as(by), transaction.atomic():
        return record(what, by=by, target=family, facts={"permission": "view_family"})


def kinds(municipality):
    with transaction.atomic():
        return sorted(Alert.objects.filter(municipality_id=municipality.pk).values_list("kind", flat=True))


@pytest.mark.django_db(transaction=True)
def test_each_rule_finds_its_own_and_nothing_else():
    """One walk through all rules, as the worker: the web role sees too little to judge."""
    team = Team()
    with transaction.atomic():
        plain = family_at(Step.CONSENT, team, name="Vanlig")
        secret = family_at(Step.INTAKE, team, name="Skjult", protection="strictly_confidential")
        many = [family_at(Step.INTAKE, team, name=f"Mange{n}", followed=False) for n in range(watch.MANY)]

    def found():
        with as_worker(), time_machine.travel(NOON + timedelta(hours=4)):
            jobs.watch_log()
            return kinds(team.municipality)

    for family in (plain, secret):  # whoever follows a family opens it, protected or not
        opened(team.coordinator, family, NOON)
    assert found() == []
    grant_access(plain, user=team.lead, reason="Veileder", by=a_user(Role.LEAD, team.municipality))
    name_lead(secret, lead=team.lead, reason="Koordinatoren slutter", by=team.coordinator)
    for family in (plain, secret):
        opened(team.lead, family, NOON)
    assert found() == ["let_in"] * 2, "and one let in by name is told of alike"
    User.objects.filter(pk=team.lead.pk).update(name="Kari Vanlig")
    opened(team.lead, plain, NOON)
    assert found() == ["let_in", "let_in", "same_name"]
    User.objects.filter(pk=team.second_coordinator.pk).update(name="Far Vanlig")
    opened(team.second_coordinator, plain, NOON)
    assert found() == ["let_in", "let_in", "own_family", "same_name"]
    opened(team.coordinator, plain, datetime(2026, 11, 17, 22, 30, tzinfo=UTC))
    opened(team.coordinator, plain, datetime(2026, 11, 18, 3, 30, tzinfo=UTC))
    assert found() == ["at_night", "let_in", "let_in", "own_family", "same_name"]
    for n, family in enumerate(many):
        opened(team.coordinator, family, NOON + timedelta(minutes=61 + 6 * n))
    assert "many_families" not in found(), "twelve, but in more than an hour"
    opened(team.coordinator, plain, NOON + timedelta(minutes=61 + 66))
    assert "many_families" in found()
    for n in range(watch.MANY_DENIED):
        opened(team.researcher, plain, NOON + timedelta(minutes=n), "not_found")
    assert found() == ["at_night", "let_in", "let_in", "many_denied", "many_families", "own_family", "same_name"]
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        break_glass(many[0].code, reason="Vakten er syk, og mor ringte om i kveld.", by=team.lead)
    assert "break_glass" in found()
    assert len(found()) == 8, "the same again is no new alert"
    with as_worker(), transaction.atomic():
        night = Alert.objects.get(kind="at_night", municipality_id=team.municipality.pk)
        assert (len(night.events), night.actor_id, night.family_id) == (2, team.coordinator.pk, None)
        assert Event.objects.filter(what="alert_raised", municipality_id=team.municipality.pk).count() == 8


def an_alert(team, family, kind="at_night", key=""):
    """Raised as the job does, by somebody the wall lets write it."""
    events = [opened(team.coordinator, family, NOON + timedelta(minutes=n)) for n in range(2)]
    finding = actions.Finding(
        kind=kind, key=key or str(uuid4()), municipality_id=team.municipality.pk, actor_id=team.coordinator.pk,
        family_id=family.pk, events=tuple(e.pk for e in events), first_at=events[0].at, last_at=events[1].at,
    )  # fmt: skip
    with as_worker():
        return actions.raise_alerts([finding], by=None)[0]


@pytest.mark.django_db(transaction=True)
def test_the_auditor_goes_through_the_alerts_and_signs_them_off(client):
    team, other = Team(), Team()
    with transaction.atomic():
        family = family_at(Step.INTAKE, team, name="Kanarifugl")
    alert = an_alert(team, family)
    client.force_login(team.auditor)
    html = client.get(URL).content.decode()
    assert "Lest om natten" in html
    assert family.code in html
    assert "Kanarifugl" not in html
    assert client.get(URL + "?vis=kvittert").context["page_obj"].object_list == []
    assert client.get(URL + "?slags=let_in").context["page_obj"].object_list == []
    # In the menu of every page of the auditor, while somebody has to look.
    navigation = {item["label"]: item["count"] for item in client.get("/logg/").context["nav"]["front"]}
    assert navigation["Varsler"] == 1
    page = client.get(f"{URL}{alert.pk}/")
    assert [line.event.pk for line in page.context["lines"]] == alert.events
    found = client.get(f"/logg/?varsel={alert.pk}").context["lines"]
    assert {line.event.pk for line in found} == set(alert.events)
    empty = client.post(f"{URL}{alert.pk}/", {"note": ""})
    assert empty.status_code == 422
    assert client.post(f"{URL}{alert.pk}/", {"note": "Hadde vakt."}).status_code == 302
    assert "Hadde vakt." in client.get(URL + "?vis=kvittert").content.decode()
    again = client.post(f"{URL}{alert.pk}/", {"note": "En gang til"})
    assert "alt kvittert" in again.content.decode()
    with acting_as(team.auditor), transaction.atomic():
        alert = Alert.objects.get()
        assert (alert.note, alert.signed_off_by) == ("Hadde vakt.", team.auditor.pk)
        assert Event.objects.permitted(team.auditor).filter(what="alert_signed_off").count() == 1
    # Nobody else: not another municipality's auditor, not the lead, and not past the wall.
    client.force_login(other.auditor)
    assert client.get(f"{URL}{alert.pk}/").status_code == 404
    for person in (other.auditor, team.lead, team.coordinator):
        with acting_as(person), transaction.atomic():
            assert not Alert.objects.exists()
            assert Alert.objects.update(note="x") == 0
    with pytest.raises(Exception, match="Rollen din"):
        actions.sign_off(alert, note="x", by=team.lead)
    with pytest.raises(Refused, match="Skriv kort"):
        actions.sign_off(alert, note=" ", by=team.auditor)


@pytest.mark.django_db(transaction=True)
def test_an_open_alert_grows_and_a_closed_one_does_not(client):
    team = Team()
    with transaction.atomic():
        family = family_at(Step.INTAKE, team)
    alert = an_alert(team, family, key="same")
    later = opened(team.coordinator, family, NOON + timedelta(hours=1))
    finding = actions.Finding(
        "at_night", "same", team.municipality.pk, team.coordinator.pk, None, (later.pk,), later.at, later.at
    )
    with as_worker():
        assert actions.raise_alerts([finding], by=None) == []
    with acting_as(team.auditor), transaction.atomic():
        assert Alert.objects.get().events == [*alert.events, later.pk]
    actions.sign_off(alert, note="Sett på.", by=team.auditor)
    with as_worker():
        actions.raise_alerts([finding], by=None)
    with acting_as(team.auditor), transaction.atomic():
        assert Alert.objects.get().last_at == later.at
    # The page costs the same, however many there are.
    client.force_login(team.auditor)
    client.get(URL)
    counts = []
    for number in (1, 2, 27):
        now = timezone.now()
        with as_owner(connection), transaction.atomic():
            for n in range(number):
                Alert(municipality_id=team.municipality.pk, kind="let_in", key=f"{number}:{n}", events=alert.events,
                      actor_id=team.coordinator.pk, family_id=family.pk, first_at=now, last_at=now).save()  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            client.get(URL)
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
