"""The list of demo people on the login page. Only drawn in demo mode."""

from typing import Any

from django import template
from django.conf import settings

from nyemonstre.demo.logins import people_by_municipality

register = template.Library()


@register.inclusion_tag("demo/_people.html", takes_context=True)
def demo_people(context: template.Context, next_url: str) -> dict[str, Any]:
    """Everybody who works in the demo, with a button each. Nothing outside demo mode."""
    places = people_by_municipality() if settings.DEMO else []
    return {"places": places, "next": next_url, "csrf_token": context.get("csrf_token", "")}
