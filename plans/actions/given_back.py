"""What the family gets back leaves the house on paper."""

from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from plans.enums import PlanEvent


@action
def take_out_answers(family: Family, *, paper: str, by: User) -> Family:
    """Somebody takes out «Slik har dere det nå» or «Dette har endret seg»; the log says which."""
    check(by, Permission.VIEW_ASSESSMENT, family)
    record(PlanEvent.ANSWERS_PRINTED, by=by, target=family, facts={"paper": paper})
    return family
