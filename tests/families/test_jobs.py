"""The nightly job, as the worker's own database role; and once for real, with a Celery worker and mails in a folder."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from families import actions, agenda, assignments, days, jobs, tasks
from families.actions_snooze import snooze
from families.enums import AssignmentKind
from families.reminders import Reminder
from families.stages import Step
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.accounts import mail as outgoing
from nyemonstre.accounts.actions import set_escalation
from nyemonstre.accounts.models import Membership
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Event
from tests.factories import Team, family_at
from tests.roles import as_worker

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def worker(monkeypatch):
    """Tasks asked for run at once, in this process, as the worker's role."""
    monkeypatch.setattr(tasks.mail_reminder, "delay", tasks.mail_reminder.run)
    with as_worker():
        yield


@pytest.fixture(autouse=True)
def _any_day(monkeypatch):
    """The tests run on weekends too."""
    monkeypatch.setattr(jobs, "is_working_day", lambda day: True)


def long_ago():
    return timezone.localdate() - timedelta(days=40)


@pytest.fixture
def team(monkeypatch):
    """One window open and one passed for the coordinator. The mails about new families are not what is tried here."""
    monkeypatch.setattr(tasks.mail_news, "delay", lambda *args: None)
    with transaction.atomic():
        team = Team()
        family_at(Step.INTAKE, team, name="Lyngmo")
        family_at(Step.INTAKE, team, name="Osmani", on=long_ago())
    return team


def first_family(team):
    with acting_as(team.lead), transaction.atomic():
        rows = team.coordinator.assignments.select_related("family__municipality")
        return rows.order_by("family__code").first().family


def reminders() -> list[Reminder]:
    with as_job(), transaction.atomic():
        return list(Reminder.objects.select_related("user").order_by("pk"))


def test_a_coordinator_is_told_how_many_and_nothing_else_and_the_log_that_they_were(team, worker):
    assert jobs.remind() == 1
    (reminder,) = reminders()
    assert (reminder.user, reminder.open_windows, reminder.passed_windows) == (team.coordinator, 1, 1)
    assert reminder.sent_at is not None
    (message,) = mail.outbox
    assert message.to == [team.coordinator.email]
    assert "1 vindu er åpent nå" in message.body
    assert "1 vindu er passert" in message.body
    for secret in ("Lyngmo", "Osmani", "Mor", "P0", "familier/"):
        assert secret not in message.subject + message.body.replace(team.coordinator.name, "")
    with acting_as(team.auditor), transaction.atomic():
        event = Event.objects.get(what="reminded")
        assert event.actor_id is None
        assert event.facts == {"user": str(team.coordinator.pk), "open": 1, "passed": 1}


def test_run_twice_it_tells_nobody_twice_nor_does_the_same_task(team, worker):
    assert [jobs.remind(), jobs.remind()] == [1, 0]
    (reminder,) = reminders()
    assert tasks.mail_reminder.run(str(reminder.pk)) is False
    assert len(mail.outbox) == 1


def test_a_mail_that_did_not_go_is_asked_for_again(team, worker, monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(outgoing, "send_mail", away)
        with pytest.raises(ConnectionRefusedError):
            jobs.remind()
    (reminder,) = reminders()
    assert reminder.sent_at is None
    assert jobs.remind() == 1
    assert len(mail.outbox) == 1


def test_who_is_not_told(team, worker):
    """Nothing due; a paused or closed family; a role that has ended; a user who is shut out."""
    with acting_as(team.coordinator), transaction.atomic():
        families = [(a.family, a) for a in team.coordinator.assignments.select_related("family__municipality")]
    actions.pause(families[0][0], reason="Ferie", by=team.coordinator)
    actions.close(families[1][0], reason="Flyttet", by=team.coordinator)
    assert jobs.remind() == 0
    assert mail.outbox == []


def test_a_role_that_has_ended_is_told_nothing(team, worker):
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=team.coordinator).update(valid_to=yesterday)
    assert jobs.remind() == 0


def test_a_closed_login_is_told_nothing(team, worker):
    type(team.coordinator).objects.filter(pk=team.coordinator.pk).update(is_active=False)
    assert jobs.remind() == 0


def test_a_substitute_is_told_too(team, worker):
    with acting_as(team.lead), transaction.atomic():
        family = (
            team.coordinator.assignments.select_related("family__municipality").order_by("family__code").first().family
        )
    assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind=AssignmentKind.SUBSTITUTE, reason="Ferie",
        valid_until=timezone.now() + timedelta(days=2), by=team.lead,
    )  # fmt: skip
    assert jobs.remind() == 2
    assert {r.user for r in reminders()} == {team.coordinator, team.second_coordinator}


def test_two_who_follow_one_family_are_not_counted_double(team, worker):
    with acting_as(team.lead), transaction.atomic():
        family = (
            team.coordinator.assignments.select_related("family__municipality").order_by("family__code").first().family
        )
    assignments.assign_coordinator(
        family, coordinator=team.coordinator, kind=AssignmentKind.SECOND, reason="To hjem", by=team.lead
    )
    jobs.remind()
    assert [(r.open_windows, r.passed_windows) for r in reminders()] == [(1, 1)]


def test_the_web_role_sees_nothing_even_as_a_job(team):
    """`as_job` opens the wall for the worker alone; a page that forgot itself gets no rows."""
    with as_job(), transaction.atomic():
        assert jobs.due_by_person(timezone.localdate()) == []


