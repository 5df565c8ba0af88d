"""Looking at a page in Chromium: what axe says of it, and what is out of its frame."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .crawl import Seen

WIDTHS = (1280, 390)
# What axe may answer differently when the same page has less room.
LAYOUT = ("target-size", "scrollable-region-focusable")


@dataclass
class Look:
    """A page to look at, at these widths. `is_new` when it has a kind of element that no page had before."""

    view: Seen
    widths: tuple[int, ...]
    is_new: bool


def looks(found: dict[str, Seen], before: Iterable[dict[str, Seen]]) -> list[Look]:
    """The pages worth a look among those one person found, when others have looked at theirs `before`.

    A view that nobody before had is looked at wide and narrow. One that somebody had is looked at where there is a kind
    of element on it that nobody had there, and on a phone: that is where there is least room for what is added. The
    heaviest page is looked at in any case, so that everybody's menu is seen.
    """
    had: dict[str, set[str]] = {}
    for others in before:
        for view in others.values():
            if view.path:
                had.setdefault(view.name, set()).update(view.shape)
    anywhere = set().union(*had.values())
    mine = [view for _name, view in sorted(found.items()) if view.path]
    heaviest = max(mine, key=lambda view: view.size)
    worth = []
    for view in mine:
        shape, there = set(view.shape), had.get(view.name)
        if there is None or shape - there or view is heaviest:
            worth.append(Look(view, WIDTHS if there is None else WIDTHS[1:], is_new=bool(shape - anywhere)))
            anywhere |= shape
    return worth


def settled(page: Any, asked: list[Any]) -> None:
    """Until the fragments a page asks for when it opens have come. "networkidle" takes half a second more."""
    limit = time.monotonic() + 10
    page.wait_for_timeout(40)
    while asked:
        assert time.monotonic() < limit, f"never answered: {[request.url for request in asked]}"
        page.wait_for_timeout(20)
    page.wait_for_timeout(40)


def faults(page: Any, axe: Callable[..., list[str]], look: Look, known: set[str]) -> list[str]:
    """What is wrong with the open page. `known` are the colours asked about on earlier pages; this page's are added.

    Contrast takes axe longer than all its other rules; it is asked for elements whose colours are new.
    """
    found = []
    for width in look.widths:
        page.set_viewport_size({"width": width, "height": 900})
        seen = page.evaluate(SEE, width)
        again = width != look.widths[0] and not look.is_new
        said = axe(page, only=LAYOUT) if again else axe(page, "color-contrast")
        if colours := sorted(set(seen["colours"]) - known):
            known.update(colours)
            said += axe(page, only=("color-contrast",), among=f"{colours}.flatMap(one => window.inColours.get(one))")
        if seen["h1"] != 1:
            said.append(f"{seen['h1']} h1")
        # The page itself; a wide table may scroll inside its own frame.
        if seen["needs"] > width:
            said.append(f"needs {seen['needs']} px: {seen['spills']}")
        said += [f"the current tab is out of sight: {tab}" for tab in seen["tabs"]]
        found += [f"{width} px: {fault}" for fault in said]
    return found


SEE = """async width => {
  // The frame after this one: scripts that watch a size hear of it once the page is laid out.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const all = [...document.body.querySelectorAll('*')];

  // The innermost elements that reach out of the frame and that no frame of their own holds.
  const spills = () => {
    const page = [document.documentElement, document.body];
    const frame = e => !page.includes(e) && getComputedStyle(e).overflowX !== 'visible';
    const held = e => { for (let p = e; p; p = p.parentElement) if (frame(p)) return true; return false };
    const out = all.filter(e => e.getBoundingClientRect().right > width + 1 && !held(e));
    const said = e => e.tagName.toLowerCase() + '.' + (e.getAttribute('class') || '') + ' ' + e.textContent.trim();
    return out.filter(e => !out.some(o => o !== e && e.contains(o))).slice(0, 4).map(e => said(e).slice(0, 80));
  };

  // The family's tabs scroll sideways on a phone; the one somebody stands on must be seen.
  const tabs = [...document.querySelectorAll('.nm-tabs [aria-current]')].filter(tab => {
    const is = tab.getBoundingClientRect();
    return is.left < 0 || is.right > document.documentElement.clientWidth;
  }).map(tab => tab.textContent);

  // Everything that decides whether words can be read: what they are, their colour and size, and what lies behind them.
  const grounds = new Map();
  const behind = e => {
    if (!grounds.has(e)) {
      const is = getComputedStyle(e), colour = is.backgroundColor, told = [];
      if (is.backgroundImage !== 'none') told.push(is.backgroundImage);
      if (is.opacity !== '1') told.push(is.opacity);
      if (is.clip !== 'auto' || is.clipPath !== 'none') told.push('clipped');
      if (colour !== 'rgba(0, 0, 0, 0)') told.push(colour);
      const covers = !colour.startsWith('rgba') && !colour.includes('/');
      if (!covers && e.parentElement) told.push(behind(e.parentElement));
      grounds.set(e, told.join(' '));
    }
    return grounds.get(e);
  };
  const colours = e => {
    const is = getComputedStyle(e);
    const off = e.closest(':disabled, [aria-disabled=true]') || e.closest('label')?.control?.disabled;
    const words = [e.tagName, is.color, is.textShadow, is.fontSize, is.fontWeight, off ? 'off' : ''];
    return [...words, behind(e)].join(' ');
  };
  const text = node => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const words = e => e.matches('input, select, textarea') || [...e.childNodes].some(text);
  window.inColours = new Map();
  for (const e of all) if (words(e) && e.checkVisibility()) {
    const key = colours(e);
    window.inColours.set(key, [...(window.inColours.get(key) ?? []), e]);
  }

  const needs = document.documentElement.scrollWidth;
  return {
    h1: document.querySelectorAll('h1').length, needs, spills: needs > width ? spills() : [], tabs,
    colours: [...window.inColours.keys()],
  };
}"""
