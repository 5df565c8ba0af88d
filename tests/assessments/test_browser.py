"""At the kitchen table, in Chromium: a tap is saved at once, and everything works without script too."""

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from assessments import actions
from assessments.models import Response
from nyemonstre.access.wall import acting_as
from tests.assessments.arrange import members
from tests.factories import Team, family_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def table(live_server, client, new_page):
    """`table(who, part)` opens the part of a new sitting, as the coordinator. Gives page and coordinator."""
    with transaction.atomic():  # no rows are seen outside one
        team = Team()
        family = family_at("consent", team)
        sitting = actions.start(family, kind="baseline", by=team.coordinator)
        people = members(family, team.coordinator)
    client.force_login(team.coordinator)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def sit(who, part, **options):
        page = new_page(**options)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        where = people[who].pk if who in people else who
        page.goto(live_server.url + reverse("assessments:sitting_member", args=[family.pk, sitting.pk, where, part]))
        return page

    def saved():
        with transaction.atomic(), acting_as(team.coordinator):
            return {r.question: r.missing or r.value for r in Response.objects.all()}

    sit.saved = saved
    return sit


def test_a_tap_on_the_ladder_is_saved_before_next(table):
    page = table("Jente", "self", width=390, height=844)
    page.get_by_label("6", exact=True).check(force=True)
    page.get_by_text("Lagret kl.").wait_for()
    assert table.saved() == {"ladder": 6}
    page.get_by_label("Vil ikke svare").check(force=True)
    page.get_by_role("button", name="Neste").click()
    page.get_by_role("heading", name="Hvordan har du det på skolen?").wait_for()
    assert table.saved() == {"ladder": "unwilling"}


def test_what_is_wrong_is_said_at_once_and_what_is_right_is_kept(table):
    page = table("Mor", "life")
    page.goto(page.url + "?nr=4")
    box = page.get_by_role("textbox")
    box.fill("4000")
    page.get_by_text("Tallet må være mellom 1 og 30.").wait_for()
    box.fill("4")
    page.get_by_text("Lagret kl.").wait_for()
    assert table.saved() == {"rooms": 4}


def test_without_script(table):
    page = table("familien", "status", java_script_enabled=False)
    page.get_by_label("2 krevende").check(force=True)
    page.get_by_role("button", name="Neste").click()
    assert page.get_by_text("Spørsmål 2 av 7").is_visible()
    assert table.saved() == {"rm1": 2}
