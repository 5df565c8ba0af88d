"""The same number of queries with 1, 3 and 30 rows."""

from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import actions
from tests.consent.arrange import days, leaks, text, url


def count(client, address):
    client.get(address)  # the first time a page is drawn, content types and the like are read
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_number_of_lines_does_not_matter(client, family, live, draft, team):
    pages = ("family_tab", "network", "agreement_print", "lines_sign")
    counts = []
    for lines in (1, 2, 27):
        for n in range(lines):
            name = f"Tjeneste {lines}-{n}"
            service = actions.add_service(team.municipality, name=name, sector="nav", by=team.coordinator)
            live(service=service)
            draft(service=service)
        counts.append([count(client, url(page, family)) for page in pages])
    assert counts[0] == counts[1] == counts[2]


def test_the_number_of_services_does_not_matter(client, team):
    counts = []
    for number in (1, 2, 27):
        for n in range(number):
            actions.add_service(team.municipality, name=f"Tjeneste {number}-{n}", sector="nav", by=team.lead)
        counts.append(count(client, url("service_list")))
    assert len(set(counts)) == 1, counts


def test_the_clock_moves_on_a_page(client, family, live, team):
    """Tomorrow the Python side hides a contact whose last day is today; the database follows with its own clock."""
    live(valid_to=days(0))
    assert leaks(client.get(url("network", family)).content.decode())
    with time_machine.travel(datetime.now().astimezone() + timedelta(days=1)):
        client.force_login(team.coordinator)
        page = client.get(url("network", family))
    assert "Gikk ut" in text(page)
    assert leaks(page.content.decode()) == []
