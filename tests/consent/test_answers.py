"""«May I contact X about Y concerning Z?»: one answer, in few words, beside every contact that is drawn."""

import re
from pathlib import Path

import pytest
from django.utils.formats import date_format

from consent import rules
from consent.enums import Answer, Purpose
from consent.models import AgreementLine
from consent.overview import threads
from nyemonstre.access.wall import acting_as
from plans import actions as plans
from plans.printed import printed_plan
from tests.consent.arrange import days, say, text, url
from tests.plans.conftest import url as plan_url

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# A contact in a service is drawn where one of its own fields is.
DRAWS = re.compile(r"\bcontact\.(name|title|phone|email)\b")
# Of those asked to a meeting it is said where an agreement has ended, in words of its own.
ANSWERS = re.compile(r"\b(thread|service|line)\.may\b|\bone\.why_not\b")
# Who was there when a line in the journal was written: a name alone, and only while its line is live.
THEN = {Path("plans/_entry.html")}


def in_words(n):
    return date_format(days(n), "DATE_FORMAT")


@pytest.mark.parametrize(
    ("facts", "signed", "words"),
    [
        ({}, True, "Kan kontaktes om skole og barnehage, gjelder Jente, uten sluttdato"),
        ({"valid_to": days(9)}, True, "Kan kontaktes om skole og barnehage, gjelder Jente, til " + in_words(9)),
        ({"direction": "give", "topics": ["health", "care"]}, True,
         "Kan få vite om helse, omsorg og familieliv, gjelder Jente, uten sluttdato"),
        ({"direction": "get"}, True, "Kan spørres om skole og barnehage, gjelder Jente, uten sluttdato"),
        ({"who": ("Mor", "Jente")}, True, "Kan kontaktes om skole og barnehage, gjelder Jente, uten sluttdato"),
        ({"who": ("Mor",)}, True, "Kan ikke kontaktes"),
        ({}, False, "Kan ikke kontaktes før avtalen er underskrevet"),
        ({"valid_from": days(3)}, True, "Kan kontaktes fra " + in_words(3)),
    ],
)  # fmt: skip
def test_the_answer_in_few_words(people, draft, live, team, facts, signed, words):
    """The mother does not take part: nothing is said about her, and a line about her alone answers no."""
    line = (live if signed else draft)(**facts)
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN)
    with acting_as(team.coordinator):
        line = AgreementLine.objects.get(pk=line.pk)
        assert rules.in_few_words(line, rules.members_with(line.family_id, Purpose.PARTICIPATION)) == words
        assert rules.in_few_words(line, set()) in (words, "Kan ikke kontaktes")


def test_every_template_that_draws_a_contact_gives_the_answer():
    drawing = {path.relative_to(TEMPLATES) for path in TEMPLATES.rglob("*.html") if DRAWS.search(path.read_text())}
    assert len(drawing) >= 5
    silent = {name for name in drawing - THEN if not ANSWERS.search((TEMPLATES / name).read_text())}
    assert not silent, "draws a contact and does not say whether it may be contacted"


def test_the_answer_is_beside_the_contact_on_pages_pickers_and_paper(client, family, people, team, live, school):
    live(valid_to=days(40))
    by, words = team.coordinator, f"Kan kontaktes om skole og barnehage, gjelder Jente, til {in_words(40)}"
    goal = plans.add_goal(family, outcome="rm3", words="Lese sammen", whose=[people["Jente"]], by=by)
    question = {"ask": "1", "service": school.pk, "topic": "school", "way": "give", "member": people["Jente"].pk}
    pages = [(url(name, family), {}) for name in ("family_tab", "network", "agreement_print")]
    pages += [(url("service_contact_check", family), question)]
    pages += [(plan_url("journal_new", family), {}), (plan_url("measure_new", family, goal.pk), {})]
    for page, data in pages:
        assert words in text(client.get(page, data)), page
    with acting_as(by):
        assert [service["may"] for service in printed_plan(family)["services"]] == [words]
        assert [thread.may for thread in threads(family, by, taking_part=True)] == [words]
