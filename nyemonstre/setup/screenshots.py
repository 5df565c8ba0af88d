"""The pictures of the README: `make screenshots`. Starts a demo of its own, logs in as each role and takes them.

Writes docs/img/*.png, small enough to be read over a slow line: a palette of colours instead of all of them.
"""

import argparse
import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from nyemonstre.demo.run import Demo, DemoError  # noqa: E402  the path above must be there first
from nyemonstre.embedded import EmbeddedError, free_port  # noqa: E402
from nyemonstre.setup.system import chromium  # noqa: E402

IMAGES = ROOT / "docs" / "img"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDE, NARROW = 1280, 390
# Bytes of one picture.
LARGEST = 150_000


def family_list(page: Page) -> None:
    """Where a coordinator begins the day."""
    page.get_by_role("link", name="Mine familier").first.click()


def family(page: Page) -> None:
    """The family with the longest history in the list."""
    family_list(page)
    page.get_by_role("link", name="Nyhagen").first.click()


def plan(page: Page) -> None:
    """Familiens plan."""
    family(page)
    page.get_by_role("link", name="Plan", exact=True).first.click()


def sitting(page: Page) -> None:
    """A kartlegging that is under way, on a phone at the kitchen table."""
    page.get_by_role("link", name="Mebrahtu").first.click()
    page.get_by_role("link", name="Kartlegging", exact=True).first.click()
    page.get_by_role("link", name="Fortsett").first.click()
    # The first part nobody has begun.
    page.get_by_role("link", name=re.compile("^0 av")).first.click()


def decision(page: Page) -> None:
    """A henvendelse before the intake team."""
    page.get_by_role("link", name="Henvendelser").first.click()
    page.get_by_role("row").filter(has_text="Til behandling").get_by_role("link").first.click()


def dashboard(page: Page) -> None:
    """Where a team leader begins the day."""
    page.get_by_role("link", name="Teamet").first.click()


# Name, who, how to get there, width, height.
PICTURES: list[tuple[str, str, Callable[[Page], None], int, int]] = [
    ("mine-familier", "Ingrid Solbakk", family_list, WIDE, 900),
    ("familien", "Ingrid Solbakk", family, WIDE, 1100),
    ("plan", "Ingrid Solbakk", plan, WIDE, 1100),
    ("kartlegging", "Ingrid Solbakk", sitting, NARROW, 844),
    ("inntak", "Nora Sande", decision, WIDE, 1000),
    ("teamet", "Turid Vestøl", dashboard, WIDE, 1000),
]


def take(browser: Browser, address: str, who: str, go: Callable[[Page], None], width: int, height: int) -> bytes:
    """One picture, as one person."""
    context = browser.new_context(locale="nb-NO", viewport={"width": width, "height": height})
    try:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        page.get_by_role("button", name=who).first.click()
        page.wait_for_load_state("networkidle")
        go(page)
        page.wait_for_load_state("networkidle")
        # Fragments settle and web components take their shape.
        page.wait_for_timeout(400)
        return page.screenshot()
    finally:
        context.close()


def smaller(picture: bytes) -> bytes:
    """The same picture with a palette: as many colours as fit into LARGEST. Raises ValueError when even few do not."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue()
    raise ValueError(f"{out.tell()} bytes with {colours} colours")


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--only", default="", help="bare bilder med dette i navnet")
    parser.add_argument("--data", type=Path, help="en datamappe som beholdes, i stedet for en midlertidig")
    options = parser.parse_args()
    if (path := chromium()) is None:
        sys.exit("Chromium mangler. Kjør: apt-get install chromium-headless-shell")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="nyemonstre-bilder-") as name:
        Path(name).chmod(0o711)
        demo = Demo(port=free_port(), data=options.data or Path(name) / "demo")
        try:
            demo.start()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                for picture, who, go, width, height in PICTURES:
                    if options.only in picture:
                        image = smaller(take(browser, demo.address, who, go, width, height))
                        (IMAGES / f"{picture}.png").write_bytes(image)
                        print(f"docs/img/{picture}.png {len(image) // 1000} kB", flush=True)
        except (DemoError, EmbeddedError) as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            demo.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
