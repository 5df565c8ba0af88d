"""The journal's pages: a timeline to filter, search and page through, a quick line, a whole entry, and its draft."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from plans import actions
from plans.enums import JournalKind, Moment
from plans.models import JournalEntry

from .conftest import count, key, url

today = timezone.localdate


def test_the_timeline_is_filtered_searched_and_paged(client, family, people, by):
    for number in range(35):
        actions.write_entry(family, text=f"Linje {number:02d}", by=by)
    actions.write_entry(
        family,
        text="Svømmemerket 🏊",
        kind=JournalKind.HOME_VISIT,
        members=[people["Gutt"]],
        moment=Moment.TURNING,
        by=by,
    )
    page = client.get(url("family_journal", family)).content.decode()
    older = re.search(r'href="(\?etter=[^"]+)"', page)[1]
    assert page.count("nm-jour__text") == 30
    rest = client.get(url("family_journal", family) + older).content.decode()
    assert rest.count("nm-jour__text") == 6
    assert "Linje 00" in rest
    for query, found in (
        ("?slag=home_visit", 1), ("?oyeblikk=ja", 1), ("?oyeblikk=turning", 1), ("?oyeblikk=small", 0),
        (f"?hvem={people['Gutt'].pk}", 1), (f"?hvem={people['Mor'].pk}", 0), ("?q=svømme", 1), ("?q=linje 03", 1),
        ("?q=%00", 30), ("?slag=tull&hvem=tull&etter=tull", 30), (f"?etter={uuid4()}", 30),
    ):  # fmt: skip
        assert client.get(url("family_journal", family) + query).content.decode().count("nm-jour__text") == found, query


def test_a_quick_line_and_a_whole_entry(client, family, people, school, line, by):
    data = {"key": key(), "kind": "phone", "text": "Ringte om SFO"}
    for _ in range(2):
        assert client.post(url("journal_quick", family), data).status_code == 302
    whole = {
        "key": key(), "kind": "cooperation", "text": "Møte\nmed skolen", "happened_on": "2.3.2026", "minutes": "60",
        "members": [str(p.pk) for p in people.values()], "service": str(school.pk), "support": ["practical"],
        "moment": "small",
    }  # fmt: skip
    page = client.post(url("journal_new", family), whole, follow=True).content.decode()
    assert "Møte<br>med skolen" in page
    assert count(JournalEntry, by, family=family) == 2
    assert client.post(url("journal_quick", family), {"key": key(), "kind": "phone", "text": ""}).status_code == 422


def test_a_draft_is_put_back_and_forgotten_when_saved(client, family, people, by):
    path = url("journal_new", family)
    typed = {"text": "Halvskrevet", "members": [str(people["Mor"].pk)], "minutes": "30"}
    client.post(reverse("accounts:draft_save"), typed, HTTP_REFERER=f"http://testserver{path}")
    page = client.get(path).content.decode()
    assert "Halvskrevet" in page
    assert "Her er det du skrev sist" in page
    assert 'name="members" value="' + str(people["Mor"].pk) + '"' in page
    client.post(path, {"key": key(), "kind": "note", "text": "Ferdig", "happened_on": "1.1.2026"})
    assert "Halvskrevet" not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("happened_on", "1.1.2100"), ("happened_on", "31.2.2026"), ("minutes", "0"), ("minutes", "9999"),
     ("minutes", "to"),
     ("kind", "x"), ("text", "x" * 20_000), ("text", " "), ("support", ["x"]), ("moment", "x"), ("service", "x")],
)  # fmt: skip
def test_a_journal_line_that_is_not_right(client, family, by, field, value):
    data = {"key": key(), "kind": "note", "text": "Noe", "happened_on": today().strftime("%d.%m.%Y"), field: value}
    assert client.post(url("journal_new", family), data).status_code == 422
    assert count(JournalEntry, by, family=family) == 0
