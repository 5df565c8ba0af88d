"""Short words for what the tests of consents and agreements do."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from consent import actions
from consent.enums import Answer, How, Purpose
from consent.models import Contact
from families.models import Family, Member
from nyemonstre.access.wall import acting_as

# Strings of a contact that no page may show when no live line covers it.
SECRETS = {
    "name": "Solfrid Hemmelund",
    "title": "spesialpedagog",
    "phone": "90909091",
    "email": "solfrid.hemmelund@skole.test",
}


def members_of(family: Family, user: Any) -> dict[str, Member]:
    """The family's people by first name: Mor, Far, Jente (13), Gutt (7)."""
    with acting_as(user):
        rows = Member.objects.filter(family=family).select_related("family__municipality")
        return {member.first_name: member for member in rows.order_by("pk")}


def say(member: Member, by: Any, answer: str = Answer.GIVEN, purpose: str = Purpose.PARTICIPATION, **facts: Any) -> Any:
    facts = {"how": How.SIGNED, "given_by": "Mor Prøve", "child_heard": "Ja takk", "note": "sagt i møte", **facts}
    return actions.record_consent(member, purpose=purpose, answer=answer, by=by, **facts)


def visible_contacts(user: Any) -> tuple[set[Any], set[Any]]:
    """(what Python shows, what the wall lets through) to `user`."""
    with acting_as(user):
        python = set(Contact.objects.permitted(user, "view_consent").visible_to(user).values_list("pk", flat=True))
        wall = set(Contact.objects.values_list("pk", flat=True))
    return python, wall


def days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)
