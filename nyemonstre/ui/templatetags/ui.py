"""The library every template loads: `{% load ui %}`.

Signs that stand many times on a page (icon, stitch, step line, chip, tag) are drawn here in Python; the larger
components are templates in templates/components/ and live in the modules merged at the bottom.
All of them take plain values, never models.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nyemonstre.formats import short_day
from nyemonstre.ui import people, stitches
from nyemonstre.ui.icons import icon_paths
from nyemonstre.ui.templatetags import ui_charts, ui_family, ui_fields, ui_page

register = template.Library()
for library in (ui_page, ui_family, ui_fields, ui_charts):
    register.tags.update(library.register.tags)
    register.filters.update(library.register.filters)

STEP_STATES = ("done", "now", "next", "ahead", "after", "pause")


register.filter("short_day", short_day, expects_localtime=True)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon from aksel-icons by name: `{% icon "Calendar" %}`. Silent for screen readers unless it has a label.

    Raises LookupError for a name that does not exist, so a misspelt icon is found the first time the page is drawn.
    """
    icon_paths(name)
    if label:
        return format_html('<svg class="nm-icon" role="img" aria-label="{}"><use href="#i-{}"/></svg>', label, name)
    return format_html('<svg class="nm-icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def stitch(name: str, label: str = "", ground: bool = False, css_class: str = "") -> SafeString:
    """One drawn sign: m0-m5 (status), s-done… (step), d-now… (due), knit, dropped, mdiff.

    `ground=True` lays knitted wool under a motif. The colour is the text colour, or `data-yarn` of a parent.
    Raises KeyError for an unknown sign.
    """
    box = stitches.viewbox(name)
    return format_html(
        '<svg{} viewBox="{}" {}>{}<use href="#{}"/></svg>',
        format_html(' class="{}"', css_class) if css_class else "",
        box,
        format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"'),
        ui_family.WOOL if ground else "",
        name,
    )


class SymbolsNode(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        html = self.nodelist.render(context)
        return mark_safe(html + stitches.sprite(html))  # noqa: S308 (rendered template)


@register.tag
def symbols(parser: template.base.Parser, token: template.base.Token) -> SymbolsNode:
    """`{% symbols %}…{% endsymbols %}`: prints the content, then the sprite with the symbols it used, and no other.

    base.html wraps the whole page. A fragment fetched by htmx that may draw a sign the page did not have wraps itself.
    """
    nodelist = parser.parse(("endsymbols",))
    parser.delete_first_token()
    return SymbolsNode(nodelist)


def _value(item: Any, key: str) -> Any:
    return item.get(key, "") if isinstance(item, Mapping) else getattr(item, key, "")


def steps_in_words(steps: Iterable[Any]) -> str:
    """What a step line says aloud: how many are reached, and what the first step that is not reached waits for."""
    items = list(steps)
    done = sum(1 for step in items if _value(step, "state") == "done")
    text = ngettext("%(done)s av %(all)s steg er nådd.", "%(done)s av %(all)s steg er nådd.", done)
    words = text % {"done": done, "all": len(items)}
    waiting = next(
        ((n, step) for n, step in enumerate(items, 1) if _value(step, "state") not in ("done", "ahead")), None
    )
    if waiting is None:
        return words
    number, step = waiting
    sentence = {
        "now": _("Steg %(number)s, %(label)s, er i vinduet nå."),
        "after": _("Vinduet for steg %(number)s, %(label)s, er passert."),
        "pause": _("På pause fra steg %(number)s, %(label)s."),
        "next": _("Neste er steg %(number)s, %(label)s."),
    }[_value(step, "state")]
    return f"{words} {sentence % {'number': number, 'label': _value(step, 'label')}}"


@register.simple_tag
def step_line(steps: Iterable[Any], text: str = "") -> SafeString:
    """The path as a row of stitches.

    `steps`: objects or dicts with `.state` (done, now, next, ahead, after, pause) and `.label`.

    It is read aloud as one sentence; `text` replaces that sentence. Raises ValueError for an unknown state.
    """
    items = list(steps)
    for step in items:
        if _value(step, "state") not in STEP_STATES:
            raise ValueError(f"A step is {', '.join(STEP_STATES)}; not {_value(step, 'state')!r}.")
    uses = format_html_join(
        "", '<use href="#s-{}" x="{}"/>', ((_value(s, "state"), 18 * n) for n, s in enumerate(items))
    )
    return format_html(
        '<svg class="nm-steps" viewBox="0 0 {} 20" role="img" aria-label="{}">{}</svg>',
        18 * max(len(items), 1),
        text or steps_in_words(items),
        uses,
    )


@register.simple_tag
def due_chip(state: str, text: str) -> SafeString:
    """A window as a chip. It never turns red and never scolds.

    state: now (open), soon, ahead, after (passed, waits), pause, done. Raises KeyError for another.
    """
    stitches.viewbox(f"d-{state}")
    return format_html(
        '<span class="nm-due" data-state="{}"><svg viewBox="0 0 14 14" aria-hidden="true">'
        '<use href="#d-{}"/></svg>{}</span>',
        state,
        state,
        text,
    )


@register.simple_tag
def tag(text: str, color: str = "neutral", icon: str = "") -> SafeString:
    """A mark with words.

    Colours: neutral (a fact), now (needs somebody), accent (going on), brand2 (in force), brand1 (human).
    """
    return format_html(
        '<span class="nm-tag" data-color="{}">{}{}</span>', color or "neutral", _icon(icon) if icon else "", text
    )


_icon = icon


@register.simple_tag
def person_chip(name: str, color: str = "accent", small: bool = False) -> SafeString:
    """A round mark with a person's initials, silent for screen readers:

    write the name beside it. accent adults, brand1 children.
    """
    return format_html(
        '<span class="nm-mark{}" data-color="{}" aria-hidden="true">{}</span>',
        " nm-mark--sm" if small else "",
        color,
        people.initials(name),
    )


@register.simple_tag
def own_words(text: str, tag_name: str = "p") -> SafeString:
    """The family's own words:

    always serif, in guillemets, never edited by us. Line breaks are kept. Empty text gives nothing.
    """
    if not text:
        return SafeString("")
    return format_html('<{} class="nm-words" dir="auto">{}</{}>', tag_name, text, tag_name)
