"""In Chromium: the form without and with script, and the meeting by keyboard."""

import pytest
from django.urls import reverse

from .making import sent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def everybody():
    from tests.factories import Team

    return Team()


def test_a_person_is_added_and_taken_away_and_nothing_typed_is_lost(live_server, new_page, everybody, axe):
    for script in (True, False):
        page = new_page(width=390, java_script_enabled=script)
        page.goto(live_server.url + reverse("referrals:referral_new"))
        page.fill("[name=family_name]", "Rahimi")
        page.fill("[name=own_words]", "Vi trenger hjelp.\n" * 12)
        page.locator("summary").first.click()
        page.fill("[name=people-0-first_name]", "Amal")
        if script:  # as a field somebody has dragged wider; the style must not be copied as text to the new one
            page.evaluate("document.querySelector('[name=people-0-first_name]').style.width = '20rem'")
        page.click("[name=people-add]")
        page.wait_for_selector("[name=people-2-first_name]")
        page.fill("[name=people-2-first_name]", "Leah")
        page.fill("[name=people-2-language]", "arabisk")
        page.click("[name=people-remove][value='1']")
        page.wait_for_selector("[name=people-2-first_name]", state="detached")
        assert page.input_value("[name=family_name]") == "Rahimi"
        assert page.input_value("[name=people-0-first_name]") == "Amal"
        assert page.input_value("[name=people-1-first_name]") == "Leah"
        if script:
            assert not axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_meeting_by_keyboard(live_server, new_page, everybody, axe, client):
    referral = sent(everybody, "Rahimi")
    client.force_login(everybody.intake)
    page = new_page()
    cookie = client.cookies["nm"]
    page.context.add_cookies([{"name": "nm", "value": cookie.value, "url": live_server.url}])
    page.goto(live_server.url + reverse("referrals:referral_detail", args=[referral.pk]))
    page.keyboard.press("2")
    assert page.is_checked("[name=outcome][value=waiting]")
    assert not page.is_visible("[name=coordinator]")
    page.keyboard.press("1")
    assert page.is_checked("[name=outcome][value=granted]")
    assert not axe(page)
    page.fill("[name=reason]", "3 barn, 2 hjem")
    assert page.is_checked("[name=outcome][value=granted]")
    page.check("[name=sectors][value=nav]")
    page.check("[name=sectors][value=health]")
    page.fill("[name=present]", "Mona, Pål")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/henvendelser/")
    assert "har fått plass" in page.text_content("main")
