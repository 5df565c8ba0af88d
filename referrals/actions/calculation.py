"""The team reckons out what the answers about the target group rest on."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock
from referrals import basis
from referrals.enums import CalculationKind, ReferralEvent
from referrals.models import Calculation, Referral, ReferredPerson
from referrals.stages import DECIDABLE


@action
def calculate_low_income(
    referral: Referral, *, people: Sequence[ReferredPerson], incomes: Mapping[int, int | None], by: User
) -> Calculation:
    """Keep a calculation of low income (R-E1) over three years in a row. Kroner after tax for the household, or None.

    Raises Refused when the henvendelse is decided, no income is known, or nobody in the household is old enough.
    """
    current = _open(referral, by)
    if all(income is None for income in incomes.values()):
        raise Refused(_("Skriv inntekten for minst ett år."), rule="no_income")
    if not any(person.birth_date.year <= min(incomes) for person in people):
        raise Refused(_("Velg minst én som var født i alle årene."), rule="no_household", field="people")
    return _keep(current, CalculationKind.LOW_INCOME, basis.low_income(current, people, incomes), by)


@action
def calculate_crowding(
    referral: Referral, *, people: Sequence[ReferredPerson], rooms: int | None, area: int | None, by: User
) -> Calculation:
    """Keep a calculation of crowding: rooms without kitchen, bath and hall, and p-rom in whole square metres.

    Raises Refused when the henvendelse is decided, nobody lives there, or neither number is known.
    """
    current = _open(referral, by)
    if not people:
        raise Refused(_("Velg minst én som bor i hjemmet."), rule="no_household", field="people")
    if rooms is None and area is None:
        raise Refused(_("Skriv antall rom eller areal."), rule="no_home", field="rooms")
    return _keep(current, CalculationKind.CROWDING, basis.crowding(people, rooms, area), by)


def _open(referral: Referral, by: User) -> Referral:
    check(by, Permission.DECIDE_REFERRAL, referral)
    current = lock(referral, None)
    if current.state not in DECIDABLE:
        raise Refused(_("Henvendelsen er avgjort. Utregningen kan ikke endres."), rule="decided")
    return current


def _keep(referral: Referral, kind: CalculationKind, facts: dict[str, Any], by: User) -> Calculation:
    row = Calculation(referral=referral, kind=kind, facts=facts, made_by=by)
    row.save(force_insert=True)
    record(ReferralEvent.BASIS_CALCULATED, by=by, target=row, municipality=referral.municipality,
           facts={"kind": str(kind)})  # fmt: skip
    return row
