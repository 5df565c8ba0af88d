"""The invitation to the information meeting, as it leaves the system: a letter, and a file for a calendar.

Never an address. What a protected address takes out is asked of families/protection.py. The file names nobody.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from families.marks import Homes
from families.protection import Outside
from nyemonstre.ics import appointment

from .enums import ReferrerKind, Told, TurnReason
from .models import InformationMeeting, Referral

PAGE = "referrals/pdf/invitation.html"
LASTS = timedelta(hours=1)


def languages_of(meeting: InformationMeeting) -> list[tuple[str, str]]:
    """The languages a letter can be had in, the municipality's own first."""
    own = meeting.family.municipality.language
    return sorted(settings.LANGUAGES, key=lambda row: row[0] != own)


def printed_invitation(meeting: InformationMeeting, language: str) -> dict[str, Any]:
    """Values for the template in `language`. `meeting` has family, municipality, home and coordinator."""
    family, homes = meeting.family, Homes(meeting.family)
    out = Outside(family)
    comes = meeting.coordinator or meeting.booked_by
    with translation.override(language):
        return {
            "name": family.name,
            "municipality": out.place(family.municipality.name),
            "today": timezone.localdate(),
            "turn": _turn(meeting),
            "cancelled": meeting.is_cancelled,
            "times": meeting.times,
            "choose": meeting.starts_at is None,
            "place": out.place(_where(meeting, homes)),
            # Where one hides from the rest, the paper does not say who sits down with whom.
            "members": [] if homes.parted else [row.member.first_name for row in _coming(meeting)],
            "referrer": _referrer(meeting, out),
            "interpreter": meeting.interpreter,
            "topics": [str(told.label) for told in Told],
            "coordinator": {"name": comes.name, "phone": comes.phone, "email": comes.email},
        }


def _turn(meeting: InformationMeeting) -> dict[str, Any] | None:
    """What the last change took away, and why in a sentence to the family. Never what somebody wrote about it."""
    turn = meeting.turns.first()
    if turn is None:
        return None
    because = {
        TurnReason.FAMILY: _("Dere ba om det."),
        TurnReason.COORDINATOR: _("Koordinatoren kan ikke komme da."),
        TurnReason.REFERRER: _("En av dem som skulle være med, kan ikke komme da."),
        TurnReason.INTERPRETER: _("Vi har ingen tolk da."),
        TurnReason.PLACE: _("Stedet kan ikke brukes da."),
    }
    return {"times": turn.times_before, "why": because.get(TurnReason(turn.reason), "")}


def _coming(meeting: InformationMeeting) -> Any:
    return meeting.invited.select_related("member").order_by("member__birth_date", "member__first_name")


def _where(meeting: InformationMeeting, homes: Homes) -> str:
    """Where, in words; which home only when there are two and neither is hidden from the other."""
    if meeting.home is None:
        return meeting.place
    if homes.two and not homes.parted:
        return _("Hjemme hos dere (%(home)s)") % {"home": meeting.home.name}
    return _("Hjemme hos dere")


def _referrer(meeting: InformationMeeting, out: Outside) -> str:
    """Whoever sent the henvendelse, when they come and it was not the family itself."""
    referral = Referral.objects.of_family(meeting.family).first() if meeting.referrer_comes else None
    if referral is None or referral.referrer_kind == ReferrerKind.FAMILY:
        return ""
    named = ", ".join(part for part in (referral.referrer_name, referral.referrer_service) if part)
    return out.place(named) or _("Den som henvendte seg")


def calendar_file(meeting: InformationMeeting) -> bytes:
    """The agreed time, with the family's code and no name and no place. Not for a strictly protected family.

    A meeting that is cancelled leaves the calendar it was put in.
    """
    return appointment(
        uid=f"{meeting.pk}@nyemonstre",
        summary=f"NM: informasjonssamtale {meeting.family.code}",
        starts_at=meeting.starts_at,
        lasts=LASTS,
        made_at=timezone.now(),
        turn=meeting.version,
        cancelled=meeting.is_cancelled,
    )
