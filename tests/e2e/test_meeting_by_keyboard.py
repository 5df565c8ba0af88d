"""Eight henvendelser decided in an intake meeting, from opening it to signing it off, with the keyboard alone."""

import pytest
from django.db import transaction
from django.urls import reverse

from nyemonstre.access.wall import acting_as

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("Aas", "Berg", "Dal", "Eng", "Foss", "Haug", "Lie", "Moe")
# What one case may cost beside the words one writes. Two keys a second and a talk still end within a minute.
MOST_KEYS = 15
FOCUS = """() => { const at = document.activeElement;
    return [at.name || at.id || at.dataset.step || at.tagName, at.value ?? "", at.matches(":focus-visible")]; }"""


class Keys:
    """A page nobody touches with a mouse. Counts the keys that are not text."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, words):
        self.page.keyboard.type(words)

    @property
    def at(self):
        return self.page.evaluate(FOCUS)[:2]


def test_eight_cases_with_the_keyboard_alone(live_server, new_page, client, axe):
    from tests.referrals.test_intake_meeting import Room

    room = Room(*NAMES)
    client.force_login(room.health)
    page = new_page()
    page.context.add_cookies([{"name": "nm", "value": client.cookies["nm"].value, "url": live_server.url}])
    keys = Keys(page)
    page.goto(live_server.url + reverse("referrals:intake_meeting", args=[room.meeting.pk]))
    # Who is there: the first name has the focus, and each next one is two tabs away (its sector stands between).
    for _person in range(3):
        keys.press("Space", "Tab", "Tab")
    with page.expect_navigation():
        keys.press("Enter")

    for number, name in enumerate(NAMES):
        keys.pressed = 0
        assert page.text_content("#sak") == name
        assert keys.at == ["outcome", "granted"]
        if number == 0:
            assert not axe(page)
            keys.press("?")
            assert page.is_visible("#snarveier")
            page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
            assert not axe(page)
            keys.press("Escape")
            # The six questions of the target group: an answer leads to the next, and the last to the button that saves.
            keys.press("v", *"111213")
            assert keys.at[0] == "BUTTON"
            keys.press("Control+Enter")
            page.wait_for_selector("[name=outcome]:focus")
            keys.pressed = 0
        if number % 2:
            keys.press("2")
        else:
            keys.press("1", "p")
            assert keys.at[0] == "coordinator"
            keys.press("ArrowDown")
        keys.press("b")
        keys.write(f"{name}: 3 barn, 2 hjem. Not by NAV, vi bor fint på 1 rom?")  # digits and letters are text here
        keys.press("Escape", "t")
        keys.write("Kort samtale.")
        with page.expect_navigation():
            keys.press("Control+Enter")
        assert keys.pressed <= MOST_KEYS

    assert keys.at[0] == "signer"
    keys.press("Tab")
    with page.expect_navigation():
        keys.press("Enter")
    with acting_as(room.health), transaction.atomic():
        room.meeting.refresh_from_db()
        states = {n: r.state for n, r in ((n, type(r).objects.get(pk=r.pk)) for n, r in room.referrals.items())}
        first = type(room.referrals["Aas"]).objects.get(pk=room.referrals["Aas"].pk).criteria
    assert room.meeting.is_closed
    assert [states[name] for name in NAMES] == ["granted", "waiting"] * 4
    assert [answer.value for answer in first.values()] == ["yes", "yes", "yes", "no", "yes", "unknown"]


def test_keys_that_are_turned_off_or_never_came(live_server, new_page, client):
    from tests.referrals.test_intake_meeting import Room

    room = Room("Aas").opened()
    client.force_login(room.health)
    for script in (True, False):
        page = new_page(java_script_enabled=script)
        page.context.add_cookies([{"name": "nm", "value": client.cookies["nm"].value, "url": live_server.url}])
        page.goto(live_server.url + reverse("referrals:intake_case", args=[room.meeting.pk, room.item("Aas").pk]))
        if script:
            page.keyboard.press("?")
            page.focus("[data-use-keys]")
            page.keyboard.press("Space")
            page.keyboard.press("Escape")
            page.keyboard.press("2")
            assert not page.is_checked("[name=outcome][value=waiting]")
        else:
            assert not page.is_visible("[data-keys-help]")
            # Space chooses the focused radio button, and an arrow the next one.
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Tab")
            page.keyboard.type("Venter på plass.")
            with page.expect_navigation():
                page.keyboard.press("Tab")
                while page.evaluate("document.activeElement.type") != "submit":
                    page.keyboard.press("Tab")
                page.keyboard.press("Enter")
    with acting_as(room.health), transaction.atomic():
        assert type(room.referrals["Aas"]).objects.get(pk=room.referrals["Aas"].pk).state == "waiting"