def test_a_person_reads_their_own_reminders_and_writes_none(team):
    with as_worker(), as_job(), transaction.atomic():
        today = timezone.localdate()
        jobs.write_reminders(jobs.due_by_person(today), day=today, by=None)
    for user, number in ((team.coordinator, 1), (team.second_coordinator, 0), (team.lead, 0)):
        with acting_as(user), transaction.atomic():
            assert Reminder.objects.count() == number
            assert Reminder.objects.update(sent_at=timezone.now()) == 0


def test_weekends_and_public_holidays_are_quiet(monkeypatch):
    monkeypatch.undo()
    for day, works in (
        ("2026-11-28", False), ("2026-11-29", False), ("2026-11-30", True), ("2026-05-01", False),
        ("2026-05-14", False), ("2027-05-17", False), ("2027-03-25", False), ("2027-03-29", False),
        ("2026-12-24", True), ("2026-12-25", False),
    ):  # fmt: skip
        assert days.is_working_day(date.fromisoformat(day)) is works, day
        if not works:
            assert jobs.remind(day) == 0, day
            assert days.working_day(date.fromisoformat(day)) < date.fromisoformat(day), day


def test_during_a_leave_the_substitute_is_told_and_the_one_away_is_not(team, worker):
    with acting_as(team.lead), transaction.atomic():
        follows = team.coordinator.assignments.values_list("family", flat=True)
        substitutes = dict.fromkeys(follows, team.second_coordinator)
    now = timezone.now()
    leave = assignments.cover_leave(
        team.coordinator, municipality=team.municipality, starts_at=now, ends_at=now + timedelta(days=9),
        substitutes=substitutes, reason="Ferie", by=team.lead,
    )  # fmt: skip
    mail.outbox.clear()
    assert jobs.remind() == 1
    assert [message.to for message in mail.outbox] == [[team.second_coordinator.email]]
    assert reminders()[0].open_windows == 1
    assignments.end_leave(leave, by=team.lead)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    mail.outbox.clear()
    jobs.remind(tomorrow)
    assert [message.to for message in mail.outbox] == [[team.coordinator.email]]


def test_a_lead_is_told_once_of_what_was_passed_long_ago(team, worker):
    """Not of the family a lead does not know of, which the coordinator is told of."""
    set_escalation(team.municipality, after_days=7, by=team.administrator)
    day = timezone.localdate()
    with transaction.atomic():
        family_at(Step.INTAKE, team, name="Sen", on=day - timedelta(days=120))
        family_at(Step.INTAKE, team, name="Skjult", on=day - timedelta(days=130), protection="confidential")
    mail.outbox.clear()
    assert jobs.remind() == 2
    told = {r.user: (r.passed_windows, r.escalated) for r in reminders()}
    assert told == {team.coordinator: (3, 0), team.lead: (0, 2)}
    (message,) = [message for message in mail.outbox if message.to == [team.lead.email]]
    assert "2 vinduer i kommunen har vært passert lenge" in message.body
    assert "Sen" not in message.body
    for later in (1, 2):
        assert jobs.remind((day + timedelta(days=later)).isoformat()) == 1
    assert [r.day for r in reminders() if r.user == team.lead] == [day]
    # The window that was open today has been passed for more than seven days: that one is new.
    jobs.remind((day + timedelta(days=60)).isoformat())
    assert sorted(r.escalated for r in reminders() if r.user == team.lead) == [1, 2]
    set_escalation(team.municipality, after_days=0, by=team.administrator)
    assert jobs.remind((day + timedelta(days=300)).isoformat()) == 1


def test_what_is_put_off_is_not_counted(team, worker):
    set_escalation(team.municipality, after_days=0, by=team.administrator)
    with acting_as(team.coordinator), transaction.atomic():
        entries = [entry for entry in agenda.to_do(team.coordinator) if entry.milestone_id]
    for entry in entries:
        snooze(entry, until=timezone.localdate() + timedelta(days=5), reason="Ferie", by=team.coordinator)
    assert jobs.remind() == 0
    assert jobs.remind((timezone.localdate() + timedelta(days=5)).isoformat()) == 1


def test_killed_half_way_and_a_broker_that_was_away_tell_each_once(team, worker, monkeypatch):
    with transaction.atomic():
        family_at(Step.INTAKE, team, name="Ny")
    with acting_as(team.lead), transaction.atomic():
        family = team.coordinator.assignments.select_related("family__municipality").first().family
    assignments.hand_over(family, to=team.second_coordinator, reason="Bytte", by=team.lead)
    mail.outbox.clear()

    recorded = []

    def killed(*args, **kwargs):
        if recorded:
            raise KeyboardInterrupt
        recorded.append(record(*args, **kwargs))

    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.remind()
    assert len(reminders()) == 1  # the first was told of, the second was rolled back
    assert mail.outbox == []
    asked = []

    def lost(reminder):
        if asked:
            raise ConnectionRefusedError
        asked.append(reminder)
        return tasks.mail_reminder.run(reminder)

    with monkeypatch.context() as patch:
        patch.setattr(tasks.mail_reminder, "delay", lost)
        with pytest.raises(ConnectionRefusedError):
            jobs.remind()
    assert [jobs.remind(), jobs.remind()] == [1, 0]
    to = sorted(message.to[0] for message in mail.outbox)
    assert to == sorted([team.coordinator.email, team.second_coordinator.email])


def test_two_workers_at_once_write_one_row(team, worker):
    """Both have counted before either has written."""
    day = timezone.localdate()
    with as_job(), transaction.atomic():
        counted = jobs.due_by_person(day)
        assert len(jobs.write_reminders(counted, day=day, by=None)) == 1
        assert jobs.write_reminders(counted, day=day, by=None) == []
    assert len(reminders()) == 1
