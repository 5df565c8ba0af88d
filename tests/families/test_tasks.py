"""Mail that an action asks for: the reader's language, no personal data, and what happens when the broker is away."""

import pytest
from django.core import mail
from kombu.exceptions import OperationalError

from families import tasks
from families.stages import Step
from nyemonstre.accounts import mail as outgoing
from tests.factories import Team, a_municipality, family_at

pytestmark = pytest.mark.django_db


def test_each_piece_of_news_names_nobody_but_the_reader():
    user = Team().coordinator
    for what in tasks.NEWS:
        tasks.mail_news.run(str(user.pk), what)
    assert [m.to for m in mail.outbox] == [[user.email]] * len(tasks.NEWS)
    for message in mail.outbox:
        assert user.name in message.body
        assert message.body.rstrip().count("http") == 1


def test_the_mail_is_in_the_language_of_the_reader():
    """Until a text is translated it stands in bokmål; what is chosen is the language it is asked for in."""
    team = Team(a_municipality(language="nn"))
    assert tasks._language(team.coordinator) == "nn"
    team.coordinator.language = "en"
    assert tasks._language(team.coordinator) == "en"


def away(*args, **kwargs):
    raise OperationalError("no broker")


def test_with_the_broker_away_the_mail_goes_straight(monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(tasks.mail_news, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        team = Team()
        family_at(Step.INTAKE, team)
    assert [m.to for m in mail.outbox] == [[team.coordinator.email]]


def test_with_the_mail_server_away_too_the_change_stands(monkeypatch, caplog, django_capture_on_commit_callbacks):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(tasks.mail_news, "delay", away)
    monkeypatch.setattr(outgoing, "send_mail", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        family = family_at(Step.INTAKE, Team())
    assert family.pk
    assert "could not be done: ConnectionRefusedError" in caplog.text


def test_nobody_is_mailed_about_what_they_did_themselves(django_capture_on_commit_callbacks):
    from families import assignments
    from nyemonstre.access.roles import Role
    from nyemonstre.accounts.models import Membership

    team = Team()
    family = family_at(Step.INTAKE, team, followed=False)
    Membership.objects.create(user=team.lead, municipality=team.municipality, role=Role.COORDINATOR)
    with django_capture_on_commit_callbacks() as callbacks:
        assignments.assign_coordinator(family, coordinator=team.lead, by=team.lead)
    assert callbacks == []
