"""The family and the coordinator agree on the plan as it stands."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from families.actions import reach
from families.models import Family
from families.stages import Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from plans.changes import as_it_stands
from plans.enums import PlanEvent
from plans.models import Goal, PlanAgreement
from plans.rules import check_not_future, check_open


@action
def agree_plan(
    family: Family,
    *,
    present: Iterable[str],
    by: User,
    on: date | None = None,
    language: str = "",
    with_interpreter: bool = False,
    key: UUID | None = None,
) -> PlanAgreement:
    """«Planen er avtalt»: a numbered version, kept word for word. The first one reaches the step Familiens plan.

    `present` are the names of who was there. Raises Refused without anybody there, without a goal to agree on, for an
    interpreter without a language, a day in the future, or while what the step requires is missing.
    """
    check(by, Permission.CHANGE_PLAN, family)
    check_open(family)
    on = on or timezone.localdate()
    check_not_future(on, "agreed_on")
    names = [name.strip()[:160] for name in present if name.strip()]
    if not names:
        raise Refused(_("Kryss av for hvem som var med, eller skriv navnet."), rule="nobody_present", field="members")
    if with_interpreter and not language.strip():
        raise Refused(_("Skriv hvilket språk tolken oversatte til."), rule="interpreter_language", field="language")
    goals = list(Goal.objects.filter(family=family).alive().with_measures())
    if not any(goal.is_active for goal in goals):
        raise Refused(_("Planen har ingen mål ennå. Skriv minst ett mål først."), rule="no_goals")
    refuse_twice(PlanAgreement.objects.filter(family=family), key)
    # The lock makes the numbers follow each other when two people agree at once.
    Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    last = PlanAgreement.objects.filter(family=family).order_by("-number").first()
    agreement = PlanAgreement(
        family=family, number=last.number + 1 if last else 1, agreed_on=on, present=names, language=language.strip(),
        with_interpreter=with_interpreter, goals=[as_it_stands(goal) for goal in goals], recorded_by=by,
    )  # fmt: skip
    if key:
        agreement.pk = key
    agreement.save(force_insert=True)
    reach(family, step=Step.PLAN, on=on, by=by)
    record(PlanEvent.PLAN_AGREED, by=by, target=agreement, family=family, facts={"number": agreement.number})
    return agreement
