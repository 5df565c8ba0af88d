"""What somebody told without consent, because a law goes before secrecy: one account is hidden, and one released."""

from datetime import datetime, timedelta
from typing import Any

from consent.actions import record_disclosure, release_disclosure
from consent.disclosures import Disclosure
from families.enums import FamilyState, Protection
from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as
from nyemonstre.content.models import Fact

# Days ago it was told, and days after that the second one was released.
TOLD, RELEASED = 40, 9


def told(town: Any, now: datetime) -> None:
    """In the first two families of the first coordinator. Needs the laws of the municipality's list."""
    by = town.people["coordinator"][0]
    with acting_as(by):
        rows = Family.objects.permitted(by, Permission.DISCLOSE).filter(
            state=FamilyState.ACTIVE, protection=Protection.NONE, registered_at__lt=now - timedelta(days=2 * TOLD)
        )
        families = list(rows.select_related("municipality").order_by("code")[:2])
        law = Fact.objects.filter(municipality=town.municipality, key="barnevernsloven-13-2").first()
        if law is None or Disclosure.objects.filter(family__in=families).exists():
            return
    told_on = (now - timedelta(days=TOLD)).date()
    for number, family in enumerate(families):
        row = record_disclosure(
            family, kind="concern", law=law, told_on=told_on, by=by, to_whom=town.say("told_to_whom"),
            what=town.say("told_what"), why=town.say("told_why"), family_told=bool(number),
            family_told_why=town.say("told_family" if number else "told_not_family"),
        )  # fmt: skip
        if number:
            release_disclosure(row, reason=town.say("told_released"), on=told_on + timedelta(days=RELEASED), by=by)
