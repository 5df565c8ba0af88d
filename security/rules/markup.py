from django.template import Template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


def tags(name):
    # ruleid: markup-by-hand
    mark_safe(f"<b>{name}</b>")
    # ruleid: markup-by-hand
    SafeString(name)
    # ruleid: markup-by-hand
    format_html(f"<b>{name}</b>")
    # ruleid: markup-by-hand
    format_html("<b>%s</b>" % name)
    # ruleid: markup-by-hand
    Template(f"<b>{name}</b>")
    # ok: markup-by-hand
    mark_safe("<hr>")
    # ok: markup-by-hand
    return format_html("<b>{}</b>", name)
