"""A person at the screen: reads headings and labels, presses what has a name, and finds no other way through."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

# What the factories give everybody.
PASSWORD = "prøve-passord-123"
# Milliseconds: a plan printed in the request while other tests share two cores.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


class Visitor:
    """One person in a browser of their own. Everything is found by its name, as people find it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        page.set_default_timeout(PATIENCE)
        self.main: Locator = page.locator("main")

    def open(self, path: str) -> Any:
        """Go to an address of the site; gives the answer."""
        return self.page.goto(path if path.startswith("http") else self.site + path)

    def sign_in(self, user: Any) -> "Visitor":
        """Through the login page, to one's own first page."""
        self.open("/konto/logg-inn/")
        self.write("E-postadresse", user.email)
        self.write("Passord", PASSWORD)
        self.press("Logg inn")
        expect(self.page.get_by_role("button", name=user.name)).to_be_visible()
        return self

    def follow(self, name: str, within: Locator | None = None) -> None:
        """A link whose name begins so; the first of them."""
        link = (within or self.main).get_by_role("link", name=re.compile(rf"^\s*{re.escape(name)}")).first
        link.click()
        self.page.wait_for_load_state()

    def menu(self, name: str) -> None:
        """An item of the main menu, which a narrow screen keeps behind a button."""
        button = self.page.get_by_role("button", name="Meny")
        if button.is_visible():
            button.click()
        self.follow(name, self.page.get_by_role("navigation", name="Hovedmeny"))

    def tab(self, name: str) -> None:
        """A page about the family."""
        self.follow(name, self.page.get_by_role("navigation", name="Sider om familien"))

    def press(self, name: str, within: Locator | None = None) -> None:
        """A button whose name begins so."""
        (within or self.main).get_by_role("button", name=re.compile(rf"^\s*{re.escape(name)}")).first.click()
        self.page.wait_for_load_state()

    def group(self, name: str) -> Locator:
        """The fields that stand together under a name."""
        return self.main.get_by_role("group", name=re.compile(rf"^\s*{re.escape(name)}")).first

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The field whose label begins so: labels go on with «(valgfritt)», an age, or a count."""
        return (within or self.main).get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def tick(self, label: str, within: Locator | None = None) -> None:
        """A box or a radio button. Its words may lie over it or beside it, so the click goes to whatever is there."""
        box = self.field(label, within)
        box.check(force=True)
        expect(box).to_be_checked()

    def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """An option of a list."""
        self.field(label, within).select_option(label=option)

    def sees(self, *sentences: str) -> None:
        """Each sentence stands on the page, where it can be seen."""
        for sentence in sentences:
            expect(self.main).to_contain_text(sentence)
            expect(self.main.get_by_text(sentence).locator("visible=true").first).to_be_visible()

    def is_told(self, sentence: str) -> None:
        """The message after something was done."""
        expect(self.main.locator(".nm-messages")).to_contain_text(sentence)

    def reads(self, heading: str) -> None:
        expect(self.main.get_by_role("heading", name=heading).first).to_be_visible()
