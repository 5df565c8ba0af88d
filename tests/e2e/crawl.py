"""Walking through the site by the links on its pages, as one person, breadth first."""

import re
from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

from .site import Answer, Visitor

# What leads on: links, htmx's fragments, pictures of our own, and where forms go: most forms have a page of their own.
LEADS_ON = re.compile(r'\s(href|hx-get|src|action|formaction|hx-post)="([^"]+)"')
FORMS = ("action", "formaction", "hx-post")
# Addresses of each view that are asked; the heaviest of them is opened in Chromium. A family's page leads to all the
# rest, so every family is opened; and every kartlegging, for only those that go on lead further.
SAMPLES = 2
ALL_OF_THEM = dict.fromkeys(
    (
        "families:family_detail", "families:family_members", "consent:family_tab", "assessments:family_tab",
        "plans:family_tab", "referrals:family_referral", "referrals:information_meeting", "referrals:referral_detail",
    ),
    20,
) | {"assessments:sitting_detail": 60}  # fmt: skip
# Paper takes a second to draw, and has nothing in it to look at here.
PAPER = "_pdf"
# A start tag and what stands in it; nothing of ours has ">" in an attribute.
TAG = re.compile(r"<([a-z][\w-]*)([^<>]*)>")
ATTRIBUTE = re.compile(r'\s([\w:-]+)(?:="([^"]*)")?')
# What a drawing is made of: nothing to name or to read out.
STROKES = {"path", "circle", "rect", "line", "g", "use"}
# Attributes whose value decides how an element is drawn, named or read out.
DECIDES = ("class", "role", "type", "aria-live", "aria-current", "data-color", "data-variant", "data-size", "scope")
# Bytes of HTML before compression.
HEAVIEST = 60 * 1024


@dataclass
class Seen:
    """One view, as one person meets it. `path` is the heaviest page of it, or empty when it draws no page.

    `shape` is what that page is built of: each kind of element on it once.
    """

    name: str
    path: str = ""
    size: int = 0
    shape: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def walk(visitor: Visitor, start: str = "/", known: Collection[str] = ()) -> dict[str, Seen]:
    """Every view this person can reach, by name.

    `known` are views that somebody with the same role was shown: but for the page it starts on and what is asked of
    every family, they are asked once more and not as often.
    """
    seen: dict[str, Seen] = {}
    asked: set[str] = set()
    samples: Counter[str] = Counter()
    waiting = deque([(start, "", "href")])
    while waiting:
        address, source, kind = waiting.popleft()
        path = urlsplit(address).path
        if path in asked or path.startswith("/static/"):
            continue
        asked.add(path)
        name = name_of(path)
        samples[name] += 1
        few = 1 if name.endswith(PAPER) or (name in known and address != start) else SAMPLES
        if samples[name] > ALL_OF_THEM.get(name, few):
            continue
        view = seen.setdefault(name, Seen(name))
        answer = visitor.get(address, fragment=kind == "hx-get")
        if answer.status == 405 and kind in FORMS:
            # It takes POST alone; that it is there is all there is to see.
            continue
        view.problems += faults(answer, address, source, signed_in=_signed_in(visitor))
        if answer.is_page and answer.status == 200 and len(answer.body) > view.size:
            view.path, view.size, view.shape = address, len(answer.body), shape_of(answer.text)
        waiting.extend((there, address, how) for there, how in onward(answer, address))
    return seen


def _signed_in(visitor: Visitor) -> bool:
    """A visitor has a session too while a passkey is asked for; only people with a login are told by their cookie."""
    return visitor.is_somebody and any(cookie.name == "nm" for cookie in visitor.cookies)


def name_of(path: str) -> str:
    """The view's name; the address itself where it leads nowhere."""
    try:
        return resolve(path, "tests.e2e.demo_urls").view_name
    except Resolver404:
        return path


def shape_of(text: str) -> list[str]:
    """Every kind of element on the page: its tag, the names of its attributes, and the values that decide its look."""
    kinds = set()
    for tag, inside in TAG.findall(text):
        if tag in STROKES:
            continue
        told = {name: value if name in DECIDES else "" for name, value in ATTRIBUTE.findall(inside)}
        kinds.add(" ".join([tag, *(f"{name}={value}" for name, value in sorted(told.items()))]))
    return sorted(kinds)


def onward(answer: Answer, address: str) -> Iterator[tuple[str, str]]:
    """Addresses of our own that the answer leads to, and the attribute they stand in."""
    if answer.status in (301, 302, 303):
        yield answer.headers["Location"], "href"
    for kind, link in LEADS_ON.findall(answer.text):
        there = urlsplit(urljoin(address, unescape(link)))
        if not there.scheme and not there.netloc and there.path.startswith("/"):
            yield there._replace(fragment="").geturl(), kind


def faults(answer: Answer, address: str, source: str, *, signed_in: bool) -> list[str]:
    """What is wrong with an answer before any browser draws it."""
    found = []
    login = answer.status == 302 and answer.headers["Location"].startswith("/konto/logg-inn/")
    if answer.status not in (200, 302) or (login and signed_in):
        found.append(f"answers {answer.status}, linked from {source}")
    if answer.is_page and answer.status == 200:
        headings = len(re.findall(r"<h1[\s>]", answer.text))
        if headings != 1:
            found.append(f"has {headings} h1")
        if not re.search(r"<title>\s*[^\s<]", answer.text):
            found.append("has no title")
        if len(answer.body) > HEAVIEST:
            found.append(f"weighs {len(answer.body) / 1024:.1f} KB, more than {HEAVIEST // 1024}")
    if signed_in and answer.is_html and "no-store" not in (answer.headers["Cache-Control"] or ""):
        found.append(f"Cache-Control is {answer.headers['Cache-Control']}")
    return [f"{address} {fault}" for fault in found]
