"""Who gets in, and that a hidden contact is written nowhere."""

import pytest
from bs4 import BeautifulSoup

from consent import actions
from consent.enums import Answer
from consent.models import AgreementLine
from families.assignments import assign_coordinator, grant_access
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import FAMILY_PAGES, SECRETS, days, every_page, leaks, say, text, url
from tests.factories import Team, family_at


@pytest.mark.parametrize("name", FAMILY_PAGES)
def test_who_may_open_the_pages(client, family, team, name):
    assert client.get(url(name, family)).status_code == 200
    for other in (team.second_coordinator, Team().coordinator, team.lead):
        client.force_login(other)
        assert client.get(url(name, family)).status_code == 404
    for role in ("intake", "administrator", "auditor", "researcher"):
        client.force_login(getattr(team, role))
        assert client.get(url(name, family)).status_code == 403


def test_a_reader_reads_and_writes_nothing(client, family, live, team):
    line = live()
    grant_access(family, user=team.second_coordinator, reason="møte", by=team.lead)
    client.force_login(team.second_coordinator)
    page = client.get(url("family_tab", family))
    assert SECRETS["name"] in text(page)
    assert not BeautifulSoup(page.content, "html.parser").select("main a[href*=trekk], main a[href*=ny], main form")
    for name, args in (("consent_new", ()), ("line_new", ()), ("lines_sign", ()), ("line_end", (line,))):
        assert client.get(url(name, family, *args)).status_code == 404
        assert client.post(url(name, family, *args), {"reason": "x"}).status_code == 404


def test_rows_of_another_family_are_not_found_through_ones_own(client, family, people, live, draft, team):
    other = family_at("consent", team)
    consent = say(people["Mor"], team.coordinator)
    rows = [("line_edit", draft()), ("line_end", line := live()), ("consent_withdraw", consent)]
    rows += [("contact_edit", line.contact_id)]
    for name, row in rows:
        assert client.get(url(name, family, row)).status_code == 200, name
        assert client.get(url(name, other, row)).status_code == 404, name
        assert client.post(url(name, other, row), {"reason": "x", "name": "x"}).status_code == 404, name


def test_a_live_line_shows_its_contact(client, family, live, team):
    client.nm_user = team.coordinator
    assert leaks(every_page(client, family, [("line_end", live().pk)])) == list(SECRETS)


@pytest.mark.parametrize("how", ["withdrawn", "ended", "ran_out", "consent_ran_out", "not_begun"])
def test_a_contact_without_a_live_line_is_nowhere(client, family, people, live, team, how):
    assign_coordinator(family, coordinator=team.second_coordinator, kind="second", reason="To hjem", by=team.lead)
    line = live(
        what_they_do=f"{SECRETS['name']} leser med dem",
        valid_from=days(3) if how == "not_begun" else days(-10), valid_to=days(5),
    )  # fmt: skip
    if how == "withdrawn":
        for member in people.values():
            say(member, team.coordinator, Answer.WITHDRAWN)
    elif how == "ended":
        actions.end_line(line, reason=f"{SECRETS['name']} har sluttet", by=team.coordinator)
    elif how == "ran_out":
        # The database keeps its own clock, so the line's own dates are moved.
        with acting_as(team.coordinator):
            AgreementLine.objects.filter(pk=line.pk).update(valid_to=days(-1))
    elif how == "consent_ran_out":
        for member in people.values():
            say(member, team.coordinator, on=days(-3), valid_until=days(-1))
    else:
        with acting_as(team.coordinator):
            AgreementLine.objects.filter(pk=line.pk).update(what_they_do="leser med dem")
    # tests/meta/canaries.py asks both of them for all pages after the first two; and here the one who wrote the line.
    elsewhere = how in ("withdrawn", "ended")
    for user in (team.coordinator, team.second_coordinator):
        client.force_login(user)
        client.nm_user = user
        if elsewhere or user == team.second_coordinator:
            pages = (url("family_tab", family), url("line_end", family, line.pk))
            words = "".join(client.get(page, follow=True).content.decode() for page in pages)
        else:
            words = every_page(client, family, [("line_end", line.pk), ("line_edit", line.pk)])
        assert leaks(words) == []
        assert "Øvre Bjørkåsen skole" in words
        assert client.get(url("contact_edit", family, line.contact_id)).status_code == 404
        assert client.post(url("contact_edit", family, line.contact_id), {"name": "x"}).status_code == 404


def test_another_coordinators_draft_shows_no_contact(client, family, draft, team):
    line = draft()
    assign_coordinator(family, coordinator=team.second_coordinator, kind="second", reason="To hjem", by=team.lead)
    client.force_login(team.second_coordinator)
    client.nm_user = team.second_coordinator
    assert leaks(every_page(client, family, [("line_edit", line.pk), ("line_end", line.pk)])) == []
    assert client.get(url("contact_edit", family, line.contact_id)).status_code == 404
