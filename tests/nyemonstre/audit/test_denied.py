"""What was tried and stopped is kept, although the transaction it was tried in is gone."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse

from families import actions as family_actions
from families.stages import Step
from nyemonstre.access import denied
from nyemonstre.access.actions import action
from nyemonstre.access.fresh import PROVED_AT
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.log import record, record_apart
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


def kept(team, actor, *whats):
    """What the auditor finds of that person, oldest first."""
    with acting_as(team.auditor), transaction.atomic():
        return list(Event.objects.permitted(team.auditor).filter(actor_id=actor.pk, what__in=whats).order_by("at"))


def test_a_role_that_may_not_is_kept_with_all_that_is_known_about_it(client):
    team = Team()
    client.force_login(team.coordinator)
    answer = client.get(reverse("accounts:user_list"), REMOTE_ADDR="2001:db8::7")
    assert answer.status_code == 403
    (event,) = kept(team, team.coordinator, "refused")
    assert event.facts == {"permission": "manage_users", "view": "user_list"}
    assert (event.role, event.address) == ("coordinator", "2001:db8::7")
    assert str(event.request_id) == answer["X-Request-ID"]
    assert event.municipality_id == team.municipality.pk


def test_another_coordinators_family_and_one_that_is_not_there_leave_the_same_line(client):
    team = Team()
    family = family_at(Step.INTAKE, team)
    client.force_login(team.second_coordinator)
    for key in (family.pk, uuid4()):
        assert client.get(reverse("families:family_detail", args=[key])).status_code == 404
    events = kept(team, team.second_coordinator, "not_found")
    assert [(e.target_type, e.facts, e.role) for e in events] == [
        ("families.family", {"permission": "list_family"}, "coordinator")
    ] * 2
    assert events[0].family_id == family.pk
    # Posting to it is a try as well.
    client.post(reverse("families:family_pause", args=[family.pk]), {})
    assert len(kept(team, team.second_coordinator, "not_found")) == 3


@pytest.mark.django_db(transaction=True)
def test_a_try_from_another_municipality_is_told_to_the_one_that_follows_the_family(client):
    team, other = Team(), Team()
    with transaction.atomic():
        family = family_at(Step.INTAKE, team)
    client.force_login(other.coordinator)
    assert client.get(reverse("families:family_detail", args=[family.pk])).status_code == 404
    (event,) = kept(team, other.coordinator, "not_found")
    assert (event.family_id, event.municipality_id) == (family.pk, team.municipality.pk)
    assert not kept(other, other.coordinator, "not_found")


def test_what_an_action_refuses_is_kept_once_with_its_rule_and_without_its_words():
    team = Team()
    family = family_at(Step.INTAKE, team)
    with pytest.raises(Refused):
        family_actions.pause(family, reason="", by=team.coordinator)
    (event,) = kept(team, team.coordinator, "action_refused")
    assert event.facts == {"action": "families.actions.pause", "rule": "reason"}
    assert (event.family_id, event.target_id) == (family.pk, str(family.pk))


def test_what_fails_is_kept_with_the_kind_of_failure_alone():
    team = Team()

    @action
    def inner(*, by):
        record("viewed", by=by)
        raise ZeroDivisionError("Kanarifugl")

    @action
    def outer(*, by):
        inner(by=by)

    with pytest.raises(ZeroDivisionError):
        outer(by=team.lead)
    (event,) = kept(team, team.lead, "rolled_back", "viewed")
    assert event.facts == {"action": f"{__name__}.inner", "error": "ZeroDivisionError"}


def test_being_asked_who_one_is_is_nothing_that_failed(client):
    team = Team()
    client.force_login(team.auditor)
    session = client.session
    session[PROVED_AT] = 0
    session.save()
    assert client.get(reverse("audit:event_export")).status_code == 302
    assert not kept(team, team.auditor, "rolled_back", "refused", "log_exported")


def test_a_log_that_does_not_answer_changes_nothing_about_the_refusal(client, monkeypatch, caplog):
    team = Team()
    monkeypatch.setattr(type(connection._connections[connection._alias]), "second", lambda self: 1 / 0)
    client.force_login(team.coordinator)
    assert client.get(reverse("accounts:user_list")).status_code == 403
    assert "refused could not be logged: ZeroDivisionError" in caplog.text


def test_ids_that_are_none_are_taken_as_they_are():
    team = Team()
    record_apart("not_found", by=team.lead, target=("families.family", "x" * 90))
    (event,) = kept(team, team.lead, "not_found")
    assert (event.target_id, event.family_id) == ("x" * 60, None)
    denied.keep(ValueError("x"), by=None, target=None)
