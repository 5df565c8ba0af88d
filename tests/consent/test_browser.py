"""In Chromium at 390 px: a family answers and signs with a finger on a phone, and with the keyboard."""

import re

import pytest
from django.conf import settings
from django.db import transaction

from consent import rules
from consent.enums import Answer, How
from consent.models import Consent, Signature
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import members_of, url
from tests.factories import Team, family_at

from .conftest import a_team_and_its_family

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def walked(db):
    with transaction.atomic():
        return a_team_and_its_family()


def test_a_family_says_no_to_research_and_signs_participation(live_server, client, new_page):
    with transaction.atomic():  # no rows are seen outside one
        team = Team()
        family = family_at("information", team)
        people = members_of(family, team.coordinator)
    client.force_login(team.coordinator)
    page = new_page(width=390, height=844)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + url("tablet", family))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("group", name="Vil dere delta i Nye mønstre?").get_by_label("Ja").check()
    page.get_by_role("group", name="Kan forskere bruke opplysningene?").get_by_label("Nei").check()
    for name in ("Jente", "Gutt"):
        page.get_by_label(f"Hva sier {name} selv?").fill("Jeg vil være med")
    pad = page.get_by_role("img", name="Felt til underskriften fra Mor Prøve")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 20 + 20 * step, box["y"] + 60 + (20 if step % 2 else -20))
    page.mouse.up()
    page.get_by_text("Underskriften er med.").wait_for()
    page.get_by_label("Eller skriv navnet, Far").fill("Far Prøve")
    page.get_by_role("button", name="Lagre svaret").click()
    page.get_by_text(re.compile("Svaret fra .* er lagret")).wait_for()
    with transaction.atomic(), acting_as(team.coordinator):
        rows = Consent.objects.filter(family=family)
        assert set(rows.values_list("purpose", "answer")) == {
            ("participation", Answer.GIVEN), ("research", Answer.REFUSED),
        }  # fmt: skip
        assert set(rows.values_list("how", flat=True)) == {How.TABLET}
        drawn = Signature.objects.filter(name="Mor Prøve", consent__member=people["Mor"]).first()
        assert re.fullmatch(r"M\d+ \d+(L\d+ \d+){8,}", drawn.strokes)
        assert rules.may_map(people["Gutt"])
        assert not rules.may_research(people["Mor"])
