"""WHO MAY SIGN: asked by the action that writes an answer down, whatever form it came from.

The table of ages is consent/ages.py, who holds foreldreansvar is consent/holders.py; DOMAIN.md 4 has the sources. Here
the two meet the names of those who answered.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from families.models import Member
from nyemonstre.refusals import Refused

from . import ages
from .enums import SILENT, YES, Purpose
from .holders import Holder, holders_in, needs_both, signers_for


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def names_in(given_by: str) -> list[str]:
    """The names in what was written down: «Mor Prøve, Far Prøve» is two."""
    return [" ".join(name.split()) for name in given_by.split(",") if name.strip()]


def check_may_sign(member: Any, purpose: str, answer: str, *, given_by: str, reason: str, on: date) -> None:
    """Raise Refused unless those named in `given_by` may give this answer for `member` on the day `on`. Two queries.

    - Who answers alone (an adult; from 16 about research) does so in their own name only.
    - For a child those with foreldreansvar answer: both for a yes, or one with a `reason`. One is enough for a no, and
      for taking a yes back: a yes needs both, and it shall be as easy to end as to give.
    - While nobody has asked who holds foreldreansvar, the adults of the family and somebody from outside may answer; a
      child never, in its own name or another child's.
    To have been asked is no answer, so anybody may be noted for that.
    """
    if answer in SILENT:
        return
    names = names_in(given_by)
    if ages.answers_for_self(member, purpose, on):
        if {_plain(name) for name in names} != {_plain(member.full_name)}:
            raise Refused(_own_answer(member, purpose), rule="answers_alone", field="given_by")
        return
    known = holders_in(member.family_id)
    holders, others = _signers(member, known)
    children = [] if member.pk in known else others
    if not _all_may(names, holders, children, noted=member.pk in known):
        raise Refused(_not_a_holder(member, holders), rule="not_a_holder", field="given_by")
    if answer in YES and needs_both(member, known) and len(set(map(_plain, names))) < 2 and not reason.strip():
        raise Refused(
            _("Skriv hvorfor det holder at én forelder svarer for %(name)s.") % {"name": member.first_name},
            rule="one_parent", field="one_parent_reason",
        )  # fmt: skip


def who_may_withdraw(consent: Any) -> list[str]:
    """The names of those of whom any one may take this consent back today: what `check_may_sign` lets through.

    While nobody has noted who holds foreldreansvar, whoever said yes from outside the family may take it back too.
    """
    member = consent.member
    if ages.answers_for_self(member, consent.purpose):
        return [member.full_name]
    known = holders_in(member.family_id)
    names, children = _signers(member, known)
    if member.pk not in known:
        may_not = set(map(_plain, children))
        names = [*names, *(name for name in names_in(consent.given_by) if _plain(name) not in may_not)]
    return list({_plain(name): name for name in reversed(names)}.values())[::-1]


def _signers(member: Any, known: dict[Any, list[Holder]]) -> tuple[list[str], list[str]]:
    """The names of those who sign for this child, and of the children of the family. One query."""
    people = list(Member.objects.filter(family=member.family_id).order_by("birth_date", "pk"))
    adults = [person for person in people if person.is_adult and person.moved_out_on is None]
    signers = [person.full_name for person in signers_for(member, adults, known)]
    return signers, [person.full_name for person in people if not person.is_adult]


def _all_may(names: Iterable[str], holders: Iterable[str], children: Iterable[str], *, noted: bool) -> bool:
    """Whether each name is a holder's; or, while none is noted, at least not only a child's."""
    named = {_plain(name) for name in names}
    may = {_plain(name) for name in holders}
    return named <= may if noted else not (named - may) & {_plain(name) for name in children}


def check_signed(names: Collection[str], given_by: str) -> None:
    """Raise Refused unless everybody who answered on the tablet has signed."""
    signed = {_plain(name) for name in names}
    lacking = [name for name in names_in(given_by) if _plain(name) not in signed]
    if lacking or not signed:
        raise Refused(
            _("Den som svarer, må skrive under: %(names)s.") % {"names": ", ".join(lacking)},
            rule="signature", field="signatures",
        )  # fmt: skip


def _own_answer(member: Any, purpose: str) -> str:
    said = {"name": member.full_name}
    if purpose == Purpose.RESEARCH and not member.is_adult:
        return _("Fra 16 år svarer man selv om forskning. Bare %(name)s kan svare på dette.") % said
    return _("En voksen svarer selv. Bare %(name)s kan svare på dette.") % said


def _not_a_holder(member: Any, holders: Iterable[str]) -> str:
    return _(
        "Bare de som har foreldreansvar, kan svare for %(name)s: %(holders)s. Skriv hele navnet, eller før først hvem "
        "som har foreldreansvar."
    ) % {"name": member.first_name, "holders": ", ".join(holders) or _("ingen er ført")}
