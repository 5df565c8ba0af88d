"""The gallery and drafts in Chromium."""

import pytest

from tests.nyemonstre.ui import urls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.nyemonstre.ui.urls")]


# All that is decided by colours; the rest is the same in the dark.
COLOURS = ("color-contrast", "link-in-text-block")


def test_gallery_is_clean_at_every_width_in_both_lights(live_server, page, axe):
    page.goto(f"{live_server.url}/galleri/")
    page.wait_for_load_state("networkidle")
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(page) == []
        page.emulate_media(color_scheme="dark")
        assert axe(page, only=COLOURS) == []
        page.emulate_media(color_scheme="light")


def test_dialog_asks_and_closes_without_our_script(live_server, page):
    page.goto(f"{live_server.url}/galleri/")
    page.get_by_role("button", name="Avslutt avtalen").click()
    dialog = page.get_by_role("dialog")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_error_summary_takes_the_focus_and_leads_on(live_server, page):
    page.goto(f"{live_server.url}/galleri/")
    page.get_by_role("link", name="Navn: Fyll ut dette feltet.").click()
    assert page.evaluate("document.activeElement.id") == "feil_name"


@pytest.fixture
def drafts():
    urls.DRAFTS.clear()
    urls.ANSWER["status"] = 204
    yield urls.DRAFTS
    urls.ANSWER["status"] = 204


def kept(page) -> list[str]:
    """What lies in the browser; htmx notes the path we are on, which says nothing about people."""
    keys = page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]")
    return [key for key in keys if key != "htmx-current-path-for-history"]


def test_draft_is_saved_a_second_after_the_last_key(live_server, page, drafts):
    page.goto(f"{live_server.url}/skriv/")
    page.get_by_label("Navn").fill("محمد 🙂")
    page.get_by_text("Lagret kl.").wait_for()
    assert drafts[-1]["name"] == "محمد 🙂"
    assert "csrfmiddlewaretoken" not in drafts[-1]
    assert kept(page) == []


@pytest.mark.parametrize(
    ("status", "words"), [(302, "Du er logget ut."), (403, "Du er logget ut."), (503, "Ingen kontakt")]
)
def test_text_the_server_did_not_get_lies_in_the_tab_and_comes_back(live_server, page, drafts, status, words):
    page.goto(f"{live_server.url}/skriv/")
    urls.ANSWER["status"] = status
    page.get_by_label("Hva er viktig nå?").fill("Fred og ro")
    page.get_by_label("Ja", exact=True).check()
    page.get_by_text(words).wait_for()
    assert drafts == []
    urls.ANSWER["status"] = 204
    page.reload()
    page.get_by_text("Lagret kl.").wait_for()
    assert page.get_by_label("Hva er viktig nå?").input_value() == "Fred og ro"
    assert drafts[-1]["situation"] == "Fred og ro"
    assert drafts[-1]["knows"] == "ja"
    assert kept(page) == []


@pytest.mark.parametrize("status", [204, 503])
def test_what_must_never_be_kept_leaves_the_browser_with_the_form_alone(live_server, page, drafts, status):
    page.goto(f"{live_server.url}/skriv/")
    urls.ANSWER["status"] = status
    page.get_by_label("Hemmelig").fill("12838712000")
    page.get_by_label("Navn").fill("Kari")
    page.get_by_text("Lagret kl." if status == 204 else "Ingen kontakt").wait_for()
    assert [draft.get("name") for draft in drafts] == (["Kari"] if status == 204 else [])
    assert not any("12838712000" in str(draft) for draft in drafts)
    assert "12838712000" not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    urls.ANSWER["status"] = 204


def test_copy_of_somebody_else_is_thrown_away(live_server, page, drafts):
    page.goto(f"{live_server.url}/skriv/")
    copy = '{"owner": "henrik", "pairs": [["name", "Hemmelig"]]}'
    page.evaluate("copy => sessionStorage.setItem('nm-draft:/utkast/', copy)", copy)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.get_by_label("Navn").input_value() == ""
    assert kept(page) == []
