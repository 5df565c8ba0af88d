"""Two families in which everybody was asked about research, and a worker that does what is asked at once."""

from datetime import timedelta
from types import SimpleNamespace

import time_machine
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import actions as mapping
from assessments.enums import Missing
from assessments.research import actions, freezing
from assessments.research.models import DataSet
from assessments.sheets import sheet_of
from consent.enums import Answer, Purpose
from families import tasks
from families.actions_identity import keep_number
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from tests.assessments.research.making import value_of
from tests.consent.arrange import days, members_of, say
from tests.factories import Team, family_at
from tests.roles import as_worker

APPROVAL = {
    "title": "Nye mønster i livet", "purpose": "Å se hvordan det går", "responsible": "NORCE", "approver": "rek",
    "approval": "2026/123",
}  # fmt: skip


def answer_all(family, by, **more):
    """A completed sitting in which everybody has answered everything."""
    sitting = mapping.start(family, kind="baseline", by=by, **more)
    with acting_as(by):
        items = list(sheet_of(sitting).items)
    given = []
    for n, item in enumerate(items):
        said = {"missing": Missing.UNWILLING} if n % 9 == 0 else {"value": value_of(item.question, n)}
        given.append(mapping.Given(item.question.key, item.member, **said))
    mapping.answer_all(sitting, answers=given, by=by)
    return mapping.complete(sitting, by=by)


def arrange(monkeypatch):
    """`first` and `second` are people by first name. In the first family the girl says no herself, and her mother yes
    later; in the second nobody was asked about the boy. All others have said yes.
    """
    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)
    # The codebook on paper takes seconds; test_files.py reads it.
    monkeypatch.setattr("assessments.research.files.render_pdf", lambda _page, _values: b"%PDF-1.7")
    with transaction.atomic():
        team = Team()
        by = team.coordinator
        families = [family_at("consent", team, name=name, on=days(-30)) for name in ("Kanarietternavn", "Nordmo")]
        first, second = (members_of(family, by) for family in families)
        keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
        keep_number(first["Mor"], number="12838712000", date_confirmed=True, by=by)
        for person in (*first.values(), *second.values()):
            if person.pk not in (first["Jente"].pk, second["Gutt"].pk):
                say(person, by, purpose=Purpose.RESEARCH, on=days(-20))
        say(first["Jente"], by, Answer.REFUSED, purpose=Purpose.RESEARCH, child_refused=True, on=days(-20))
        for family in families:
            answer_all(family, by, on=days(-10))
        facts = {**APPROVAL, "keep_until": days(400), "keys_open_on": days(0)}
        project = actions.add_project(team.municipality, by=team.researcher, **facts)
    return SimpleNamespace(team=team, families=families, first=first, second=second, project=project)


def a_study(team, say=lambda place, text: text):
    """A project, a set that waits to be counted, and somebody who asks for the key, and for texts: for the walk of all
    addresses.
    """
    facts = {**APPROVAL, "title": say("prosjekt", "Nye mønster"), "purpose": say("formål", "Å se")}
    facts |= {"keep_until": days(400), "keys_open_on": days(0), "by": team.researcher}
    project = actions.add_project(team.municipality, **facts)
    dataset = actions.order_set(project, why=say("uttrekk", "En artikkel"), keep_until=days(9), by=team.researcher)
    opening = actions.ask_opening(project, reason=say("nøkkel", "Register"), by=team.researcher)
    release = actions.ask_texts(
        project, questions=["fit.comment"], reason=say("fritekst", "Lese hva de sier"), approval="2026/124",
        keep_until=days(9), by=team.researcher,
    )  # fmt: skip
    return project, dataset, opening, release


def at(day):
    return time_machine.travel(timezone.now() + timedelta(days=day))


def ordered(arranged, **facts) -> DataSet:
    with transaction.atomic():
        return actions.order_set(
            arranged.project, by=arranged.team.researcher, **{"why": "En artikkel", "keep_until": days(100), **facts}
        )


def read(arranged, dataset) -> DataSet:
    with acting_as(arranged.team.researcher), transaction.atomic():
        return DataSet.objects.select_related("project", "municipality").get(pk=dataset.pk)


def work(dataset):
    with as_worker():
        freezing.make(dataset.pk)


def frozen(arranged, **facts) -> DataSet:
    """Ordered, counted, frozen."""
    dataset = ordered(arranged, **facts)
    work(dataset)
    counted = read(arranged, dataset)
    with transaction.atomic():
        actions.order_freeze(counted, by=arranged.team.researcher)
    work(dataset)
    return read(arranged, dataset)


def browser(user):
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(user)
    return client


def page(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def url(name, *args):
    return reverse(f"research:{name}", args=[getattr(arg, "pk", arg) for arg in args])
