"""Components of a page: heading, breadcrumbs, tables, filters, dialogs, cards. Loaded through `{% load ui %}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify

register = template.Library()
COMPONENTS = "components/"


def changed_query(request: HttpRequest | None, **changes: Any) -> str:
    """The page's query string with some keys changed; None or "" takes a key away.

    A new list starts at its first page.
    """
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def query_string(context: template.Context, **changes: Any) -> str:
    """`{% query_string sort="name" %}`: this page's query string with those keys changed, the others kept."""
    return changed_query(context.get("request"), **changes)


@register.inclusion_tag(COMPONENTS + "page_header.html")
def page_header(
    heading: str, subtitle: str = "", action_url: str = "", action_text: str = "", action_icon: str = ""
) -> dict[str, Any]:
    """The page's h1 with a line under it and at most one button beside it. Goes into the block `heading`."""
    return {
        "heading": heading,
        "subtitle": subtitle,
        "action_url": action_url,
        "action_text": action_text,
        "action_icon": action_icon,
    }


@register.inclusion_tag(COMPONENTS + "breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, Any]:
    """`{% breadcrumbs url text url text current %}`: pairs of address and text; the last text alone is this page."""
    links = [{"url": parts[n], "text": parts[n + 1]} for n in range(0, len(parts) - 1, 2)]
    return {"links": links, "current": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag(COMPONENTS + "empty_state.html")
def empty_state(
    heading: str, text: str = "", action_url: str = "", action_text: str = "", icon: str = "Plus", level: int = 2
) -> dict[str, Any]:
    """Stitches cast on, nothing knitted:

    say what may happen here and give one choice. `level` is the heading's level.
    """
    return {
        "heading": heading,
        "text": text,
        "action_url": action_url,
        "action_text": action_text,
        "icon": icon,
        "tag": f"h{int(level)}",
    }


@register.inclusion_tag(COMPONENTS + "alert.html")
def alert(color: str, heading: str, text: str = "", level: int = 2) -> dict[str, Any]:
    """A message box:

    info, success, warning, danger (an error, or something is lost), now (yellow: calm, needs somebody).
    """
    return {"color": color, "heading": heading, "text": text, "tag": f"h{int(level)}"}


@register.inclusion_tag(COMPONENTS + "tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Tabs that are links to real pages.

    items: {url, text, current?, dot? (text read aloud behind the dot), count?}.
    """
    return {"items": list(items), "label": label}


@register.inclusion_tag(COMPONENTS + "filter_chips.html", takes_context=True)
def filter_chips(
    context: template.Context, name: str, options: Iterable[tuple[str, str, int | None]], label: str = ""
) -> dict[str, Any]:
    """Chips that filter a list by one key of the URL. options: (value, text, count or None); the value "" is "all"."""
    request = context.get("request")
    chosen = request.GET.get(name, "") if request is not None else ""
    chips = [
        {"url": changed_query(request, **{name: value}), "text": text, "count": count, "current": str(value) == chosen}
        for value, text, count in options
    ]
    return {"chips": chips, "label": label}


@register.inclusion_tag(COMPONENTS + "search_field.html", takes_context=True)
def search_field(context: template.Context, label: str, name: str = "q", hint: str = "") -> dict[str, Any]:
    """A search form that keeps the other keys of the URL.

    Sends a plain GET; nothing personal may be searched this way in logs.
    """
    request = context.get("request")
    query = request.GET if request is not None else QueryDict()
    kept = [(key, value) for key, values in query.lists() for value in values if key not in (name, "page")]
    return {"label": label, "name": name, "hint": hint, "value": query.get(name, ""), "kept": kept}


@register.inclusion_tag(COMPONENTS + "sort_header.html", takes_context=True)
def sort_header(context: template.Context, key: str, label: str, css_class: str = "") -> dict[str, Any]:
    """A column heading that sorts by ?sort=key, then ?sort=-key, and keeps the rest of the URL. It prints the <th>."""
    request = context.get("request")
    chosen = request.GET.get("sort", "") if request is not None else ""
    direction = {key: "ascending", f"-{key}": "descending"}.get(chosen, "")
    following = f"-{key}" if chosen == key else key
    url = changed_query(request, sort=following)
    return {"url": url, "label": label, "direction": direction, "css_class": css_class}


@register.inclusion_tag(COMPONENTS + "pagination.html", takes_context=True)
def pagination(context: template.Context, page_obj: Page) -> dict[str, Any]:
    """Page numbers for a Django Page (key `page`), the rest of the URL kept. Prints nothing for a single page."""
    request = context.get("request")

    def link(number: int) -> str:
        return changed_query(request, page=number if number > 1 else None)

    paginator = page_obj.paginator
    numbers = paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    pages = [
        {
            "number": number,
            "url": link(number) if isinstance(number, int) else "",
            "current": number == page_obj.number,
        }
        for number in numbers
    ]
    return {
        "pages": pages if paginator.num_pages > 1 else [],
        "previous": link(page_obj.previous_page_number()) if page_obj.has_previous() else "",
        "next": link(page_obj.next_page_number()) if page_obj.has_next() else "",
    }


@register.inclusion_tag(COMPONENTS + "confirm_dialog.html", takes_context=True)
def confirm_dialog(
    context: template.Context,
    id: str,
    title: str,
    text: str,
    action: str,
    button: str,
    danger: bool = False,
    fields: Mapping[str, Any] | None = None,
    reason_label: str = "",
    reason_name: str = "reason",
) -> dict[str, Any]:
    """A question before something that cannot simply be undone, as a form that POSTs to `action`.

    Opened without our own script by `{% confirm_button id "Avslutt avtalen" %}` or any button with
    `command="show-modal" commandfor="<id>"`. `fields` become hidden inputs; `reason_label` asks for a reason.
    Say in `text` what happens and what is kept.
    """
    return {
        "id": id,
        "title": title,
        "text": text,
        "action": action,
        "button": button,
        "danger": danger,
        "fields": dict(fields or {}),
        "reason_label": reason_label,
        "reason_name": reason_name,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag(COMPONENTS + "confirm_button.html")
def confirm_button(id: str, text: str, danger: bool = False, icon: str = "") -> dict[str, Any]:
    """The button that opens `{% confirm_dialog id=… %}`."""
    return {"id": id, "text": text, "danger": danger, "icon": icon}


@register.inclusion_tag(COMPONENTS + "definition_list.html")
def definition_list(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Facts as terms and values.

    items: (term, value); an empty value is shown as a dash that is read as "ikke oppgitt".
    """
    return {"items": [(term, value) for term, value in items]}


@register.inclusion_tag(COMPONENTS + "timeline.html")
def timeline(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Dated lines, newest first as given.

    items: {when, title, datetime?, meta?, text?, url?, tag?, color?, icon?, words?}.
    """
    keys = ("when", "datetime", "title", "meta", "text", "url", "tag", "color", "icon", "words")
    return {"items": [{key: item.get(key, "") for key in keys} for item in items], "label": label}


class BlockComponent(template.Node):
    """A tag with content between its start and its end: the content is drawn first, then handed to a template."""

    def __init__(self, name: str, nodelist: template.NodeList, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.name, self.nodelist, self.args, self.kwargs = name, nodelist, args, kwargs

    def render(self, context: template.Context) -> SafeString:
        args = [arg.resolve(context) for arg in self.args]
        values = {key: value.resolve(context) for key, value in self.kwargs.items()}
        content = self.nodelist.render(context)
        return _BLOCKS[self.name](content, *args, **values)


def _card(
    content: str,
    heading: str = "",
    id: str = "",
    link_url: str = "",
    link_text: str = "",
    variant: str = "",
    css_class: str = "",
    level: int = 2,
    lead: str = "",
) -> SafeString:
    values = {
        "content": content,
        "heading": heading,
        "id": id or (f"kort-{slugify(heading)}" if heading else ""),
        "link_url": link_url,
        "link_text": link_text,
        "css_class": " ".join(filter(None, [_VARIANTS[variant], css_class])),
        "tag": f"h{int(level)}",
        "lead": lead,
    }
    return render_to_string(COMPONENTS + "card.html", values)


def _table_wrap(content: str, caption: str, css_class: str = "nm-table", show_caption: bool = False) -> SafeString:
    values = {
        "content": content,
        "caption": caption,
        "css_class": css_class,
        "show_caption": show_caption,
        "whole": "<table" in content,
    }
    return render_to_string(COMPONENTS + "table_wrap.html", values)


_VARIANTS = {"": "", "tint": "nm-panel--tint", "now": "nm-todo", "dropped": "nm-dropped", "flush": "nm-fampanel"}
_BLOCKS = {"card": _card, "table_wrap": _table_wrap}


def _block(parser: template.base.Parser, token: template.base.Token) -> BlockComponent:
    name, *bits = token.split_contents()
    args, kwargs = [], {}
    for bit in bits:
        key, separator, value = bit.partition("=")
        if separator and key.isidentifier():
            kwargs[key] = parser.compile_filter(value)
        else:
            args.append(parser.compile_filter(bit))
    nodelist = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return BlockComponent(name, nodelist, args, kwargs)


@register.tag
def card(parser: template.base.Parser, token: template.base.Token) -> BlockComponent:
    """`{% card "Heading" %}…{% endcard %}`: a white panel as a named section.

    Keywords: id, link_url + link_text (beside the heading), lead, level, css_class,
    variant "tint" | "now" (the one yellow card) | "dropped" | "flush" (a table that fills it).
    """
    return _block(parser, token)


@register.tag
def table_wrap(parser: template.base.Parser, token: template.base.Token) -> BlockComponent:
    """`{% table_wrap "Caption" %}<thead>…<tbody>…{% endtable_wrap %}`: a table that scrolls inside its own box.

    Content is thead and tbody; a whole <table> (with its own caption) is accepted too. Keywords: css_class
    ("nm-table" by default; "nm-fam" turns each row into a card on a phone), show_caption=True.
    """
    return _block(parser, token)
