"""At the kitchen table, in Chromium: a tap is saved at once, and everything works without script too."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from assessments import actions
from assessments.models import Response
from nyemonstre.access.wall import acting_as
from tests.assessments.arrange import members
from tests.e2e.site import Site
from tests.factories import Team, family_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def now(page):
    """The question that is shown."""
    return page.locator("form.nm-ask:not([hidden])")


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

    def sit(who, part, url=live_server.url, **options):
        page = new_page(**options)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
        where = people[who].pk if who in people else who
        page.goto(url + reverse("assessments:sitting_member", args=[family.pk, sitting.pk, where, part]))
        return page

    def saved():
        with transaction.atomic(), acting_as(team.coordinator):
            return {r.question: r.missing or r.value for r in Response.objects.all()}

    def versions():
        with transaction.atomic(), acting_as(team.coordinator):
            return {r.question: (r.version, len(set(r.received))) for r in Response.objects.all()}

    def complete():
        with transaction.atomic():
            actions.answer(sitting, question="rm2", value=3, by=team.coordinator)
            actions.complete(sitting, rest_not_asked=True, by=team.coordinator)

    sit.saved, sit.versions, sit.complete = saved, versions, complete
    return sit


def test_what_is_right_is_saved_at_once_and_what_is_wrong_is_said(table):
    # A tap on the ladder, before «Neste».
    page = table("Jente", "self", width=390, height=844)
    now(page).get_by_label("6", exact=True).check(force=True)
    page.get_by_text("Lagret kl.").wait_for()
    assert table.saved() == {"ladder": 6}
    now(page).get_by_label("Vil ikke svare").check(force=True)
    now(page).get_by_role("button", name="Neste").click()
    page.get_by_role("heading", name="Hvordan har du det på skolen?").wait_for()
    # Answers are sent from a queue, so the next question does not wait for the last one's answer to arrive.
    for _ in range(100):
        if table.saved() == {"ladder": "unwilling"}:
            break
        page.wait_for_timeout(50)
    assert table.saved() == {"ladder": "unwilling"}
    # A number that cannot be, and one that can.
    page = table("Mor", "life")
    page.goto(page.url + "?nr=4")
    box = page.get_by_role("textbox")
    box.fill("4000")
    page.get_by_text("Tallet må være mellom 1 og 30.").wait_for()
    box.fill("4")
    page.get_by_text("Lagret kl.").wait_for()
    assert table.saved() == {"ladder": "unwilling", "rooms": 4}
    # Without script «Neste» saves.
    page = table("familien", "status", java_script_enabled=False)
    now(page).get_by_label("2 krevende").check(force=True)
    now(page).get_by_role("button", name="Neste").click()
    assert page.get_by_text("Spørsmål 2 av 7").is_visible()
    assert table.saved() == {"ladder": "unwilling", "rooms": 4, "rm1": 2}


def test_the_line_is_cut_and_nothing_is_lost(table):
    """Offline on the way through a part, a reload, and a login that ended: sent in order when the line is back."""
    page = table("familien", "status", width=390, height=844)
    page.locator("[data-ready]").wait_for()
    page.context.set_offline(True)
    for value in ("2", "3", "4"):
        now(page).locator("input[name=value]").nth(int(value) - 1).check(force=True)
        page.get_by_text("Uten nett.").wait_for()
        now(page).get_by_role("button", name="Neste").click()
    assert page.get_by_text("3 svar ligger trygt her").is_visible()
    assert table.saved() == {}
    cookies = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.context.set_offline(False)
    page.get_by_text("Du er logget ut.").wait_for()
    page.context.add_cookies(cookies)
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.locator("[data-waiting='0']").wait_for()
    assert table.saved() == {"rm1": 2, "rm2": 3, "rm3": 4}


def test_the_web_process_is_killed_and_nothing_is_lost(table, tmp_path):
    """In the middle of a part, as when a machine is restarted: answers wait, and arrive when another one listens."""
    site = Site(connection.settings_dict["NAME"], tmp_path / "web.log")
    try:
        page = table("familien", "status", url=site.url, width=390, height=844)
        page.locator("[data-ready]").wait_for()
        now(page).locator("input[name=value]").nth(1).check(force=True)
        page.locator("[data-sitting-note]").get_by_text("Lagret kl.").wait_for()
        now(page).get_by_role("button", name="Neste").click()
        site.kill()
        for value in (3, 4):
            now(page).locator("input[name=value]").nth(value - 1).check(force=True)
            page.get_by_text("Uten nett.").wait_for()
            now(page).get_by_role("button", name="Neste").click()
        assert table.saved() == {"rm1": 2}
        site = Site(site.database, site.log, site.port)
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.locator("[data-waiting='0']").wait_for()
        assert table.saved() == {"rm1": 2, "rm2": 3, "rm3": 4}
    finally:
        site.kill()


def test_two_answers_to_one_question_are_shown_side_by_side(table):
    page, other = table("familien", "status"), table("familien", "status")
    for one in (page, other):
        one.locator("[data-ready]").wait_for()
    now(other).get_by_label("4 ganske bra").check(force=True)
    other.locator("[data-sitting-note]").get_by_text("Lagret kl.").wait_for()
    now(page).get_by_label("2 krevende").check(force=True)
    page.get_by_role("heading", name="To svar på samme spørsmål").wait_for()
    assert page.get_by_text("4, ganske bra").is_visible()
    assert table.saved() == {"rm1": 4}
    page.get_by_role("button", name="La dette gjelde").click()
    page.locator("[data-sitting-note]").get_by_text("Lagret kl.").wait_for()
    assert table.saved() == {"rm1": 2}


def test_answers_a_completed_sitting_does_not_take_stand_on_the_page_until_somebody_has_seen_them(table):
    """And without a line nobody is led away from what is not sent."""
    page = table("familien", "status", width=390, height=844)
    page.locator("[data-ready]").wait_for()
    page.context.set_offline(True)
    now(page).get_by_label("2 krevende").check(force=True)
    page.get_by_text("Uten nett.").wait_for()
    page.get_by_role("link", name="Til oversikten").click()
    assert now(page).get_by_label("2 krevende").is_checked()
    table.complete()
    page.context.set_offline(False)
    left = page.get_by_role("status").filter(has_text="Svar som ikke kom med")
    left.wait_for()
    assert "krevende" in left.inner_text()
    assert page.get_by_text("1 svar kom ikke med.").is_visible()
    assert page.locator("[data-waiting='1']").count() == 1
    left.get_by_role("button", name="Fjern dem herfra").click()
    page.locator("[data-waiting='0']").wait_for()
    page.get_by_role("link", name="Til oversikten").click()
    page.get_by_text("Dette kan dere snakke om").wait_for()


def test_two_hundred_answers_in_a_burst_arrive_once_each_and_in_order(table):
    page = table("familien", "status")
    page.locator("[data-ready]").wait_for()
    page.evaluate("""() => {
      const inputs = [...document.querySelectorAll("form[data-ask]:not([hidden]) input[name=value]")].slice(0, 5);
      for (let n = 0; n < 200; n += 1) {
        inputs[n % 5].checked = true;
        inputs[n % 5].dispatchEvent(new Event("input", { bubbles: true }));
      }
    }""")
    page.locator("[data-waiting='0']").wait_for()
    assert table.saved() == {"rm1": 5}
    assert table.versions() == {"rm1": (200, 200)}
