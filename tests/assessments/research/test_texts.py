"""Free text: asked for by one, agreed to by another, without names, for a while; and never part of a set."""

import csv
import io

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from assessments import actions as mapping
from assessments.research import actions, jobs
from assessments.research.models import TextRelease
from assessments.research.texts import without_names
from consent.enums import Answer, Purpose
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.audit.models import Event
from tests.assessments.research.arrange import at, browser, frozen, page, url
from tests.assessments.research.test_sets import opened, refused
from tests.consent.arrange import days, say
from tests.roles import as_worker

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "Kanarietternavn takker Gutt, ring 98 76 54 32 eller kanari@example.test"


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        (WORDS, {"Kanarietternavn", "Gutt"}, "[navn] takker [navn], ring [tall] eller [e-post]"),
        ("Åse og åses venn Åsen", {"Åse"}, "[navn] og [navn] venn Åsen"),
        ("Anne-Marie sa 3 av 10 den 12.3.", {"Anne", "Marie"}, "[navn]-[navn] sa 3 av 10 den 12.3."),
        ("Fint", set(), "Fint"),
        ("01871364024", {"Mo"}, "[tall]"),
    ],
)
def test_names_and_numbers_are_taken_out(text, names, left):
    assert without_names(text, names) == left


def read(arranged, release):
    with acting_as(arranged.team.researcher), transaction.atomic():
        return TextRelease.objects.select_related("project", "municipality").get(pk=release.pk)


def answered(arranged):
    """Five who said yes to research, and the girl who did not, say something beside their answer to FIT."""
    team = arranged.team
    with transaction.atomic():
        for family, people in zip(arranged.families, (arranged.first, arranged.second), strict=True):
            for name in ("Mor", "Far", "Jente"):
                words = WORDS if people is arranged.first else f"={name} er glad"
                mapping.record_fit(family, member=people[name], value=7, comment=words, by=team.coordinator)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_it_takes_two_and_ends_on_its_day(arranged):
    team, project = arranged.team, arranged.project
    answered(arranged)
    researcher, officer = browser(team.researcher), browser(team.auditor)
    address = url("text_new", project)
    wrong = {"questions": ["fit.fit"], "reason": "", "approval": "", "keep_until": f"{days(900):%d.%m.%Y}"}
    assert researcher.post(address, wrong).status_code == 422
    right = {"questions": ["fit.comment"], "reason": "Artikkel", "approval": "2026/124", "key": str(project.pk)}
    late = {**right, "keep_until": f"{days(900):%d.%m.%Y}"}
    assert "kan ikke beholdes lenger" in page(researcher.post(address, late), 422)
    asked = {**right, "keep_until": f"{days(30):%d.%m.%Y}"}
    assert "Personvernombudet har fått beskjed" in page(researcher.post(address, asked, follow=True))
    researcher.post(address, asked)
    with acting_as(team.researcher), transaction.atomic():
        release = TextRelease.objects.get()
        for broken in ({"questions": []}, {"reason": ""}, {"approved_by": team.auditor}):
            facts = {"municipality": team.municipality, "project": project, "asked_by": team.researcher}
            facts |= {"questions": ["x"], "reason": "x", "approval": "x", "keep_until": days(1)}
            with pytest.raises(IntegrityError, match="text_release_"), transaction.atomic():
                TextRelease.objects.create(**{**facts, **broken})
    refused("question", actions.ask_texts, project, questions=["ladder"], reason="x", approval="x",
            keep_until=days(1), by=team.researcher)  # fmt: skip
    assert "ikke laget ennå" in page(researcher.get(url("text_file", release), follow=True))
    with as_worker():
        assert jobs.make_texts() == 0, "nobody has agreed"
    assert "Artikkel" in page(officer.get(url("oversight")))
    assert researcher.post(url("text_approve", release)).status_code == 403
    assert "Godkjent. Filen lages nå" in page(officer.post(url("text_approve", release), follow=True))
    assert "alt godkjent" in page(officer.post(url("text_approve", release), follow=True))
    with as_worker():
        assert jobs.make_texts() == 1
        assert jobs.make_texts() == 0
    text = researcher.get(url("text_file", release)).content.decode().removeprefix("\ufeff")
    rows = rows_of(text)
    assert len(rows) == 5, "not the girl who said no"
    assert {row["question"] for row in rows} == {"fit.comment"}
    assert sorted(row["text"] for row in rows)[:2] == ["'=[navn] er glad"] * 2
    assert "[navn] takker [navn], ring [tall] eller [e-post]" in {row["text"] for row in rows}
    assert not any(word in text for word in ("Kanarietternavn", "Gutt", "98 76", "kanari@"))
    assert browser(team.auditor).get(url("text_file", release)).status_code == 403
    # Nothing of it is in a set, whose pseudonyms are the same.
    dataset = frozen(arranged)
    files = opened(dataset)
    assert all(b"er glad" not in files.read(name) for name in files.namelist())
    assert {row["person_id"] for row in rows} <= {
        line["person_id"] for line in csv.DictReader(io.StringIO(files.read("csv/persons.csv").decode()))
    }
    with acting_as(team.researcher), pytest.raises(DatabaseError), transaction.atomic():
        TextRelease.objects.filter(pk=release.pk).update(keep_until=days(300))
    with at(31):
        with as_worker():
            jobs.delete_expired()
        refused("forgotten", actions.take_out_texts, read(arranged, release), by=team.researcher)
    with acting_as(team.auditor), transaction.atomic():
        events = set(Event.objects.filter(target_id=str(release.pk)).values_list("what", flat=True))
    assert {f"research_text_{what}" for what in ("asked", "approved", "made", "downloaded", "forgotten")} <= events


def test_who_withdraws_goes_and_the_few_are_left_out(arranged, mailoutbox):
    team = arranged.team
    answered(arranged)
    with transaction.atomic():
        facts = {"questions": ["fit.comment"], "reason": "Artikkel", "approval": "1", "keep_until": days(30)}
        release = actions.ask_texts(arranged.project, by=team.researcher, **facts)
    with as_worker(), as_job(), transaction.atomic():  # as if the officer had asked
        own = TextRelease.objects.create(
            municipality=team.municipality, project=arranged.project, asked_by=team.auditor, **facts
        )
    refused("four_eyes", actions.approve_texts, own, by=team.auditor)
    with transaction.atomic():
        actions.approve_texts(release, by=team.auditor)
    with as_worker():
        jobs.make_texts()
    assert read(arranged, release).persons == 5
    with transaction.atomic():
        say(arranged.second["Mor"], team.coordinator, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
    with as_worker():
        jobs.note_withdrawals()
        jobs.note_withdrawals()
    left = read(arranged, release)
    assert left.persons == 0, "four are too few"
    assert len(left.withdrawn) == 1
    assert len([mail for mail in mailoutbox if team.researcher.email in mail.to]) == 1
    words = page(browser(team.researcher).get(url("project_detail", arranged.project)))
    assert f"Har trukket seg: {left.withdrawn[0]}" in words
    assert "filen er tom" in words
    with as_worker(), as_job(), transaction.atomic():
        assert rows_of(TextRelease._meta.get_field("content").read(TextRelease.objects.get(pk=release.pk))) == []
