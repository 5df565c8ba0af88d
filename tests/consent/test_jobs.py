"""What the clock writes about consents, as the worker's own database role: what ran out, and who is told beforehand."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent import actions as consent_actions
from consent import jobs, rules
from consent.enums import Answer, How, Purpose
from consent.models import AgreementLine, Consent, EndingTold
from families import actions, tasks
from families.agenda import to_do
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.audit.models import Event
from tests.consent.arrange import days, members_of, say
from tests.factories import Team, family_at
from tests.families.test_jobs import as_worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def arranged():
    """Mor's yes to taking part ends in 50 days, Far's to research in 10; both are one coordinator's."""
    with transaction.atomic():
        team = Team()
        family = family_at("consent", team, on=days(-40))
        people = members_of(family, team.coordinator)
        say(people["Mor"], team.coordinator, on=days(-30), valid_until=days(50))
        say(people["Far"], team.coordinator, purpose=Purpose.RESEARCH, on=days(-30), valid_until=days(10))
    return team, family, people


@pytest.fixture(autouse=True)
def _any_day(monkeypatch):
    """The tests run on weekends too."""
    monkeypatch.setattr(jobs, "is_working_day", lambda day: True)


def test_weekends_and_public_holidays_are_quiet(arranged, monkeypatch):
    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)
    with as_worker():
        monkeypatch.setattr(jobs, "is_working_day", lambda day: False)
        assert jobs.tell_of_endings() == 0
        monkeypatch.setattr(jobs, "is_working_day", lambda day: True)
        assert jobs.tell_of_endings() == 2
    monkeypatch.undo()
    for day in ("2026-12-25", "2026-05-17", "2026-11-28"):
        assert jobs.tell_of_endings(day) == 0


def at(day: int):
    return time_machine.travel(timezone.now() + timedelta(days=day))


def test_the_coordinator_is_told_60_and_14_days_before_and_never_twice(arranged, monkeypatch):
    team, family, _people = arranged
    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)
    with as_worker():
        told = []
        for day in (0, 0, 1, 36, 37, 49):
            with at(day):
                told.append(jobs.tell_of_endings())
        assert told == [2, 0, 0, 1, 0, 0]
        assert len(mail.outbox) == 2, "two consents on one morning are one mail"
    for message in mail.outbox:
        assert message.to == [team.coordinator.email]
        words = message.subject + message.body
        assert not any(secret in words for secret in ("Prøve", "Mor", "Far", family.code))
    with acting_as(team.coordinator), transaction.atomic():
        rows = EndingTold.objects.order_by("told_at").values_list("consent__member__first_name", "days")
        assert sorted(rows) == [("Far", 14), ("Mor", 14), ("Mor", 60)]
        assert EndingTold.objects.update(days=60) == 0
    with acting_as(team.second_coordinator), transaction.atomic():
        assert not EndingTold.objects.exists()


def test_an_agreement_near_its_end_is_told_of_in_the_same_way(arranged, monkeypatch):
    """One ends in 50 days; one too, but is signed anew already; and one has no end."""
    team, family, people = arranged
    by, monkey = team.coordinator, monkeypatch
    monkey.setattr(tasks.mail_news, "delay", tasks.mail_news.run)
    with transaction.atomic():
        for name, ends in (("Skolen", [50]), ("Klubben", [50, 400]), ("Fastlegen", [None])):
            service = consent_actions.add_service(family.municipality, name=name, sector="other", by=by)
            for end in ends:
                line = consent_actions.draft_line(
                    family, service=service, members=[people["Jente"]], topics=["school"], valid_from=days(-10),
                    valid_to=end and days(end), contact={"name": "Solfrid Hemmelund"}, by=by,
                )  # fmt: skip
                consent_actions.sign_line(line, how="signed", signed_by="Mor Prøve", by=by)
    told, mails = [], []
    with as_worker():
        for day in (0, 0, 36, 37, 49, 51):
            with at(day):
                told.append(jobs.tell_of_endings())
    mails = [m for m in mail.outbox if "avtale" in m.subject]
    assert told == [3, 0, 2, 0, 0, 0], "each time one more than the consents"
    assert len(mails) == 2
    secrets = ("Skolen", "Prøve", "Jente", "Hemmelund", family.code)
    assert not any(secret in m.subject + m.body for m in mails for secret in secrets)
    with at(49), acting_as(by), transaction.atomic():
        school = AgreementLine.objects.get(service__name="Skolen")
        assert rules.may_contact(family, school.service)
        assert [row.days for row in EndingTold.objects.filter(line=school).order_by("-days")] == [60, 14]
        listed = [entry for entry in to_do(by) if "Skolen" in entry.text]
        assert [(entry.kind, entry.on) for entry in listed] == [("consent", school.valid_to)]
    with at(51), acting_as(by), transaction.atomic():
        assert not rules.may_contact(family, school.service), "whether a job ran or not"
    with as_worker(), at(51):
        # The school's, and the club's first line, each once; beside them the yes of Mor and of Far.
        assert [jobs.note_expired(), jobs.note_expired()] == [4, 0]
    with acting_as(by), transaction.atomic():
        noted = Event.objects.filter(what="line_ran_out", family_id=family.pk)
        assert str(school.pk) in {event.target_id for event in noted}
        assert {(event.actor_id, event.facts["last_day"]) for event in noted} == {(None, f"{days(50)}")}
        assert len(noted) == 2
        consent = Consent.objects.order_by("pk").first()
    cannot_be = [
        ("ending_told_of_one", {}), ("ending_told_of_one", {"line": school, "consent": consent}),
        ("ending_of_line_told_once", {"line": school}),
    ]  # fmt: skip
    with as_worker(), as_job(), transaction.atomic():
        for constraint, facts in cannot_be:
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                EndingTold(family=family, days=60, told=by, **facts).save(force_insert=True)


def test_nobody_is_told_of_a_paused_family(arranged):
    team, family, _people = arranged
    actions.pause(family, reason="Ferie", by=team.coordinator)
    with as_worker():
        assert jobs.tell_of_endings() == 0


def test_what_ran_out_is_noted_once_and_decides_nothing(arranged):
    team, _family, people = arranged
    far, by = people["Far"], team.coordinator
    with as_worker(), at(10):
        assert jobs.note_expired() == 0, "the last day still counts"
    with at(11), acting_as(by), transaction.atomic():
        assert not rules.may_research(far), "with or without the note"
    with as_worker(), at(12):
        assert (jobs.note_expired(), jobs.note_expired()) == (1, 0)
    with acting_as(by), transaction.atomic():
        row = Consent.objects.get(answer=Answer.EXPIRED)
        assert (row.member_id, row.how, row.recorded_by, row.answered_on) == (far.pk, How.CLOCK, None, days(11))
    until = days(20)
    with at(13):
        say(far, by, Answer.RENEWED, purpose=Purpose.RESEARCH, valid_until=until)
        with acting_as(by), transaction.atomic():
            assert rules.may_research(far), "a note from the clock stands in nobody's way"
    with as_worker(), at(21):
        assert jobs.note_expired() == 1
