"""The wording of the letter about a henvendelse that is helped on: to the family, and along to the service.

What the service is told stands in it word for word, so that the family reads exactly what left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from families.protection import Outside

from .decision_letter import Part, Wording
from .enums import YesHow
from .models import Referral


@dataclass(frozen=True)
class Onward:
    """To whom, what they are told, and the family's yes."""

    service: str
    sector: str
    told: str
    yes_by: str
    yes_on: date
    yes_how: str
    language: str
    to: Sequence[str]


def outside(referral: Referral) -> Outside:
    """What may stand on paper: whoever referred said what they knew of an adressesperre."""
    known = [referral.referrer_service, referral.referrer_name, referral.municipality.name]
    for person in referral.people.all():
        known += [person.home, person.other_home]
    return Outside(referral, known)


def wording(referral: Referral, onward: Onward, *, signed: str) -> Wording:
    """The letter in the chosen language. For a strictly protected family it names no municipality and no signer."""
    with translation.override(onward.language):
        out = outside(referral)
        yes = {
            YesHow.SPOKEN: _("%(name)s sa ja til dette i en samtale %(day)s."),
            YesHow.PHONE: _("%(name)s sa ja til dette på telefon %(day)s."),
            YesHow.WRITTEN: _("%(name)s sa ja til dette skriftlig %(day)s."),
        }[YesHow(onward.yes_how)] % {"name": onward.yes_by, "day": _day(onward.yes_on)}
        told = [part.strip() for part in out.text(onward.told).split("\n") if part.strip()]
        return Wording(
            title=_("Vi har hjulpet dere videre til %(service)s") % {"service": onward.service},
            to=list(onward.to), day=_day(timezone.localdate()), reference=referral.reference,
            municipality=out.place(referral.municipality.name),
            parts=[
                Part("", [
                    _("Henvendelsen om dere passer bedre hos en annen tjeneste enn hos Nye mønstre. Derfor har vi tatt "
                      "kontakt med %(service)s.") % {"service": onward.service},
                    yes,
                ]),
                Part(_("Dette har vi fortalt dem"), told),
                Part(_("Hva skjer nå?"), [
                    _("%(service)s tar kontakt med dere. Hører dere ikke noe, kan dere ringe dem og vise dette brevet.")
                    % {"service": onward.service},
                    _("Dere kan trekke ja-et tilbake. Si fra til oss, så gir vi beskjed til dem."),
                ]),
            ],
            signed=signed if not out.hidden else _("Inntaksteamet"),
        )  # fmt: skip


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
