"""THE CONSENT RULE: what may be mapped, whom may we contact, what may be shared. Asked at the moment of use, never copied.

Each `why_not_…` returns None when the answer is yes, or a sentence that says what is lacking and what to do.
The `may_…` form is the same answer as a bool. Sources: R-C1, R-C2, R-P1; DOMAIN.md 4.
"""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .enums import Answer, Direction, Purpose, Topic
from .models import AgreementLine, Consent


def latest(family: Any, purpose: str) -> dict[Any, Consent]:
    """The answer that counts for each member of the family who has answered, by member id. One query."""
    rows = (
        Consent.objects.filter(family=family, purpose=purpose)
        .order_by("member_id", "-answered_on", "-recorded_at")
        .distinct("member_id")
    )
    return {row.member_id: row for row in rows}


def is_live(consent: Consent | None, on: date | None = None) -> bool:
    """Given, and not run out, on the day `on` (default today)."""
    if consent is None or consent.answer != Answer.GIVEN:
        return False
    on = on or timezone.localdate()
    return consent.answered_on <= on and (consent.valid_until is None or on <= consent.valid_until)


def members_with(family: Any, purpose: str, on: date | None = None) -> set[Any]:
    """Ids of the members with a live consent to `purpose`."""
    return {member for member, consent in latest(family, purpose).items() if is_live(consent, on)}


def why_not_map(member: Any, on: date | None = None) -> str | None:
    """Kartlegging of a person needs that person's live consent to participation (R-P1, hard lock)."""
    consent = latest(member.family, Purpose.PARTICIPATION).get(member.pk)
    if is_live(consent, on):
        return None
    if consent is not None and consent.answer == Answer.WITHDRAWN:
        return _("%(name)s har trukket samtykket til å delta.") % {"name": member.first_name}
    return _("%(name)s har ikke samtykket til å delta. Før samtykket først.") % {"name": member.first_name}


def may_map(member: Any, on: date | None = None) -> bool:
    return why_not_map(member, on) is None


def why_not_map_family(family: Any, on: date | None = None) -> str | None:
    """A sitting can begin when at least one member has a live consent to participation."""
    if members_with(family, Purpose.PARTICIPATION, on):
        return None
    return _("Ingen i familien har et gyldig samtykke til å delta. Før samtykke før kartleggingen.")


def live_line(family: Any, service: Any, on: date | None = None) -> AgreementLine | None:
    """A live agreement line with the service, or None."""
    return AgreementLine.objects.live(on).filter(family=family, service=service).first()


def why_not_contact(family: Any, service: Any, on: date | None = None) -> str | None:
    """Contact with a service needs a live agreement line (R-P1, hard lock)."""
    if live_line(family, service, on):
        return None
    return _(
        "Familien har ingen gyldig avtale om samarbeid med %(service)s. Lag en linje i samarbeidsavtalen, "
        "og la familien skrive under, før dere tar kontakt."
    ) % {"service": service}


def may_contact(family: Any, service: Any, on: date | None = None) -> bool:
    return why_not_contact(family, service, on) is None


def why_not_share(member: Any, service: Any, topic: str, on: date | None = None, *, get: bool = False) -> str | None:
    """Telling a service about this person and this topic (or asking it, with `get`) needs a line that covers all three."""
    ways = [Direction.BOTH, Direction.GET if get else Direction.GIVE]
    lines = AgreementLine.objects.live(on).filter(
        family=member.family_id, service=service, topics__contains=[topic], direction__in=ways, covered__member=member
    )
    if lines.exists():
        return None
    return _("Avtalen med %(service)s dekker ikke %(topic)s for %(name)s.") % {
        "service": service,
        "topic": Topic(topic).label,
        "name": member.first_name,
    }


def may_share(member: Any, service: Any, topic: str, on: date | None = None, *, get: bool = False) -> bool:
    return why_not_share(member, service, topic, on, get=get) is None
