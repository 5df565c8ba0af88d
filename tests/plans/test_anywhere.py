"""The journal across families: a line from any page, a search that knows Norwegian, whose need, and the wall."""

import re

import pytest
from django.urls import reverse

from families.stages import Step
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from plans import actions
from plans.enums import ChildHelp, JournalKind
from plans.models import JournalEntry
from tests.factories import Team, family_at

from .conftest import count, key, members_of, url

ANYWHERE = reverse("plans:journal_anywhere")


def lines(client, query=""):
    return client.get(ANYWHERE + query).content.decode().count("nm-jour__text")


def test_a_line_is_written_from_the_page_of_the_family_and_leads_back(client, family, by, acting_as):
    start = f"http://testserver{url('family_tab', family)}"
    page = client.get(ANYWHERE, HTTP_REFERER=start).content.decode()
    assert re.search(rf'value="{family.pk}" selected', page)
    assert "autofocus" in page
    data = {"family": str(family.pk), "key": key(), "kind": "phone", "text": "Ringte om SFO", "next": "/familier/"}
    for _ in range(2):
        assert client.post(ANYWHERE, data).url == "/familier/"
    assert count(JournalEntry, by, family=family) == 1
    for wrong in ({"text": " "}, {"text": "x" * 501}, {"kind": "x"}, {"family": key()}, {"family": ""}):
        answer = client.post(ANYWHERE, data | {"key": key()} | wrong)
        assert answer.status_code == 422, wrong
    assert client.post(ANYWHERE, data | {"key": key(), "next": "//evil.example"}).url == "/"
    assert 'accesskey="j"' in client.get("/familier/").content.decode()


def test_the_search_knows_norwegian(client, family, people, by):
    for text, kind in (
        ("Besøket hos far gikk fint", JournalKind.HOME_VISIT), ("Svømmetimen var gøy", JournalKind.NOTE),
        ("Ærlig og åpen prat", JournalKind.PHONE), ("Møte på skolen", JournalKind.NOTE),
    ):  # fmt: skip
        actions.write_entry(family, text=text, kind=kind, by=by)
    for query, found in (
        ("?q=besøk", 1), ("?q=BESØKENE", 1), ("?q=svømmetimer", 1), ("?q=ærlighet", 1), ("?q=åpen", 1), ("?q=skol", 1),
        ("?q=besøk svømming", 0), ("?q=besøk or svømmetime", 2), ("?q=besøk -far", 0), ("?q=%00", 4),
        ("?q='):*%26!", 0), ("?slag=phone", 1), ("?slag=phone&q=besøk", 0), ("?etter=tull&slag=tull", 4),
    ):  # fmt: skip
        assert lines(client, query) == found, query
        page = client.get(url("family_journal", family) + query).content.decode()
        assert page.count("nm-jour__text") == found, query


def test_nobody_finds_the_lines_of_others_and_each_family_shown_is_in_the_log(client, team, family, by, acting_as):
    other = Team()
    theirs = family_at(Step.PLAN, other, name="Andre")
    actions.write_entry(theirs, text="Deres hemmelige besøk", by=other.coordinator)
    for number in range(31):
        actions.write_entry(family, text=f"Vårt besøk {number:02d}", by=by)
    page = client.get(ANYWHERE + "?q=besøk").content.decode()
    assert page.count("nm-jour__text") == 30
    assert "hemmelige" not in page
    older = re.search(r'href="(\?[^"]*etter=[^"]+)"', page)[1].replace("&amp;", "&")
    assert lines(client, older) == 1
    with acting_as(team.auditor):
        shown = Event.objects.filter(what="viewed", family_id=family.pk, facts__permission="view_journal")
        assert shown.count() == 2
        assert Event.objects.filter(what="list_searched", facts__searched=True).count() == 2
    for nobody in (team.lead, team.second_coordinator):
        client.force_login(nobody)
        assert lines(client, "?q=besøk") == 0


def test_whose_need_it_was_and_how_a_child_was_helped(client, family, people, by):
    data = {
        "key": key(), "kind": "practical_child", "text": "Handlet fotballsko", "happened_on": "2.3.2026",
        "need_of": str(people["Gutt"].pk), "child_help": ChildHelp.RESOURCE,
    }  # fmt: skip
    page = client.post(url("journal_new", family), data, follow=True).content.decode()
    assert "behov: Gutt" in page
    assert "Koordinatoren er der for barnet" in page
    for wrong in ({"need_of": key()}, {"child_help": "x"}):
        assert client.post(url("journal_new", family), data | {"key": key()} | wrong).status_code == 422
    other = Team()
    theirs = members_of(family_at(Step.PLAN, other, name="Andre"), other.coordinator)
    stranger = next(iter(theirs.values()))
    with pytest.raises(Refused) as refused:
        actions.write_entry(family, text="x", need_of=stranger, by=by)
    assert refused.value.rule == "members"
