"""A set from order to deletion, as the worker's own database role: who is in it, who may have it, who is told."""

import csv
import io
import re
import zipfile
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from assessments.research import actions, jobs, keys
from assessments.research.enums import State
from assessments.research.models import DataSet, Link, Opening, Participant
from consent import rules
from consent.enums import Answer, Purpose
from families.models import Family
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.files import store
from nyemonstre.refusals import Refused
from tests.assessments.research.arrange import APPROVAL, at, frozen, ordered, read, work
from tests.consent.arrange import days, say
from tests.factories import Team
from tests.roles import as_worker

pytestmark = pytest.mark.django_db(transaction=True)


def opened(dataset) -> zipfile.ZipFile:
    with store.fetch(dataset.key, dataset.sha256) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def people_in(dataset) -> set[str]:
    lines = csv.DictReader(io.StringIO(opened(dataset).read("csv/persons.csv").decode()))
    return {line["person_id"] for line in lines}


def refused(rule, act, *args, **kwargs):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act(*args, **kwargs)
    assert refusal.value.rule == rule
    return refusal.value.sentence


def names_of(arranged) -> dict:
    with as_worker(), as_job(), transaction.atomic():
        return keys.people(arranged.project)


def test_only_those_who_said_yes_and_nothing_that_says_who_they_are(arranged):
    team, by = arranged.team, arranged.team.coordinator
    with transaction.atomic():
        # A yes without the child, after the child's own no; and a yes from before somebody turned 18.
        say(arranged.second["Far"], by, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
    dataset = ordered(arranged)
    work(dataset)
    counted = read(arranged, dataset)
    assert (counted.state, counted.progress, counted.found["persons"]) == (State.COUNTED, 100, 5)
    assert counted.found["rounds"] == [[0, 5]]
    assert names_of(arranged) == {}, "no pseudonym is made to count"
    with transaction.atomic():
        actions.order_freeze(counted, by=team.researcher)
    work(dataset)
    done = read(arranged, dataset)
    assert done.state == State.FROZEN
    names = names_of(arranged)
    first, second = arranged.first, arranged.second
    inside = {first["Mor"].pk, first["Far"].pk, first["Gutt"].pk, second["Mor"].pk, second["Jente"].pk}
    assert set(names) == inside
    assert people_in(done) == set(names.values())
    secret = [
        "Kanarietternavn", "Nordmo", "Mor", "Gutt", "12838712000", "Hos mor", team.coordinator.email, "Ja takk",
        *(str(member.pk) for member in (*first.values(), *second.values())), *(f.code for f in arranged.families),
    ]  # fmt: skip
    files = opened(done)
    for name in files.namelist():
        content = files.read(name)
        for word in secret:
            found = re.search(rb"(?<![\w])" + re.escape(word.encode()) + rb"(?![\w])", content)
            assert not found or name.endswith(".pdf"), f"{word} in {name}"
    # What is said about the whole family goes along only where every adult has said yes: the second father has not.
    rounds = list(csv.DictReader(io.StringIO(files.read("csv/family_rounds.csv").decode())))
    assert len(rounds) == 1
    assert "rm6_coordinator" in rounds[0]
    # It ends on its day, and its record stays.
    dataset, key = done, done.key
    with at(101):
        refused("expired", actions.take_out, read(arranged, dataset), name="", by=team.researcher)
        with as_worker():
            assert jobs.delete_expired() == 1
    with pytest.raises(store.Damaged):
        store.fetch(key, dataset.sha256)
    gone = read(arranged, dataset)
    assert (gone.state, gone.key, gone.sha256) == (State.DELETED, None, dataset.sha256)
    assert gone.manifest["files"]
    with acting_as(team.researcher), pytest.raises(DatabaseError), transaction.atomic():
        DataSet.objects.filter(pk=dataset.pk).update(sha256="x")
    with as_worker(), as_job(), pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        DataSet.objects.filter(pk=dataset.pk).update(sha256="x")


def test_the_rule_about_children_and_eighteen(arranged):
    by, girl, boy = arranged.team.coordinator, arranged.first["Jente"], arranged.second["Jente"]
    with acting_as(by), transaction.atomic():
        assert "Jente har ikke" in (rules.why_not_research(girl) or "")
    with transaction.atomic():
        row = say(girl, by, purpose=Purpose.RESEARCH, on=days(-5))
    for heard, may in (("", False), ("Vil likevel være med.", True)):
        with acting_as(by), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(child_heard=heard)
            assert (rules.why_not_research(girl) is None) is may
            assert (girl.pk in rules.research_yes([girl])) is may
    # A yes from before the 18th birthday ends there, whatever its own end says.
    with transaction.atomic(), acting_as(by):
        type(row).objects.filter(member=boy, purpose=Purpose.RESEARCH).update(valid_until=None)
        eighteen = boy.birth_date.replace(year=boy.birth_date.year + 18)
        day_before = eighteen - timezone.timedelta(days=1)
        assert rules.why_not_research(boy, day_before) is None
        assert "fylt 18" in (rules.why_not_research(boy, eighteen) or "")
        assert boy.pk in rules.research_yes([boy], day_before)
        assert boy.pk not in rules.research_yes([boy], eighteen)


def test_withdrawal_works_at_once_and_is_told_to_holders_of_what_is_frozen(arranged):
    team, by, father = arranged.team, arranged.team.coordinator, arranged.first["Far"]
    done = frozen(arranged)
    before = people_in(done)
    counted = ordered(arranged)
    work(counted)
    with transaction.atomic():
        say(father, by, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
        actions.order_freeze(read(arranged, counted), by=team.researcher)
    work(counted)
    mail.outbox.clear()
    name = names_of(arranged)[father.pk]
    assert people_in(read(arranged, counted)) == before - {name}, "counted before, and not in what is frozen after"
    with transaction.atomic():
        facts = {"title": "Et annet", "purpose": "x", "responsible": "UiB", "approver": "sikt", "approval": "77"}
        facts |= {"keep_until": days(300), "keys_open_on": days(0), "by": team.researcher}
        other = SimpleNamespace(team=team, project=actions.add_project(team.municipality, **facts))
    assert not people_in(frozen(other)) & before, "another project, other names"
    with as_worker():
        assert jobs.note_withdrawals() == 1
        assert jobs.note_withdrawals() == 0, "told once"
    assert [message.to for message in mail.outbox] == [[team.researcher.email]]
    words = mail.outbox[0].subject + mail.outbox[0].body
    assert not any(secret in words for secret in (name, "Far", "Kanarietternavn"))
    with acting_as(team.researcher), transaction.atomic():
        told = Participant.objects.exclude(withdrawn_on=None)
        assert [(row.pseudonym, row.dataset_id) for row in told] == [(name, done.pk)]
    assert people_in(read(arranged, done)) == before, "the frozen bytes are as they were"
    with transaction.atomic():
        assert actions.acknowledge(done, by=team.researcher) == 1
    refused("nobody", actions.acknowledge, done, by=team.researcher)
    with acting_as(team.researcher), transaction.atomic():
        row = Participant.objects.get(pseudonym=name, dataset=done)
        assert (row.acknowledged_by_id, row.acknowledged_on) == (team.researcher.pk, timezone.localdate())


def test_nobody_but_the_worker_inside_its_own_job_reads_answers_or_the_key(arranged):
    frozen(arranged)
    for person in (arranged.team.researcher, arranged.team.auditor, arranged.team.lead, arranged.team.administrator):
        with acting_as(person), as_job(), pytest.raises(DatabaseError), transaction.atomic():
            Link.objects.count()
    with as_worker():
        with acting_as(arranged.team.researcher), transaction.atomic():
            assert Link.objects.count() == 0
        with as_job(), transaction.atomic():
            assert Link.objects.count() == 8, "six people and two families"
            sealed = b"".join(bytes(row.subject) + bytes(row.subject_index) for row in Link.objects.order_by("pk"))
    assert not any(person.pk.bytes in sealed for person in arranged.first.values()), "sealed even in a copy"
    with acting_as(arranged.team.researcher), as_job(), transaction.atomic(), connection.cursor() as cursor:
        for table in ("families_family", "families_member", "assessments_response", "consent_consent"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,)
        assert not Family.objects.exists()


def test_the_key_opens_on_its_day_by_two_and_for_those_who_said_yes_then(arranged):
    team, by = arranged.team, arranged.team.coordinator
    with transaction.atomic():
        late = actions.add_project(
            team.municipality, title="Sen", purpose="x", responsible="x", approver="rek", approval="9",
            keep_until=days(900), keys_open_on=days(30), by=team.researcher,
        )  # fmt: skip
    assert f"{days(30):%d.%m.%Y}" in refused("too_early", actions.ask_opening, late, reason="x", by=team.researcher)
    with acting_as(team.researcher), transaction.atomic():
        forced = Opening(municipality=team.municipality, project=late, reason="x", asked_by=team.researcher)
        forced.save()
    with acting_as(team.auditor), pytest.raises(IntegrityError, match="the key opens later"), transaction.atomic():
        Opening.objects.filter(pk=forced.pk).update(approved_by=team.auditor, approved_at=timezone.now())
    frozen(arranged)
    with transaction.atomic():
        say(arranged.second["Mor"], by, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
        opening = actions.ask_opening(arranged.project, reason="Registerstudien", by=team.researcher)
    assert [team.auditor.email] in [message.to for message in mail.outbox]
    with pytest.raises(PermissionDenied), transaction.atomic():
        actions.approve_opening(opening, by=team.researcher)
    with as_worker():
        assert jobs.make_keys() == 0
    with transaction.atomic():
        actions.approve_opening(opening, by=team.auditor)
    refused("approved", actions.approve_opening, opening, by=team.auditor)
    with as_worker():
        assert jobs.make_waiting() == 1
    with acting_as(team.researcher), transaction.atomic():
        made = Opening.objects.select_related("project").get(pk=opening.pk)
        assert b"12838712000" not in bytes(made.content)
    with transaction.atomic():
        lines = list(csv.DictReader(io.StringIO(actions.take_out_key(made, by=team.researcher)), delimiter=";"))
    names = names_of(arranged)
    assert {line["person_id"] for line in lines} == set(names.values()) - {names[arranged.second["Mor"].pk]}
    mother = next(line for line in lines if line["person_id"] == names[arranged.first["Mor"].pk])
    assert (mother["identity_number"], mother["last_name"]) == ("12838712000", "Kanarietternavn")
    with at(8), as_worker():
        jobs.delete_expired()
    with acting_as(team.researcher), transaction.atomic():
        gone = Opening.objects.select_related("project").get(pk=opening.pk)
    refused("forgotten", actions.take_out_key, gone, by=team.researcher)


def test_what_is_refused_says_why():
    """Before anybody is counted: it takes a project, and no people."""
    team = Team()
    dates = {"keep_until": days(400), "keys_open_on": days(0)}
    with transaction.atomic():
        project = actions.add_project(team.municipality, by=team.researcher, **APPROVAL, **dates)
    arranged = SimpleNamespace(team=team, project=project)
    order = {"by": team.researcher, "why": "x"}
    refused("longer_than_approved", actions.order_set, project, keep_until=days(500), **order)
    refused("keep_until", actions.order_set, project, keep_until=days(-1), **order)
    dataset = ordered(arranged)
    refused("state", actions.order_freeze, dataset, by=team.researcher)
    refused("not_frozen", actions.take_out, dataset, name="", by=team.researcher)
    with pytest.raises(PermissionDenied), transaction.atomic():
        actions.order_set(project, keep_until=days(9), by=Team().researcher, why="x")
    facts = {"title": "x", "purpose": "x", "responsible": "x", "approver": "rek", "keys_open_on": days(0)}
    add = {"municipality": team.municipality, "by": team.researcher}
    refused("approval", actions.add_project, approval="2026/123", keep_until=days(9), **facts, **add)
    refused("over", actions.add_project, approval="2", keep_until=days(-9), **facts, **add)
    with at(401):
        refused("over", actions.order_set, project, keep_until=days(0), **order)


def test_few_and_faults_make_no_set_and_twice_makes_one(arranged, monkeypatch):
    by, team = arranged.team.coordinator, arranged.team
    dataset = ordered(arranged)
    work(dataset)
    work(dataset)
    with acting_as(team.researcher), transaction.atomic():
        assert read(arranged, dataset).state == State.COUNTED
    monkeypatch.setattr("assessments.research.freezing.read", lambda place: 1 / 0)
    with transaction.atomic():
        actions.order_freeze(read(arranged, dataset), by=team.researcher)
    work(dataset)
    assert read(arranged, dataset).found == {"why": "fault"}
    monkeypatch.undo()
    with transaction.atomic():
        for person in list(arranged.first.values())[:4]:
            if rules.research_yes([person]):
                say(person, by, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
        actions.order_count(read(arranged, dataset), by=team.researcher)
    with acting_as(by), transaction.atomic():
        for person in (*arranged.first.values(), *arranged.second.values()):
            if person.pk in rules.research_yes([person]):
                say(person, by, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
    with as_worker():
        assert jobs.make_waiting() == 1, "an order the broker never heard of is found by the clock"
    assert read(arranged, dataset).found == {"why": "too_few"}
